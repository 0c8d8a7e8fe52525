//! One client under a relay that does what the input says, and what must hold at each step of it.

mod drive;
mod ends;
mod laws;
mod peer;
mod relay;
mod role;
mod timing;

pub(crate) use drive::drive;
pub(crate) use peer::Role;
pub(crate) use role::{DEADLINES, initiator, receiver};
