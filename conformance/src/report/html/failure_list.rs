//! The failures of the first page, the root first, and what proves nothing by its reasons.

use maud::{Markup, html};

use super::super::groups::failed_groups;
use super::super::result::{CheckResult, TestResult};
use super::facts::HtmlFacts;
use super::failure;
use super::marks::{TESTS, class, clause_link, count, mark, outward, sentence, test_link};
use crate::run::verdict::Verdict;
use crate::suites::vectors::printable;

/// The groups that are open at first; what comes behind often follows from them.
const OPEN: usize = 3;
/// The groups whose first failure is shown with all that is known of it.
const WHOLE: usize = 20;
/// The most bytes of it.
const MOST: usize = 10_000;
/// The tests that are named of a group, or of a reason.
const NAMED: usize = 50;

/// The groups of failures, and the lists of what was skipped, is inconclusive, fails as expected or
/// does not count.
pub(super) fn content(result: &CheckResult, facts: &HtmlFacts<'_>) -> Markup {
    let groups = failed_groups(&result.tests);
    let failed: usize = groups.iter().map(Vec::len).sum();
    html! {
        @if !groups.is_empty() {
            section aria-labelledby="failures" {
                h2 #failures { "Failures" }
                p {
                    (count(failed, "test")) " failed, in " (count(groups.len(), "group"))
                    ". A single mistake often fails a hundred tests: mend what stands first, since \
                     what comes behind often follows from it."
                }
                @for (index, group) in groups.iter().enumerate() {
                    (of_group(index, group, result, facts))
                }
            }
        }
        (by_reason("inconclusive", "Inconclusive", result, |verdict| match verdict {
            Verdict::Inconclusive { why } => Some((why.clone(), None)),
            _ => None,
        }))
        (by_reason("expected", "Expected to fail", result, |verdict| match verdict {
            Verdict::Expected(it) => {
                let mut entry = it.expectation.clone();
                let link = entry.link.take();
                Some((entry.to_string(), link))
            }
            _ => None,
        }))
        (by_reason("skipped", "Skipped", result, |verdict| match verdict {
            Verdict::Skipped { why, named: true } => Some((why.clone(), None)),
            Verdict::Skipped { why, named: false } => {
                Some((format!("{why}, and no --without says so"), None))
            }
            _ => None,
        }))
        (by_reason("unscored", "Unscored", result, |verdict| match verdict {
            Verdict::Unscored(unscored) => {
                let would_be = unscored.would_be.name();
                Some((format!("{}; {would_be}", unscored.why), unscored.link.clone()))
            }
            _ => None,
        }))
    }
}

/// One group: its first failure in full, the others by name.
fn of_group(
    index: usize,
    group: &[&TestResult],
    result: &CheckResult,
    facts: &HtmlFacts<'_>,
) -> Markup {
    let Some((first, others)) = group.split_first() else {
        return html! {};
    };
    let headline = first.headline();
    html! {
        details.group open[index < OPEN] {
            summary {
                h3 {
                    b.f { "failed" } " "
                    @if headline.is_empty() { "no requirement" } @else { (printable(headline)) }
                    " in " (printable(&first.suite)) ": " (count(group.len(), "test"))
                }
            }
            dl {
                dt { "test" }
                dd { (test_link(&first.id)) ": " (printable(&first.title)) }
                @for id in sentences(first) {
                    dt { "requirement" }
                    dd { (sentence(id, facts.spec)) }
                }
                (rows(index, first))
                (failure::again(first, &result.start))
                @if !others.is_empty() {
                    dt { (others.len()) " more" }
                    dd {
                        (ids(others))
                    }
                }
            }
        }
    }
}

/// The rows of the first failure of a group.
fn rows(index: usize, first: &TestResult) -> Markup {
    let rows = failure::rows(first);
    match index < WHOLE && rows.0.len() <= MOST {
        true => rows,
        false => failure::brief(first),
    }
}

/// The requirements of a failure, the broken one first.
fn sentences(test: &TestResult) -> Vec<&str> {
    let headline = test.headline();
    let others = test.clauses.iter().map(String::as_str);
    let others = others.filter(|id| *id != headline);
    std::iter::once(headline)
        .filter(|id| !id.is_empty())
        .chain(others)
        .collect()
}

/// The names of tests, as links.
fn ids(tests: &[&TestResult]) -> Markup {
    html! {
        @for (index, test) in tests.iter().take(NAMED).enumerate() {
            @if index > 0 { ", " }
            (test_link(&test.id))
        }
        @if let (Some(test), true) = (tests.first(), tests.len() > NAMED) {
            " and " (tests.len() - NAMED) " more, among "
            a href={ (TESTS) "#verdict=" (class(&test.verdict)) } { "all such tests" }
        }
    }
}

/// A reason, and perhaps a link to more about it.
type Reason = (String, Option<String>);

/// The tests that have one reason in common under that reason.
fn by_reason(
    anchor: &str,
    heading: &str,
    result: &CheckResult,
    reason: fn(&Verdict) -> Option<Reason>,
) -> Markup {
    let mut groups: Vec<(Reason, Vec<&TestResult>)> = Vec::new();
    for test in &result.tests {
        let Some(why) = reason(&test.verdict) else {
            continue;
        };
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, tests)) => tests.push(test),
            None => groups.push((why, vec![test])),
        }
    }
    html! {
        @if !groups.is_empty() {
            section aria-labelledby=(anchor) {
                h2 id=(anchor) { (heading) }
                ul {
                    @for ((why, link), tests) in &groups {
                        li {
                            @if let Some(test) = tests.first() { (mark(&test.verdict)) ": " }
                            (printable(why))
                            @if let Some(link) = link { ", " (outward(link)) }
                            details {
                                summary { (count(tests.len(), "test")) }
                                p { (ids(tests)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The requirements that were not judged, each with the reason.
pub(super) fn not_judged(reasons: &[(&str, String)], facts: &HtmlFacts<'_>) -> Markup {
    html! {
        section aria-labelledby="not-judged" {
            h2 #not-judged { "Not judged" }
            @if reasons.is_empty() {
                p { "Each requirement that can be asked of this kind of program was judged." }
            } @else {
                p {
                    (count(reasons.len(), "requirement"))
                    ": no test of this run says anything about them."
                }
                dl.facts {
                    @for (id, why) in reasons {
                        dt { (clause_link(id, facts.spec)) }
                        dd { (why) }
                    }
                }
            }
        }
    }
}
