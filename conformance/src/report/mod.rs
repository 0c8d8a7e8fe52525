//! The reports of a run: for people, and as JSON lines.

mod format;
pub(crate) mod groups;
mod json;
mod pretty;
mod progress;
mod wrap;

pub(crate) use format::Format;
pub(crate) use json::json;
pub(crate) use pretty::pretty;
pub(crate) use progress::ProgressMeter;

use crate::run::runner::Run;
use crate::run::verdict::{Verdict, VerdictCounts};
use crate::spec::Spec;
use crate::suites::test::Test;

/// The facts that a report shows beside the run itself.
pub(crate) struct ReportContext<'a> {
    /// The specification.
    pub(crate) spec: &'a Spec,
    /// The tests, in the order of their judgements.
    pub(crate) tests: Vec<&'a dyn Test>,
    /// The number of tests without a filter.
    pub(crate) all: usize,
    /// The hash of all vectors, where vectors judge.
    pub(crate) vectors_hash: Option<&'a str>,
    /// The requirements that no test of this run judged.
    pub(crate) not_judged: Vec<String>,
    /// The command that started the adapter or the relay, or the relay's address.
    pub(crate) command: String,
    /// The command that runs one test again, less its id.
    pub(crate) again: String,
    /// The filter, if any.
    pub(crate) filter: Option<&'a str>,
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
    let judged =
        judged.filter(|(_, judged)| matches!(judged.verdict, Verdict::Passed | Verdict::Failed(_)));
    let judged = judged.flat_map(|(test, _)| test.clauses());
    let left = spec.ids_without(judged.map(String::as_str));
    let is_meant = |id: &&str| spec.clause(id).is_some_and(|clause| is_meant(&clause.text));
    left.into_iter()
        .filter(is_meant)
        .map(str::to_owned)
        .collect()
}

/// The counts and the time of one suite.
struct SuiteLine<'a> {
    level: u8,
    suite: &'a str,
    counts: VerdictCounts,
    time: std::time::Duration,
}

/// The suites in their order.
fn suites<'a>(about: &ReportContext<'a>, run: &Run) -> Vec<SuiteLine<'a>> {
    let mut names: Vec<&str> = Vec::new();
    for case in &about.tests {
        if !names.contains(&case.suite()) {
            names.push(case.suite());
        }
    }
    names
        .into_iter()
        .map(|suite| {
            let of_suite = || {
                let all = about.tests.iter().zip(&run.judged);
                all.filter(move |(case, _)| case.suite() == suite)
            };
            SuiteLine {
                level: of_suite()
                    .map(|(case, _)| case.level())
                    .max()
                    .unwrap_or_default(),
                suite,
                counts: VerdictCounts::of(
                    of_suite().count(),
                    of_suite().map(|(_, judged)| &judged.verdict),
                ),
                time: of_suite().map(|(_, judged)| judged.time).sum(),
            }
        })
        .collect()
}

/// The levels (`conformance/README.md`), from 1.
const LEVELS: [&str; 5] = [
    "codes and addresses",
    "PAKE and keys",
    "seals",
    "whole exchanges",
    "a hostile relay",
];

/// The highest level up to which everything passed; `None` when not everything was run as it is
/// here.
fn level_reached(about: &ReportContext<'_>, run: &Run) -> Option<usize> {
    let suites = suites(about, run);
    if suites.iter().all(|line| line.level == 0) {
        return None;
    }
    let passed = |level: usize| {
        let mut of_level = suites
            .iter()
            .filter(|line| usize::from(line.level) == level)
            .peekable();
        of_level.peek().is_some() && of_level.all(|line| line.counts.good())
    };
    let reached = (1..=LEVELS.len())
        .take_while(|level| passed(*level))
        .count();
    (about.filter.is_none() && run.problems.is_empty()).then_some(reached)
}
