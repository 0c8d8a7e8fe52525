//! The page of all tests: each with its verdict and its content, and a filter.

use std::collections::HashMap;

use maud::{Markup, html};

use super::super::groups::failed_groups;
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
    let whole = whole(result, facts);
    html! {
        p {
            "Each test of this run. Open one to see what it judges, what is asked or played, what is \
             right, and what came where that differs. One is run again by "
            code { (printable(&result.start.again)) "TEST" } "."
        }
        (filter(&names))
        @if whole.len() < not_passed(result).count() {
            p {
                "So many tests did not pass that some are shown briefly: those that are like others, \
                 and those that say least. " code { "conformance show TEST" } " explains each."
            }
        }
        p #shown role="status" { (count(result.tests.len(), "test")) }
        @for suite in &names {
            section.suite data-suite=(printable(suite)) {
                h2 id=(suite_anchor(suite)) { (printable(suite)) }
                @for test in result.tests.iter().filter(|test| test.suite == *suite) {
                    (one(test, facts, &whole))
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

/// Whether a failure breaks another requirement than the test's main one.
fn is_another(test: &TestResult) -> bool {
    let is_failed = matches!(test.verdict, Verdict::Failed(_) | Verdict::Expected(_));
    is_failed && test.headline() != test.clause()
}

/// The bytes that the tests that did not pass may take beside those that did.
const ROOM: usize = 300_000;
/// The most tests for which room is looked for.
const TRIED: usize = 500;
/// The failures of a group that come before those of the next group.
const ALIKE: usize = 5;

fn not_passed(result: &CheckResult) -> impl Iterator<Item = &TestResult> {
    let tests = result.tests.iter();
    tests.filter(|test| test.verdict != Verdict::Passed)
}

/// The rows of the tests that did not pass, as far as there is room: those first that say most.
fn whole<'a>(result: &'a CheckResult, facts: &HtmlFacts<'_>) -> HashMap<&'a str, Markup> {
    let groups = failed_groups(&result.tests);
    let first = groups.iter().flat_map(|group| group.iter().take(ALIKE));
    let alike = groups.iter().flat_map(|group| group.iter().skip(ALIKE));
    let others = not_passed(result).filter(|test| !matches!(test.verdict, Verdict::Failed(_)));
    let (mut whole, mut left) = (HashMap::new(), ROOM);
    for test in first.chain(alike).copied().chain(others).take(TRIED) {
        let rows = html! {
            (failure::rows(test))
            @if let Some(content) = facts.contents.get(&test.id) {
                dt.about { "the test itself" } dd {}
                (explained(content))
            }
        };
        if let Some(rest) = left.checked_sub(rows.0.len()) {
            left = rest;
            whole.insert(test.id.as_str(), rows);
        }
    }
    whole
}

fn one(test: &TestResult, facts: &HtmlFacts<'_>, whole: &HashMap<&str, Markup>) -> Markup {
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
                @if is_another(test) {
                    dt { "breaks" }
                    dd { (clause_link(test.headline(), facts.spec)) }
                }
                @if let Some(rows) = whole.get(test.id.as_str()) {
                    (rows)
                } @else if test.verdict != Verdict::Passed {
                    (failure::brief(test))
                } @else if let Some(content) = facts.contents.get(&test.id) {
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
