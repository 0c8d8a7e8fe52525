//! The top of the first page: the one line that somebody may claim, the counts, and the run.

use maud::{Markup, html};

use super::super::levels::LEVELS;
use super::super::result::{CheckResult, Start};
use super::facts::HtmlFacts;
use super::marks::{count, lines};
use crate::subject::adapter::Hello;
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
                    "spec/wormhole-sync.md " (printable(&start.spec)) ", conformance "
                    (printable(&start.suite))
                }
                @if let Some(hash) = &start.vectors {
                    dt { "vectors" } dd { code { (printable(hash)) } }
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

/// The one sentence that somebody may claim of this run.
fn claim(result: &CheckResult) -> String {
    let CheckResult { start, end, .. } = result;
    let counts = end.counts;
    let name = subject(start);
    let by = || {
        let vectors = start.vectors.as_deref().map(printable);
        let vectors = vectors.map_or_else(String::new, |hash| format!(", vectors {hash}"));
        format!(
            "text {}, conformance {}{vectors}",
            printable(&start.spec),
            printable(&start.suite)
        )
    };
    let without = match counts.skipped - counts.silently_skipped.min(counts.skipped) {
        0 => String::new(),
        skipped => format!(", less {} that --without names", count(skipped, "test")),
    };
    let (passed, planned) = (counts.passed, counts.planned);
    let nothing = |why: &str| format!("Nothing may be claimed for {name}: {why}.");
    if start.filter.is_some() {
        return nothing("this run was a choice of the tests");
    }
    if !end.problems.is_empty() {
        return nothing("the run had problems of its own");
    }
    let outside = start.adapter.as_ref().is_some_and(Hello::is_outside);
    match end.level {
        None if end.good && counts.expected == 0 && outside => format!(
            "{name} passes {passed} of the {planned} tests that judge a program so; the others \
             need what its command cannot be told ({}).",
            by()
        ),
        None if end.good && counts.expected == 0 => format!(
            "{name} passes {passed} of {planned} tests of relays{without} ({}).",
            by()
        ),
        None => nothing("not all of its tests passed"),
        Some(0) => nothing("not all tests of level 1 passed"),
        Some(1) => format!(
            "{name} reaches level 1 of {}{without} ({}).",
            LEVELS.len(),
            by()
        ),
        Some(level) => format!(
            "{name} reaches the levels 1 to {level} of {}{without} ({}).",
            LEVELS.len(),
            by()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{hostile, sample};
    use super::*;

    #[test]
    fn no_more_is_claimed_than_was_judged() {
        let mut result = sample();
        assert!(claim(&result).contains("problems of its own"));
        result.end.problems.clear();
        result.end.level = Some(2);
        assert_eq!(
            claim(&result),
            format!(
                "mine 2 reaches the levels 1 to 2 of 5, less 1 test that --without names (text \
                 1.1.0, conformance 0.1.0, vectors sha256:{}).",
                "0".repeat(64)
            )
        );
        result.end.level = Some(0);
        assert!(claim(&result).starts_with("Nothing may be claimed for mine 2"));
        result.end.level = Some(5);
        result.start.filter = Some("--level 1".to_owned());
        assert!(claim(&result).contains("a choice of the tests"));
        result.start.filter = None;
        let mut outside = result.clone();
        outside.end.level = None;
        outside.end.good = true;
        outside.end.counts.expected = 0;
        if let Some(hello) = &mut outside.start.adapter {
            hello.lacks.push("look".to_owned());
        }
        assert!(claim(&outside).contains("tests that judge a program so"));
        result.start.adapter = None;
        result.end.level = None;
        assert!(claim(&result).contains("not all of its tests passed"));
    }

    #[test]
    fn a_name_is_no_command_of_a_terminal_or_markup() {
        let text = claim(&hostile());
        assert!(!text.contains(['\u{1b}', '\0', '\n']), "{text:?}");
    }
}
