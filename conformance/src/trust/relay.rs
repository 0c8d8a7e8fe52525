//! A relay with a change, judged by the tests of relays.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::judge::{Examined, PassesUntouched, Played, TestFacts};
use super::mutants::TESTS_AT_ONCE;
use crate::run::relays::RelayRunner;
use crate::run::verdict::Verdict;
use crate::suites::relay::case::RelayCase;
use crate::suites::test::Test;

/// The cost of a relay of a test's own, as milliseconds of waiting.
const OWN_RELAY: u64 = 500;

/// The tests of relays, and what they say of the relay without any change.
pub(crate) struct RelayTests<'a> {
    cases: &'a [RelayCase],
    facts: Vec<TestFacts>,
    untouched: RelayRunner<'a>,
    passes: PassesUntouched,
}

impl<'a> RelayTests<'a> {
    /// Takes the tests; `untouched` runs them at the relay as it is.
    pub(crate) fn new(cases: &'a [RelayCase], untouched: RelayRunner<'a>) -> Self {
        let facts = cases.iter().map(|case| TestFacts {
            id: case.id().to_owned(),
            clauses: case.clauses().to_vec(),
            control: None,
            cost: cost(case),
        });
        Self {
            cases,
            facts: facts.collect(),
            untouched,
            passes: PassesUntouched::default(),
        }
    }

    fn passes_untouched(&self, test: usize) -> bool {
        let Some(case) = self.cases.get(test) else {
            return false;
        };
        self.passes.get_or_play(test, || {
            played(self.untouched.judge(case)) == Played::Passed
        })
    }
}

/// The place of a test in an order that has the cheap ones first.
fn cost(case: &RelayCase) -> usize {
    let own = if case.needs.own { OWN_RELAY } else { 0 };
    let milliseconds = usize::try_from(case.waits.saturating_add(own)).unwrap_or(usize::MAX);
    match case.needs.last {
        true => usize::MAX,
        false => milliseconds,
    }
}

/// A relay with a change.
pub(crate) struct ChangedRelay<'a> {
    tests: &'a RelayTests<'a>,
    runner: RelayRunner<'a>,
    /// Set once the tests have been played whose answers the last ones look back at.
    is_used: OnceLock<()>,
}

impl<'a> ChangedRelay<'a> {
    /// Takes the runner of the tests at that relay.
    pub(crate) fn new(tests: &'a RelayTests<'a>, runner: RelayRunner<'a>) -> Self {
        Self {
            tests,
            runner,
            is_used: OnceLock::new(),
        }
    }

    /// Plays all tests that need no time, for the sake of their answers.
    fn use_it(&self) {
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..TESTS_AT_ONCE {
                scope.spawn(|| {
                    while let Some(case) =
                        self.tests.cases.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        // Answers are looked back at whatever becomes of the test.
                        if !case.needs.last && !case.needs.own && case.waits == 0 {
                            self.runner.judge(case);
                        }
                    }
                });
            }
        });
    }
}

impl Examined for ChangedRelay<'_> {
    fn tests(&self) -> &[TestFacts] {
        &self.tests.facts
    }

    fn play(&self, test: usize) -> Played {
        let Some(case) = self.tests.cases.get(test) else {
            return Played::Nothing;
        };
        if case.needs.last {
            self.is_used.get_or_init(|| self.use_it());
        }
        played(self.runner.judge(case))
    }

    fn passes_untouched(&self, test: usize) -> bool {
        self.tests.passes_untouched(test)
    }
}

fn played(verdict: Verdict) -> Played {
    match verdict {
        Verdict::Passed => Played::Passed,
        Verdict::Failed(failure) => Played::Failed(failure.clause),
        // A relay that does not start proves nothing, for instance.
        Verdict::Expected(_)
        | Verdict::Skipped { .. }
        | Verdict::Inconclusive { .. }
        | Verdict::Unscored(_) => Played::Nothing,
    }
}
