//! The times of section 11.3, as far as a server can judge them.
//!
//! A server sees a request later than the client began it, and a client sees a response later than
//! the server wrote it. Each check here holds for a correct client whatever those delays are, so a
//! busy machine fails nobody: all checks are lower bounds, from the writing of a response to the
//! arrival of a later request. Upper bounds are those of attempts and whole runs; what is too late
//! by them is played again, alone and with a longer second, in which the same lag counts for less.

use std::time::{Duration, Instant};

use super::compare::Divergence;

/// The real time by which something may come too late before it is looked at again, alone and with
/// a longer second.
pub(super) const LAG: Duration = Duration::from_millis(250);

/// Rounding of milliseconds.
const ROUNDING: Duration = Duration::from_millis(2);

/// The times of a run so far.
#[derive(Debug)]
pub(super) struct TimingCheck {
    second: Duration,
    /// The time at which the last response, or the last fault, began to be written.
    last: Instant,
    /// Failures in a row.
    failures: u32,
    /// `Retry-After` of the last failure.
    retry_after: u64,
    /// The earliest time at which a first attempt, now left without a response, began, and how many
    /// seconds it has.
    attempt: Option<(Instant, u32)>,
    /// The polls of one cell with no other request between: the name of the request, the response
    /// that made the client begin them, and how many there were.
    polls: Option<(String, Instant, u32)>,
}

impl TimingCheck {
    pub(super) fn new(second_ms: u64) -> Self {
        Self {
            second: Duration::from_millis(second_ms),
            last: Instant::now(),
            failures: 0,
            retry_after: 0,
            attempt: None,
            polls: None,
        }
    }

    /// Checks that a request, perhaps a repeat of the one before, has not come too early.
    pub(super) fn arrived(
        &mut self,
        name: &str,
        at: Instant,
        is_repeat: bool,
    ) -> Result<(), Divergence> {
        // Another request after a failure belongs to the next state: a close, for example.
        if self.failures > 0 && is_repeat {
            // d = min(8, 0.5 * 2^(k-1)) seconds; the random wait is at least d/2.
            let half = (0.25 * 2_f64.powi(self.failures.min(10) as i32 - 1)).min(4.0);
            let back_off = self.second.mul_f64(half);
            let requested = self.second.mul_f64(self.retry_after as f64);
            self.not_before("TIME-1", name, self.last, back_off.max(requested), at)?;
            if let Some((since, seconds)) = self.attempt {
                let wait = self.second * seconds + back_off;
                self.not_before("TIME-2", name, since, wait, at)?;
            }
        }
        if !name.starts_with("get ") {
            self.polls = None;
            return Ok(());
        }
        let (since, count) = match &self.polls {
            Some((polled, since, count)) if polled == name => (*since, *count),
            _ => (self.last, 0),
        };
        self.polls = Some((name.to_owned(), since, count + 1));
        self.not_before("TIME-4", name, since, self.second * count, at)
    }

    fn not_before(
        &self,
        clause: &'static str,
        name: &str,
        since: Instant,
        wait: Duration,
        at: Instant,
    ) -> Result<(), Divergence> {
        let waited = at.duration_since(since);
        if waited + ROUNDING >= wait {
            return Ok(());
        }
        let seconds = |time: Duration| time.as_secs_f64() / self.second.as_secs_f64();
        Err(Divergence::new(
            clause,
            format!("the wait before {name}"),
            format!("at least {:.2} s", seconds(wait)),
            format!("{:.2} s", seconds(waited)),
        ))
    }

    /// Notes that a response or a fault is about to be written, or that an attempt of this number
    /// of seconds gets nothing.
    ///
    /// The server sees too late when the client gives that attempt up, so the time does not count
    /// from there.
    pub(super) fn answered(&mut self, failed: bool, retry_after: u64, attempt: Option<u32>) {
        self.attempt = attempt.map(|n| (self.last, n));
        self.last = Instant::now();
        self.failures = if failed { self.failures + 1 } else { 0 };
        self.retry_after = retry_after;
    }

    /// One second of this run.
    pub(super) fn second(&self) -> Duration {
        self.second
    }
}
