//! The top of the first page: the one line that somebody may claim, the counts, and the run.

use maud::{Markup, html};

use super::super::levels::LEVELS;
use super::super::may_claim::may_claim;
use super::super::result::{CheckResult, Start};
use super::facts::HtmlFacts;
use super::marks::{count, lines};
use crate::suites::vectors::printable;

/// The name of what was judged.
pub(super) fn subject(start: &Start) -> String {
    match &start.adapter {
        Some(hello) => {
            let name = format!("{} {}", printable(&hello.name), printable(&hello.version));
            // A program that is judged from outside says no version.
            name.trim_end().to_owned()
        }
        None => format!("the relay {}", printable(&start.command)),
    }
}

/// The verdict.
pub(super) fn content(result: &CheckResult, facts: &HtmlFacts<'_>) -> Markup {
    let CheckResult { start, end, .. } = result;
    let counts = end.counts;
    html! {
        section aria-labelledby="verdict" {
            h2 #verdict { "Verdict" }
            @match end.good {
                true => p.verdict { b.p { "PASSED" } },
                false => p.verdict { b.f { "FELL SHORT" } },
            }
            p.claim { (claim(result)) }
            @for problem in &end.problems {
                p.problem { b.f { "problem" } " " span { (lines(problem)) } }
            }
            @for remark in &facts.remarks {
                p.problem { b.i { "note" } " " (remark) }
            }
            dl.facts {
                dt { "counts" } dd { (counts.to_string()) }
                @if counts.silently_skipped > 0 {
                    dt { "skipped unsaid" } dd {
                        (count(counts.silently_skipped, "test"))
                        ": no --without says that the adapter is known to lack what they need"
                    }
                }
                @if let Some(level) = end.level {
                    dt { "level" } dd { (level) " of " (LEVELS.len()) }
                }
                dt { "tests" } dd { (tests(result)) }
                (judged(start))
                dt { "by" } dd {
                    "spec/wormhole-sync.md " (printable(&start.spec)) ", the tests of edition "
                    (printable(&start.edition)) ", conformance " (printable(&start.suite))
                }
                @if let Some(hash) = &start.vectors {
                    dt { "vectors" } dd {
                        code { (printable(hash)) }
                        @if let Some(folder) = &start.vectors_folder { " of " (printable(folder)) }
                    }
                }
                dt { "one test again" } dd { code { (printable(&start.again)) "TEST" } }
                dt { "time" } dd { (seconds(end.milliseconds)) }
                dt { "played again" } dd {
                    (count(end.repeated, "test"))
                    @if end.repeated > 0 { ", slower, since something came late" }
                    "; this machine was late by up to " (end.lag_milliseconds) " ms"
                }
            }
        }
    }
}

/// The rows about what was judged.
fn judged(start: &Start) -> Markup {
    html! {
        dt { "judged" } dd { (subject(start)) }
        dt { "started as" } dd { code { (printable(&start.command)) } }
        @if let Some(hello) = &start.adapter {
            dt { "says" } dd {
                "follows text " (printable(&hello.spec)) ", "
                @if hello.roles.is_empty() { "no role" }
                @else { (printable(&hello.roles.join(" and "))) }
                ", " (count(hello.operations.len(), "operation"))
            }
        }
    }
}

fn tests(result: &CheckResult) -> String {
    let (run, all) = (result.tests.len(), result.start.all);
    match &result.start.filter {
        Some(filter) => format!("{run} of {all}: {}, and their controls", printable(filter)),
        None => format!("all {all}"),
    }
}

/// Milliseconds as seconds.
pub(super) fn seconds(milliseconds: u64) -> String {
    format!("{:.2} s", milliseconds as f64 / 1000.0)
}

/// The one line that may be claimed of this run, or why nothing.
fn claim(result: &CheckResult) -> String {
    let name = subject(&result.start);
    match may_claim(result) {
        Ok(text) => format!("{name} may claim: {text}."),
        Err(why) => format!("{name} may claim nothing, since {why}."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{hostile, sample};
    use super::*;

    #[test]
    fn what_is_claimed_names_who_may() {
        let mut result = sample();
        assert!(claim(&result).starts_with("mine 2 may claim nothing, since the run had"));
        result.end.problems.clear();
        result.end.level = Some(1);
        assert!(claim(&result).starts_with("mine 2 may claim: wormhole-sync 1.1.0 level 1 ("));
    }

    #[test]
    fn a_name_is_no_command_of_a_terminal_or_markup() {
        let text = claim(&hostile());
        assert!(!text.contains(['\u{1b}', '\0', '\n']), "{text:?}");
    }
}
