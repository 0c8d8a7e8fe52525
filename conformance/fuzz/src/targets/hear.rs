//! Any answer to any request (section 11.2).

use crate::input::Input;
use crate::model::answer::{Meaning, meaning};
use crate::planted;
use wormhole_sync::protocol::wire::{HttpResponse, interpret_response};
use wormhole_sync::protocol::{
    AttemptResult, CellName, ChannelRefusal, CloseReason, Event, RequestKind,
};

/// Every request that there is.
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

/// Statuses that mean something; the others are made of two bytes.
pub(crate) const STATUSES: [u16; 12] = [0, 200, 201, 204, 403, 404, 409, 410, 429, 500, 503, 302];

/// The request, then the answer. Its event is that of the table by a second reading.
pub fn hear(data: &[u8]) {
    let mut input = Input::new(data);
    let kind = input.one_of(&KINDS);
    let answer = answer(&mut input);
    let expected = meaning(kind, &answer);
    let body = answer.body.as_deref().unwrap_or_default();
    let members = body.iter().filter(|byte| **byte == b':').count();
    let receipt = kind == RequestKind::Put(CellName::Receipt);
    planted::panic_if(receipt && expected == Meaning::Stored && members > 6);
    let status = answer.status;
    let (event, ttl) = match interpret_response(kind, answer) {
        AttemptResult::Busy {
            status: found,
            retry_after,
        } => {
            assert_eq!(found, status);
            assert_eq!(
                Meaning::Busy {
                    retry_after: retry_after.map(u64::from)
                },
                expected
            );
            return;
        }
        AttemptResult::Lost(loss) => panic!("an answer that was lost: {loss}"),
        AttemptResult::Event { event, ttl } => (event, ttl),
    };
    let (found, life) = match event {
        Event::Allocated(channel) => {
            let ttl = ttl.expect("a life");
            (
                Meaning::Allocated {
                    channel: channel.get(),
                    ttl,
                },
                Some(ttl),
            )
        }
        Event::Claimed(offer) => {
            let ttl = ttl.expect("a life");
            (Meaning::Claimed { offer, ttl }, Some(ttl))
        }
        Event::Stored => (Meaning::Stored, None),
        Event::Cell(cell) => (Meaning::Cell(cell), None),
        Event::Empty => (Meaning::Empty, None),
        Event::Refused(ChannelRefusal::Forbidden) => (Meaning::Forbidden, None),
        Event::Refused(ChannelRefusal::NoSuchChannel) => (Meaning::NoSuchChannel, None),
        Event::Refused(ChannelRefusal::Crowded) => (Meaning::Crowded, None),
        Event::Refused(ChannelRefusal::Expired) => (Meaning::Expired, None),
        Event::Refused(ChannelRefusal::Closed(reason)) => {
            assert_ne!(
                reason,
                CloseReason::Lost,
                "OUT-5: never by the relay's word"
            );
            (Meaning::Closed(reason.token().to_owned()), None)
        }
        Event::Misbehaved(how) => {
            assert!(!how.to_string().contains('\n'));
            (Meaning::Misbehaved, None)
        }
        Event::CloseTried => (Meaning::CloseTried, None),
        event => panic!("{event:?} comes of no answer"),
    };
    assert_eq!(found, expected);
    assert_eq!(ttl, life, "a life comes with a channel only");
}

/// An answer: status, marks, content type, `Retry-After`, body.
pub(crate) fn answer(input: &mut Input<'_>) -> HttpResponse {
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
        _ => Some(text(input)),
    };
    let retry_after = (marks & 8 != 0).then(|| text(input));
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

/// A length, and so many bytes of text.
fn text(input: &mut Input<'_>) -> String {
    let length = usize::from(input.or_zero() % 64);
    String::from_utf8_lossy(input.take(length)).into_owned()
}
