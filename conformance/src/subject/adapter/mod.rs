//! The adapter protocol (`conformance/ADAPTER.md`), both ends of it.
//!
//! [`AdapterHandle`] is the suite's end, which starts a process and makes requests. [`serve()`] is
//! the adapter's end, over any [`Operations`]; `conformance adapter` is that with the reference
//! behind it.

mod error;
mod handle;
mod line;
pub(crate) mod log;
mod process;
mod serve;
mod surroundings;
mod traffic;
mod user;
mod wire;
mod within;

#[cfg(test)]
pub(crate) mod fakes;
#[cfg(test)]
mod handle_tests;

pub(crate) use error::AdapterError;
pub(crate) use handle::{AdapterHandle, Pending};
pub(crate) use process::{CommandLine, Process};
pub(crate) use serve::{Operations, Task, serve};
pub(crate) use surroundings::Surroundings;
pub(crate) use traffic::CallProgress;
pub(crate) use user::{User, UserEvent};
pub(crate) use wire::{AdapterEvent, Hello, Members, NOT_SAID, Refused, Reply, members};
pub(crate) use within::within;

/// The version of the adapter protocol that this suite speaks, lowest and highest at once.
pub(crate) const PROTOCOL: u64 = 1;
