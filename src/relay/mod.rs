//! The rendezvous server (spec sections 9 and 10).
mod address;
mod channel;
mod ids;
mod life;
mod limits;
mod problem;
mod slab;
mod state;
pub mod table;
