//! Live: clients that are judged by their effects alone, without any injection of values.
//!
//! The suite is the relay and the other peer, both ready to misbehave. All bytes are computed as a
//! run goes on, from what the client drew.

mod judge;
mod messages;
mod network;
mod peer;
mod play;
mod relay;
mod responses;
mod scenario;
mod script;
mod table;
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
    Ok(scenario::cases(scenarios, &runtime))
}
