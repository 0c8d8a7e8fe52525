//! All scenarios, by subject.

mod accepted;
mod bodies;
mod code;
mod cut_polls;
mod cuts;
mod done;
mod elements;
mod ends;
mod events;
mod headers;
mod kept;
mod local;
mod looking;
mod members;
mod peers;
mod problems;
mod receipts;
mod repeats;
mod responses;
mod retry_after;
mod states;
mod texts;
mod times;
mod values;
mod waits;

use super::scenario::Scenario;

/// Every scenario there is.
pub(super) fn all() -> Vec<Scenario> {
    [
        done::scenarios(),
        headers::scenarios(),
        retry_after::scenarios(),
        bodies::scenarios(),
        cuts::scenarios(),
        members::scenarios(),
        kept::scenarios(),
        events::scenarios(),
        times::scenarios(),
        cut_polls::scenarios(),
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
