//! The times of section 11.3, as far as a server can judge them.
//!
//! A server sees a request later than the client began it, and a client sees a response later than
//! the server wrote it. Each lower bound here holds for a correct client whatever those delays are,
//! from the writing of a response to the arrival of a later request. What is later than an upper
//! bound is played again, alone and with a longer second, in which the same lag counts for less.

use std::time::{Duration, Instant};

use super::compare::Divergence;

/// Rounding of milliseconds.
const ROUNDING: Duration = Duration::from_millis(2);

/// The failures in a row after which a back-off is long enough for its jitter to be judged: lag
/// fills the range of a shorter one.
const JITTERED: u32 = 3;

/// The times of a run so far.
#[derive(Debug)]
pub(super) struct TimingCheck {
    second: Duration,
    /// The real time by which something may be later than its bound.
    lag: Duration,
    /// The time at which the last response, or the last fault, was written or will be.
    last: Instant,
    /// The name of the request before.
    name: String,
    /// Failures in a row of that request.
    failures: u32,
    /// `Retry-After` of the last failure.
    retry_after: u64,
    /// Whether the user spoke while the request before was in hand.
    disturbed: bool,
    /// The earliest time at which a first attempt, now left without a response, began, and how many
    /// seconds it has.
    attempt: Option<(Instant, u32)>,
    /// The latest time at which the window of the request has opened (TIME-3).
    window: Option<Instant>,
    /// The earliest time at which the last poll of a cell began, if no other request came since.
    polled: Option<Instant>,
    /// The places of the back-offs in their ranges, from 0 to 1.
    back_offs: Vec<f64>,
}

impl TimingCheck {
    pub(super) fn new(second_ms: u64, lag: Duration) -> Self {
        Self {
            second: Duration::from_millis(second_ms),
            lag,
            last: Instant::now(),
            name: String::new(),
            failures: 0,
            retry_after: 0,
            disturbed: false,
            attempt: None,
            window: None,
            polled: None,
            back_offs: Vec::new(),
        }
    }

    /// Checks that a request, perhaps a repeat of the one before, has come neither too early nor
    /// too late.
    pub(super) fn arrived(&mut self, name: &str, at: Instant) -> Result<(), Divergence> {
        // Another request after a failure belongs to the next state: a close, for example.
        if self.name != name {
            (self.failures, self.window, self.polled) = (0, None, None);
            name.clone_into(&mut self.name);
        }
        let mut earliest = self.last;
        if self.failures > 0 {
            let back_off = self.not_too_early(name, at)?;
            self.not_too_late(name, at)?;
            earliest += back_off;
        }
        if name.starts_with("get ") {
            let since = self.polled;
            let begun = since.map_or(earliest, |polled| earliest.max(polled + self.second));
            self.polled = Some(begun);
            if let Some(polled) = since {
                self.not_before("TIME-4", name, polled, begun - polled, at)?;
            }
        }
        Ok(())
    }

    /// Gives the shortest back-off, which has passed.
    fn not_too_early(&mut self, name: &str, at: Instant) -> Result<Duration, Divergence> {
        let half = self.longest_back_off() / 2;
        let requested = self.second.mul_f64(self.retry_after as f64);
        self.not_before("TIME-1", name, self.last, half.max(requested), at)?;
        if let Some((since, seconds)) = self.attempt {
            self.not_before("TIME-2", name, since, self.second * seconds + half, at)?;
        } else if self.retry_after == 0 && !name.starts_with("get ") && self.failures >= JITTERED {
            let waited = at.duration_since(self.last).as_secs_f64();
            self.back_offs.push(waited / half.as_secs_f64() - 1.0);
        }
        Ok(half)
    }

    /// The text has no longest time for a wait that the relay asks for, and none where the user
    /// speaks.
    fn not_too_late(&self, name: &str, at: Instant) -> Result<(), Divergence> {
        let attempt = self.attempt.map_or(0, |(_, seconds)| seconds);
        let mut wait = self.longest_back_off();
        if name.starts_with("get ") {
            wait = wait.max(self.second);
        }
        let wait = wait + self.second * attempt;
        if self.retry_after == 0 && !self.disturbed {
            self.not_after("TIME-1", name, self.last, wait, at)?;
        }
        let window = self.second * if name == "put receipt" { 30 } else { 60 };
        match self.window {
            Some(opened) => self.not_after("TIME-3", name, opened, window, at),
            None => Ok(()),
        }
    }

    /// d = min(8, 0.5 * 2^(k-1)) seconds before repeat k; the random wait is at least d/2.
    fn longest_back_off(&self) -> Duration {
        let repeat = self.failures.clamp(1, 10) as i32;
        self.second.mul_f64((0.5 * 2_f64.powi(repeat - 1)).min(8.0))
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
        Err(self.wrong(clause, name, "at least", wait, waited))
    }

    fn not_after(
        &self,
        clause: &'static str,
        name: &str,
        since: Instant,
        wait: Duration,
        at: Instant,
    ) -> Result<(), Divergence> {
        let waited = at.duration_since(since);
        if waited <= wait + self.lag {
            return Ok(());
        }
        let excess = waited.saturating_sub(wait);
        Err(self
            .wrong(clause, name, "at most", wait, waited)
            .late_by(excess))
    }

    fn wrong(
        &self,
        clause: &'static str,
        name: &str,
        bound: &str,
        wait: Duration,
        waited: Duration,
    ) -> Divergence {
        let seconds = |time: Duration| time.as_secs_f64() / self.second.as_secs_f64();
        Divergence::new(
            clause,
            format!("the wait before {name}"),
            format!("{bound} {:.2} s", seconds(wait)),
            format!("{:.2} s", seconds(waited)),
        )
    }

    /// Notes that a response or a fault is written so many seconds from now, or that an attempt of
    /// this number of seconds gets nothing.
    ///
    /// The server sees too late when the client gives that attempt up, so the time does not count
    /// from there.
    pub(super) fn answered(&mut self, answered: Answered) {
        let Answered {
            failed,
            retry_after,
            attempt,
            after,
            disturbed,
        } = answered;
        self.attempt = attempt.map(|n| (self.last, n));
        self.last = Instant::now() + self.second * after;
        self.failures = if failed { self.failures + 1 } else { 0 };
        self.window = match (failed, self.window) {
            (false, _) => None,
            (true, Some(opened)) => Some(opened),
            (true, None) => Some(self.last + self.second * attempt.unwrap_or(0)),
        };
        self.retry_after = retry_after;
        self.disturbed = disturbed;
    }

    /// One second of this run.
    pub(super) fn second(&self) -> Duration {
        self.second
    }

    /// The real time by which something may be later than its bound.
    pub(super) fn lag(&self) -> Duration {
        self.lag
    }

    /// The places of the back-offs so far in their ranges, from 0 to 1 and what the lag adds.
    pub(super) fn back_offs(&self) -> &[f64] {
        &self.back_offs
    }
}

/// The server's treatment of a request, as far as the times after it depend on that.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answered {
    /// Whether the client repeats the request: it was *lost* or *busy*.
    pub(super) failed: bool,
    /// The seconds of a `Retry-After` that counts.
    pub(super) retry_after: u64,
    /// The seconds of an attempt that is left without a response.
    pub(super) attempt: Option<u32>,
    /// The seconds until the response or the fault is written.
    pub(super) after: u32,
    /// Whether the user speaks in the meantime.
    pub(super) disturbed: bool,
}
