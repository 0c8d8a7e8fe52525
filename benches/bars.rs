//! The bars that this project sets itself, and what was measured: a table, and a failure when one
//! is missed.
//!
//! `cargo bench --all-features --bench bars`
//!
//! Two things that are compared are measured turn by turn, and pair by pair: what is printed is
//! the median of the ratios and the quartiles around it.

mod support;

use std::process::ExitCode;

use support::bars::{self, Line, Verdict};
use support::memory;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == memory::CHILD) {
        memory::child();
        return ExitCode::SUCCESS;
    }
    println!(
        "| {:<41} | {:<27} | {:<7} | {:<8} | detail",
        "bar", "measured (quartiles)", "limit", "verdict"
    );
    println!("|-{:-<41}-|-{:-<27}-|-{:-<7}-|-{:-<8}-|-", "", "", "", "");
    let mut missed = false;
    let mut print = |line: Line| {
        missed |= line.verdict == Verdict::Missed;
        println!(
            "| {:<41} | {:<27} | {:<7} | {:<8} | {}",
            line.name, line.measured, line.limit, line.verdict, line.detail
        );
    };
    print(bars::handshake());
    print(bars::exchange());
    print(bars::relay());
    bars::memory().into_iter().for_each(&mut print);
    print(bars::conformance());
    match missed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}
