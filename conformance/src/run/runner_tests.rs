//! Tests of runs: bad adapters make a run fall short, whatever they do, and a run without a pass is
//! no success.

use std::time::Duration;

use serde_json::{Value, json};

use crate::run::expectations::Expectations;
use crate::run::plan;
use crate::run::runner::{MAX_BREAKS, Run, Settings, run};
use crate::run::scoring::Scoring;
use crate::run::verdict::{Verdict, VerdictCounts};
use crate::spec::Spec;
use crate::subject::adapter::fakes::{Does, LONG, SHORT, fake, reply, serving};
use crate::subject::adapter::{AdapterError, AdapterHandle, Members};
use crate::subject::reference::Reference;
use crate::suites::case::{Case, Failure, Outcome};

const OPERATIONS: &[&str] = &["code-parse", "code-print"];

fn cases() -> Vec<Box<dyn Case>> {
    let spec = Spec::packed().unwrap();
    let all = plan::load(None, &spec).unwrap().cases;
    all.into_iter()
        .filter(|case| case.suite() == "code")
        .collect()
}

fn settings(without: &[&str]) -> Settings {
    Settings {
        fail_fast: false,
        jobs: 2,
        timeout: LONG,
        expectations: Expectations::default(),
        scoring: Scoring::default(),
        without: without.iter().map(|op| (*op).to_owned()).collect(),
    }
}

fn judged(
    connect: impl Fn() -> Result<AdapterHandle, AdapterError> + Sync,
    timeout: Duration,
) -> (Run, VerdictCounts) {
    let cases = cases();
    let settings = Settings {
        timeout,
        ..settings(&[])
    };
    let run = run(&cases, &connect, &settings, &|_, _| {}).unwrap();
    let counts = run.counts(cases.len());
    assert!(counts.add_up(), "{counts:?}");
    assert_eq!(counts.planned, cases.len());
    (run, counts)
}

fn falls_short(does: impl Fn(&Members) -> Does + Send + Sync + Copy + 'static) -> VerdictCounts {
    let (run, counts) = judged(|| fake(OPERATIONS, does), SHORT);
    assert!(!run.good(counts.planned), "{counts:?}");
    counts
}

#[test]
fn the_reference_passes() {
    let (run, counts) = judged(|| serving(Reference::Blocking), LONG);
    assert!(run.good(counts.planned), "{counts:?} {:?}", run.problems);
    assert_eq!(counts.passed, counts.planned);
}

#[test]
fn whoever_accepts_everything_falls_short() {
    let counts = falls_short(|request| Does::Say(reply(request, "ok", json!({}))));
    assert_eq!(counts.passed, 0);
}

#[test]
fn whoever_refuses_everything_falls_short_and_passes_nothing() {
    for fault in ["bad-character", "bad-channel", "word-count", "unknown-word"] {
        let refused = move || json!({"outcome": "bad-code", "fault": fault});
        let counts = falls_short(move |request| Does::Say(reply(request, "refused", refused())));
        // Some refusals are right, and prove nothing without their controls.
        assert_eq!(counts.passed, 0, "{fault}");
        assert!(counts.inconclusive > 0, "{fault}");
    }
}

#[test]
fn whoever_cannot_try_falls_short() {
    let counts = falls_short(|request| Does::Say(reply(request, "error", json!("no"))));
    assert_eq!((counts.passed, counts.skipped), (0, 0));
}

#[test]
fn whoever_breaks_falls_short_and_costs_moments() {
    let start = std::time::Instant::now();
    let echo =
        |request: &Members| Does::Say(format!("{}\n", Value::Object(request.clone())).into());
    let breaking: [fn(&Members) -> Does; 3] = [
        |_| Does::End,
        |_| Does::Say(b"\x00\xff garbage\n".to_vec()),
        |_| Does::Nothing,
    ];
    for does in breaking {
        let counts = falls_short(does);
        assert_eq!(counts.passed, 0);
        assert!(counts.failed <= MAX_BREAKS + 1, "{counts:?}");
    }
    assert_eq!(falls_short(echo).passed, 0);
    assert!(start.elapsed() < LONG);
}

