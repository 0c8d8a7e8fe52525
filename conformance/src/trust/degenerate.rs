//! Adapters that do everything wrong: none may pass a test, cost much time or make a long report.

use std::time::{Duration, Instant};

use super::planted::Planter;
use crate::run::expectations::Expectations;
use crate::run::runner::{self, Settings};
use crate::run::scoring::Scoring;
use crate::run::verdict::Verdict;
use crate::subject::adapter::AdapterHandle;
use crate::suites::case::Case;

/// The kinds that `conformance/mutants/degenerate.py` has.
pub(crate) const KINDS: &[&str] = &[
    "accepts", "refuses", "echoes", "hangs", "crashes", "garbles", "floods", "forks", "silent",
];

/// The time that each may cost, beside some of the others.
const MOST_SECONDS: f64 = 60.0;
/// The number of tests at once; most of them wait.
const JOBS: usize = 16;
/// The time that each reply may take.
const REPLY: Duration = Duration::from_secs(2);
/// The most bytes of text in the failures of a report.
const MOST_REPORT: usize = 512 * 1024;

/// The verdict on one of them.
#[derive(Debug)]
pub(crate) struct DegenerateVerdict {
    /// The doings of the adapter.
    pub(crate) kind: &'static str,
    /// The number of tests that it passed.
    pub(crate) tests_passed: usize,
    /// The time that it cost.
    pub(crate) seconds: f64,
    /// The bytes of text in its failures.
    pub(crate) report_bytes: usize,
    /// The fault of the suite, if there is one.
    pub(crate) fault: String,
}

impl DegenerateVerdict {
    /// Whether the suite was not misled.
    pub(crate) fn is_good(&self) -> bool {
        self.fault.is_empty()
    }
}

/// Judges one of them by all tests.
pub(crate) fn judge(
    kind: &'static str,
    planter: &Planter,
    cases: &[Box<dyn Case>],
) -> DegenerateVerdict {
    let settings = Settings {
        fail_fast: false,
        jobs: JOBS,
        timeout: REPLY,
        expectations: Expectations::default(),
        scoring: Scoring::default(),
        without: Vec::new(),
    };
    let command = planter.degenerate(kind);
    // A hello may take longer than a reply: many processes start at once.
    let hello = if kind == "silent" { REPLY } else { REPLY * 10 };
    let connect = || AdapterHandle::start_process(&command, hello);
    let start = Instant::now();
    let run = runner::run(cases, &connect, &settings, &|_, _| {});
    let seconds = start.elapsed().as_secs_f64();
    let (tests_passed, report_bytes, counted) = match &run {
        Ok(run) => {
            let bytes = run.judged.iter().map(|judged| match &judged.verdict {
                Verdict::Failed(failure) => {
                    failure.actual.len() + failure.expected.len() + judged.stderr.len()
                }
                Verdict::Inconclusive { why } => why.len(),
                Verdict::Passed
                | Verdict::Expected(_)
                | Verdict::Skipped { .. }
                | Verdict::Unscored(_) => 0,
            });
            let counts = run.counts(cases.len());
            (
                counts.passed,
                bytes.sum(),
                counts.add_up() && !run.good(cases.len()),
            )
        }
        Err(error) => (0, error.to_string().len(), kind == "silent"),
    };
    let mut faults = Vec::new();
    if tests_passed > 0 {
        faults.push(format!("it passes {tests_passed} tests"));
    }
    if seconds > MOST_SECONDS {
        faults.push(format!("it costs {seconds:.0} s"));
    }
    if report_bytes > MOST_REPORT {
        faults.push(format!("its report has {report_bytes} bytes"));
    }
    if !counted {
        faults.push("its run counts as good, or does not add up".to_owned());
    }
    DegenerateVerdict {
        kind,
        tests_passed,
        seconds,
        report_bytes,
        fault: faults.join("; "),
    }
}
