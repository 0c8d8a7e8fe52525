//! The command line as a person or a script meets it: the built program, over a real relay.

mod at_terminal;
mod demo;
mod ends;
mod events;
#[cfg(target_os = "linux")]
mod matrix;
mod packaging;
mod passage;
mod program;
mod refusals;
mod relays;
#[allow(dead_code, reason = "the tests of whole exchanges use all of it")]
#[path = "../kit/server.rs"]
mod server;
mod settings;
mod snapshots;
mod streams;
mod terminals;
mod transfers;
mod verifying;

/// A time long enough for any machine.
const AMPLE: std::time::Duration = std::time::Duration::from_secs(60);
