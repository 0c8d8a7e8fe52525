//! Variants that the text allows, and the tests that could hold them against their author.

use super::catalogue::Entry;
use super::judge::{self, Examination, Examined};
use super::mutants::TESTS_AT_ONCE;
use super::planted::Notes;
use crate::suites::test::Test;

/// The verdict on one variant.
#[derive(Debug)]
pub(crate) struct LawfulVerdict<'a> {
    /// The variant.
    pub(crate) entry: &'a Entry,
    /// The verdicts of the tests.
    pub(crate) examination: Examination,
    /// The ids of the tests that failed, which are wrong.
    pub(crate) by: Vec<String>,
    /// Whether the variant was reached; if not, it proves nothing.
    pub(crate) reached: bool,
}

impl LawfulVerdict<'_> {
    /// Whether tests were played, all of them passed, and the variant was really there.
    pub(crate) fn is_good(&self) -> bool {
        self.examination.played > 0
            && self.examination.killers.is_empty()
            && self.examination.broken.is_empty()
            && self.reached
    }
}

/// Plays the tests that could be misled by a variant, or all.
pub(crate) fn play<'a>(
    entry: &'a Entry,
    shown: &[&dyn Test],
    examined: &dyn Examined,
    notes: &Notes,
    whole: bool,
) -> LawfulVerdict<'a> {
    let facts = examined.tests();
    let chosen = |&index: &usize| {
        whole
            || shown
                .get(index)
                .is_some_and(|test| is_touched(entry, *test))
    };
    let tests: Vec<usize> = (0..facts.len()).filter(chosen).collect();
    let examination = judge::play_all(examined, &entry.clause, &tests, TESTS_AT_ONCE);
    let ids = examination.killers.iter();
    let by = ids
        .filter_map(|killer| Some(facts.get(killer.test)?.id.clone()))
        .collect();
    LawfulVerdict {
        entry,
        by,
        reached: notes.reached(entry),
        examination,
    }
}

/// Whether a variant names a test's suite, its first requirement, or a part of its id.
fn is_touched(entry: &Entry, test: &dyn Test) -> bool {
    entry.tests.iter().any(|wanted| {
        wanted == test.suite()
            || test.clauses().first() == Some(wanted)
            || test.id().contains(wanted)
    })
}
