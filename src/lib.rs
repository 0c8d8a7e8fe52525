//! Two people move a small secret between two machines with a short spoken code.
//!
//! One machine, the *initiator*, shows an invitation code such as `7-crossover-clockwork`; the
//! user of the other, the *receiver*, types it in. Over a relay that is trusted with nothing but
//! availability, the two agree on a key from the words (SPAKE2), and each gets the other's *blob*
//! of up to 65 535 bytes, encrypted and authenticated end to end. The protocol is specified in
//! `spec/wormhole-sync.md`; identifiers such as `PAKE-10` in this documentation are its
//! requirements.
//!
//! In scope is this exchange, once, between two people. Not in scope are more data than a blob,
//! more than two people, hiding who talks to the relay and when, and secrecy against somebody who
//! records today and has a quantum computer later.
//!
//! ```no_run
//! # fn main() -> Result<(), wormhole_sync::Error> {
//! use wormhole_sync::{Initiator, Receiver};
//!
//! // On one machine:
//! let waiting = Initiator::new("example.com/app1", b"initiator's blob").start()?;
//! println!("Invitation Code: {}", waiting.code().reveal());
//! let theirs = waiting.finish()?;
//!
//! // On the other, with the code that its user typed:
//! # let code = "7-crossover-clockwork";
//! let theirs = Receiver::new("example.com/app1", code, b"receiver's blob").finish()?;
//! println!("{} bytes, verifier: {}", theirs.blob().len(), theirs.verifier().reveal());
//! # Ok(()) }
//! ```
//!
//! # The parts: each uses only those above it
//!
//! - [`values`]: codes, links, appids, addresses, messages; strict parsing (sections 3, 4 and 8).
//! - [`crypto`]: SPAKE2, the key schedule, padding and seals (sections 5 to 7).
//! - [`protocol`]: the state machines, without clock or socket (section 11).
//! - `client`: the blocking and the asynchronous client; `relay`: the rendezvous server.
//! - `cli`: the command line.
//!
//! # Features
//!
//! `blocking` (default), `async`, `relay`, `cli`; `tracing` writes log lines of an exchange,
//! without secrets; `test-hooks-dangerous` is for conformance testing and for nothing else.

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(any(feature = "blocking", feature = "async"))]
pub mod client;
#[cfg(any(feature = "blocking", feature = "async", feature = "relay"))]
mod clock;
pub mod crypto;
pub mod protocol;
#[cfg(feature = "relay")]
pub mod relay;
pub mod values;

#[cfg(feature = "async")]
pub use client::asynchronous;
#[cfg(any(feature = "blocking", feature = "async"))]
pub use client::{Error, Received};
#[cfg(feature = "blocking")]
pub use client::{
    blocking,
    blocking::{Initiator, Receiver},
};
