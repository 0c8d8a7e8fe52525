//! All scenarios, by subject.

mod accepted;
mod code;
mod done;
mod elements;
mod ends;
mod local;
mod looking;
mod peers;
mod problems;
mod receipts;
mod repeats;
mod responses;
mod states;
mod texts;
mod values;
mod waits;

use super::scenario::Scenario;

/// Every scenario there is.
pub(super) fn all() -> Vec<Scenario> {
    [
        done::scenarios(),
        code::scenarios(),
        local::scenarios(),
        ends::scenarios(),
        looking::scenarios(),
        waits::scenarios(),
        repeats::scenarios(),
        responses::scenarios(),
        texts::scenarios(),
        values::scenarios(),
        problems::scenarios(),
        accepted::scenarios(),
        elements::scenarios(),
        peers::scenarios(),
        receipts::scenarios(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
