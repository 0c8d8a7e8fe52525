//! Runs the tests of a relay on a few threads, with as many relays as the tests need.
//!
//! Tests with the same settings share a relay, each with appids and sides of its own. What came too
//! late is run again, alone and with a longer second, so that a busy machine fails nobody.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use super::expectations::JudgedTest;
use super::judged::{AFTER_A_FAILURE, Done, RelayRunSettings};
use super::relay_choice::{cheapest_first, lacking};
use super::runner::{Judged, Run};
use super::scoring::ScoredTest;
use super::shared_relays::SharedRelays;
use super::verdict::Verdict;
use crate::root::Root;
use crate::stage::lag;
use crate::subject::relay::{RelaySubject, RunningRelay};
use crate::subject::relay_settings::RelaySettings;
use crate::suites::case::Failure;
use crate::suites::relay::bench::{Bench, ChannelPool};
use crate::suites::relay::case::RelayCase;
use crate::suites::relay::check::Check;
use crate::suites::relay::checker::Checker;
use crate::suites::relay::fault::Fault;
use crate::suites::test::Test;

/// The number of tests at once at relays that the suite starts; they wait more than they compute.
const JOBS: usize = 16;
/// The number of tests at once at a relay that others use too.
const JOBS_AT_ADDRESS: usize = 4;
/// The number of times that a test is run.
const ATTEMPTS: u32 = 3;
/// The factor by which a second is longer each time.
const SLOWER: u64 = 4;
/// The rated requests that the usual rate lets through at once, less some for others.
const STARTS_AT_ADDRESS: u32 = 110;
/// The time for the tests of a relay that is known only by its address.
const TIME_AT_ADDRESS: Duration = Duration::from_secs(22);
/// The relays that may end by themselves before the rest is not tried.
const MAX_BREAKS: usize = 5;
/// The tests that get no answer before the rest is not tried: a silent relay should cost moments.
const MAX_SILENCES: usize = 12;
/// The lag of the machine that explains what came too late.
const LAG: Duration = Duration::from_millis(250);

/// The tests of one relay, as they are run.
pub(crate) struct RelayRunner<'a> {
    root: &'a Root,
    subject: &'a RelaySubject,
    cases: &'a [RelayCase],
    checker: &'a Checker,
    relays: SharedRelays,
    judged: Mutex<Vec<Option<Judged>>>,
    /// Lets one test be run without any other beside it.
    alone: RwLock<()>,
    breaks: AtomicUsize,
    silences: AtomicUsize,
    is_lost: AtomicBool,
    settings: Option<&'a RelayRunSettings>,
    has_failed: AtomicBool,
    begun: Instant,
    starts: Mutex<u32>,
    attempts: u32,
    pool: ChannelPool,
    done: &'a Done<'a>,
}

/// Runs the tests, and calls `done` with each that has ended.
///
/// # Errors
///
/// A sentence, when there is no relay.
pub(crate) fn run(
    root: &Root,
    subject: &RelaySubject,
    cases: &[RelayCase],
    checker: &Checker,
    settings: &RelayRunSettings,
    done: &Done<'_>,
) -> anyhow::Result<Run> {
    let repeats = lag::repeats();
    let mut runner = RelayRunner::new(root, subject, cases, checker, done);
    runner.settings = Some(settings);
    let first = (runner.relays).relay(root, subject, &RelaySettings::default())?;
    Bench::new(&first, RelaySettings::default(), checker, &|| {
        subject.start_with(root, &RelaySettings::default())
    })?
    .is_there()?;
    runner.phase(false);
    runner.phase(true);
    runner.close_all(&first)?;
    drop(first);
    let mut problems = Vec::new();
    let planned = |check: Check| {
        let id = format!("relay-every-{}", check.about().0);
        cases.iter().any(|case| case.id() == id)
    };
    for check in Check::ALL.into_iter().filter(|check| !planned(*check)) {
        if let Some(failure) = checker.found(check).first {
            let (id, _, clauses) = check.about();
            problems.push(format!(
                "relay-every-{id} would fail ({}): expected {}, and came {}",
                clauses.join(" "),
                failure.expected,
                failure.actual
            ));
        }
    }
    let judged = runner
        .judged
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let judged = judged.into_iter();
    let judged = judged.map(|it| it.unwrap_or_else(Judged::untried));
    let mut judged: Vec<Judged> = judged.collect();
    let tests = cases
        .iter()
        .zip(&mut judged)
        .map(|(case, judged)| JudgedTest {
            id: case.id(),
            clause: case.clauses().first().map_or("", String::as_str),
            verdict: &mut judged.verdict,
        });
    problems.extend(settings.expectations.apply(tests.collect()));
    let scores = settings.scoring.of_current();
    let tests = cases.iter().zip(&mut judged);
    let tests = tests.map(|(case, judged)| ScoredTest {
        id: case.id(),
        control: None,
        verdict: &mut judged.verdict,
    });
    scores.apply(tests.collect());
    Ok(Run {
        hello: None,
        edition: scores.edition().to_owned(),
        judged,
        problems,
        repeats: lag::repeats() - repeats,
        lag: lag::longest_since(runner.begun),
        time: runner.begun.elapsed(),
    })
}

