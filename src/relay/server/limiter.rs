//! The limiter of connections, in all and by address (RELAY-20).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::relay::limits::Limits;
use crate::relay::problem::Refusal;
use crate::relay::registry::ClientAddress;

/// Counts open connections and refuses those over the bounds.
pub(super) struct ConnectionLimiter {
    counts: Mutex<ConnectionCounts>,
    bound: u32,
    bound_by_address: u32,
}

#[derive(Default)]
struct ConnectionCounts {
    all: u32,
    by_address: HashMap<ClientAddress, u32>,
}

impl ConnectionLimiter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            counts: Mutex::new(ConnectionCounts::default()),
            bound: limits.connections,
            bound_by_address: limits.connections_per_address,
        }
    }

    /// Open connections.
    pub(super) fn open(&self) -> u32 {
        let counts = self.counts.lock();
        counts.unwrap_or_else(PoisonError::into_inner).all
    }

    /// Counts a connection, or refuses it. A trusted proxy has no bound of its own, since it brings
    /// the connections of many clients.
    pub(super) fn admit(
        limiter: &Arc<Self>,
        peer: IpAddr,
        trusted: bool,
    ) -> Result<ConnectionPermit, Refusal> {
        let mut counts = limiter
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if counts.all >= limiter.bound {
            return Err(Refusal::Unavailable);
        }
        let address = (!trusted).then(|| ClientAddress::from(peer));
        if let Some(address) = address {
            let count = counts.by_address.entry(address).or_default();
            if *count >= limiter.bound_by_address {
                return Err(Refusal::RateLimited { retry_after: 1 });
            }
            *count += 1;
        }
        counts.all += 1;
        Ok(ConnectionPermit {
            limiter: Arc::clone(limiter),
            address,
        })
    }
}

/// The permit of one connection, which is given back on drop.
pub(super) struct ConnectionPermit {
    limiter: Arc<ConnectionLimiter>,
    address: Option<ClientAddress>,
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let counts = self.limiter.counts.lock();
        let mut counts = counts.unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        let Some(address) = self.address else { return };
        if let Some(count) = counts.by_address.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.by_address.remove(&address);
            }
        }
    }
}
