//! wormhole-sync.
