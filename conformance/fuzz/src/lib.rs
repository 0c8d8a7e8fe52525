//! Fuzz targets for wormhole-sync.
//!
//! A target is a function of any bytes. It drives the reference through its public interface, and
//! panics when the reference does not do what the specification says. `fuzz_targets/` makes a
//! fuzzer of each target. `cargo test` runs the seeds and the corpus.
#![forbid(unsafe_code)]

mod client;
pub mod corpus;
mod input;
mod model;
pub mod planted;
mod relay;
mod seeds;
mod targets;
#[cfg(test)]
mod tests;
mod wire;

pub use seeds::{dictionary, seeds};
pub use targets::{
    code, initiator, link, messages, receiver, relay, rendezvous, request, response,
};

use std::process::ExitCode;

/// A target: a function that panics on a fault.
pub type Target = fn(&[u8]);

/// Every target, by name.
pub const TARGETS: [(&str, Target); 9] = [
    ("code", code),
    ("rendezvous", rendezvous),
    ("link", link),
    ("messages", messages),
    ("response", response),
    ("request", request),
    ("initiator", initiator),
    ("receiver", receiver),
    ("relay", relay),
];

/// Runs the files that the program's arguments name, so that a finding can be looked at without
/// libFuzzer.
#[must_use]
pub fn replay(target: Target) -> ExitCode {
    for path in std::env::args_os().skip(1) {
        match std::fs::read(&path) {
            Ok(data) => target(&data),
            Err(error) => {
                eprintln!("{}: {error}", path.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
