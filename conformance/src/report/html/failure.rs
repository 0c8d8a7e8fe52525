//! One failure in full: what was asked, what is right, what came, and what differs first.

use maud::{Markup, html};

use super::super::result::{Start, TestResult};
use super::ladder;
use super::marks::{lines, mark, outward};
use crate::run::verdict::{ExpectedFailure, Verdict};
use crate::suites::case::Failure;
use crate::suites::vectors::printable;

/// The rows of a test that did not pass; none for one that did.
pub(super) fn rows(test: &TestResult) -> Markup {
    html! {
        (of_verdict(&test.verdict))
        @if !test.stderr.is_empty() {
            dt { "standard error" }
            dd { (block(&test.stderr)) }
        }
    }
}

fn of_verdict(verdict: &Verdict) -> Markup {
    html! {
        @match verdict {
            Verdict::Passed => {},
            Verdict::Failed(failure) => { (of_failure(failure)) },
            Verdict::Expected(ExpectedFailure { failure, expectation }) => {
                dt { "expected to fail" }
                dd { (printable(&expectation.to_string())) }
                (of_failure(failure))
            },
            Verdict::Skipped { why, .. } | Verdict::Inconclusive { why } => {
                dt { "why" }
                dd { (printable(why)) }
            },
            Verdict::Unscored(unscored) => {
                dt { "unscored" }
                dd {
                    (printable(&unscored.why))
                    @if let Some(link) = &unscored.link { ", " (outward(link)) }
                }
                dt { "would be" }
                dd { (mark(&unscored.would_be)) }
                (of_verdict(&unscored.would_be))
            },
        }
    }
}

/// The characters of a text in the rows of a failure that is shown briefly.
const BRIEF: usize = 80;

/// The few rows of a test that did not pass, where there is no room for all that is known of it.
pub(super) fn brief(test: &TestResult) -> Markup {
    let row = |name: &str, text: &str| {
        html! { dt { (name) } dd { (cut(&lines(text), BRIEF)) } }
    };
    html! {
        @match &test.verdict {
            Verdict::Failed(failure) | Verdict::Expected(ExpectedFailure { failure, .. }) => {
                @match &failure.difference {
                    Some(difference) => (row("first difference", difference)),
                    None => (row("expected", &failure.expected)),
                }
                (row("actual", &failure.actual))
            },
            Verdict::Skipped { why, .. } | Verdict::Inconclusive { why } => { (row("why", why)) },
            Verdict::Unscored(unscored) => { (row("unscored", &unscored.to_string())) },
            Verdict::Passed => {},
        }
    }
}

/// The beginning of a text.
fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The row with the command that repeats a test.
pub(super) fn again(test: &TestResult, start: &Start) -> Markup {
    html! {
        dt { "again" }
        dd { code { (printable(&start.again)) (printable(&test.id)) } }
    }
}

fn of_failure(failure: &Failure) -> Markup {
    let Failure {
        given,
        expected,
        actual,
        difference,
        // The headline of the group says it.
        clause: _,
        mistake,
        detail,
        // A test's result has it.
        stderr: _,
    } = failure;
    let detail = ladder::find(detail);
    html! {
        @if let Some(difference) = difference {
            dt { "first difference" }
            dd { strong { (printable(difference)) } }
        }
        dt { "expected" }
        dd { (block(expected)) }
        dt { "actual" }
        dd { (block(actual)) }
        @if let Some(mistake) = mistake {
            dt { "perhaps" }
            dd { (printable(mistake)) }
        }
        @if !given.is_empty() {
            dt { "asked" }
            dd { (block(&given.join("\n"))) }
        }
        @if !detail.before.is_empty() {
            dt { "why" }
            dd { (block(&detail.before.join("\n"))) }
        }
        @if let Some(ladder) = &detail.ladder {
            dt { "ladder" }
            dd { (ladder.picture()) }
        }
        @if !detail.after.is_empty() {
            dt { "and" }
            dd { (block(&detail.after.join("\n"))) }
        }
    }
}

/// Text that keeps its lines.
fn block(text: &str) -> Markup {
    html! { pre { (lines(text)) } }
}
