//! The conformance suite of wormhole-sync: judges an implementation, and names the sentence that it breaks.

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
mod vectors;

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
