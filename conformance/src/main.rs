//! The conformance suite of wormhole-sync judges an implementation, and names the sentence that it
//! breaks.
//!
//! Each module uses only those above it:
//!
//! - `subject`: the implementations that can be judged, and the adapter protocol.
//! - `stage`: the HTTP server that plays a relay to a client, faults included.
//! - `suites`: the tests, from vectors and from transcripts.
//! - `run`: the plan of tests, their runs and the verdicts.
//! - `report`: the verdicts as people and programs read them.
//! - `trust`: what the verdicts are worth: planted faults, lawful variants, degenerate programs,
//!   and the coverage of the specification.
//! - `tools`: the commands that make and show the suite's own data.
//! - `check` and `claim`: the check of an implementation, and what may be claimed after it.

mod check;
mod claim;
mod cli;
mod data;
mod report;
mod root;
mod run;
mod spec;
mod stage;
mod subject;
mod suites;
mod terminal;
mod tools;
mod trust;
mod whole_file;

use std::process::ExitCode;

fn main() -> ExitCode {
    let done = cli::run(cli::read()).and_then(|good| match terminal::lost() {
        Some(error) => Err(anyhow::Error::new(error).context("the output could not be written")),
        None => Ok(good),
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fault) => {
            terminal::say(format_args!("conformance: {fault:#}"));
            ExitCode::from(2)
        }
    }
}
