//! The rendezvous server (spec sections 9 and 10).
//!
//! It carries four messages between two sides, each written once, and forgets them. It sees
//! sizes, times and addresses, never a word, a key or a blob; clients trust it with nothing but
//! availability. What it does owe its operator: bounded memory and time, whatever comes.
//!
//! Three layers, from the inside out:
//!
//! - [`Registry`]: all channels as one pure machine. Time and random numbers come in, answers go
//!   out. [`table`] reads the table of RELAY-11 back out of it.
//! - the HTTP face: the checks of RELAY-9 in their order, then the registry.
//! - [`Relay`]: listener, connections, bounds, going down; [`RelayHandle`] runs one on a thread.
//!
//! Not here: TLS, which a proxy in front ends ([`Proxies`]); storage, since a channel lives for
//! minutes and a restart forgets all.

mod address;
mod call;
mod channel;
mod clock;
mod connection;
mod crowd;
mod handle;
mod http;
mod hub;
mod ids;
mod life;
mod limits;
mod problem;
mod proxies;
mod server;
mod slab;
mod state;
pub mod table;
mod target;

#[cfg(feature = "test-hooks-dangerous")]
pub mod dangerous_reading;

#[cfg(test)]
mod http_tests;
#[cfg(test)]
mod state_properties;
#[cfg(test)]
mod state_tests;

pub use address::Address;
pub use call::{Action, Answer, Call, Reply, Ticket};
pub use channel::{By, Bytes, Request, Side, Standing};
pub use clock::{Clock, Hand};
pub use handle::RelayHandle;
pub use hub::Counts;
pub use ids::{Random, system_random};
pub use limits::{BadLimits, GRACE, LIFE_AFTER_CLAIM, Limits, QUARANTINE, REQUEST_TIME};
pub use problem::{Reason, Refusal};
pub use proxies::{BadNetwork, ForwardedHeader, Network, Proxies};
pub use server::{Monitor, Options, Relay, RelayError};
pub use state::Registry;
