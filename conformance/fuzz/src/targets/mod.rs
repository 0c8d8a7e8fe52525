//! The targets: each takes any bytes, and panics when what is fuzzed does not do what the specification says.

mod code;
mod hear;
mod initiator;
mod link;
mod messages;
mod receiver;
mod relay;
mod rendezvous;
mod request;

pub use code::code;
pub use hear::hear;
pub use initiator::initiator;
pub use link::link;
pub use messages::messages;
pub use receiver::receiver;
pub use relay::relay;
pub use rendezvous::rendezvous;
pub use request::request;

pub(crate) use hear::{KINDS, STATUSES, answer};
