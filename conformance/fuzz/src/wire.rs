//! The bytes of an input that stand for a kind of request and for an HTTP response, read and written.

use wormhole_sync::protocol::wire::HttpResponse;
use wormhole_sync::protocol::{CellName, RequestKind};

use crate::input::Input;

/// Every kind of request: a byte of an input is an index into this list.
pub(crate) const KINDS: [RequestKind; 9] = [
    RequestKind::Allocate,
    RequestKind::Claim,
    RequestKind::Put(CellName::Answer),
    RequestKind::Put(CellName::Finish),
    RequestKind::Put(CellName::Receipt),
    RequestKind::Get(CellName::Answer),
    RequestKind::Get(CellName::Finish),
    RequestKind::Get(CellName::Receipt),
    RequestKind::Close,
];

/// The statuses that mean something. The first, 0, stands for any other status, which two more bytes give.
pub(crate) const STATUSES: [u16; 12] = [0, 200, 201, 204, 403, 404, 409, 410, 429, 500, 503, 302];

/// Reads a response: status, marks, content type, `Retry-After`, body.
pub(crate) fn read_response(input: &mut Input<'_>) -> HttpResponse {
    let status = match input.one_of(&STATUSES) {
        0 => input.word(),
        status => status,
    };
    let marks = input.or_zero();
    let content_type = match marks % 8 {
        0 | 1 => Some("application/json".to_owned()),
        2 | 3 => Some("application/problem+json".to_owned()),
        4 => None,
        5 => Some("Application/JSON; charset=utf-8".to_owned()),
        6 => Some(" application/problem+JSON ;x".to_owned()),
        _ => Some(read_text(input)),
    };
    let retry_after = (marks & 8 != 0).then(|| read_text(input));
    let is_coded = marks & 0x30 == 0x30;
    let too_long = marks & 0xc0 == 0xc0;
    let body = (!too_long).then(|| input.rest().to_vec());
    HttpResponse {
        status,
        content_type,
        is_coded,
        retry_after,
        body,
    }
}

/// Reads a text: its length, and then its bytes.
fn read_text(input: &mut Input<'_>) -> String {
    let length = usize::from(input.or_zero() % 64);
    String::from_utf8_lossy(input.take(length)).into_owned()
}

/// Writes a kind of request as its byte.
pub(crate) fn write_kind(kind: RequestKind) -> u8 {
    let index = KINDS.iter().position(|known| *known == kind);
    index.expect("one of them") as u8
}

/// Writes a response so that [`read_response`] reads it, but for what is over 63 bytes in a text.
pub(crate) fn write_response(response: &HttpResponse) -> Vec<u8> {
    let HttpResponse {
        status,
        content_type,
        is_coded,
        retry_after,
        body,
    } = response;
    let mut out = Vec::new();
    match STATUSES.iter().position(|known| known == status) {
        Some(index) => out.push(index as u8),
        None => {
            out.push(0);
            out.extend(status.to_be_bytes());
        }
    }
    let mut texts = Vec::new();
    let mut marks = match content_type.as_deref() {
        Some("application/json") => 0,
        Some("application/problem+json") => 2,
        None => 4,
        Some(other) => {
            write_text(&mut texts, other);
            7
        }
    };
    if let Some(seconds) = retry_after {
        marks |= 8;
        write_text(&mut texts, seconds);
    }
    if *is_coded {
        marks |= 0x30;
    }
    if body.is_none() {
        marks |= 0xc0;
    }
    out.push(marks);
    out.extend(texts);
    out.extend(body.iter().flatten());
    out
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    let length = text.len().min(63);
    out.push(length as u8);
    out.extend(&text.as_bytes()[..length]);
}
