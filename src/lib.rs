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
//! # The interface, and what it promises
//!
//! The names on this page are the interface: [`Initiator`] and [`Receiver`] of the blocking client,
//! `asynchronous` with those of the other, [`Code`], [`Link`], [`Received`], [`Error`] with its
//! causes, [`ExchangeEvent`], and `relay`. They change only with the version. A reviewed listing of
//! them is in `src/interface.txt`, and a test compares it.
//!
//! Whoever checks the crate needs its inside too: the state machines, the key schedule and each
//! parser, by name. These modules are public with the feature `unstable-internals` alone, which
//! promises nothing: any version may change them. They stand behind a feature and not in a crate of
//! their own, so that there is one crate to audit, and the models, the fuzzers and the conformance
//! suite drive the very code that ships.
//!
//! # The parts: each uses only those above it
//!
//! - `values`: codes, links, appids, addresses, messages; strict parsing (sections 3, 4 and 8).
//! - `crypto`: SPAKE2, the key schedule, padding and seals (sections 5 to 7).
//! - `protocol`: the state machines, without clock or socket (section 11).
//! - `client`: the blocking and the asynchronous client; `relay`: the rendezvous server.
//! - `cli`: the command line, for the program of this package. It promises its options, and
//!   nothing to Rust.
//!
//! # Features
//!
//! `blocking` (default), `async`, `relay`, `cli`; `tracing` writes log lines of an exchange,
//! without secrets; `unstable-internals` is described above; `test-hooks-dangerous` is for
//! conformance testing and for nothing else.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(any(feature = "blocking", feature = "async", feature = "relay"))]
mod clock;
#[cfg(feature = "relay")]
pub mod relay;

#[cfg(all(
    feature = "unstable-internals",
    any(feature = "blocking", feature = "async")
))]
pub mod client;
#[cfg(feature = "unstable-internals")]
pub mod crypto;
#[cfg(feature = "unstable-internals")]
pub mod protocol;
#[cfg(feature = "unstable-internals")]
pub mod values;

// Without the feature, some of what is in them has no user.
#[cfg(all(
    not(feature = "unstable-internals"),
    any(feature = "blocking", feature = "async")
))]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod client;
#[cfg(not(feature = "unstable-internals"))]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod crypto;
#[cfg(not(feature = "unstable-internals"))]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod protocol;
#[cfg(not(feature = "unstable-internals"))]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod values;

#[cfg(feature = "async")]
pub use client::asynchronous;
#[cfg(any(feature = "blocking", feature = "async"))]
pub use client::{
    BadProxy, Builder, Cause, DEFAULT_RENDEZVOUS, Error, ExchangeEvent, Held, Initiating, Proxy,
    RENDEZVOUS_VARIABLE, Received, Receiving, TlsFault, steps,
};
#[cfg(feature = "blocking")]
pub use client::{
    blocking,
    blocking::{Initiator, Receiver},
};
pub use crypto::{
    BadElement, ExportError, ExportedKey, Malformed, NoRandomness, PeerFault, Verifier,
};
pub use protocol::{AttemptFailure, CloseReason, Detail, Misbehaviour, Outcome, ProxyFailure};
pub use values::{
    AppId, BadAppId, BadLink, BadRendezvous, BlobTooLarge, ChannelId, Code, CodeError, Link,
    Rendezvous, Words,
};
