//! Repeats: the attempts of one request, its retry window and the pace of polls (section 11.3).

use std::time::Duration;

use super::{CellName, RequestKind};

/// The retry window, in seconds (TIME-3); that of put receipt is half as long.
pub const RETRY_WINDOW: u32 = 60;

/// The seconds that a GET asks the relay to wait, at the beginning of a run (TIME-8).
pub(super) const LONGEST_WAIT: u32 = 25;

/// The times of section 11.3, all multiples of one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    second: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Times {
            second: Duration::from_secs(1),
        }
    }
}

impl Times {
    /// Makes times in which a second lasts as long as `second` (HOOK-3).
    #[cfg(feature = "test-hooks-dangerous")]
    #[must_use]
    pub fn with_second_for_testing_only(second: Duration) -> Times {
        Times { second }
    }

    /// The duration of `n` seconds.
    pub(super) fn seconds(self, n: u32) -> Duration {
        self.second.saturating_mul(n)
    }

    fn attempt(self, kind: RequestKind) -> Duration {
        match kind {
            RequestKind::Get(_) => self.seconds(40),
            RequestKind::Allocate
            | RequestKind::Claim
            | RequestKind::Put(_)
            | RequestKind::Close => self.seconds(10),
        }
    }

    fn window(self, kind: RequestKind) -> Duration {
        match kind {
            RequestKind::Put(CellName::Receipt) => self.seconds(30),
            RequestKind::Allocate
            | RequestKind::Claim
            | RequestKind::Put(CellName::Answer | CellName::Finish)
            | RequestKind::Get(_)
            | RequestKind::Close => self.seconds(RETRY_WINDOW),
        }
    }

    /// The longest back-off before repeat k = 1, 2, ...: d = min(8, 0.5 * 2^(k-1)) seconds.
    fn backoff(self, k: u32) -> Duration {
        let halves = 1u32.checked_shl(k.saturating_sub(1)).unwrap_or(16).min(16);
        self.seconds(halves) / 2
    }

    /// The time that an initiator waits for the receipt (TIME-6).
    pub(super) fn receipt_wait(self) -> Duration {
        self.seconds(30)
    }
}

/// The attempts of the request in hand. Times are counted from the start of the exchange.
#[derive(Clone, Debug)]
pub(super) struct RetryState {
    times: Times,
    kind: RequestKind,
    /// The time at which the window opened, if one is open (TIME-3).
    window: Option<Duration>,
    failures: u32,
    /// The beginning of the last attempt.
    begun: Duration,
    /// The next attempt begins between `earliest` and `latest`.
    earliest: Duration,
    latest: Duration,
}

impl RetryState {
    pub(super) fn new(times: Times, kind: RequestKind, now: Duration) -> RetryState {
        RetryState {
            times,
            kind,
            window: None,
            failures: 0,
            begun: now,
            earliest: now,
            latest: now,
        }
    }

    pub(super) fn kind(&self) -> RequestKind {
        self.kind
    }

    /// The shortest and the longest pause from `now` on; `None` when an attempt may begin.
    pub(super) fn pause(&self, now: Duration) -> Option<(Duration, Duration)> {
        (now < self.earliest).then(|| (self.earliest - now, self.latest.saturating_sub(now)))
    }

    /// Begins an attempt, and returns its longest time (TIME-2).
    pub(super) fn begin(&mut self, now: Duration) -> Duration {
        self.begun = now;
        if let RequestKind::Get(_) = self.kind {
            // TIME-4: A client MUST start polls of one cell that have no other request between them
            // at least 1 second apart
            self.earliest = now.saturating_add(self.times.seconds(1));
            self.latest = self.earliest;
        }
        self.times.attempt(self.kind)
    }

    /// Whether the attempt that has just failed is a poll that something in between gave up.
    // TIME-8: it failed 3 seconds or more after its start, and before w seconds had passed
    pub(super) fn was_cut_off(&self, now: Duration, wait: u32) -> bool {
        let lasted = now.saturating_sub(self.begun);
        matches!(self.kind, RequestKind::Get(_))
            && lasted >= self.times.seconds(3)
            && lasted < self.times.seconds(wait)
    }

    /// Closes the window after an answer that is neither *lost* nor *busy* (TIME-3).
    pub(super) fn answered(&mut self) {
        self.window = None;
        self.failures = 0;
    }

    /// Sets the back-off after a failure; `false` if the window ends before the repeat (TIME-3).
    pub(super) fn failed(&mut self, now: Duration, retry_after: Option<u32>) -> bool {
        self.window.get_or_insert(now);
        self.failures = self.failures.saturating_add(1);
        let longest = self.times.backoff(self.failures);
        let least = match retry_after {
            Some(seconds) => self.times.seconds(seconds).max(longest / 2),
            None => longest / 2,
        };
        self.earliest = self.earliest.max(now.saturating_add(least));
        self.latest = self.earliest.max(now.saturating_add(longest));
        if let Some(end) = self.window_end() {
            self.latest = self.latest.min(end.max(self.earliest));
        }
        !self.is_exhausted(self.earliest)
    }

    /// Whether the window is over.
    pub(super) fn is_exhausted(&self, now: Duration) -> bool {
        self.window_end().is_some_and(|end| now >= end)
    }

    fn window_end(&self) -> Option<Duration> {
        self.window
            .map(|opened| opened.saturating_add(self.times.window(self.kind)))
    }
}

#[cfg(feature = "test-hooks-dangerous")]
#[cfg(test)]
mod tests {
    use super::*;

    // HOOK-3: An implementation under test MUST take a *second*, in every time of section 11.3
    // (back-off, `ttl`, `Retry-After` and the user's deadline included), to last as many
    // milliseconds as it is told
    #[test]
    fn every_time_is_a_multiple_of_the_second_that_is_told() {
        let times = |times: Times| {
            let kinds = [
                RequestKind::Allocate,
                RequestKind::Get(CellName::Answer),
                RequestKind::Put(CellName::Receipt),
            ];
            let of_kinds = kinds.map(|kind| [times.attempt(kind), times.window(kind)]);
            let others = [times.backoff(1), times.seconds(3600), times.receipt_wait()];
            [of_kinds.as_flattened(), &others].concat()
        };
        let short = Times::with_second_for_testing_only(Duration::from_millis(1));
        let scaled = times(short).into_iter().map(|time| 1000 * time);
        assert_eq!(scaled.collect::<Vec<_>>(), times(Times::default()));
        assert_eq!(short.seconds(1), Duration::from_millis(1));
    }
}
