//! The order of failures: grouped by the requirement that they come down to, the simplest first.

use std::collections::HashMap;

/// A failure, as far as its place in a report depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReportedFailure<'a> {
    /// The test.
    pub(crate) id: &'a str,
    /// The test's suite.
    pub(crate) suite: &'a str,
    /// The test's level.
    pub(crate) level: u8,
    /// The test's main requirement.
    pub(crate) clause: &'a str,
    /// The requirement of the first value that differs, where that is known.
    pub(crate) differs: Option<&'a str>,
    /// The number of tests in the whole plan with this main requirement.
    pub(crate) alike: usize,
}

impl ReportedFailure<'_> {
    /// The requirement that stands above all others.
    pub(crate) fn headline(&self) -> &str {
        self.differs.unwrap_or(self.clause)
    }
}

/// Groups failures by headline and suite; each group has the places of its failures.
///
/// A single mistake often fails a hundred tests. The lowest level is first, since what is built on
/// it fails as well. Within a level, a requirement of which most tests fail is more likely broken
/// than one of which a few do.
pub(crate) fn groups(failures: &[ReportedFailure<'_>]) -> Vec<Vec<usize>> {
    let mut failed: HashMap<&str, usize> = HashMap::new();
    for failure in failures {
        *failed.entry(failure.clause).or_default() += 1;
    }
    let mut found: Vec<((&str, &str), Vec<usize>)> = Vec::new();
    for (index, failure) in failures.iter().enumerate() {
        let key = (failure.suite, failure.headline());
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, alike)) => alike.push(index),
            None => found.push((key, vec![index])),
        }
    }
    let share = |index: usize| {
        let Some(failure) = failures.get(index) else {
            return 0;
        };
        let failed = failed.get(failure.clause).copied().unwrap_or_default();
        failed * 100 / failure.alike.max(1)
    };
    found.sort_by_key(|(_, group)| {
        let first = group.first().copied().unwrap_or_default();
        let level = failures.get(first).map_or(0, |failure| failure.level);
        (level, std::cmp::Reverse(share(first)))
    });
    found.into_iter().map(|(_, group)| group).collect()
}
