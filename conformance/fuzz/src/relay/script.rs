//! An input as a list of steps, of five bytes each.

use crate::input::Input;
use wormhole_sync::relay::{EndReason, Limits};
use wormhole_sync::values::messages::CellName;

/// What a step asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Allocate,
    Claim,
    Put(CellName),
    Get(CellName),
    Close,
    /// Nobody waits for a ticket any more.
    Cancel,
    Restart,
    ShutDown,
}

const ASKS: [Ask; 12] = [
    Ask::Allocate,
    Ask::Claim,
    Ask::Put(CellName::Answer),
    Ask::Put(CellName::Finish),
    Ask::Put(CellName::Receipt),
    Ask::Get(CellName::Answer),
    Ask::Get(CellName::Finish),
    Ask::Get(CellName::Receipt),
    Ask::Close,
    Ask::Cancel,
    Ask::Restart,
    Ask::ShutDown,
];
/// Milliseconds that pass before a step.
const MILLIS: [u64; 16] = [
    0, 1, 500, 999, 1_000, 5_000, 20_000, 29_999, 30_000, 59_999, 60_000, 540_000, 600_000,
    900_000, 3_600_000, 86_400_000,
];
const LENGTHS: [usize; 5] = [1, 33, 64, 305, 5_000];
const WAITS: [u8; 4] = [0, 1, 25, 30];

/// One step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) ask: Ask,
    pub(crate) millis: u64,
    pub(crate) side: u8,
    pub(crate) appid: u8,
    pub(crate) from: u8,
    /// A number, or above 127 one of those that were given.
    pub(crate) channel: u8,
    pub(crate) value: u8,
}

impl Step {
    pub(crate) fn of(input: &mut Input<'_>) -> Option<Self> {
        let ask = ASKS[usize::from(input.byte()?) % ASKS.len()];
        let millis = MILLIS[usize::from(input.or_zero()) % MILLIS.len()];
        let who = input.or_zero();
        let (channel, value) = (input.or_zero(), input.or_zero());
        let (side, appid, from) = (who & 15, who >> 4 & 3, who >> 6);
        Some(Self {
            ask,
            millis,
            side,
            appid,
            from,
            channel,
            value,
        })
    }

    /// What is written.
    pub(crate) fn body(self) -> Vec<u8> {
        let length = LENGTHS[usize::from(self.value >> 2) % LENGTHS.len()];
        vec![self.value & 3; length]
    }

    pub(crate) fn wait(self) -> u8 {
        WAITS[usize::from(self.value) % WAITS.len()]
    }

    pub(crate) fn reason(self) -> EndReason {
        EndReason::ALL[usize::from(self.value) % EndReason::ALL.len()]
    }
}

/// A step as it is read.
pub(crate) fn encode(ask: Ask, side: u8, value: u8) -> [u8; 5] {
    let ask = ASKS
        .iter()
        .position(|known| *known == ask)
        .expect("one of them");
    [ask as u8, 0, side, 128, value]
}

/// The bounds of the relay, by the first byte.
pub(crate) fn limits(byte: u8) -> Limits {
    let small = Limits {
        ttl: 900,
        channels_per_appid: 11,
        channels_per_address: 6,
        channels: 14,
        stored_bytes: 20_000,
        starts_per_minute: 200,
        ..Limits::default()
    };
    match byte % 4 {
        0 => Limits {
            starts_per_minute: 100_000,
            ..Limits::default()
        },
        1 => small,
        2 => Limits {
            ttl: 20,
            starts_per_minute: 3,
            ..small
        },
        _ => Limits {
            stored_bytes: 3_000,
            addresses: 2,
            ..small
        },
    }
}
