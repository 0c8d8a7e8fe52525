//! The tests that are played to one planted program: which first, and when enough is known.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// A test as this module needs it.
#[derive(Debug, Clone)]
pub(crate) struct TestFacts {
    /// The identifier.
    pub(crate) id: String,
    /// The requirements that are violated when it fails, the first one above all.
    pub(crate) clauses: Vec<String>,
    /// The place of the test that must pass for this one to mean anything.
    pub(crate) control: Option<usize>,
    /// The place in an order that has the cheap tests first.
    pub(crate) cost: usize,
}

/// The end of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Played {
    /// The program did as expected.
    Passed,
    /// The program did something else; the requirement of the first difference, where the test
    /// tells it apart from its own.
    Failed(Option<String>),
    /// The test judges nothing here.
    Nothing,
}

/// A program under test, with the tests that judge it. Several threads play tests at once.
pub(crate) trait Examined: Sync {
    /// The tests.
    fn tests(&self) -> &[TestFacts];
    /// Plays one.
    fn play(&self, test: usize) -> Played;
    /// Whether a test passes with the program as it is without any change.
    fn passes_untouched(&self, test: usize) -> bool;
}

/// The tests that pass with the program as it is, as far as they have been played to it.
#[derive(Debug, Default)]
pub(crate) struct PassesUntouched(Mutex<HashMap<usize, bool>>);

impl PassesUntouched {
    /// Whether this test passes; `play` finds out the first time.
    pub(crate) fn get_or_play(&self, test: usize, play: impl FnOnce() -> bool) -> bool {
        let known = lock(&self.0).get(&test).copied();
        known.unwrap_or_else(|| {
            let passes = play();
            lock(&self.0).insert(test, passes);
            passes
        })
    }
}

/// A test that failed because of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Killer {
    /// The place of the test.
    pub(crate) test: usize,
    /// Whether the failure names the requirement: the test cites it, or the first difference does.
    pub(crate) names: bool,
    /// The requirement of the first difference, where the test tells it apart.
    pub(crate) differs: Option<String>,
}

/// The result of the tests that were played.
#[derive(Debug, Default)]
pub(crate) struct Examination {
    /// The tests that failed because of the change.
    pub(crate) killers: Vec<Killer>,
    /// The tests that fail without any change: faults of the suite, or of the program as it is.
    pub(crate) broken: Vec<usize>,
    /// The number of tests that were played.
    pub(crate) played: usize,
}

impl Examination {
    /// Whether a failure names the requirement.
    pub(crate) fn names_clause(&self) -> bool {
        self.killers.iter().any(|killer| killer.names)
    }
}

/// Plays the test that is `likely` to fail first, then those that cite the requirement, then those
/// that name it at all, then the rest, and stops as soon as a failure names the requirement, or any
/// failure has come among the rest.
pub(crate) fn hunt(
    examined: &dyn Examined,
    clause: &str,
    likely: Option<usize>,
    workers: usize,
) -> Examination {
    let mut stages: [Vec<usize>; 3] = Default::default();
    for (index, test) in examined.tests().iter().enumerate() {
        let stage = match test.clauses.iter().position(|id| id == clause) {
            Some(0) => 0,
            Some(_) => 1,
            None => 2,
        };
        stages[stage].push(index);
    }
    let state = Hunt::new(examined, clause);
    state.stage(likely.as_slice(), 1, Stop::Never);
    if state.result().names_clause() {
        return state.end();
    }
    for (number, mut stage) in stages.into_iter().enumerate() {
        stage.sort_by_key(|&index| examined.tests()[index].cost);
        let stop = if number < 2 {
            Stop::AtName
        } else {
            Stop::AtAny
        };
        state.stage(&stage, workers, stop);
        let ended = state.result();
        if ended.names_clause() || (number == 1 && !ended.killers.is_empty()) {
            break;
        }
    }
    state.end()
}

/// Plays these tests, all of them.
pub(crate) fn play_all(
    examined: &dyn Examined,
    clause: &str,
    tests: &[usize],
    workers: usize,
) -> Examination {
    let state = Hunt::new(examined, clause);
    state.stage(tests, workers, Stop::Never);
    state.end()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    AtName,
    AtAny,
    Never,
}

struct Hunt<'a> {
    examined: &'a dyn Examined,
    clause: &'a str,
    known: Mutex<HashMap<usize, Played>>,
    result: Mutex<Examination>,
}

impl<'a> Hunt<'a> {
    fn new(examined: &'a dyn Examined, clause: &'a str) -> Self {
        Self {
            examined,
            clause,
            known: Mutex::default(),
            result: Mutex::default(),
        }
    }

    fn stage(&self, tests: &[usize], workers: usize, stop: Stop) {
        let next = AtomicUsize::new(0);
        let stopped = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..workers.min(tests.len()) {
                scope.spawn(|| {
                    while !stopped.load(Ordering::Relaxed) {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(&test) = tests.get(at) else { return };
                        self.test(test);
                        let result = self.result();
                        let enough = match stop {
                            Stop::AtName => result.names_clause(),
                            Stop::AtAny => !result.killers.is_empty(),
                            Stop::Never => false,
                        };
                        if enough {
                            stopped.store(true, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
    }

    /// Plays a test and, if it fails, its control; a failure of the control counts for itself.
    fn test(&self, test: usize) {
        if !self.has_failed(test) {
            return;
        }
        match self
            .examined
            .tests()
            .get(test)
            .and_then(|test| test.control)
        {
            Some(control) if self.has_failed(control) => self.count(control),
            _ => self.count(test),
        }
    }

    fn has_failed(&self, test: usize) -> bool {
        let known = self.known().get(&test).cloned();
        let played = known.unwrap_or_else(|| {
            let played = self.examined.play(test);
            self.known().insert(test, played.clone());
            self.result().played += usize::from(played != Played::Nothing);
            played
        });
        matches!(played, Played::Failed(_))
    }

    fn count(&self, test: usize) {
        if self.result().killers.iter().any(|known| known.test == test) {
            return;
        }
        if !self.examined.passes_untouched(test) {
            self.result().broken.push(test);
            return;
        }
        let cites = |facts: &TestFacts| facts.clauses.iter().any(|id| id == self.clause);
        let differs = match self.known().get(&test) {
            Some(Played::Failed(clause)) => clause.clone(),
            _ => None,
        };
        let names = differs.as_deref() == Some(self.clause)
            || self.examined.tests().get(test).is_some_and(cites);
        self.result().killers.push(Killer {
            test,
            names,
            differs,
        });
    }

    fn known(&self) -> MutexGuard<'_, HashMap<usize, Played>> {
        lock(&self.known)
    }

    fn result(&self) -> MutexGuard<'_, Examination> {
        lock(&self.result)
    }

    fn end(self) -> Examination {
        let result = self.result.into_inner();
        result.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Locks a mutex whose holders leave it whole whenever they panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
