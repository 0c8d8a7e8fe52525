//! One client under a relay that does what the input says, checked at each step.

mod attempt;
mod drive;
mod end;
mod names;
mod observer;
mod peer;
mod role;
mod timing;

pub(crate) use drive::drive;
pub(crate) use peer::Role;
pub(crate) use role::{DEADLINES, initiator, receiver};
