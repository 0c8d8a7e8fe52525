//! wormhole-sync.

pub mod crypto;
pub mod values;
