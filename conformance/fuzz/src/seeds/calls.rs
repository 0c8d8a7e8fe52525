//! Seeds that call a relay: for each cell of the table of RELAY-11, and the requests of recorded runs with those of their
//! peers.

use super::recorded::kind;
use crate::relay::{Operation, encode};
use serde_json::Value;
use wormhole_sync::protocol::RequestKind;
use wormhole_sync::values::messages::CellName;

const OWNER: u8 = 1;
const CLAIMANT: u8 = 2;
const ANOTHER: u8 = 3;
const STEPS: [(Operation, u8); 5] = [
    (Operation::Allocate, OWNER),
    (Operation::Claim, CLAIMANT),
    (Operation::Put(CellName::Answer), CLAIMANT),
    (Operation::Put(CellName::Finish), OWNER),
    (Operation::Put(CellName::Receipt), CLAIMANT),
];

/// Seeds for what no recorded run has.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = table();
    seeds.push(reuse());
    seeds.extend((0..4).flat_map(over_bounds));
    seeds.extend((0..16).flat_map(|time| [false, true].map(|ended| later(time, ended))));
    seeds
}

/// Seeds with each request of each side in each state, live and ended.
fn table() -> Vec<Vec<u8>> {
    let cells = CellName::ALL
        .into_iter()
        .flat_map(|cell| [Operation::Put(cell), Operation::Get(cell)]);
    let operations: Vec<Operation> = cells.chain([Operation::Claim, Operation::Close]).collect();
    let mut seeds = Vec::new();
    for count in 0..=STEPS.len() {
        for ended in [false, true] {
            for operation in &operations {
                let mut seed = vec![0, 1];
                seed.extend(
                    STEPS[..count]
                        .iter()
                        .flat_map(|(operation, side)| encode(*operation, *side, 4)),
                );
                if ended {
                    seed.extend(encode(Operation::Close, OWNER, 0));
                }
                for side in [OWNER, CLAIMANT, ANOTHER] {
                    seed.extend(encode(*operation, side, 4));
                    seed.extend(encode(*operation, side, 7));
                }
                seeds.push(seed);
            }
        }
    }
    seeds
}

/// A seed that comes back to a channel after a time, live or ended before.
fn later(time: u8, ended: bool) -> Vec<u8> {
    let mut seed = vec![1, 4];
    seed.extend(
        STEPS[..3]
            .iter()
            .flat_map(|(operation, side)| encode(*operation, *side, 4)),
    );
    if ended {
        seed.extend(encode(Operation::Close, OWNER, 0));
    }
    let mut first = encode(Operation::Get(CellName::Answer), OWNER, 4);
    first[1] = time;
    seed.extend(first);
    seed.extend(encode(Operation::Claim, CLAIMANT, 4));
    seed.extend(encode(Operation::Allocate, OWNER, 4));
    seed
}

/// A seed in which a number is given out again within the grace of its channel, because no other is left (RELAY-12,
/// RELAY-19).
fn reuse() -> Vec<u8> {
    let mut seed = vec![0, 1];
    for side in 1..=9 {
        seed.extend(encode(Operation::Allocate, side, 4));
    }
    // Each step means the newest channel.
    seed.extend(encode(Operation::Claim, 10, 4));
    seed.extend(encode(Operation::Put(CellName::Answer), 10, 4));
    seed.extend(encode(Operation::Close, 9, 4));
    seed.extend(encode(Operation::Allocate, 11, 4));
    for side in 9..=12 {
        for operation in [
            Operation::Get(CellName::Answer),
            Operation::Put(CellName::Answer),
            Operation::Claim,
            Operation::Close,
        ] {
            seed.extend(encode(operation, side, 4));
        }
    }
    seed
}

/// Seeds that allocate more channels than the bounds for an address, for an appid and in all allow.
fn over_bounds(bounds: u8) -> Vec<Vec<u8>> {
    // The byte of a caller holds its side, its appid and its address.
    let callers: [&dyn Fn(u8) -> u8; 3] = [&|side| side, &|side| side | side << 6, &|side| {
        side | side << 4
    }];
    let seed = |caller: &&dyn Fn(u8) -> u8| {
        let allocates = (0..16).flat_map(|side| encode(Operation::Allocate, caller(side), 12));
        [bounds, 3].into_iter().chain(allocates).collect()
    };
    callers.iter().map(seed).collect()
}

/// The seed of a recorded run: its requests, and the requests of its peer as far as the responses show them.
pub(crate) fn run(transcript: &Value) -> Option<Vec<u8>> {
    let exchanges = transcript["exchanges"].as_array().expect("exchanges");
    let is_initiator = transcript["role"] == "initiator";
    let (own, peer) = if is_initiator {
        (OWNER, CLAIMANT)
    } else {
        (CLAIMANT, OWNER)
    };
    let mut seed = vec![1, 2];
    if !is_initiator {
        seed.extend(encode(Operation::Allocate, peer, 4));
    }
    for exchange in exchanges {
        let operation = match kind(exchange) {
            RequestKind::Allocate => Operation::Allocate,
            RequestKind::Claim => Operation::Claim,
            RequestKind::Put(cell) => Operation::Put(cell),
            RequestKind::Get(cell) => Operation::Get(cell),
            RequestKind::Close => Operation::Close,
        };
        let has_cell = exchange["answer"]["status"] == 200;
        if let Operation::Get(cell) = operation
            && has_cell
        {
            if cell == CellName::Answer {
                seed.extend(encode(Operation::Claim, peer, 4));
            }
            seed.extend(encode(Operation::Put(cell), peer, 4));
        }
        seed.extend(encode(operation, own, 6));
    }
    (!exchanges.is_empty()).then_some(seed)
}
