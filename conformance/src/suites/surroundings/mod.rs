//! Surroundings: what a client does about certificates, proxies, names, signals, a standard error
//! that is gone, and files.
//!
//! They stand beside the levels, since they judge the HTTP library as much as its user. Most have a
//! process of their own, in surroundings of its own.

mod case;
mod door;
mod environment;
#[cfg(unix)]
mod stopped;
mod tls;

use std::sync::Arc;

use crate::stage::listener::runtime;
use crate::suites::case::Case;

/// The tests of surroundings.
///
/// # Errors
///
/// A sentence when the machine has no threads for the relays, or no certificate can be made.
pub(crate) fn cases() -> anyhow::Result<Vec<Box<dyn Case>>> {
    let runtime = Arc::new(runtime()?);
    let mut cases = Vec::new();
    // What waits for seconds comes first.
    #[cfg(unix)]
    cases.extend(stopped::cases(&runtime));
    cases.extend(tls::cases(&runtime)?);
    cases.extend(environment::cases(&runtime));
    Ok(cases)
}
