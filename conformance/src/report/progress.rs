//! The progress of a run: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::verdict::Verdict;
use crate::suites::vectors::printable;

/// The run that is under way, for whoever ends it.
static UNDER_WAY: Mutex<Option<UnderWay>> = Mutex::new(None);

struct UnderWay {
    total: usize,
    done: usize,
    /// A line for each test that failed.
    failed: Vec<String>,
}

/// The state of the run that is under way, in words: nothing of it is a result.
pub(crate) fn unfinished() -> String {
    match &*lock(&UNDER_WAY) {
        None | Some(UnderWay { done: 0, .. }) => "nothing was judged".to_owned(),
        Some(UnderWay {
            total,
            done,
            failed,
        }) => {
            let few = format!(
                "INCOMPLETE: {done} of {total} tests, {} failed",
                failed.len()
            );
            let lines = failed.iter().map(|line| format!("\n{line}"));
            std::iter::once(few).chain(lines).collect()
        }
    }
}

/// Shows on standard error how far a run is.
pub(crate) struct ProgressMeter {
    bar: Option<ProgressBar>,
    /// The state of the plain lines, where there is no terminal.
    lines: Mutex<Lines>,
}

struct Lines {
    total: usize,
    done: usize,
    short: usize,
    last: Instant,
}

/// The time between two lines of a slow run.
const EVERY: Duration = Duration::from_secs(5);

impl ProgressMeter {
    /// Starts at no test of `total` done.
    pub(crate) fn start(total: usize) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
            let style = ProgressStyle::with_template("{bar:30} {pos} of {len} tests{msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        let lines = Lines {
            total,
            done: 0,
            short: 0,
            last: Instant::now(),
        };
        *lock(&UNDER_WAY) = Some(UnderWay {
            total,
            done: 0,
            failed: Vec::new(),
        });
        Self {
            bar,
            lines: Mutex::new(lines),
        }
    }

    /// Counts one more test as done.
    pub(crate) fn one(&self, id: &str, verdict: &Verdict) {
        if let Some(run) = &mut *lock(&UNDER_WAY) {
            run.done += 1;
            if let Verdict::Failed(failure) = verdict {
                let what = failure.difference.as_deref().unwrap_or(&failure.actual);
                run.failed.push(format!("FAIL {id}: {}", printable(what)));
            }
        }
        let mut lines = lock(&self.lines);
        lines.done += 1;
        lines.short += usize::from(matches!(
            verdict,
            Verdict::Failed(_) | Verdict::Inconclusive { .. }
        ));
        let short = match lines.short {
            0 => String::new(),
            short => format!(", {short} fell short"),
        };
        if let Some(bar) = &self.bar {
            bar.set_message(short);
            bar.inc(1);
        } else if lines.last.elapsed() >= EVERY {
            lines.last = Instant::now();
            // A stream that nobody reads is no reason to fail.
            let _ = writeln!(stderr(), "{} of {} tests{short}", lines.done, lines.total);
        }
    }

    /// Removes the bar, since the report follows.
    pub(crate) fn end(&self) {
        *lock(&UNDER_WAY) = None;
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
