//! The builders, one for each family.

mod addresses;
mod code;
mod exchange;
mod exchange_faults;
mod exporter;
mod hostile_elements;
mod hostile_points;
mod json;
mod key_schedule;
mod large;
mod messages;
mod padding;
mod published;
mod seal;
mod spake2;
mod verifier;
mod words;

pub(super) use exchange::worked_example;

use super::file::Family;
use super::seeds::Seeds;
use super::word_lists::WordLists;
use crate::spec::Spec;

/// What builders draw on.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) seeds: Seeds,
    pub(super) lists: WordLists,
    pub(super) spec: Spec,
}

type Build = fn(&Sources) -> Result<Family, String>;

/// Builds all families, from codes up to whole exchanges.
///
/// # Errors
///
/// All that is not in order with them.
pub(super) fn all(sources: &Sources) -> Result<Vec<Family>, String> {
    const BUILDERS: [Build; 15] = [
        code::build,
        words::build,
        addresses::build,
        json::build,
        messages::build,
        spake2::build,
        hostile_elements::build,
        published::build,
        key_schedule::build,
        verifier::build,
        exporter::build,
        padding::build,
        seal::build,
        exchange::build,
        large::build,
    ];
    BUILDERS.into_iter().map(|build| build(sources)).collect()
}
