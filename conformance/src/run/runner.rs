//! Runs tests on a few threads, each with an adapter process of its own, and adds up.
//!
//! A process for each thread makes every crash and every silence the fault of one known test; the
//! tests that follow get a new process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::run::verdict::{Verdict, VerdictCounts};
use crate::subject::adapter::{AdapterError, AdapterHandle, Hello};
use crate::suites::case::{Case, Failure, Outcome};

/// A function that starts an adapter.
pub(crate) type Connect<'a> = dyn Fn() -> Result<AdapterHandle, AdapterError> + Sync + 'a;

/// The settings of a run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The number of threads and of adapter processes.
    pub(crate) jobs: usize,
    /// The time that each reply may take.
    pub(crate) timeout: Duration,
    /// Operations that the user has said the adapter lacks.
    pub(crate) without: Vec<String>,
}

/// The judgement of one test, with its time and its standard error.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// The judgement.
    pub(crate) verdict: Verdict,
    /// The time that the test took.
    pub(crate) time: Duration,
    /// The text that the adapter wrote to its standard error meanwhile; kept for failures.
    pub(crate) stderr: String,
}

/// A whole run.
#[derive(Debug)]
pub(crate) struct Run {
    /// The adapter's hello.
    pub(crate) hello: Hello,
    /// The judgements of the tests, in their order.
    pub(crate) judged: Vec<Judged>,
    /// The faults outside any test, in words.
    pub(crate) problems: Vec<String>,
    /// The time from start to end.
    pub(crate) time: Duration,
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

/// The number of crashes and silences after which the rest is not tried: an adapter that never
/// replies should cost moments.
pub(crate) const MAX_BREAKS: usize = 5;

/// Runs the tests, and calls `done` with each that has ended.
///
/// # Errors
///
/// [`AdapterError`] when not even a first adapter starts.
pub(crate) fn run(
    cases: &[Box<dyn Case>],
    connect: &Connect<'_>,
    settings: &Settings,
    done: &(dyn Fn(&Verdict) + Sync),
) -> Result<Run, AdapterError> {
    let start = Instant::now();
    let first = connect()?;
    let hello = first.hello().clone();
    let mut problems: Vec<String> = settings
        .without
        .iter()
        .filter(|op| hello.operations.contains(op))
        .map(|op| format!("--without {op}: but the adapter offers it; drop the option"))
        .collect();
    let work = Work {
        cases,
        connect,
        settings,
        hello: &hello,
        next: AtomicUsize::new(0),
        breaks: AtomicUsize::new(0),
        judged: Mutex::new((0..cases.len()).map(|_| None).collect()),
        done,
    };
    let mut firsts = Some(first);
    let ends: Vec<Option<String>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..settings.jobs.max(1))
            .map(|_| {
                let adapter = firsts.take();
                let work = &work;
                scope.spawn(move || work.on(adapter))
            })
            .collect();
        let lost = || Some("a thread of the suite panicked".to_owned());
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| lost()))
            .collect()
    });
    problems.extend(ends.into_iter().flatten());
    let judged = work
        .judged
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let mut judged: Vec<Judged> = judged
        .into_iter()
        .map(|it| it.unwrap_or_else(untried))
        .collect();
    doubt_without_control(cases, &mut judged);
    Ok(Run {
        hello,
        judged,
        problems,
        time: start.elapsed(),
    })
}

/// The role of those who read what clients send.
const RELAY: &str = "relay";

struct Work<'a> {
    cases: &'a [Box<dyn Case>],
    connect: &'a Connect<'a>,
    settings: &'a Settings,
    hello: &'a Hello,
    next: AtomicUsize,
    breaks: AtomicUsize,
    judged: Mutex<Vec<Option<Judged>>>,
    done: &'a (dyn Fn(&Verdict) + Sync),
}

impl Work<'_> {
    /// Runs one test after the other, and gives what went wrong with the adapter at its end.
    fn on(&self, mut adapter: Option<AdapterHandle>) -> Option<String> {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = self.cases.get(index) else {
                break;
            };
            let judged = self.judge(case.as_ref(), &mut adapter);
            (self.done)(&judged.verdict);
            let mut all = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = all.get_mut(index) {
                *place = Some(judged);
            }
        }
        adapter?
            .finish(self.settings.timeout)
            .err()
            .map(|error| format!("after the last test: {error}"))
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
        if self.breaks.load(Ordering::Relaxed) >= MAX_BREAKS {
            let why = format!("not tried: the adapter broke or kept silent {MAX_BREAKS} times");
            return simply(Verdict::Inconclusive(why));
        }
        let using = match adapter.take().map_or_else(self.connect, Ok) {
            Ok(using) => using,
            Err(error) => {
                self.breaks.fetch_add(1, Ordering::Relaxed);
                return simply(Verdict::Inconclusive(error.to_string()));
            }
        };
        let mark = using.stderr_mark();
        let verdict = match case.run(&using, self.settings.timeout) {
            Outcome::Passed => Verdict::Passed,
            Outcome::Failed(failure) => Verdict::Failed(failure),
            Outcome::CouldNotTry(why) => Verdict::Inconclusive(why),
            Outcome::Broke(error, failure) => {
                if error.needs_another_process() {
                    self.breaks.fetch_add(1, Ordering::Relaxed);
                }
                let verdict = Verdict::Failed(Failure {
                    expected: "a reply".to_owned(),
                    actual: error.to_string(),
                    ..failure
                });
                let stderr = last_words(&using, mark);
                return Judged {
                    verdict,
                    time: start.elapsed(),
                    stderr,
                };
            }
        };
        let stderr = match verdict {
            Verdict::Passed => String::new(),
            _ => last_words(&using, mark),
        };
        *adapter = Some(using);
        Judged {
            verdict,
            time: start.elapsed(),
            stderr,
        }
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
        if case.runs() > self.hello.runs {
            let named = self.settings.without.iter().any(|name| name == "runs");
            let why = format!("the adapter takes {} runs at once", self.hello.runs);
            return Some(Verdict::Skipped { why, named });
        }
        None
    }
}

/// The adapter's standard error since a mark, after a moment for what is still on its way.
fn last_words(adapter: &AdapterHandle, mark: usize) -> String {
    thread::sleep(Duration::from_millis(20));
    adapter.stderr_since(mark)
}

fn untried() -> Judged {
    Judged {
        verdict: Verdict::Inconclusive("not tried: the suite went wrong".to_owned()),
        time: Duration::ZERO,
        stderr: String::new(),
    }
}

/// Marks as inconclusive each refusal whose control was not accepted, since it proves nothing.
fn doubt_without_control(cases: &[Box<dyn Case>], judged: &mut [Judged]) {
    let passed: HashMap<&str, bool> = cases
        .iter()
        .zip(judged.iter())
        .map(|(case, judged)| (case.id(), judged.verdict == Verdict::Passed))
        .collect();
    for (case, judged) in cases.iter().zip(judged) {
        let Some(control) = case.control() else {
            continue;
        };
        let tried = matches!(judged.verdict, Verdict::Passed | Verdict::Failed(_));
        if tried && !passed.get(control).copied().unwrap_or(false) {
            judged.verdict = Verdict::Inconclusive(format!(
                "its control {control} did not pass: the same input without the fault"
            ));
        }
    }
}
