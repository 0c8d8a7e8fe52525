//! The small parts that all pages share: verdicts, links, and texts of others.

use maud::{Markup, html};

use super::prose::inline;
use crate::run::verdict::Verdict;
use crate::spec::Spec;
use crate::suites::vectors::printable;

/// The file of the first page.
pub(super) const INDEX: &str = "index.html";
/// The file with all tests.
pub(super) const TESTS: &str = "tests.html";
/// The file with the specification.
pub(super) const SPECIFICATION: &str = "spec.html";
/// The file with the meetings of clients.
pub(super) const INTEROP: &str = "interop.html";

/// The word of a verdict.
pub(super) fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed(_) => "failed",
        Verdict::Expected(_) => "failed as expected",
        Verdict::Skipped { .. } => "skipped",
        Verdict::Inconclusive { .. } => "inconclusive",
        Verdict::Unscored(_) => "unscored",
    }
}

/// The class of a verdict: its colour and its symbol, which stands before the word.
pub(super) fn class(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "p",
        Verdict::Failed(_) => "f",
        Verdict::Expected(_) => "e",
        Verdict::Skipped { .. } => "s",
        Verdict::Inconclusive { .. } => "i",
        Verdict::Unscored(_) => "u",
    }
}

/// A verdict as symbol and word.
pub(super) fn mark(verdict: &Verdict) -> Markup {
    html! { b class=(class(verdict)) { (word(verdict)) } }
}

/// Text of an implementation, line by line, with what is no text escaped.
pub(super) fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n")
}

/// The place of a test on its page. The id stands at what the test's `details` hide, since a
/// browser opens these for a link to what is in them.
pub(super) fn test_anchor(id: &str) -> String {
    format!("t-{}", printable(id))
}

/// The place of a suite on the page of all tests.
pub(super) fn suite_anchor(suite: &str) -> String {
    format!("suite-{}", printable(suite))
}

/// A link to a test.
pub(super) fn test_link(id: &str) -> Markup {
    html! { a href={ (TESTS) "#" (test_anchor(id)) } { (printable(id)) } }
}

/// A link to a requirement, if the text has it.
pub(super) fn clause_link(id: &str, spec: &Spec) -> Markup {
    match spec.clause(id) {
        Some(_) => html! { a href={ (SPECIFICATION) "#" (id) } { (id) } },
        None => html! { (printable(id)) },
    }
}

/// The sentence of a requirement, after its identifier.
pub(super) fn sentence(id: &str, spec: &Spec) -> Markup {
    html! {
        (clause_link(id, spec))
        @if let Some(clause) = spec.clause(id) {
            " " q { (inline(&clause.text)) } " "
            small { "spec/wormhole-sync.md:" (clause.line) }
        }
    }
}

/// A number and a noun: `1 test`, `2 tests`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// A link of somebody's, if it leads to a page, or else its text.
pub(super) fn outward(link: &str) -> Markup {
    let is_page = link.starts_with("https://") || link.starts_with("http://");
    html! {
        @if is_page { a href=(link) rel="noreferrer" { (printable(link)) } }
        @else { (printable(link)) }
    }
}
