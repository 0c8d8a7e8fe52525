//! Results for the tests of the reports: one with a verdict of every kind, and one of an
//! implementation that says what it should not.

use super::html::{HtmlFacts, KnownFault, KnownReason, ReviewedRequirement};
use super::meetings::{InteropResult, MeetingResult, MeetingVerdict};
use super::result::{CheckResult, End, Start, TestResult};
use crate::run::verdict::{
    Expectation, ExpectedFailure, ExpectedKind, Unscored, Verdict, VerdictCounts,
};
use crate::spec::Spec;
use crate::subject::adapter::Hello;
use crate::suites::case::Failure;

pub(super) fn test(
    suite: &str,
    level: u8,
    clauses: &[&str],
    id: &str,
    verdict: Verdict,
) -> TestResult {
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
            edition: "1.1.0".to_owned(),
            filter: None,
            all: tests.len(),
            command: "python3 mine.py".to_owned(),
            again: "cargo conformance --adapter 'python3 mine.py' --filter ".to_owned(),
            vectors: Some(format!("sha256:{}", "0".repeat(64))),
            vectors_folder: None,
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
    let disputed = Unscored {
        why: "disputed since 2026-11-27: two readings".to_owned(),
        link: Some("https://example.com/8".to_owned()),
        would_be: Box::new(Verdict::Failed(failure("refused", "ok {}"))),
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
            test(
                "seal",
                3,
                &["SEAL-2"],
                "seal-disputed",
                Verdict::Unscored(disputed),
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

/// Two clients over one relay; one of them does a thing wrong, and nobody knows who another.
pub(super) fn interop() -> InteropResult {
    let one = |initiator: &str, receiver: &str, meeting: &str, fault: Option<(&str, &str)>| {
        let (side, what) = fault.unzip();
        MeetingResult {
            relay: "reference".to_owned(),
            initiator: initiator.to_owned(),
            receiver: receiver.to_owned(),
            meeting: meeting.to_owned(),
            clauses: vec!["SEAL-1".to_owned()],
            verdict: match fault {
                None => MeetingVerdict::Passed,
                Some(_) => MeetingVerdict::Failed,
            },
            side: side.filter(|side| !side.is_empty()).map(str::to_owned),
            what: what.map(str::to_owned),
        }
    };
    let wrong = "the receiver: `blob` is null, expected \"00\"";
    let meetings = vec![
        one("mine", "mine", "nothing", None),
        one("mine", "other", "nothing", None),
        one("mine", "other", "all", Some(("receiver", wrong))),
        one("other", "mine", "all", Some(("", "the keys <b>differ"))),
    ];
    InteropResult::new(4, meetings, vec!["TIME-1".to_owned()], 1.25)
}

/// All beside a result that its pages show, for the short specification.
pub(super) fn facts(spec: &Spec) -> HtmlFacts<'_> {
    let content = vec![
        ("needs", "code-parse".to_owned()),
        ("", "initiator".to_owned()),
        ("given", "inject = {\"words\":\"00".to_owned()),
        ("plays", "  initiator      relay".to_owned()),
        ("plays", "    |  allocate ---> 201".to_owned()),
        ("plays", "    *  done".to_owned()),
        ("expected", "outcome = done".to_owned()),
    ];
    let known = ReviewedRequirement {
        faults: vec![KnownFault {
            id: "fault-1".to_owned(),
            title: "Something is left out.".to_owned(),
            found_by: Some("code-other".to_owned()),
        }],
        reason: None,
    };
    let reasoned = ReviewedRequirement {
        faults: Vec::new(),
        reason: Some(KnownReason {
            kind: "person".to_owned(),
            why: "It is about a person.".to_owned(),
        }),
    };
    HtmlFacts {
        spec,
        text: "# A text\n\nSee [more](more.md) and CODE-2.\n\n| a | |\n|---|---|\n| 1 | 2 |\n\n\
               **CODE-2** Somebody MUST do, after SEAL-1, what `it` says.\n\n\
               **RDV-3** Somebody MUST.\n\n**SEAL-2** Somebody MUST.\n",
        contents: [("code-plain".to_owned(), content)].into(),
        remarks: vec!["A remark.".to_owned()],
        reviewed: [
            ("CODE-2".to_owned(), known),
            ("TIME-1".to_owned(), reasoned),
        ]
        .into(),
        interop: Some(interop()),
    }
}
