//! How many connections there are, in all and by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::address::Address;
use super::limits::Limits;
use super::problem::Refusal;

/// The connections there are, in all and by address.
pub(super) struct Crowd {
    counts: Mutex<Counts>,
    bound: u32,
    bound_by_address: u32,
}

#[derive(Default)]
struct Counts {
    all: u32,
    by_address: HashMap<Address, u32>,
}

impl Crowd {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            counts: Mutex::new(Counts::default()),
            bound: limits.connections,
            bound_by_address: limits.connections_per_address,
        }
    }

    /// Counts a connection; a trusted proxy brings those of many.
    pub(super) fn admit(crowd: &Arc<Self>, peer: IpAddr, trusted: bool) -> Result<Place, Refusal> {
        let mut counts = crowd.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.all >= crowd.bound {
            return Err(Refusal::Unavailable);
        }
        let address = (!trusted).then(|| Address::from(peer));
        if let Some(address) = address {
            let count = counts.by_address.entry(address).or_default();
            if *count >= crowd.bound_by_address {
                return Err(Refusal::RateLimited { retry_after: 1 });
            }
            *count += 1;
        }
        counts.all += 1;
        Ok(Place {
            crowd: Arc::clone(crowd),
            address,
        })
    }
}

/// A connection's place in the crowd, given back on drop.
pub(super) struct Place {
    crowd: Arc<Crowd>,
    address: Option<Address>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let counts = self.crowd.counts.lock();
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