impl<'a> RelayRunner<'a> {
    /// Gets ready for tests of a relay, and calls `done` with each that has ended in [`run`].
    pub(crate) fn new(
        root: &'a Root,
        subject: &'a RelaySubject,
        cases: &'a [RelayCase],
        checker: &'a Checker,
        done: &'a Done<'a>,
    ) -> Self {
        lag::watch();
        Self {
            root,
            subject,
            cases,
            checker,
            relays: SharedRelays::default(),
            judged: Mutex::new((0..cases.len()).map(|_| None).collect()),
            alone: RwLock::new(()),
            breaks: AtomicUsize::new(0),
            silences: AtomicUsize::new(0),
            is_lost: AtomicBool::new(false),
            settings: None,
            has_failed: AtomicBool::new(false),
            begun: Instant::now(),
            starts: Mutex::new(0),
            attempts: ATTEMPTS,
            pool: ChannelPool::default(),
            done,
        }
    }

    /// Runs a test at most so often when it finds something too late.
    pub(crate) fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Closes the channels that no test needs any more.
    fn close_all(&self, relay: &RunningRelay) -> anyhow::Result<()> {
        let settings = RelaySettings::default();
        let another = || {
            self.subject
                .start_with(self.root, &RelaySettings::default())
        };
        let bench = Bench::new(relay, settings, self.checker, &another)?;
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        for channel in pool.drain(..) {
            bench.close_at_last(&channel);
        }
        Ok(())
    }