#[test]
fn an_end_in_the_middle_is_the_fault_of_one_test() {
    let cases = cases();
    let connect = || serving(Dies);
    let run = run(&cases, &connect, &settings(&[]), &|_, _| {}).unwrap();
    let failed: Vec<&str> = cases
        .iter()
        .zip(&run.judged)
        .filter(|(_, judged)| matches!(judged.verdict, Verdict::Failed(_)))
        .map(|(case, _)| case.id())
        .collect();
    assert_eq!(failed, ["code-nul"]);
    assert!(!run.good(cases.len()));
}

/// The reference, except that it dies of one input.
struct Dies;

impl crate::subject::adapter::Operations for Dies {
    fn hello(&self) -> crate::subject::adapter::Hello {
        Reference::Blocking.hello()
    }

    fn perform(&self, task: &crate::subject::adapter::Task<'_>) -> crate::subject::adapter::Reply {
        let text = task.input.get("input").and_then(Value::as_str);
        if text == Some("372d63726f73736f7665722d636c6f636b776f726b00") {
            // The end of the thread that serves is the end of the adapter.
            std::panic::resume_unwind(Box::new("dies"));
        }
        Reference::Blocking.perform(task)
    }
}

#[test]
fn what_an_adapter_silently_lacks_is_not_forgiven() {
    let cases = cases();
    let nothing = || fake(&[], |_| Does::End);
    let run_with =
        |without: &[&str]| run(&cases, &nothing, &settings(without), &|_, _| {}).unwrap();
    let silent = run_with(&[]);
    let counts = silent.counts(cases.len());
    assert_eq!(
        (counts.skipped, counts.silently_skipped),
        (cases.len(), cases.len())
    );
    assert!(!silent.good(cases.len()));
    // A lack that was named beforehand is forgiven, but a run in which nothing passed is no success
    // either.
    let named = run_with(OPERATIONS);
    assert_eq!(named.counts(cases.len()).silently_skipped, 0);
    assert!(!named.good(cases.len()));
    // An operation that is named as lacking must be lacking.
    let connect = || serving(Reference::Blocking);
    let stale = run(&cases, &connect, &settings(&["code-print"]), &|_, _| {}).unwrap();
    assert!(!stale.good(cases.len()));
    assert!(
        stale
            .problems
            .iter()
            .any(|problem| problem.contains("drop the option"))
    );
}

#[test]
fn no_test_is_no_success() {
    let connect = || serving(Reference::Blocking);
    let run = run(&[], &connect, &settings(&[]), &|_, _| {}).unwrap();
    assert!(!run.good(0));
    let one = [Verdict::Passed];
    assert!(VerdictCounts::of(1, &one).good());
    assert!(
        !VerdictCounts::of(2, &one).good(),
        "a test without a verdict"
    );
    assert!(
        !VerdictCounts::of(0, &one).good(),
        "a verdict without a test"
    );
}

#[test]
fn an_adapter_that_does_not_start_is_no_verdict() {
    let cases = cases();
    let connect = || crate::subject::adapter::fakes::first_line(b"hi\n");
    assert!(run(&cases, &connect, &settings(&[]), &|_, _| {}).is_err());
}

/// A test with an id, a control and an outcome.
struct One(&'static str, Option<&'static str>, fn() -> Outcome);

impl Case for One {
    fn id(&self) -> &str {
        self.0
    }
    fn suite(&self) -> &str {
        "one"
    }
    fn title(&self) -> &str {
        "One"
    }
    fn clauses(&self) -> &[String] {
        &[]
    }
    fn operations(&self) -> Vec<&str> {
        Vec::new()
    }
    fn control(&self) -> Option<&str> {
        self.1
    }
    fn run(&self, _: &AdapterHandle, _: Duration) -> Outcome {
        (self.2)()
    }
}

