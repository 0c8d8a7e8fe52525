//! Live: clients that are judged by their effects alone, without any injection of values.
//!
//! The suite is the relay and the other peer, both ready to misbehave. All bytes are computed as a
//! run goes on, from what the client drew.

mod drawn;
mod elements;
pub(crate) mod expect;
pub(crate) mod judge;
mod local;
mod messages;
mod network;
mod outside;
mod peer;
pub(crate) mod play;
pub(crate) mod relay;
mod request_checks;
pub(crate) mod responses;
pub(crate) mod scenario;
pub(crate) mod script;
pub(crate) mod secrets;
pub(crate) mod seen;
mod statistics;
mod table;
mod together;
mod tour;
mod users;
pub(crate) mod words;

use std::sync::Arc;

use crate::stage::listener::runtime;
use crate::suites::case::Case;

/// The live tests.
///
/// # Errors
///
/// A sentence when the machine has no threads for the relays.
pub(crate) fn cases() -> anyhow::Result<Vec<Box<dyn Case>>> {
    let runtime = Arc::new(runtime()?);
    let mut scenarios = table::scenarios();
    scenarios.extend(messages::scenarios());
    scenarios.extend(network::scenarios());
    scenarios.extend(users::scenarios());
    // What waits longest comes first, and what judges every request before single exchanges.
    let mut cases = scenario::cases(scenarios, &runtime);
    cases.extend(tour::cases(&runtime));
    cases.extend(drawn::cases(&runtime));
    cases.extend(together::cases(&runtime));
    Ok(cases)
}
