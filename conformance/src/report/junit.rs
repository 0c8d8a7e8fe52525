//! The report as JUnit XML.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::levels::suites;
use super::result::{CheckResult, TestResult};
use crate::run::verdict::Verdict;
use crate::suites::vectors::printable;

/// Writes one test suite for each suite; a test that proves nothing is an error, since the run is
/// no pass.
///
/// # Errors
///
/// Those of the output.
pub(super) fn write(result: &CheckResult, out: &mut impl Write) -> io::Result<()> {
    let mut report = Report::new("wormhole-sync conformance");
    report.set_time(Duration::from_millis(result.end.milliseconds));
    for line in suites(&result.tests) {
        let mut suite = TestSuite::new(line.suite);
        suite.set_time(Duration::from_millis(line.milliseconds));
        let of_suite = result.tests.iter().filter(|test| test.suite == line.suite);
        suite.add_test_cases(of_suite.map(|test| case(result, test)));
        report.add_test_suite(suite);
    }
    if !result.end.problems.is_empty() {
        let mut suite = TestSuite::new("the run itself");
        for (index, problem) in result.end.problems.iter().enumerate() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(printable(problem));
            suite.add_test_case(TestCase::new(format!("problem-{}", index + 1), status));
        }
        report.add_test_suite(suite);
    }
    report.serialize(&mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

fn case(result: &CheckResult, test: &TestResult) -> TestCase {
    let again = format!("again: {}{}", result.start.again, test.id);
    let status = match &test.verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Failed(failure) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let difference = failure.difference.clone();
            let difference = difference.unwrap_or_else(|| {
                format!("expected {}, and came {}", failure.expected, failure.actual)
            });
            let mut text = vec![test.title.clone()];
            text.extend(failure.given.iter().map(|line| format!("asked: {line}")));
            text.push(format!("expected: {}", failure.expected));
            text.push(format!("actual: {}", failure.actual));
            text.extend(failure.mistake.clone());
            text.extend(failure.detail.clone());
            text.push(again);
            status.set_type(test.headline());
            let text: Vec<String> = text.iter().map(|line| printable(line)).collect();
            status.set_message(printable(&difference));
            status.set_description(text.join("\n"));
            status
        }
        Verdict::Expected(expected) => {
            let entry = &expected.expectation;
            let mut status = TestCaseStatus::skipped();
            status.set_type(&entry.clause);
            status.set_message(printable(&format!("fails, as expected: {}", entry.reason)));
            status
        }
        Verdict::Skipped { why, named: true } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(printable(why));
            status
        }
        Verdict::Skipped { why, named: false } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("skipped");
            status.set_message(printable(&format!("{why}, and no --without says so")));
            status
        }
        Verdict::Unscored(unscored) => {
            let mut status = TestCaseStatus::skipped();
            status.set_type("unscored");
            let would_be = unscored.would_be.name();
            status.set_message(printable(&format!("{}; {would_be}", unscored.why)));
            status
        }
        Verdict::Inconclusive { why } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("inconclusive");
            status.set_message(printable(why));
            status.set_description(again);
            status
        }
    };
    let mut case = TestCase::new(test.id.clone(), status);
    case.set_classname(test.suite.clone());
    case.set_time(Duration::from_millis(test.milliseconds));
    if !test.stderr.is_empty() {
        let lines: Vec<String> = test.stderr.lines().map(printable).collect();
        case.set_system_err(lines.join("\n"));
    }
    case
}

#[cfg(test)]
mod tests {
    use super::super::samples::{hostile, sample};
    use super::*;

    fn written(result: &CheckResult) -> String {
        let mut text = Vec::new();
        write(result, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// A parser that is not ours finds every verdict.
    #[test]
    fn others_read_it() {
        let text = written(&sample());
        let document = roxmltree::Document::parse(&text).unwrap();
        let count = |name: &str| {
            let nodes = document.descendants();
            nodes.filter(|node| node.has_tag_name(name)).count()
        };
        let root = document.root_element();
        let number = |name: &str| root.attribute(name).unwrap().parse::<usize>().unwrap();
        assert_eq!(number("tests"), count("testcase"));
        assert_eq!((number("failures"), count("failure")), (2, 2));
        assert_eq!((number("errors"), count("error")), (3, 3));
        assert_eq!(count("skipped"), 3);
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_an_implementation_says_is_no_markup() {
        let text = written(&hostile());
        let document = roxmltree::Document::parse(&text).unwrap();
        let markup = |name: &str| document.descendants().any(|node| node.has_tag_name(name));
        assert!(!markup("script"));
    }
}
