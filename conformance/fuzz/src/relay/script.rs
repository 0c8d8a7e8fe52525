//! An input as a list of steps, of five bytes each.

use crate::input::Input;
use wormhole_sync::relay::{EndReason, Limits};
use wormhole_sync::values::messages::CellName;

/// The operation of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Allocate,
    Claim,
    Put(CellName),
    Get(CellName),
    Close,
    /// A client stops waiting for its ticket.
    Cancel,
    Restart,
    ShutDown,
}

const OPERATIONS: [Operation; 12] = [
    Operation::Allocate,
    Operation::Claim,
    Operation::Put(CellName::Answer),
    Operation::Put(CellName::Finish),
    Operation::Put(CellName::Receipt),
    Operation::Get(CellName::Answer),
    Operation::Get(CellName::Finish),
    Operation::Get(CellName::Receipt),
    Operation::Close,
    Operation::Cancel,
    Operation::Restart,
    Operation::ShutDown,
];
/// Milliseconds that pass before a step.
const MILLIS: [u64; 16] = [
    0, 1, 500, 999, 1_000, 5_000, 20_000, 29_999, 30_000, 59_999, 60_000, 540_000, 600_000,
    900_000, 3_600_000, 86_400_000,
];
const LENGTHS: [usize; 5] = [1, 33, 64, 305, 5_000];
const WAITS: [u8; 4] = [0, 1, 25, 30];

/// One step of a script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) millis: u64,
    pub(crate) side: u8,
    pub(crate) appid: u8,
    pub(crate) from: u8,
    /// A channel's number; above 127, one of the numbers that were given out.
    pub(crate) channel: u8,
    pub(crate) value: u8,
}

impl Step {
    pub(crate) fn of(input: &mut Input<'_>) -> Option<Self> {
        let operation = OPERATIONS[usize::from(input.byte()?) % OPERATIONS.len()];
        let millis = MILLIS[usize::from(input.or_zero()) % MILLIS.len()];
        let caller = input.or_zero();
        let (channel, value) = (input.or_zero(), input.or_zero());
        let (side, appid, from) = (caller & 15, caller >> 4 & 3, caller >> 6);
        Some(Self {
            operation,
            millis,
            side,
            appid,
            from,
            channel,
            value,
        })
    }

    /// The body that is written.
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

/// The bytes of a step, as [`Step::of`] reads them.
pub(crate) fn encode(operation: Operation, side: u8, value: u8) -> [u8; 5] {
    let operation = OPERATIONS
        .iter()
        .position(|known| *known == operation)
        .expect("one of them");
    [operation as u8, 0, side, 128, value]
}

/// The bounds of the relay, by the first byte of the input.
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
