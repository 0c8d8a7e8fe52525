//! Any HTTP response to any request, as a client interprets it (section 11.2).

use crate::input::Input;
use crate::model::response::{Meaning, meaning};
use crate::planted;
use crate::wire::{KINDS, read_response};
use wormhole_sync::protocol::wire::interpret_response;
use wormhole_sync::protocol::{
    AttemptResult, CellName, ChannelRefusal, CloseReason, Event, RequestKind,
};

/// The input is a kind of request, then a response. The event of the response is that of the table by a second reading.
pub fn response(data: &[u8]) {
    let mut input = Input::new(data);
    let kind = input.one_of(&KINDS);
    let response = read_response(&mut input);
    let expected = meaning(kind, &response);
    let body = response.body.as_deref().unwrap_or_default();
    let members = body.iter().filter(|byte| **byte == b':').count();
    let receipt = kind == RequestKind::Put(CellName::Receipt);
    planted::panic_if(receipt && expected == Meaning::Stored && members > 6);
    let status = response.status;
    let (event, ttl) = match interpret_response(kind, response) {
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
        AttemptResult::Lost(failure) => panic!("a response that was lost: {failure}"),
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
        event => panic!("{event:?} comes of no response"),
    };
    assert_eq!(found, expected);
    assert_eq!(ttl, life, "a life comes with a channel only");
}
