//! A relay's registry under any calls, compared with a naive relay. The naive relay knows the specification's table, and
//! nothing of how the registry keeps its channels.

mod bounds;
mod channel;
mod drive;
mod naive;
mod script;
mod start;
mod table;
mod ticket;

pub(crate) use drive::drive;
pub(crate) use script::{Operation, encode};
