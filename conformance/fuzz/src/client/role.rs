//! The differences between initiator and receiver.

use super::peer::{BLOBS, CHANNELS, Peer, Role, SCALARS, appid, scalar, words};
use crate::model::tables::Table;
use wormhole_sync::crypto::Standard;
use wormhole_sync::protocol::{Event, InitiatorMachine, ReceiverMachine};
use wormhole_sync::values::{Blob, ChannelId};

/// The things that a run begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    /// The place of the channel in [`CHANNELS`].
    pub(crate) channel: usize,
    /// The length of the client's own blob.
    pub(crate) blob: usize,
    /// The user's deadline in seconds.
    pub(crate) deadline: Option<u32>,
}

/// The deadlines that a user may give.
pub(crate) const DEADLINES: [Option<u32>; 4] = [None, Some(5), Some(30), Some(400)];
const LENGTHS: [usize; 4] = [25, 0, 255, 256];

impl Setup {
    pub(crate) fn of(byte: u8) -> Self {
        let byte = usize::from(byte);
        Self {
            channel: byte & 1,
            blob: LENGTHS[byte >> 1 & 3],
            deadline: DEADLINES[byte >> 3 & 3],
        }
    }

    fn blob(self) -> Blob {
        Blob::new(vec![0xb1; self.blob]).expect("a short one")
    }
}

impl Role {
    /// The table of the role. Each table is read once.
    pub(crate) fn table(self) -> &'static Table {
        use std::sync::LazyLock;
        static INITIATOR: LazyLock<Table> = LazyLock::new(|| Table::beginning_in("allocating"));
        static RECEIVER: LazyLock<Table> = LazyLock::new(|| Table::beginning_in("claiming"));
        match self {
            Self::Initiator => &INITIATOR,
            Self::Receiver => &RECEIVER,
        }
    }

    /// The peer's blob.
    pub(crate) fn peer_blob(self) -> &'static [u8] {
        match self {
            Self::Initiator => BLOBS[1],
            Self::Receiver => BLOBS[0],
        }
    }

    /// The names that an event may have in a state, by the bytes of its message. There is more than one where only
    /// cryptography can tell.
    pub(crate) fn names(
        self,
        state: &str,
        event: &Event,
        peer: &Peer,
        offer: Option<&[u8]>,
    ) -> Vec<&'static str> {
        match (state, event) {
            ("waiting-for-answer", Event::Cell(bytes)) => answer_names(bytes, peer),
            ("waiting-for-receipt", Event::Cell(bytes)) if *bytes == peer.receipt => {
                vec!["receipt-opened"]
            }
            ("waiting-for-receipt", Event::Cell(_)) => vec!["receipt-unopened"],
            ("waiting-for-finish", Event::Cell(bytes)) => {
                if !BUCKETS.contains(&bytes.len().wrapping_sub(16)) {
                    vec!["finish-malformed"]
                } else if *bytes == peer.finish && offer == Some(&*peer.offer) {
                    vec!["finish-opened"]
                } else {
                    vec!["finish-unopened"]
                }
            }
            (_, Event::Claimed(bytes)) => offer_names(bytes, peer),
            _ => vec![super::observer::event_name(event)],
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

pub(crate) fn initiator(setup: Setup) -> InitiatorMachine<Standard> {
    let (pake, offer) = Standard::start_initiator(&words(), scalar(SCALARS[0]));
    InitiatorMachine::new(appid(), pake, offer, setup.blob())
}

pub(crate) fn receiver(setup: Setup) -> ReceiverMachine<Standard> {
    let pake = Standard::start_receiver(&words(), scalar(SCALARS[1]));
    let channel = ChannelId::new(CHANNELS[setup.channel]).expect("a channel");
    ReceiverMachine::new(channel, appid(), pake, setup.blob())
}
