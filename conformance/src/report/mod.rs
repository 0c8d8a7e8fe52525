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

use crate::run::plan::Plan;
use crate::run::runner::Run;
use crate::run::verdict::VerdictCounts;
use crate::spec::Spec;

/// The facts that a report shows beside the run itself.
pub(crate) struct ReportContext<'a> {
    /// The specification.
    pub(crate) spec: &'a Spec,
    /// The tests.
    pub(crate) plan: &'a Plan,
    /// The command that started the adapter.
    pub(crate) command: String,
    /// The command that runs one test again, less its id.
    pub(crate) again: String,
    /// The filter, if any.
    pub(crate) filter: Option<&'a str>,
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
    for case in &about.plan.cases {
        if !names.contains(&case.suite()) {
            names.push(case.suite());
        }
    }
    names
        .into_iter()
        .map(|suite| {
            let of_suite = || {
                let all = about.plan.cases.iter().zip(&run.judged);
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

/// The highest level up to which everything passed; `None` when not everything was run.
fn level_reached(about: &ReportContext<'_>, run: &Run) -> Option<usize> {
    let suites = suites(about, run);
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
    (about.filter.is_none()).then_some(reached)
}
