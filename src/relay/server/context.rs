//! The surroundings that all connections of a relay share.

use std::time::Duration;

use super::metrics::Metrics;
use super::proxies::{Proxies, UntrustedProxies};
use super::shared::SharedRegistry;

/// The registry and settings that all connections of a relay share.
pub(super) struct ConnectionContext {
    pub(super) registry: SharedRegistry,
    pub(super) proxies: Proxies,
    pub(super) untrusted: UntrustedProxies,
    pub(super) metrics: Metrics,
    /// The time in which a request must arrive, and in which an idle connection must bring one.
    pub(super) request_time: Duration,
}
