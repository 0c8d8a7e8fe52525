//! Values written as the targets read them.

use crate::targets::{KINDS, STATUSES};
use wormhole_sync::protocol::RequestKind;

/// An HTTP answer, as far as a client looks at it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) coded: bool,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// As [`crate::targets`] reads an answer.
pub(crate) fn answer(answer: &Answer) -> Vec<u8> {
    let mut out = Vec::new();
    match STATUSES.iter().position(|status| *status == answer.status) {
        Some(index) => out.push(index as u8),
        None => {
            out.push(0);
            out.extend(answer.status.to_be_bytes());
        }
    }
    let mut texts = Vec::new();
    let mut marks = match answer.content_type.as_deref() {
        Some("application/json") => 0,
        Some("application/problem+json") => 2,
        None => 4,
        Some(other) => {
            text(&mut texts, other);
            7
        }
    };
    if let Some(seconds) = &answer.retry_after {
        marks |= 8;
        text(&mut texts, seconds);
    }
    if answer.coded {
        marks |= 0x30;
    }
    out.push(marks);
    out.extend(texts);
    out.extend(&answer.body);
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    let length = text.len().min(63);
    out.push(length as u8);
    out.extend(&text.as_bytes()[..length]);
}

/// The byte of a request.
pub(crate) fn kind(kind: RequestKind) -> u8 {
    let index = KINDS.iter().position(|known| *known == kind);
    index.expect("one of them") as u8
}
