//! Models that drive the state machines that ship, `wormhole_sync::protocol`, with symbols in the
//! place of cryptography. Each line of the output is a check, and the last line says how many
//! passed and failed. With the argument `more` every setup has refusals and timers, and the run
//! takes two minutes.

mod algebra;
mod attacker;
mod attacks;
mod explore;
mod faults;
mod frame;
mod goals;
mod guess;
mod keys;
mod laws;
mod likeness;
mod message;
mod model;
mod report;
mod run;
mod step;
mod suite;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut report = report::Report::default();
    likeness::all(&mut report);
    let has_more = std::env::args().skip(1).any(|argument| argument == "more");
    explore::all(&mut report, has_more);
    attacks::all(&mut report);
    report.end()
}
