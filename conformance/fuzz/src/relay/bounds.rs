//! The rate of RELAY-20: a bucket for each address, counted with fractions.

use std::collections::HashMap;
use wormhole_sync::relay::Limits;

#[derive(Debug)]
pub(crate) struct Buckets {
    size: f64,
    /// The starts that are left, and when.
    left: HashMap<u8, (f64, u64)>,
}

/// What a bucket says, but for what rounding may make of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Says {
    Yes,
    /// Not for so many seconds.
    No(f64),
    Either,
}

impl Buckets {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            size: f64::from(limits.starts_per_minute),
            left: HashMap::new(),
        }
    }

    pub(crate) fn says(&self, from: u8, now: u64) -> Says {
        let (left, at) = self.left.get(&from).copied().unwrap_or((self.size, now));
        let per_second = self.size / 60.0;
        let left = (left + (now - at) as f64 / 1_000.0 * per_second).min(self.size);
        match left {
            _ if left >= 1.01 => Says::Yes,
            _ if left < 0.99 => Says::No((1.0 - left) / per_second),
            _ => Says::Either,
        }
    }

    pub(crate) fn take(&mut self, from: u8, now: u64) {
        let (left, at) = self.left.get(&from).copied().unwrap_or((self.size, now));
        let grown = (now - at) as f64 / 1_000.0 * self.size / 60.0;
        self.left
            .insert(from, ((left + grown).min(self.size) - 1.0, now));
    }

    /// How many addresses have been seen.
    pub(crate) fn addresses(&self) -> usize {
        self.left.len()
    }
}
