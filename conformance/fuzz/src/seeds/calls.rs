//! Calls to a relay: each cell of the table of RELAY-11, and the requests of recorded runs beside those of their peers.

use super::recorded::kind;
use crate::relay::{Ask, encode};
use serde_json::Value;
use wormhole_sync::protocol::RequestKind;
use wormhole_sync::values::messages::CellName;

const OWNER: u8 = 1;
const CLAIMANT: u8 = 2;
const ANOTHER: u8 = 3;
const STEPS: [(Ask, u8); 5] = [
    (Ask::Allocate, OWNER),
    (Ask::Claim, CLAIMANT),
    (Ask::Put(CellName::Answer), CLAIMANT),
    (Ask::Put(CellName::Finish), OWNER),
    (Ask::Put(CellName::Receipt), CLAIMANT),
];

/// What no recorded run has.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = table();
    seeds.push(reuse());
    seeds.extend((0..4).flat_map(crowd));
    seeds.extend((0..16).flat_map(|time| [false, true].map(|ended| later(time, ended))));
    seeds
}

/// Each request of each side in each state, live and ended.
fn table() -> Vec<Vec<u8>> {
    let cells = CellName::ALL
        .into_iter()
        .flat_map(|cell| [Ask::Put(cell), Ask::Get(cell)]);
    let asks: Vec<Ask> = cells.chain([Ask::Claim, Ask::Close]).collect();
    let mut seeds = Vec::new();
    for count in 0..=STEPS.len() {
        for ended in [false, true] {
            for ask in &asks {
                let mut seed = vec![0, 1];
                seed.extend(
                    STEPS[..count]
                        .iter()
                        .flat_map(|(ask, side)| encode(*ask, *side, 4)),
                );
                if ended {
                    seed.extend(encode(Ask::Close, OWNER, 0));
                }
                for side in [OWNER, CLAIMANT, ANOTHER] {
                    seed.extend(encode(*ask, side, 4));
                    seed.extend(encode(*ask, side, 7));
                }
                seeds.push(seed);
            }
        }
    }
    seeds
}

/// A channel after each of the times that a step may take, live or ended before.
fn later(time: u8, ended: bool) -> Vec<u8> {
    let mut seed = vec![1, 4];
    seed.extend(
        STEPS[..3]
            .iter()
            .flat_map(|(ask, side)| encode(*ask, *side, 4)),
    );
    if ended {
        seed.extend(encode(Ask::Close, OWNER, 0));
    }
    let mut first = encode(Ask::Get(CellName::Answer), OWNER, 4);
    first[1] = time;
    seed.extend(first);
    seed.extend(encode(Ask::Claim, CLAIMANT, 4));
    seed.extend(encode(Ask::Allocate, OWNER, 4));
    seed
}

/// A number that is given out again within the grace of its channel, because no other is left (RELAY-12, RELAY-19).
fn reuse() -> Vec<u8> {
    let mut seed = vec![0, 1];
    for side in 1..=9 {
        seed.extend(encode(Ask::Allocate, side, 4));
    }
    // The newest channel is the one that is meant.
    seed.extend(encode(Ask::Claim, 10, 4));
    seed.extend(encode(Ask::Put(CellName::Answer), 10, 4));
    seed.extend(encode(Ask::Close, 9, 4));
    seed.extend(encode(Ask::Allocate, 11, 4));
    for side in 9..=12 {
        for ask in [
            Ask::Get(CellName::Answer),
            Ask::Put(CellName::Answer),
            Ask::Claim,
            Ask::Close,
        ] {
            seed.extend(encode(ask, side, 4));
        }
    }
    seed
}

/// More channels of an address, of an appid and in all than each of the relay's bounds allows.
fn crowd(bounds: u8) -> Vec<Vec<u8>> {
    // In the byte that says who asks: the side, the appid, the address.
    let who: [&dyn Fn(u8) -> u8; 3] = [&|side| side, &|side| side | side << 6, &|side| {
        side | side << 4
    }];
    let seed = |who: &&dyn Fn(u8) -> u8| {
        let allocates = (0..16).flat_map(|side| encode(Ask::Allocate, who(side), 12));
        [bounds, 3].into_iter().chain(allocates).collect()
    };
    who.iter().map(seed).collect()
}

/// The requests of a run, and what its peer did meanwhile, as it shows in the answers.
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
        seed.extend(encode(Ask::Allocate, peer, 4));
    }
    for exchange in exchanges {
        let ask = match kind(exchange) {
            RequestKind::Allocate => Ask::Allocate,
            RequestKind::Claim => Ask::Claim,
            RequestKind::Put(cell) => Ask::Put(cell),
            RequestKind::Get(cell) => Ask::Get(cell),
            RequestKind::Close => Ask::Close,
        };
        let got = exchange["answer"]["status"] == 200;
        if let Ask::Get(cell) = ask
            && got
        {
            if cell == CellName::Answer {
                seed.extend(encode(Ask::Claim, peer, 4));
            }
            seed.extend(encode(Ask::Put(cell), peer, 4));
        }
        seed.extend(encode(ask, own, 6));
    }
    (!exchanges.is_empty()).then_some(seed)
}
