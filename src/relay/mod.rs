//! The rendezvous server (spec sections 9 and 10).
//!
//! The server carries four messages between two sides, each written once, and forgets them. It sees
//! sizes, times and addresses, never a word, a key or a blob; clients trust it with nothing but
//! availability. To its operator it owes bounded memory and time, whatever requests come.
//!
//! It has two parts, of which the second uses the first:
//!
//! - `registry`: all channels as one pure state machine, the `Registry`. Requests, time and
//!   random numbers come in, answers go out.
//! - `server`: HTTP, connections and their bounds, and the shutdown. [`Relay`] listens and serves;
//!   [`RelayHandle`] runs one on a thread.
//!
//! Both use the [`Limits`] and the refusals ([`Refusal`]) of this folder.
//!
//! A proxy in front ends TLS ([`Proxies`]). Nothing is stored on disk: a channel lives for
//! minutes, and a restart forgets all.

mod limits;
mod problem;
#[cfg_attr(
    not(feature = "unstable-internals"),
    allow(dead_code, unreachable_pub, unused_imports)
)]
mod registry;
mod server;

pub use limits::{BadLimits, GRACE, LIFE_AFTER_CLAIM, Limits, QUARANTINE, REQUEST_TIME};
pub use problem::{EndReason, Refusal};
#[cfg(feature = "unstable-internals")]
pub use registry::{
    Bytes, Call, ChannelRequest, ChannelState, ClientAddress, Handled, Party, Random, Registry,
    RelayAction, Reply, SideKey, Ticket, system_random,
};
#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub use server::ManualClock;
#[cfg(feature = "test-hooks-dangerous")]
pub use server::dangerous_reading;
pub use server::{
    BadNetwork, Clock, ForwardedHeader, Monitor, Network, Proxies, Relay, RelayCounts, RelayError,
    RelayHandle, RelayOptions,
};
