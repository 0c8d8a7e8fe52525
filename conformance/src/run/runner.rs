//! Runs tests on a few threads, each with an adapter process of its own, and adds up.
//!
//! A process for each thread makes every crash and every silence the fault of one known test; the
//! tests that follow get a new process.

pub(crate) use super::judged::{Connect, Judged, Settings};

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::controls::doubt_without_control;
use super::expectations::JudgedTest;
use super::judged::{AFTER_A_FAILURE, Done, words_of};
use super::scoring::{ScoredTest, Scores};
use super::together::Together;
use crate::run::verdict::{Verdict, VerdictCounts};
use crate::stage::lag;
use crate::subject::adapter::{AdapterError, AdapterHandle, Hello};
use crate::subject::command::lacks;
use crate::suites::case::{Case, Failure, Outcome};

/// A whole run.
#[derive(Debug)]
pub(crate) struct Run {
    /// The adapter's hello; a relay says none.
    pub(crate) hello: Option<Hello>,
    /// The edition of the text whose tests count.
    pub(crate) edition: String,
    /// The judgements of the tests, in their order.
    pub(crate) judged: Vec<Judged>,
    /// The faults outside any test, in words.
    pub(crate) problems: Vec<String>,
    /// The time from start to end.
    pub(crate) time: Duration,
    /// The number of tests that were played again because something came too late.
    pub(crate) repeats: usize,
    /// The longest lag of this machine.
    pub(crate) lag: Duration,
}

impl Run {
    /// The counts over all tests.
    pub(crate) fn counts(&self, planned: usize) -> VerdictCounts {
        VerdictCounts::of(planned, self.judged.iter().map(|judged| &judged.verdict))
    }

    /// Says whether everything is as expected.
    pub(crate) fn good(&self, planned: usize) -> bool {
        self.problems.is_empty() && self.counts(planned).good()
    }
}

/// The number of crashes and silences in a row, over all threads, after which the rest is not
/// tried: an adapter that never replies should cost moments.
pub(crate) const MAX_BREAKS: usize = 5;

/// The most processes for other tests while runs share some.
const SPARSE_JOBS: usize = 4;

/// Runs the tests, and calls `done` with each that has ended.
///
/// # Errors
///
/// [`AdapterError`] when not even a first adapter starts.
pub(crate) fn run(
    cases: &[Box<dyn Case>],
    connect: &Connect<'_>,
    settings: &Settings,
    done: &Done<'_>,
) -> Result<Run, AdapterError> {
    let start = Instant::now();
    lag::watch();
    let repeats = lag::repeats();
    let first = connect()?;
    let hello = first.hello().clone();
    let scores = settings.scoring.of(&hello.spec);
    let mut problems: Vec<String> = settings
        .without
        .iter()
        .filter(|op| hello.operations.contains(op))
        .map(|op| format!("--without {op}: but the adapter offers it; drop the option"))
        .chain(scores.problem())
        .collect();
    let work = Work {
        cases,
        connect,
        settings,
        scores: &scores,
        hello: &hello,
        breaks: AtomicUsize::new(0),
        has_failed: AtomicBool::new(false),
        starting: Mutex::new(0),
        started: Condvar::new(),
        judged: Mutex::new((0..cases.len()).map(|_| None).collect()),
        done,
    };
    let together = Together::choose(cases, hello.runs_at_once, settings, |case| {
        work.lacking(case).is_none()
    });
    let alone = (0..cases.len()).filter(|index| !together.has(*index));
    let alone: Vec<usize> = alone.collect();
    // The runs need the processors as well.
    let jobs = match together.len() {
        0 => settings.jobs,
        _ => settings.jobs.min(SPARSE_JOBS),
    };
    let mut ends = thread::scope(|scope| {
        let with_others = scope.spawn(|| {
            let put = |index, judged| work.put(index, judged);
            together.run(connect, settings, &work.has_failed, &put)
        });
        let mut ends = work.all(&alone, jobs, Some(first));
        let lost = |_| vec!["a thread of the suite panicked".to_owned()];
        ends.extend(with_others.join().unwrap_or_else(lost));
        ends
    });
    let left = work.unjudged();
    ends.extend(work.all(&left, settings.jobs, None));
    problems.extend(ends);
    let judged = work
        .judged
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let mut judged: Vec<Judged> = judged
        .into_iter()
        .map(|it| it.unwrap_or_else(Judged::untried))
        .collect();
    let outcomes = cases
        .iter()
        .zip(&mut judged)
        .map(|(case, judged)| JudgedTest {
            id: case.id(),
            clause: main_clause(case.as_ref()),
            verdict: &mut judged.verdict,
        });
    problems.extend(settings.expectations.apply(outcomes.collect()));
    doubt_without_control(cases, &mut judged);
    let tests = cases.iter().zip(&mut judged);
    let tests = tests.map(|(case, judged)| ScoredTest {
        id: case.id(),
        control: case.control(),
        verdict: &mut judged.verdict,
    });
    scores.apply(tests.collect());
    let edition = scores.edition().to_owned();
    Ok(Run {
        hello: Some(hello),
        edition,
        judged,
        problems,
        time: start.elapsed(),
        repeats: lag::repeats() - repeats,
        lag: lag::longest_since(start),
    })
}

