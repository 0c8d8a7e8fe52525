//! A relay's load, seen from beside it.

use std::fmt;
use std::sync::Arc;

use super::context::ConnectionContext;
use super::limiter::ConnectionLimiter;
use super::shared::RelayCounts;

/// A view of a relay's load.
#[derive(Clone)]
pub struct Monitor {
    pub(super) shared: Arc<ConnectionContext>,
    pub(super) limiter: Arc<ConnectionLimiter>,
}

impl Monitor {
    /// The present counts.
    #[must_use]
    pub fn counts(&self) -> RelayCounts {
        let connections = usize::try_from(self.limiter.open()).unwrap_or(usize::MAX);
        self.shared.registry.counts(connections)
    }

    /// All metrics, in the text format of OpenMetrics.
    ///
    /// # Errors
    ///
    /// None in practice: the text goes to memory.
    pub fn metrics(&self) -> Result<String, fmt::Error> {
        self.shared.metrics.encode(&self.counts())
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("counts", &self.counts())
            .finish()
    }
}
