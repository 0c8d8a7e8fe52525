//! The names of events in the tables.

use wormhole_sync::protocol::{ChannelRefusal, CloseReason, Event};

use super::peer::{Peer, Role};

impl Role {
    /// The names that an event may have in a state, by the bytes of its message. There is more than
    /// one where only cryptography can tell.
    pub(crate) fn names(
        self,
        state: &str,
        event: &Event,
        peer: &Peer,
        offer: Option<&[u8]>,
    ) -> Vec<&'static str> {
        match (state, event) {
            ("waiting-for-answer", Event::Cell(bytes)) => answer_names(bytes, peer),
            ("holding" | "waiting-for-receipt", Event::Cell(bytes)) if *bytes == peer.receipt => {
                vec!["receipt-opened"]
            }
            ("holding" | "waiting-for-receipt", Event::Cell(_)) => vec!["receipt-unopened"],
            ("comparing" | "waiting-for-finish", Event::Cell(bytes)) => {
                if !BUCKETS.contains(&bytes.len().wrapping_sub(16)) {
                    vec!["finish-malformed"]
                } else if *bytes == peer.finish && offer == Some(&*peer.offer) {
                    vec!["finish-opened"]
                } else {
                    vec!["finish-unopened"]
                }
            }
            (_, Event::Claimed(bytes)) => offer_names(bytes, peer),
            _ => vec![event_name(event)],
        }
    }
}

const BUCKETS: [usize; 9] = [256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536];

/// The names that an answer may have (SEAL-6).
fn answer_names(bytes: &[u8], peer: &Peer) -> Vec<&'static str> {
    let Some((message, sealed)) = bytes.split_at_checked(33) else {
        return vec!["answer-malformed"];
    };
    if !BUCKETS.contains(&sealed.len().wrapping_sub(16)) {
        return vec!["answer-malformed"];
    }
    if bytes == peer.answer {
        return vec!["answer-opened"];
    }
    if message == &peer.answer[..33] || message == &peer.strangers[1][..33] {
        return vec!["answer-unopened"];
    }
    if message[0] != 0x42 || message[1..] == peer.offer[1..] {
        return vec!["answer-bad-element"];
    }
    vec!["answer-bad-element", "answer-unopened"]
}

/// The names that an offer may have (SEAL-5).
fn offer_names(bytes: &[u8], peer: &Peer) -> Vec<&'static str> {
    if bytes.len() != 33 {
        return vec!["offer-malformed"];
    }
    if bytes == peer.offer || bytes == peer.strangers[0] {
        return vec!["offer-good"];
    }
    if bytes[0] != 0x41 || bytes[1..] == peer.answer[1..33] {
        return vec!["offer-bad-element"];
    }
    vec!["offer-good", "offer-bad-element"]
}

/// The name of an event in the tables, where its message does not matter.
fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Allocated(_) => "allocated",
        Event::Stored => "stored",
        Event::Empty => "empty",
        Event::Refused(ChannelRefusal::Forbidden) => "forbidden",
        Event::Refused(ChannelRefusal::NoSuchChannel) => "no-such-channel",
        Event::Refused(ChannelRefusal::Crowded) => "crowded",
        Event::Refused(ChannelRefusal::Closed(CloseReason::VerifierMismatch)) => {
            "mismatch-reported"
        }
        Event::Refused(ChannelRefusal::Closed(reason)) => {
            assert_ne!(
                *reason,
                CloseReason::Lost,
                "OUT-5: never by the relay's word"
            );
            "closed"
        }
        Event::Refused(ChannelRefusal::Expired) => "expired",
        Event::Misbehaved(_) => "misbehaved",
        Event::CloseTried => "close-tried",
        event => panic!("{event:?} comes of no response in this state"),
    }
}
