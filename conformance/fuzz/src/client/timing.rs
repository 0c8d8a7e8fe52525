//! The repeats and deadlines of section 11.3, computed a second time.

use std::time::Duration;

use wormhole_sync::protocol::{CellName, RequestKind};

const SECOND: Duration = Duration::from_secs(1);

/// The state of the request in hand, and the timers.
#[derive(Debug, Default)]
pub(crate) struct Timing {
    kind: Option<RequestKind>,
    /// The start of the attempt.
    start: Duration,
    /// The opening of the window, which is the first failure.
    window: Option<Duration>,
    failures: u32,
    /// The number of polls that were cut off in this run (TIME-8).
    cuts: u32,
    /// The earliest time at which the next attempt may begin.
    earliest: Duration,
    /// The latest time at which a pause may end.
    latest: Duration,
    /// The user's deadline, or the end of the channel's life.
    pub(crate) deadline: Option<Duration>,
    pub(crate) receipt_wait: Option<Duration>,
    /// Whether a channel's life bounds the run.
    pub(crate) has_life: bool,
}

/// The decision after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// The request is repeated.
    Repeat,
    /// The event `exhausted` comes.
    Exhausted,
}

impl Timing {
    /// Takes note of the request in hand, which may be another one than before.
    pub(crate) fn request_changed(&mut self, kind: Option<RequestKind>, now: Duration) {
        if self.kind == kind {
            return;
        }
        let has_finished = self.kind == Some(RequestKind::Put(CellName::Finish));
        let timers = (self.deadline, self.has_life, self.cuts);
        *self = Self {
            kind,
            ..Self::default()
        };
        (self.deadline, self.has_life, self.cuts) = timers;
        // The polls of `holding` are of the receipt too, and nobody waits for it there.
        if has_finished && kind == Some(RequestKind::Get(CellName::Receipt)) {
            self.receipt_wait = Some(now.saturating_add(30 * SECOND));
        }
    }

    /// Checks the beginning of an attempt.
    pub(crate) fn attempt_began(&mut self, now: Duration, kind: RequestKind, within: Duration) {
        assert_eq!(self.kind, Some(kind));
        assert!(
            now >= self.earliest,
            "TIME-1, TIME-4: too early by {:?}",
            self.earliest - now
        );
        assert!(
            self.window_end().is_none_or(|end| now < end),
            "TIME-3: after the window"
        );
        let most = match kind {
            RequestKind::Get(_) => 40 * SECOND,
            _ => 10 * SECOND,
        };
        // A timer cuts an attempt short, but not a close.
        let timers = [self.deadline, self.receipt_wait].into_iter().flatten();
        let left = timers
            .min()
            .filter(|_| kind != RequestKind::Close)
            .map_or(most, |at| at.saturating_sub(now));
        assert_eq!(within, most.min(left), "TIME-2, TIME-5, TIME-6");
        self.start = now;
        if let RequestKind::Get(_) = kind {
            self.earliest = now.saturating_add(SECOND);
            self.latest = self.earliest;
        }
    }

    /// Checks a pause that the machine asks for.
    pub(crate) fn pause_began(&self, now: Duration, least: Duration, most: Duration) {
        assert!(least <= most);
        assert!(
            now.saturating_add(most) <= self.latest,
            "a pause that nothing asks for"
        );
    }

    /// Takes note of an attempt that brought an event.
    pub(crate) fn attempt_succeeded(&mut self) {
        (self.window, self.failures) = (None, 0);
    }

    /// Takes note of an attempt that failed, and decides whether it is repeated.
    pub(crate) fn attempt_failed(
        &mut self,
        now: Duration,
        retry_after: Option<u32>,
        is_final: bool,
    ) -> RetryDecision {
        let lasted = now.saturating_sub(self.start);
        let is_poll = matches!(self.kind, Some(RequestKind::Get(_)));
        if is_poll && lasted >= 3 * SECOND && lasted < SECOND * self.wait() {
            self.cuts += 1;
        }
        self.window.get_or_insert(now);
        self.failures += 1;
        // d = min(8, 0.5 * 2^(k-1)) s
        let d = Duration::from_millis(500 << (self.failures - 1).min(4));
        let asked = SECOND.saturating_mul(retry_after.unwrap_or(0));
        self.earliest = self.earliest.max(now.saturating_add(asked.max(d / 2)));
        self.latest = self.earliest.max(now.saturating_add(d));
        match self.window_end() {
            Some(end) if self.earliest >= end || is_final => RetryDecision::Exhausted,
            _ => RetryDecision::Repeat,
        }
    }

    /// The names of the events of all timers that are due. A window ends no attempt that has begun.
    pub(crate) fn due(&self, now: Duration, is_in_attempt: bool) -> Vec<&'static str> {
        let is_due = |at: Option<Duration>| at.is_some_and(|at| now >= at);
        let all = [
            (is_due(self.deadline), "deadline"),
            (is_due(self.receipt_wait), "receipt-wait-over"),
            (is_due(self.window_end()) && !is_in_attempt, "exhausted"),
        ];
        all.into_iter()
            .filter(|(due, _)| *due)
            .map(|(_, name)| name)
            .collect()
    }

    /// Takes note of a channel whose life begins.
    pub(crate) fn channel_began(&mut self, now: Duration, ttl: u32) {
        let end = now.saturating_add(SECOND.saturating_mul(ttl));
        self.deadline = Some(self.deadline.map_or(end, |at| at.min(end)));
        self.has_life = true;
    }

    /// The seconds that a poll asks the relay to wait (TIME-8).
    pub(crate) fn wait(&self) -> u32 {
        // 25, halved and rounded up, again and again.
        let waits = [25, 13, 7, 4, 2, 1];
        waits[(self.cuts as usize).min(waits.len() - 1)]
    }

    fn window_end(&self) -> Option<Duration> {
        let lasts = match self.kind {
            Some(RequestKind::Put(CellName::Receipt)) => 30 * SECOND,
            _ => 60 * SECOND,
        };
        self.window.map(|opened| opened.saturating_add(lasts))
    }
}
