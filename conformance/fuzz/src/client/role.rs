//! The differences between initiator and receiver.

use wormhole_sync::crypto::{Standard, Verifier};
use wormhole_sync::protocol::{InitiatorMachine, Machine, ReceiverMachine, Unsealed, UserEvent};
use wormhole_sync::values::{Blob, ChannelId};

use super::attempt::WORDS;
use super::peer::{BLOBS, CHANNELS, Role, SCALARS, appid, scalar, words};
use crate::model::tables::Table;

/// The things that a run begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    /// The place of the channel in [`CHANNELS`].
    pub(crate) channel: usize,
    /// The length of the client's own blob.
    pub(crate) blob: usize,
    /// The user's deadline in seconds.
    pub(crate) deadline: Option<u32>,
    /// A word that is said before the first attempt.
    pub(crate) word: Option<UserEvent>,
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
            // Most bytes say nothing.
            word: WORDS.get((byte >> 5).wrapping_sub(1)).copied(),
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
}

/// The things that a machine shows before its end.
pub(crate) trait Shows: Machine<Suite = Standard> {
    /// The peer's blob and the keys.
    fn shown(&self) -> Option<&Unsealed<Standard>>;
    /// The verifier, while the user compares it.
    fn verifier(&self) -> Option<&Verifier>;
}

impl Shows for InitiatorMachine<Standard> {
    fn shown(&self) -> Option<&Unsealed<Standard>> {
        self.held()
    }
    fn verifier(&self) -> Option<&Verifier> {
        self.held().map(|held| &*held.verifier)
    }
}

impl Shows for ReceiverMachine<Standard> {
    fn shown(&self) -> Option<&Unsealed<Standard>> {
        self.taking()
    }
    fn verifier(&self) -> Option<&Verifier> {
        ReceiverMachine::verifier(self).map(|verifier| &**verifier)
    }
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
