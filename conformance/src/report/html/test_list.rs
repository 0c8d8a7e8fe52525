//! The page of all tests: each with its verdict and its content, and a filter.

use maud::{Markup, html};

use super::super::levels::suites;
use super::super::result::{CheckResult, TestResult};
use super::facts::{HtmlFacts, TestContent};
use super::failure;
use super::ladder;
use super::marks::{clause_link, count, lines, mark, suite_anchor, test_anchor, test_link};
use crate::run::verdict::Verdict;
use crate::suites::vectors::printable;

/// The page's content.
pub(super) fn content(result: &CheckResult, facts: &HtmlFacts<'_>) -> Markup {
    let suites = suites(&result.tests);
    let names: Vec<&str> = suites.iter().map(|line| line.suite).collect();
    html! {
        p {
            "Each test of this run. Open one to see what it judges, what is asked or played, what is \
             right, and what came where that differs. One is run again by "
            code { (printable(&result.start.again)) "TEST" } "."
        }
        (filter(&names))
        p #shown role="status" { (count(result.tests.len(), "test")) }
        @for suite in &names {
            section.suite data-suite=(printable(suite)) {
                h2 id=(suite_anchor(suite)) { (printable(suite)) }
                @for test in result.tests.iter().filter(|test| test.suite == *suite) {
                    (one(test, facts))
                }
            }
        }
    }
}

/// The form that the script shows and reads.
fn filter(suites: &[&str]) -> Markup {
    html! {
        form #filter role="search" hidden {
            p {
                label for="text" { "Words of the test, its requirements or its content" }
                input #text type="search" name="text" autocomplete="off" spellcheck="false"
                    aria-keyshortcuts="/";
            }
            p {
                label for="suite" { "Suite" }
                select #suite name="suite" {
                    option value="" { "all" }
                    @for suite in suites {
                        option value=(printable(suite)) { (printable(suite)) }
                    }
                }
            }
            p {
                label for="verdict" { "Verdict" }
                select #verdict name="verdict" {
                    @for (value, name) in [
                        ("", "all"), ("p", "passed"), ("f", "failed"),
                        ("e", "failed as expected"), ("i", "inconclusive"), ("s", "skipped"),
                        ("u", "unscored"),
                    ] {
                        option value=(value) { (name) }
                    }
                }
            }
            p { button type="reset" { "Show all" } }
        }
    }
}

fn one(test: &TestResult, facts: &HtmlFacts<'_>) -> Markup {
    html! {
        details {
            summary {
                (mark(&test.verdict)) " " code { (printable(&test.id)) } " " (printable(&test.title))
            }
            dl id=(test_anchor(&test.id)) {
                dt { "judges" }
                dd {
                    @for (index, id) in test.clauses.iter().enumerate() {
                        @if index > 0 { ", " }
                        (clause_link(id, facts.spec))
                    }
                }
                @if matches!(test.verdict, Verdict::Failed(_) | Verdict::Expected(_)) {
                    dt { "breaks" }
                    dd { (clause_link(test.headline(), facts.spec)) }
                }
                (failure::rows(test))
                @if let Some(content) = facts.contents.get(&test.id) {
                    @if !matches!(test.verdict, Verdict::Passed) { dt.about { "the test itself" } dd {} }
                    (explained(content))
                }
            }
        }
    }
}

/// The content of a test as `conformance show` explains it.
fn explained(content: &TestContent) -> Markup {
    html! {
        @for (name, values) in grouped(content) {
            dt { (name) }
            dd {
                @if name == "control" {
                    @for id in &values { (test_link(id)) " passes as well" }
                } @else {
                    @let found = ladder::find(&values);
                    (lines(&found.before.join("\n")))
                    @if let Some(ladder) = found.ladder { (ladder.picture()) }
                    (lines(&found.after.join("\n")))
                }
            }
        }
    }
}

/// The beginning of a line with random values. The names of these are among what a test needs, and
/// the values are cut off.
const INJECTED: &str = "inject = ";

/// The lines under the name that stands before them; a line without a name belongs to the last one.
fn grouped(content: &TestContent) -> Vec<(&'static str, Vec<String>)> {
    let mut groups: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (name, line) in content
        .iter()
        .filter(|(_, line)| !line.starts_with(INJECTED))
    {
        match groups.last_mut() {
            Some((known, values)) if known == name || name.is_empty() => values.push(line.clone()),
            _ => groups.push((*name, vec![line.clone()])),
        }
    }
    groups
}
