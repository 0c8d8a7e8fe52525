//! Results for the tests of the reports: one with a verdict of every kind, and one of an
//! implementation that says what it should not.

use super::result::{CheckResult, End, Start, TestResult};
use crate::run::verdict::{Expectation, ExpectedFailure, ExpectedKind, Verdict, VerdictCounts};
use crate::spec::Spec;
use crate::subject::adapter::Hello;
use crate::suites::case::Failure;

fn test(suite: &str, level: u8, clauses: &[&str], id: &str, verdict: Verdict) -> TestResult {
    TestResult {
        id: id.to_owned(),
        suite: suite.to_owned(),
        level,
        clauses: clauses.iter().map(|&id| id.to_owned()).collect(),
        title: format!("What {id} is about"),
        verdict,
        stderr: String::new(),
        milliseconds: 12,
    }
}

fn failure(expected: &str, actual: &str) -> Failure {
    Failure {
        given: vec!["op code-parse".to_owned()],
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        ..Failure::default()
    }
}

fn result(tests: Vec<TestResult>, problems: Vec<String>) -> CheckResult {
    let strings = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let counts = VerdictCounts::of(tests.len(), tests.iter().map(|test| &test.verdict));
    CheckResult {
        start: Start {
            suite: "0.1.0".to_owned(),
            spec: "1.1.0".to_owned(),
            filter: None,
            all: tests.len(),
            command: "python3 mine.py".to_owned(),
            again: "cargo conformance --adapter 'python3 mine.py' --filter ".to_owned(),
            vectors: Some(format!("sha256:{}", "0".repeat(64))),
            adapter: Some(Hello {
                name: "mine".to_owned(),
                version: "2".to_owned(),
                spec: "1.1.0".to_owned(),
                roles: strings(&["initiator"]),
                operations: strings(&["code-parse"]),
                inject: strings(&["words"]),
                runs_at_once: 1,
                lacks: Vec::new(),
                outcomes: None,
            }),
        },
        end: End {
            good: problems.is_empty() && counts.good(),
            level: None,
            counts,
            not_judged: vec!["TIME-1".to_owned()],
            problems,
            repeated: 1,
            lag_milliseconds: 3,
            milliseconds: 1_234,
        },
        tests,
    }
}

/// A short specification, so that the real one can change without the reports of these tests.
pub(super) fn spec() -> Spec {
    let clauses = ["CODE-2", "CODE-6", "RDV-3", "SEAL-1", "SEAL-2", "INIT-1"];
    let clauses = clauses.map(|id| format!("**{id}** Somebody MUST do what {id} says.\n\n"));
    Spec::parse(&("| Version of this text | 1.1.0 |\n\n".to_owned() + &clauses.concat()))
}

/// A verdict of every kind.
pub(super) fn sample() -> CheckResult {
    let simple = failure("ok {\"channel\":7}", "refused malformed");
    let differing = Failure {
        difference: Some("request 2: the path is /v1/b, and not /v1/a".to_owned()),
        clause: Some("RDV-3".to_owned()),
        mistake: Some("the path of the address is dropped".to_owned()),
        detail: vec!["client  relay".to_owned(), "  |--->|".to_owned()],
        ..failure("done", "relay-unreachable")
    };
    let known = ExpectedFailure {
        failure: failure("refused", "ok {}"),
        expectation: Expectation {
            test: "seal-known".to_owned(),
            clause: "SEAL-1".to_owned(),
            kind: ExpectedKind::Dispute,
            reason: "the text allows it".to_owned(),
            link: Some("https://example.com/7".to_owned()),
        },
    };
    let skipped = |named| Verdict::Skipped {
        why: "the adapter does not offer open".to_owned(),
        named,
    };
    let mut crashed = test(
        "replay",
        5,
        &["INIT-1"],
        "crashed",
        Verdict::Failed(differing),
    );
    crashed.stderr = "a line of its own\nand another".to_owned();
    result(
        vec![
            test("code", 1, &["CODE-6"], "code-plain", Verdict::Passed),
            test(
                "code",
                1,
                &["CODE-6", "CODE-2"],
                "code-other",
                Verdict::Failed(simple),
            ),
            test("seal", 3, &["SEAL-1"], "seal-named", skipped(true)),
            test("seal", 3, &["SEAL-1"], "seal-unnamed", skipped(false)),
            test(
                "seal",
                3,
                &["SEAL-2"],
                "seal-late",
                Verdict::inconclusive("the machine stood still"),
            ),
            crashed,
            test(
                "seal",
                3,
                &["SEAL-1"],
                "seal-known",
                Verdict::Expected(known),
            ),
        ],
        vec!["after the last test: status 3".to_owned()],
    )
}

/// An implementation that says what would be markup, a command, or a control of the terminal.
pub(super) fn hostile() -> CheckResult {
    let words = "<script>]]>\n::stop-commands::x\r\n\u{1b}[2J\u{0}\u{ffff}";
    let failed = Failure {
        difference: Some(words.to_owned()),
        ..failure(words, words)
    };
    let mut test = test(
        "code",
        1,
        &["CODE-6"],
        "code-hostile",
        Verdict::Failed(failed),
    );
    test.stderr = words.to_owned();
    let mut result = result(vec![test], vec![words.to_owned()]);
    result.start.command = words.to_owned();
    if let Some(hello) = &mut result.start.adapter {
        hello.name = words.to_owned();
    }
    result
}
