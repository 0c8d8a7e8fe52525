//! Tests of the program as its users meet it: its output and its exit status.

mod adapters;
mod checks;
mod choices;
#[cfg(unix)]
mod ends;
mod exchanges;
mod programs;
mod relays;
mod reports;

use std::process::{Command, Output};

fn conformance(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .output()
        .expect("the program of this crate starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
