//! Faults that are planted, and the tests that find them.

use std::sync::{Mutex, PoisonError};
use std::thread;

use super::catalogue::Entry;
use super::judge::{self, Examination, Examined};
use super::planted::Notes;

/// The number of tests that are played to one program at once: most of them wait.
pub(crate) const TESTS_AT_ONCE: usize = 8;

/// The verdict on one fault.
#[derive(Debug)]
pub(crate) struct MutantVerdict<'a> {
    /// The fault.
    pub(crate) entry: &'a Entry,
    /// The verdicts of the tests.
    pub(crate) examination: Examination,
    /// The ids of the tests that failed.
    pub(crate) by: Vec<String>,
    /// Whether the fault was reached.
    pub(crate) reached: bool,
    /// Where all tests were played: whether the first failure that a report shows names the
    /// requirement.
    pub(crate) first_shown: Option<FirstShown>,
}

/// The first failure that a report shows.
#[derive(Debug)]
pub(crate) struct FirstShown {
    /// The test.
    pub(crate) id: String,
    /// The requirement that stands above all others there.
    pub(crate) headline: String,
    /// Whether the requirement that is broken is named there.
    pub(crate) names: bool,
}

impl MutantVerdict<'_> {
    /// Whether the fault was found.
    pub(crate) fn is_killed(&self) -> bool {
        !self.examination.killers.is_empty()
    }

    /// Whether it was found by a test that names the requirement, and that passes without it. (A
    /// fault that was found was there; a line that is gone cannot note that it was reached.)
    pub(crate) fn is_good(&self) -> bool {
        self.is_killed() && self.examination.names_clause() && self.examination.broken.is_empty()
    }
}

/// Plays tests to one fault until one that names its requirement fails; `likely` is the id of the
/// first one.
pub(crate) fn hunt<'a>(
    entry: &'a Entry,
    examined: &dyn Examined,
    likely: Option<&str>,
    notes: &Notes,
) -> MutantVerdict<'a> {
    let mut facts = examined.tests().iter();
    let likely = likely.and_then(|id| facts.position(|test| test.id == id));
    let examination = judge::hunt(examined, &entry.clause, likely, TESTS_AT_ONCE);
    verdict(entry, examined, notes, examination)
}

/// The verdict on a fault out of what its tests said.
pub(crate) fn verdict<'a>(
    entry: &'a Entry,
    examined: &dyn Examined,
    notes: &Notes,
    examination: Examination,
) -> MutantVerdict<'a> {
    let mut killers: Vec<_> = examination.killers.iter().collect();
    killers.sort_by_key(|killer| (!killer.names, killer.test));
    let id = |test: usize| examined.tests().get(test).map(|facts| facts.id.clone());
    MutantVerdict {
        entry,
        by: killers
            .iter()
            .filter_map(|killer| id(killer.test))
            .collect(),
        reached: notes.reached(entry),
        examination,
        first_shown: None,
    }
}

/// Does a piece of work for each item on a few threads, and hands each result over as it comes.
pub(crate) fn for_each<'a, T: Sync, R: Send>(
    items: &[&'a T],
    jobs: usize,
    work: impl Fn(&'a T) -> R + Sync,
    done: impl Fn(R) + Sync,
) {
    let waiting = Mutex::new(items.iter());
    let one_at_a_time = Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let next = {
                        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                        waiting.next()
                    };
                    let Some(&item) = next else { return };
                    let result = work(item);
                    let _alone = one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
                    done(result);
                }
            });
        }
    });
}
