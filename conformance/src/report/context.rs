//! The facts that a report shows beside the run itself.

use std::time::Duration;

use super::levels::level_reached;
use super::result::{CheckResult, End, Start, TestResult};
use crate::run::runner::Run;
use crate::run::verdict::{Verdict, VerdictCounts};
use crate::spec::Spec;
use crate::subject::adapter::Hello;
use crate::suites::test::Test;

/// The facts that a report shows beside the run itself.
pub(crate) struct ReportContext<'a> {
    /// The specification.
    pub(crate) spec: &'a Spec,
    /// The tests, in the order of their judgements.
    pub(crate) tests: Vec<&'a dyn Test>,
    /// The number of tests that there are.
    pub(crate) all: usize,
    /// The hash of all vectors, where vectors judge.
    pub(crate) vectors_hash: Option<&'a str>,
    /// The folder of other vectors than the committed ones.
    pub(crate) vectors_folder: Option<String>,
    /// The requirements that no test of this run judged.
    pub(crate) not_judged: Vec<String>,
    /// The command that started the adapter or the relay, or the relay's address.
    pub(crate) command: String,
    /// The command that runs one test again, less its id.
    pub(crate) again: String,
    /// The options that chose the tests, if any.
    pub(crate) filter: Option<String>,
}

impl ReportContext<'_> {
    /// Puts together what was planned and what came of it.
    pub(crate) fn result(self, run: Run) -> CheckResult {
        let tests: Vec<TestResult> = self
            .tests
            .iter()
            .zip(run.judged)
            .map(|(test, judged)| TestResult {
                id: test.id().to_owned(),
                suite: test.suite().to_owned(),
                level: test.level(),
                clauses: test.clauses().to_vec(),
                title: test.title().to_owned(),
                verdict: judged.verdict,
                stderr: judged.stderr,
                milliseconds: milliseconds(judged.time),
            })
            .collect();
        let planned = self.tests.len();
        let counts = VerdictCounts::of(planned, tests.iter().map(|test| &test.verdict));
        let is_outside = run.hello.as_ref().is_some_and(Hello::is_outside);
        let is_whole = self.filter.is_none() && run.problems.is_empty() && !is_outside;
        let end = End {
            good: run.problems.is_empty() && counts.good(),
            level: level_reached(&tests).filter(|_| is_whole),
            counts,
            not_judged: self.not_judged,
            problems: run.problems,
            repeated: run.repeats,
            lag_milliseconds: milliseconds(run.lag),
            milliseconds: milliseconds(run.time),
        };
        let start = Start {
            suite: env!("CARGO_PKG_VERSION").to_owned(),
            spec: self.spec.version().to_owned(),
            edition: run.edition,
            filter: self.filter,
            all: self.all,
            command: self.command,
            again: self.again,
            vectors: self.vectors_hash.map(|hash| format!("sha256:{hash}")),
            vectors_folder: self.vectors_folder,
            adapter: run.hello,
        };
        CheckResult { start, tests, end }
    }
}

/// The requirements whose text is as given, and that no test judged: there is none, or none was run
/// to its end.
pub(crate) fn not_judged(
    spec: &Spec,
    tests: &[&dyn Test],
    run: &Run,
    is_meant: impl Fn(&str) -> bool,
) -> Vec<String> {
    let judged = tests.iter().zip(&run.judged);
    let judged = judged.filter(|(_, judged)| {
        matches!(
            judged.verdict,
            Verdict::Passed | Verdict::Failed(_) | Verdict::Expected(_)
        )
    });
    let judged = judged.flat_map(|(test, _)| test.clauses());
    let left = spec.ids_without(judged.map(String::as_str));
    let is_meant = |id: &&str| spec.clause(id).is_some_and(|clause| is_meant(&clause.text));
    left.into_iter()
        .filter(is_meant)
        .map(str::to_owned)
        .collect()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
