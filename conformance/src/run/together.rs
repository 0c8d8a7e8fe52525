//! Runs of whole clients, many at once in a few adapter processes.
//!
//! They wait far more than they compute, and starting a process can cost more than a run. Whatever
//! an adapter's end leaves without a judgement is tried again by itself, so that the end is the
//! fault of one known test.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use super::judged::{Connect, Judged, Settings, words_of};
use crate::run::verdict::Verdict;
use crate::subject::adapter::AdapterHandle;
use crate::suites::case::{Case, Outcome};

/// The number of runs at once that is enough to keep the processors busy while all wait.
const ENOUGH: usize = 32;
/// The most processes that share the runs.
const PROCESSES: usize = 8;

/// The tests that share processes, in their order.
pub(super) struct Together<'a> {
    cases: &'a [Box<dyn Case>],
    indexes: Vec<usize>,
    next: AtomicUsize,
    processes: usize,
    runs_at_once: usize,
}

impl<'a> Together<'a> {
    /// Chooses the tests that are possible and may share a process; there are none for an adapter
    /// that takes one run at a time.
    pub(super) fn choose(
        cases: &'a [Box<dyn Case>],
        runs_at_once: usize,
        settings: &Settings,
        is_possible: impl Fn(&dyn Case) -> bool,
    ) -> Self {
        let shares =
            |case: &dyn Case| runs_at_once > 1 && case.shares_a_process() && is_possible(case);
        let all = cases.iter().enumerate();
        let indexes: Vec<usize> = all
            .filter(|(_, case)| shares(case.as_ref()))
            .map(|(index, _)| index)
            .collect();
        let needed = indexes.len().div_ceil(runs_at_once);
        let enough = ENOUGH.div_ceil(runs_at_once).clamp(2, PROCESSES);
        Self {
            cases,
            indexes,
            next: AtomicUsize::new(0),
            processes: needed.min(enough).min(settings.jobs),
            runs_at_once,
        }
    }

    /// Whether this test is one of them.
    pub(super) fn has(&self, index: usize) -> bool {
        self.indexes.contains(&index)
    }

    /// The number of tests.
    pub(super) fn len(&self) -> usize {
        self.indexes.len()
    }

    /// Runs the tests until `stop` is set, and calls `done` with each that has a judgement. Gives
    /// the faults outside any test.
    pub(super) fn run(
        &self,
        connect: &Connect<'_>,
        settings: &Settings,
        stop: &AtomicBool,
        done: &(dyn Fn(usize, Judged) + Sync),
    ) -> Vec<String> {
        thread::scope(|scope| {
            let groups: Vec<_> = (0..self.processes)
                .map(|_| scope.spawn(|| self.group(connect, settings, stop, done)))
                .collect();
            let ended = groups.into_iter().map(|group| group.join());
            let lost = "a thread of the suite panicked".to_owned();
            ended
                .filter_map(|end| end.unwrap_or_else(|_| Some(lost.clone())))
                .collect()
        })
    }

    /// Runs tests in one process until there are no more, or it has ended.
    fn group(
        &self,
        connect: &Connect<'_>,
        settings: &Settings,
        stop: &AtomicBool,
        done: &(dyn Fn(usize, Judged) + Sync),
    ) -> Option<String> {
        // One that does not start is tried again, and judged, with the tests that remain.
        let adapter = connect().ok()?;
        let is_broken = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..self.runs_at_once.min(self.len()) {
                scope.spawn(|| {
                    while !is_broken.load(Ordering::Relaxed) && !stop.load(Ordering::Relaxed) {
                        let next = self.next.fetch_add(1, Ordering::Relaxed);
                        let Some(&index) = self.indexes.get(next) else {
                            return;
                        };
                        let Some(case) = self.cases.get(index) else {
                            return;
                        };
                        match judge(case.as_ref(), &adapter, settings) {
                            Some(judged) => done(index, judged),
                            None => is_broken.store(true, Ordering::Relaxed),
                        }
                    }
                });
            }
        });
        if is_broken.load(Ordering::Relaxed) {
            return None;
        }
        let ended = adapter.finish(settings.timeout);
        ended
            .err()
            .map(|error| format!("after the last run: {error}"))
    }
}

/// Runs a test; gives nothing when the adapter gave no reply.
fn judge(case: &dyn Case, adapter: &AdapterHandle, settings: &Settings) -> Option<Judged> {
    let (start, mark) = (Instant::now(), adapter.stderr_mark());
    let verdict = match case.run(adapter, settings.timeout) {
        Outcome::Passed => Verdict::Passed,
        Outcome::Failed(failure) => Verdict::Failed(failure),
        Outcome::Inconclusive(why) => Verdict::Inconclusive { why },
        Outcome::Broke(..) => return None,
    };
    let stderr = words_of(&verdict, adapter, mark);
    Some(Judged {
        verdict,
        time: start.elapsed(),
        stderr,
    })
}
