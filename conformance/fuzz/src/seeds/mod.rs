//! Seeds: inputs that are made of the committed vectors and transcripts, and some more for what
//! these do not have.

mod calls;
mod dictionary;
mod files;
mod heads;
mod recorded;
mod runs;
mod transcripts;
mod vectors;

pub use dictionary::dictionary;

use std::collections::BTreeSet;

/// The length of the longest seed. Longer inputs are left to the conformance suite, because a
/// fuzzer changes small ones.
const LONGEST: usize = 4_096;

/// The seeds of a target, without duplicates.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = vectors::seeds(target);
    seeds.extend(transcripts::seeds(target));
    match target {
        "response" => seeds.extend(heads::responses()),
        "request" => seeds.extend(heads::requests()),
        "relay" => seeds.extend(calls::seeds()),
        "initiator" | "receiver" => seeds.extend(runs::more(target)),
        _ => {}
    }
    seeds.retain(|seed| seed.len() <= LONGEST);
    BTreeSet::from_iter(seeds).into_iter().collect()
}
