//! The targets. Each takes any bytes, and panics when the reference does not do what the
//! specification says.

mod code;
mod initiator;
mod link;
mod messages;
mod receiver;
mod relay;
mod rendezvous;
mod request;
mod response;

pub use code::code;
pub use initiator::initiator;
pub use link::link;
pub use messages::messages;
pub use receiver::receiver;
pub use relay::relay;
pub use rendezvous::rendezvous;
pub use request::request;
pub use response::response;
