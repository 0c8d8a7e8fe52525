//! The rate of RELAY-20: a token bucket for each address, counted with fractions.

use std::collections::HashMap;
use wormhole_sync::relay::Limits;

/// The token buckets of all addresses.
#[derive(Debug)]
pub(crate) struct TokenBuckets {
    size: f64,
    /// The starts that are left to an address, and the time of this count in milliseconds.
    left: HashMap<u8, (f64, u64)>,
}

/// The decision of a bucket, as far as rounding leaves no doubt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum RateDecision {
    Allowed,
    /// Refused for so many seconds.
    Refused(f64),
    /// Allowed or refused: rounding decides.
    Either,
}

impl TokenBuckets {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            size: f64::from(limits.starts_per_minute),
            left: HashMap::new(),
        }
    }

    pub(crate) fn decision(&self, from: u8, now: u64) -> RateDecision {
        let (left, at) = self.left.get(&from).copied().unwrap_or((self.size, now));
        let per_second = self.size / 60.0;
        let left = (left + (now - at) as f64 / 1_000.0 * per_second).min(self.size);
        match left {
            _ if left >= 1.01 => RateDecision::Allowed,
            _ if left < 0.99 => RateDecision::Refused((1.0 - left) / per_second),
            _ => RateDecision::Either,
        }
    }

    pub(crate) fn take(&mut self, from: u8, now: u64) {
        let (left, at) = self.left.get(&from).copied().unwrap_or((self.size, now));
        let grown = (now - at) as f64 / 1_000.0 * self.size / 60.0;
        self.left
            .insert(from, ((left + grown).min(self.size) - 1.0, now));
    }

    /// The number of addresses that have been seen.
    pub(crate) fn addresses(&self) -> usize {
        self.left.len()
    }
}