    /// Runs the tests that come last, or those before them.
    fn phase(&self, last: bool) {
        let mut order: Vec<usize> = (0..self.cases.len())
            .filter(|index| {
                self.case(*index)
                    .is_some_and(|case| case.needs.last == last)
            })
            .collect();
        match self.subject.is_started_here() {
            // What waits longest begins first.
            true => order.sort_by_key(|index| {
                let case = self.case(*index);
                case.map(|case| std::cmp::Reverse((case.waits, case.needs.own)))
            }),
            false => order = cheapest_first(self.subject, self.cases, &order),
        }
        let jobs = match self.subject.is_started_here() {
            true => JOBS,
            false => JOBS_AT_ADDRESS,
        };
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        let Some(index) = order.get(place).copied() else {
                            return;
                        };
                        let Some(case) = self.case(index) else {
                            return;
                        };
                        let begun = Instant::now();
                        let verdict = self.judge(case);
                        let is_failed = matches!(verdict, Verdict::Failed(_));
                        let is_last = |settings: &RelayRunSettings| settings.ends_at(case.id());
                        if is_failed && self.settings.is_some_and(is_last) {
                            self.has_failed.store(true, Ordering::Relaxed);
                        }
                        (self.done)(case.id(), &verdict);
                        let judged = Judged {
                            verdict,
                            time: begun.elapsed(),
                            stderr: String::new(),
                        };
                        let mut all = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
                        if let Some(place) = all.get_mut(index) {
                            *place = Some(judged);
                        }
                    }
                });
            }
        });
    }

    fn case(&self, index: usize) -> Option<&RelayCase> {
        self.cases.get(index)
    }

    /// Runs one test, at a relay that other tests may use at the same time.
    pub(crate) fn judge(&self, case: &RelayCase) -> Verdict {
        let skipped = |why: String| Verdict::Skipped { why, named: true };
        if let Some(why) = lacking(self.subject, case) {
            return skipped(why);
        }
        if self.breaks.load(Ordering::Relaxed) >= MAX_BREAKS || self.is_lost.load(Ordering::Relaxed)
        {
            return Verdict::inconclusive("not tried: the relay is gone");
        }
        if self.has_failed.load(Ordering::Relaxed) {
            return Verdict::inconclusive(AFTER_A_FAILURE);
        }
        if self.is_silent() {
            return Verdict::inconclusive("not tried: the relay gives no answers");
        }
        if !self.subject.is_started_here() {
            if self.begun.elapsed() > TIME_AT_ADDRESS {
                return skipped("the time for a relay that is known by its address is over".into());
            }
            let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
            if *starts + case.starts > STARTS_AT_ADDRESS {
                return skipped("the usual rate of a relay leaves no room for it; --relay-cmd with {starts_per_minute} would run it".into());
            }
            *starts += case.starts;
        }
        let mut attempt = 0;
        loop {
            let begun = Instant::now();
            let fault = match attempt {
                0 => {
                    let _with_others = self.alone.read().unwrap_or_else(PoisonError::into_inner);
                    self.attempt(case, attempt)
                }
                _ => {
                    let _alone = self.alone.write().unwrap_or_else(PoisonError::into_inner);
                    self.attempt(case, attempt)
                }
            };
            attempt += 1;
            let is_over = !self.subject.is_started_here() && self.begun.elapsed() > TIME_AT_ADDRESS;
            let is_last = attempt == self.attempts || is_over || self.is_silent();
            match fault {
                Ok(()) => return Verdict::Passed,
                Err(Fault::Failed(failure)) => return Verdict::Failed(*failure),
                Err(Fault::Skipped(why)) => return skipped(why),
                Err(Fault::Setup(failure)) => {
                    let given = failure.given.join("; ");
                    return Verdict::inconclusive(format!(
                        "a step before it went wrong: expected {}, and came {} ({given})",
                        failure.expected, failure.actual
                    ));
                }
                Err(Fault::Late(mut failure)) if is_last => {
                    let lag = lag::longest_since(begun);
                    if lag > LAG {
                        return Verdict::inconclusive(format!(
                            "the machine was too busy: it lagged by {} ms",
                            lag.as_millis()
                        ));
                    }
                    failure.detail.push(format!(
                        "it was so {attempt} times, after the first time alone and slower"
                    ));
                    return Verdict::Failed(*failure);
                }
                Err(Fault::Undecided(why)) if is_last => {
                    return Verdict::inconclusive(format!("the machine was too busy: {why}"));
                }
                Err(Fault::Late(_) | Fault::Undecided(_)) => lag::note_repeat(),
            }
        }
    }

    /// Whether the relay has kept silent too often.
    fn is_silent(&self) -> bool {
        self.silences.load(Ordering::Relaxed) >= MAX_SILENCES
    }

    /// Runs a test once.
    fn attempt(&self, case: &RelayCase, attempt: u32) -> Result<(), Fault> {
        let usual = RelaySettings::default().second_ms;
        let settings = match case.settings.second_ms == usual {
            true => case.settings.clone(),
            false => case.settings.slower(SLOWER.pow(attempt)),
        };
        let is_own = self.subject.is_started_here() && (case.needs.own || attempt > 0);
        let relay = match is_own {
            true => self.subject.start_with(self.root, &settings).map(Arc::new),
            false => self.relays.relay(self.root, self.subject, &settings),
        };
        let relay = relay.map_err(|error| Fault::Setup(told(format!("{error:#}"))))?;
        let start_another = || self.subject.start_with(self.root, &settings);
        let bench = Bench::new(&relay, settings.clone(), self.checker, &start_another);
        let mut bench = bench.map_err(|error| Fault::Setup(told(format!("{error:#}"))))?;
        bench.attempt = attempt;
        bench.is_frugal = !self.subject.takes("starts_per_minute");
        bench.patience = self.begun + TIME_AT_ADDRESS;
        bench.pool = (!self.subject.is_started_here()).then_some(&self.pool);
        let result = case.run(&bench);
        bench.clean_up(result.is_ok());
        if bench.silences.get() > 0 {
            self.silences.fetch_add(1, Ordering::Relaxed);
        }
        self.relays.count(&settings, bench.starts.get());
        if !self.subject.is_started_here() {
            // What was set aside for it and not used is left to others.
            let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
            *starts = (*starts + bench.starts.get()).saturating_sub(case.starts);
        }
        match result {
            Err(
                Fault::Late(mut failure) | Fault::Failed(mut failure) | Fault::Setup(mut failure),
            ) if !case.needs.ending && relay.end().is_some() => {
                self.breaks.fetch_add(1, Ordering::Relaxed);
                let end = relay.end().unwrap_or_default();
                failure.detail.extend(end.lines().map(str::to_owned));
                Err(Fault::Failed(failure))
            }
            Err(Fault::Late(failure)) if !self.subject.is_started_here() => {
                if bench.is_there().is_err() {
                    self.is_lost.store(true, Ordering::Relaxed);
                }
                Err(Fault::Late(failure))
            }
            result => result,
        }
    }
}

/// A failure that is only words.
fn told(actual: String) -> Box<Failure> {
    Box::new(Failure {
        expected: "a relay".to_owned(),
        actual,
        ..Failure::default()
    })
}
