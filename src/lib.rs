//! wormhole-sync.

pub mod values;
