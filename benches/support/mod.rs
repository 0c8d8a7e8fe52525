//! The parts that the benches share: the things that are compared, and the comparisons.

// Each bench is a program of its own and uses some of these modules.
#![allow(dead_code)]

pub(crate) mod bare;
pub(crate) mod bars;
pub(crate) mod cpu;
pub(crate) mod exchange;
pub(crate) mod load;
pub(crate) mod memory;
pub(crate) mod messages;
pub(crate) mod pairs;
pub(crate) mod pake;
pub(crate) mod suite;

use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};

/// A relay with all its checks and bounds switched on; the bounds are so high that one machine's
/// load does not reach them.
pub(crate) fn relay() -> RelayHandle {
    let limits = Limits {
        channels_per_address: 1 << 30,
        channels: 1 << 30,
        stored_bytes: 8 << 30,
        // One start grows back in a microsecond.
        starts_per_minute: 60_000_000,
        connections: 60_000,
        connections_per_address: 60_000,
        ..Limits::default()
    };
    let any_port = ([127, 0, 0, 1], 0).into();
    RelayHandle::spawn(any_port, limits, RelayOptions::default()).expect("a relay")
}
