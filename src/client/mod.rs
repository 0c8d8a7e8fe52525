//! The clients: a blocking one and an asynchronous one over the same [`protocol`](crate::protocol).
//!
//! Both have the same builders ([`Initiator`], [`Receiver`]) and the same steps ([`Waiting`],
//! [`Holding`], [`Answered`], [`Taking`]); [`blocking`] and [`asynchronous`] differ in how a
//! request is made and how time passes, and in nothing else.

mod address;
#[cfg(feature = "async")]
pub mod asynchronous;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
#[cfg(feature = "blocking")]
mod canceller;
mod error;
#[cfg(feature = "test-hooks-dangerous")]
mod hooks;
mod observer;
mod prepared;
mod received;
pub mod steps;
mod transport;

pub use address::{AddressOrigin, DEFAULT_RENDEZVOUS, RENDEZVOUS_VARIABLE, RelayAddress};
pub use builder::{Builder, Initiating, Initiator, Receiver, Receiving};
pub use error::{Cause, Error};
#[cfg(feature = "test-hooks-dangerous")]
pub use hooks::{Hooks, Named};
pub use observer::ExchangeEvent;
pub use received::{ExportError, ExportedKey, Held, Received, Verifier};
pub use steps::{Answered, Client, Driver, Holding, Taking, Waiting};
pub use transport::{BadProxy, Proxy, TlsFault, TlsOptions};
