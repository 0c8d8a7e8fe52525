//! The conformance suite of wormhole-sync: judges an implementation, and names the sentence that it breaks.

mod adapter;
mod case;
mod check;
mod cli;
mod external;
mod plan;
mod reference;
mod replay;
mod report;
mod root;
mod runner;
#[cfg(test)]
mod runner_tests;
mod spec;
mod vectors;
mod verdict;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match cli::run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fault) => {
            eprintln!("conformance: {fault}");
            ExitCode::from(2)
        }
    }
}
