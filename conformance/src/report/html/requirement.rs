//! The mark of one requirement in the text: its standing, its tests, and its planted faults.

use maud::{Markup, html};

use super::super::result::TestResult;
use super::facts::ReviewedRequirement;
use super::marks::{TESTS, class, count, test_link, word};
use super::standing::{Standing, Standings};
use crate::run::verdict::Verdict;
use crate::suites::vectors::printable;

/// The mark that stands below a requirement.
pub(super) fn mark(id: &str, standings: &Standings<'_>) -> Markup {
    let standing = standings.of(id);
    let tests = standings.tests(id);
    let reviewed = standings.reviewed(id);
    let faults = reviewed.map_or(0, |reviewed| reviewed.faults.len());
    html! {
        details {
            summary {
                b class=(standing.class()) { (standing.word()) }
                @if !tests.is_empty() { ", " (count(tests.len(), "test")) }
                @if faults > 0 { ", " (count(faults, "planted fault")) }
            }
            @if let Standing::NotJudged(why) = &standing {
                p { (printable(why.trim_end_matches('.'))) "." }
            }
            @if standing == Standing::Doubtful {
                p {
                    "A test that cites it failed; the first value that differs breaks another one."
                }
            }
            (of_tests(id, tests))
            @if let Some(reviewed) = reviewed { (of_review(reviewed)) }
        }
    }
}

/// The tests of each suite that are named, those that fell short first: some requirements have
/// hundreds, and each of them cites its requirements.
const NAMED: usize = 20;

/// The tests by suite.
fn of_tests(id: &str, tests: &[&TestResult]) -> Markup {
    let mut suites: Vec<(&str, Vec<&TestResult>)> = Vec::new();
    for test in tests {
        match suites.iter_mut().find(|(suite, _)| *suite == test.suite) {
            Some((_, of_suite)) => of_suite.push(test),
            None => suites.push((&test.suite, vec![test])),
        }
    }
    html! {
        @for (suite, tests) in suites {
            p {
                @let filter = format!("{TESTS}#text={id}&suite={}", printable(suite));
                (printable(suite)) ", " a href=(filter) { (count(tests.len(), "test")) } ": "
                @for (index, test) in tests.iter().take(NAMED).enumerate() {
                    @if index > 0 { ", " }
                    @if test.verdict != Verdict::Passed {
                        b class=(class(&test.verdict)) { (word(&test.verdict)) } " "
                    }
                    (test_link(&test.id))
                }
                @if tests.len() > NAMED { " and " (tests.len() - NAMED) " more" }
            }
        }
    }
}

/// The faults that are planted to see that the suite finds them.
fn of_review(reviewed: &ReviewedRequirement) -> Markup {
    html! {
        @if !reviewed.faults.is_empty() {
            p { "Planted faults that the suite finds, whoever is judged:" }
            ul {
                @for fault in &reviewed.faults {
                    li {
                        code { (fault.id) } " " (fault.title.trim_end_matches('.'))
                        @if let Some(test) = &fault.found_by { "; found by " (test_link(test)) }
                    }
                }
            }
        }
        @if let Some(reason) = &reviewed.reason {
            p { "No planted fault, for a reason (" (reason.kind) "): " (reason.why) }
        }
    }
}
