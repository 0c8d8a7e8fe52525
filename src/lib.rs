//! wormhole-sync.

pub mod values;

#[cfg(feature = "relay")]
pub mod relay;
