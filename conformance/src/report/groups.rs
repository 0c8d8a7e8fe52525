//! The order of failures: grouped by the requirement that they come down to, the simplest first.

use std::cmp::Reverse;

use super::result::TestResult;
use crate::run::verdict::Verdict;

/// A failure, as far as its place in a report depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReportedFailure<'a> {
    /// The test.
    pub(crate) id: &'a str,
    /// The test's suite.
    pub(crate) suite: &'a str,
    /// The test's level.
    pub(crate) level: u8,
    /// The requirement that stands above all others: that of the first value that differs, where it
    /// is known, or the test's main one.
    pub(crate) headline: &'a str,
}

/// Groups failures by headline and suite; each group has the places of its failures.
///
/// A single mistake often fails a hundred tests. The lowest level is first, since what is built on
/// it fails as well; tests of no level are last, since they are whole exchanges. Within a level the
/// largest group is first: of 21 planted faults whose every failure was looked at, its headline is
/// the broken requirement more often (19) than that of the requirement of which the most tests fail
/// in proportion (17), or that which stands first in the text (15).
pub(crate) fn groups(failures: &[ReportedFailure<'_>]) -> Vec<Vec<usize>> {
    let mut found: Vec<((&str, &str), Vec<usize>)> = Vec::new();
    for (index, failure) in failures.iter().enumerate() {
        let key = (failure.suite, failure.headline);
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, alike)) => alike.push(index),
            None => found.push((key, vec![index])),
        }
    }
    found.sort_by_key(|(_, group)| {
        let first = group.first().and_then(|&index| failures.get(index));
        let level = first.map_or(0, |failure| failure.level);
        (level == 0, level, Reverse(group.len()))
    });
    found.into_iter().map(|(_, group)| group).collect()
}

/// The tests that failed, in their groups.
pub(super) fn failed_groups(tests: &[TestResult]) -> Vec<Vec<&TestResult>> {
    let is_failed = |test: &&TestResult| matches!(test.verdict, Verdict::Failed(_));
    let failed: Vec<&TestResult> = tests.iter().filter(is_failed).collect();
    let reported: Vec<ReportedFailure<'_>> = failed
        .iter()
        .map(|test| ReportedFailure {
            id: &test.id,
            suite: &test.suite,
            level: test.level,
            headline: test.headline(),
        })
        .collect();
    let of_group = |group: Vec<usize>| {
        let tests = group.into_iter();
        tests.filter_map(|at| failed.get(at).copied()).collect()
    };
    groups(&reported).into_iter().map(of_group).collect()
}
