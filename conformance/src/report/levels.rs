//! The suites and the levels of a result.

use super::result::TestResult;
use crate::run::verdict::VerdictCounts;

/// The levels (`conformance/README.md`), from 1.
pub(super) const LEVELS: [&str; 5] = [
    "codes and addresses",
    "PAKE and keys",
    "seals",
    "whole exchanges",
    "a hostile relay",
];

/// The counts and the time of one suite.
pub(super) struct SuiteLine<'a> {
    /// The level; 0 is beside the levels.
    pub(super) level: u8,
    /// The name.
    pub(super) suite: &'a str,
    /// The counts over its tests.
    pub(super) counts: VerdictCounts,
    /// The sum of the times of its tests.
    pub(super) milliseconds: u64,
}

/// The suites in their order.
pub(super) fn suites(tests: &[TestResult]) -> Vec<SuiteLine<'_>> {
    let mut names: Vec<&str> = Vec::new();
    for test in tests {
        if !names.contains(&test.suite.as_str()) {
            names.push(&test.suite);
        }
    }
    names
        .into_iter()
        .map(|suite| {
            let of_suite = || tests.iter().filter(move |test| test.suite == suite);
            SuiteLine {
                level: of_suite().map(|test| test.level).max().unwrap_or_default(),
                suite,
                counts: VerdictCounts::of(of_suite().count(), of_suite().map(|test| &test.verdict)),
                milliseconds: of_suite().map(|test| test.milliseconds).sum(),
            }
        })
        .collect()
}

/// The highest level up to which all these tests passed, as far as they count; `None` when none of
/// them is of a level.
pub(super) fn level_reached(tests: &[TestResult]) -> Option<usize> {
    let suites = suites(tests);
    if suites.iter().all(|line| line.level == 0) {
        return None;
    }
    let passed = |level: usize| {
        let mut of_level = suites
            .iter()
            .filter(|line| usize::from(line.level) == level && line.counts.any_scored())
            .peekable();
        of_level.peek().is_some() && of_level.all(|line| line.counts.all_good())
    };
    Some(
        (1..=LEVELS.len())
            .take_while(|level| passed(*level))
            .count(),
    )
}