/// The role of those who read what clients send.
const RELAY: &str = "relay";

struct Work<'a> {
    cases: &'a [Box<dyn Case>],
    connect: &'a Connect<'a>,
    settings: &'a Settings,
    scores: &'a Scores<'a>,
    hello: &'a Hello,
    breaks: AtomicUsize,
    /// Set once a test has failed and the rest is not to be tried.
    has_failed: AtomicBool,
    /// The adapters that start at this moment.
    starting: Mutex<usize>,
    started: Condvar,
    judged: Mutex<Vec<Option<Judged>>>,
    done: &'a Done<'a>,
}

impl Work<'_> {
    /// Runs these tests, in so many processes; gives what went wrong with them at their ends.
    fn all(&self, indexes: &[usize], jobs: usize, first: Option<AdapterHandle>) -> Vec<String> {
        let (next, mut first) = (AtomicUsize::new(0), first);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs.max(1).min(indexes.len().max(1)))
                .map(|_| {
                    let (adapter, next) = (first.take(), &next);
                    scope.spawn(move || self.on(indexes, next, adapter))
                })
                .collect();
            let lost = || Some("a thread of the suite panicked".to_owned());
            workers
                .into_iter()
                .filter_map(|worker| worker.join().unwrap_or_else(|_| lost()))
                .collect()
        })
    }

    /// Runs one test after the other, and gives what went wrong with the adapter at its end.
    fn on(
        &self,
        indexes: &[usize],
        next: &AtomicUsize,
        mut adapter: Option<AdapterHandle>,
    ) -> Option<String> {
        while let Some(&index) = indexes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(case) = self.cases.get(index) else {
                break;
            };
            let judged = self.judge(case.as_ref(), &mut adapter);
            self.put(index, judged);
        }
        adapter?
            .finish(self.settings.timeout)
            .err()
            .map(|error| format!("after the last test: {error}"))
    }

    fn put(&self, index: usize, judged: Judged) {
        let id = self.cases.get(index).map_or("", |case| case.id());
        (self.done)(id, &judged.verdict);
        let is_failed = matches!(judged.verdict, Verdict::Failed(_));
        if self.settings.fail_fast && is_failed && !self.may_fail(index) {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        let mut all = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = all.get_mut(index) {
            *place = Some(judged);
        }
    }

    /// Whether the user expects the failure of a test, or of its control, or neither counts.
    fn may_fail(&self, index: usize) -> bool {
        let expectations = &self.settings.expectations;
        let case = self.cases.get(index);
        case.is_some_and(|case| {
            let mut ids = [Some(case.id()), case.control()].into_iter().flatten();
            ids.any(|id| expectations.has(id) || !self.scores.counts(id))
        })
    }

    fn unjudged(&self) -> Vec<usize> {
        let all = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        let unjudged = all.iter().enumerate().filter(|(_, one)| one.is_none());
        unjudged.map(|(index, _)| index).collect()
    }

    fn judge(&self, case: &dyn Case, adapter: &mut Option<AdapterHandle>) -> Judged {
        let start = Instant::now();
        let simply = |verdict| Judged {
            verdict,
            time: start.elapsed(),
            stderr: String::new(),
        };
        if let Some(skipped) = self.lacking(case) {
            return simply(skipped);
        }
        if self.has_failed.load(Ordering::Relaxed) {
            return simply(Verdict::inconclusive(AFTER_A_FAILURE));
        }
        if self.breaks.load(Ordering::Relaxed) >= MAX_BREAKS {
            let why =
                format!("not tried: the adapter broke or kept silent {MAX_BREAKS} times in a row");
            return simply(Verdict::Inconclusive { why });
        }
        let using = match adapter.take().map_or_else(|| self.start(), Ok) {
            Ok(using) => using,
            Err(error) => {
                self.breaks.fetch_add(1, Ordering::Relaxed);
                return simply(Verdict::inconclusive(error.to_string()));
            }
        };
        let mark = using.stderr_mark();
        let verdict = match case.run(&using, self.settings.timeout) {
            Outcome::Passed => Verdict::Passed,
            Outcome::Failed(failure) => Verdict::Failed(failure),
            Outcome::Inconclusive(why) => Verdict::Inconclusive { why },
            Outcome::Broke(error, failure) => {
                // What does not count leaves nothing else untried.
                if error.needs_another_process() && self.scores.counts(case.id()) {
                    self.breaks.fetch_add(1, Ordering::Relaxed);
                }
                let verdict = without_reply(&error, failure, lag::longest_since(start));
                let stderr = words_of(&verdict, &using, mark);
                return Judged {
                    verdict,
                    time: start.elapsed(),
                    stderr,
                };
            }
        };
        let stderr = words_of(&verdict, &using, mark);
        *adapter = Some(using);
        let in_a_row = |breaks| (breaks < MAX_BREAKS).then_some(0);
        let _ = (self.breaks).fetch_update(Ordering::Relaxed, Ordering::Relaxed, in_a_row);
        Judged {
            verdict,
            time: start.elapsed(),
            stderr,
        }
    }

    /// Starts an adapter. Not more start at once than there are processors, so that none is late
    /// with its hello because of the others.
    fn start(&self) -> Result<AdapterHandle, AdapterError> {
        let lock = || self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        let processors = thread::available_parallelism().map_or(2, usize::from);
        let mut starting = lock();
        while *starting >= processors {
            let waited = self.started.wait(starting);
            starting = waited.unwrap_or_else(PoisonError::into_inner);
        }
        *starting += 1;
        drop(starting);
        let adapter = (self.connect)();
        *lock() -= 1;
        self.started.notify_one();
        adapter
    }

    fn lacking(&self, case: &dyn Case) -> Option<Verdict> {
        let lacks = |wanted: Vec<&str>, offered: &[String]| {
            wanted
                .into_iter()
                .find(|name| !offered.iter().any(|has| has == name))
                .map(str::to_owned)
        };
        if let Some(op) = lacks(case.operations(), &self.hello.operations) {
            let named = self.settings.without.contains(&op);
            let why = format!("the adapter does not offer {op}");
            return Some(Verdict::Skipped { why, named });
        }
        if let Some(value) = lacks(case.injects(), &self.hello.inject) {
            let named = self.settings.without.contains(&value);
            let why = format!("the adapter does not take the named value {value}");
            return Some(Verdict::Skipped { why, named });
        }
        if let Some(role) = lacks(case.roles(), &self.hello.roles) {
            // What only a relay reads is no lack of a client.
            let named = role == RELAY || self.settings.without.contains(&role);
            let why = format!("the adapter has no role {role}");
            return Some(Verdict::Skipped { why, named });
        }
        if let Some(why) = lacks::reason(self.hello, &case.parts()) {
            return Some(Verdict::Skipped { why, named: true });
        }
        if case.runs() > self.hello.runs_at_once {
            let named = self.settings.without.iter().any(|name| name == "runs");
            let why = format!("the adapter takes {} runs at once", self.hello.runs_at_once);
            return Some(Verdict::Skipped { why, named });
        }
        None
    }
}

/// The verdict on an adapter that gave no reply: it failed, unless this machine itself stood still
/// for a good part of the time.
fn without_reply(error: &AdapterError, failure: Failure, lag: Duration) -> Verdict {
    if let AdapterError::TimedOut(timeout) = error
        && lag >= *timeout / 10
    {
        let lag = lag.as_millis();
        return Verdict::inconclusive(format!(
            "{error}, while this machine was late by up to {lag} ms"
        ));
    }
    Verdict::Failed(Failure {
        expected: "a reply".to_owned(),
        actual: error.to_string(),
        ..failure
    })
}

fn main_clause(case: &dyn Case) -> &str {
    case.clauses().first().map_or("", String::as_str)
}
