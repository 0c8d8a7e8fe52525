//! The clients: a blocking one and an asynchronous one over the same [`protocol`](crate::protocol).
//!
//! Both have the same builders ([`Initiator`], [`Receiver`]) and the same steps; [`blocking`] and
//! [`asynchronous`] differ in how a request is made and how time passes, and in nothing else.

#[cfg(feature = "async")]
pub mod asynchronous;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod error;
#[cfg(feature = "test-hooks-dangerous")]
mod hooks;
mod prepared;
mod received;
mod transport;

pub use builder::{
    Builder, DEFAULT_RENDEZVOUS, Initiating, Initiator, RENDEZVOUS_VARIABLE, Receiver, Receiving,
};
pub use error::{Cause, Error};
#[cfg(feature = "test-hooks-dangerous")]
pub use hooks::{Hooks, Named};
pub use received::{ExportError, ExportedKey, Held, Received, Verifier};
pub use transport::{TlsFault, TlsOptions};
