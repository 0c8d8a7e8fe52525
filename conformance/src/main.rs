//! The conformance suite of wormhole-sync judges an implementation, and names the sentence that it
//! breaks.
//!
//! Its rooms use only what stands above them:
//!
//! - `subject`: the implementations that can be judged, and the adapter protocol.
//! - `stage`: the HTTP server that is played to a client, faults included.
//! - `suites`: the tests, from vectors and from transcripts.
//! - `run`: which tests are run, and the verdicts.
//! - `report`: the verdicts as people and programs read them.
//! - `tools`: the commands that make and show the suite's own data.

mod check;
mod cli;
mod report;
mod root;
mod run;
mod spec;
mod stage;
mod subject;
mod suites;
mod tools;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match cli::run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fault) => {
            eprintln!("conformance: {fault:#}");
            ExitCode::from(2)
        }
    }
}