fn failed() -> Outcome {
    Outcome::Failed(Failure::default())
}

fn broken() -> Outcome {
    Outcome::Broke(AdapterError::Broke("gone".to_owned()), Failure::default())
}

/// The control of a test that was not run for another reason counts, too.
#[test]
fn without_its_control_a_verdict_is_inconclusive() {
    let cases: Vec<Box<dyn Case>> = vec![
        Box::new(One("good", None, || Outcome::Passed)),
        Box::new(One("bad", None, failed)),
        Box::new(One("beside-good", Some("good"), || Outcome::Passed)),
        Box::new(One("beside-bad", Some("bad"), || Outcome::Passed)),
        Box::new(One("beside-none", Some("none"), || Outcome::Passed)),
    ];
    let connect = || serving(Reference::Blocking);
    let run = run(&cases, &connect, &settings(&[]), &|_, _| {}).unwrap();
    let counts = run.counts(cases.len());
    assert_eq!(
        (counts.passed, counts.failed, counts.inconclusive),
        (2, 1, 2)
    );
    assert!(!run.good(cases.len()));
}

/// Tests that do not count are run and shown; they make no run fail, end none, and may crash as
/// often as they like.
#[test]
fn what_does_not_count_makes_no_run_fail() {
    const LATER: [&str; MAX_BREAKS + 1] = ["l1", "l2", "l3", "l4", "l5", "l6"];
    let later = LATER.map(|id| -> Box<dyn Case> { Box::new(One(id, None, broken)) });
    let mut cases = Vec::from(later);
    cases.push(Box::new(One("fails-later", None, failed)));
    cases.push(Box::new(One("good", None, || Outcome::Passed)));
    let connect = || serving(Reference::Blocking);
    let run_with = |scoring| {
        let settings = Settings {
            fail_fast: true,
            jobs: 1,
            scoring,
            ..settings(&[])
        };
        run(&cases, &connect, &settings, &|_, _| {}).unwrap()
    };
    let lists = [("1.1.0", "good\n")];
    let scored = run_with(Scoring::new("1.1.0".to_owned(), lists.into_iter(), "").unwrap());
    let counts = scored.counts(cases.len());
    assert!(scored.good(cases.len()), "{counts:?} {:?}", scored.problems);
    assert_eq!((counts.passed, counts.unscored), (1, LATER.len() + 1));
    assert!(matches!(
        &scored.judged[LATER.len()].verdict,
        Verdict::Unscored(unscored) if matches!(*unscored.would_be, Verdict::Failed(_))
    ));
    let all = run_with(Scoring::default());
    assert_eq!(all.counts(cases.len()).passed, 0);
    // Where nothing counts, nothing is passed.
    let lists = [("1.1.0", "none\n")];
    let none = run_with(Scoring::new("1.1.0".to_owned(), lists.into_iter(), "").unwrap());
    assert!(!none.good(cases.len()));
}

/// The failure that ends a run is shown as one, though its control comes later and is left out.
#[test]
fn a_failure_that_ends_the_run_needs_no_control() {
    let mut cases = cases();
    let controlled = cases.iter().position(|case| case.control().is_some());
    cases.swap(0, controlled.unwrap());
    let settings = Settings {
        fail_fast: true,
        jobs: 1,
        ..settings(&[])
    };
    let connect = || {
        fake(OPERATIONS, |request| {
            Does::Say(reply(request, "ok", json!({})))
        })
    };
    let run = run(&cases, &connect, &settings, &|_, _| {}).unwrap();
    let counts = run.counts(cases.len());
    assert!(matches!(run.judged[0].verdict, Verdict::Failed(_)));
    assert_eq!((counts.failed, counts.passed), (1, 0));
    assert_eq!(counts.inconclusive, cases.len() - 1);
}
