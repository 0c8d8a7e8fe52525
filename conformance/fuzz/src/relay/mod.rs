//! A relay's registry under any calls, beside a naive one that knows the specification's table and nothing of how the
//! registry keeps its channels.

mod ask;
mod bounds;
mod drive;
mod naive;
mod script;
mod start;
mod table;
mod ticket;

pub(crate) use drive::drive;
pub(crate) use script::{Ask, encode};
