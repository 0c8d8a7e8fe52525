//! The bars that this project sets itself: prints a table with what was measured, and fails when a
//! bar is missed.
//!
//! `cargo bench --all-features --bench bars`
//!
//! Two things that are compared are measured turn by turn, in pairs. The table has the median of
//! the pairs' ratios, and the quartiles around it.

mod support;

use std::process::ExitCode;

use support::bars::{self, Bar, BarVerdict};
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
    let mut print = |bar: Bar| {
        missed |= bar.verdict == BarVerdict::Missed;
        println!(
            "| {:<41} | {:<27} | {:<7} | {:<8} | {}",
            bar.name, bar.measured, bar.limit, bar.verdict, bar.detail
        );
    };
    print(bars::handshake());
    print(bars::exchange());
    print(bars::relay());
    bars::memory().into_iter().for_each(&mut print);
    bars::conformance().into_iter().for_each(&mut print);
    match missed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}
