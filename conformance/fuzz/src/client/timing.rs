//! The repeats and deadlines of section 11.3, counted once more.

use std::time::Duration;
use wormhole_sync::protocol::{CellName, RequestKind};

const SECOND: Duration = Duration::from_secs(1);

/// What has been seen of the request in hand, and the timers.
#[derive(Debug, Default)]
pub(crate) struct Timing {
    kind: Option<RequestKind>,
    /// When the attempt began.
    start: Duration,
    /// When the window opened.
    window: Option<Duration>,
    failures: u32,
    /// Before this no attempt begins, and after the later one no pause lasts.
    earliest: Duration,
    latest: Duration,
    /// The user's deadline, or the end of the channel's life.
    pub(crate) deadline: Option<Duration>,
    pub(crate) receipt_wait: Option<Duration>,
    /// Since when the run has a life of its own.
    pub(crate) has_life: bool,
}

/// Why there is no further repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goes {
    On,
    /// `exhausted`
    Out,
}

impl Timing {
    /// The request in hand is now this one.
    pub(crate) fn turns_to(&mut self, kind: Option<RequestKind>, now: Duration) {
        if self.kind == kind {
            return;
        }
        let timers = (self.deadline, self.has_life);
        *self = Self {
            kind,
            ..Self::default()
        };
        (self.deadline, self.has_life) = timers;
        if kind == Some(RequestKind::Get(CellName::Receipt)) {
            self.receipt_wait = Some(now.saturating_add(30 * SECOND));
        }
    }

    /// An attempt begins.
    pub(crate) fn begins(&mut self, now: Duration, kind: RequestKind, within: Duration) {
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
        assert!(within <= most, "TIME-2");
        for timer in [self.deadline, self.receipt_wait].into_iter().flatten() {
            let closing = kind == RequestKind::Close;
            assert!(
                closing || now.saturating_add(within) <= timer,
                "TIME-5, TIME-6"
            );
        }
        self.start = now;
        if let RequestKind::Get(_) = kind {
            self.earliest = now.saturating_add(SECOND);
            self.latest = self.earliest;
        }
    }

    /// A pause is asked for.
    pub(crate) fn pauses(&self, now: Duration, least: Duration, most: Duration) {
        assert!(least <= most);
        assert!(
            now.saturating_add(most) <= self.latest,
            "a pause that nothing asks for"
        );
    }

    /// The attempt brought an answer.
    pub(crate) fn answered(&mut self) {
        (self.window, self.failures) = (None, 0);
    }

    /// The attempt failed. Says whether a repeat is due.
    pub(crate) fn failed(
        &mut self,
        now: Duration,
        retry_after: Option<u32>,
        is_final: bool,
    ) -> Goes {
        self.window.get_or_insert(now);
        self.failures += 1;
        // d = min(8, 0.5 * 2^(k-1)) s
        let d = Duration::from_millis(500 << (self.failures - 1).min(4));
        let told = SECOND.saturating_mul(retry_after.unwrap_or(0));
        self.earliest = self.earliest.max(now.saturating_add(told.max(d / 2)));
        self.latest = self.earliest.max(now.saturating_add(d));
        match self.window_end() {
            Some(end) if self.earliest >= end || is_final => Goes::Out,
            _ => Goes::On,
        }
    }

    /// Whether a timer is due that ends the run, whatever else happens: the names of their events.
    pub(crate) fn due(&self, now: Duration) -> Vec<&'static str> {
        let is_due = |at: Option<Duration>| at.is_some_and(|at| now >= at);
        let all = [
            (is_due(self.deadline), "deadline"),
            (is_due(self.receipt_wait), "receipt-wait-over"),
            (is_due(self.window_end()), "exhausted"),
        ];
        all.into_iter()
            .filter(|(due, _)| *due)
            .map(|(_, name)| name)
            .collect()
    }

    /// A channel's life begins.
    pub(crate) fn lives(&mut self, now: Duration, ttl: u32) {
        let end = now.saturating_add(SECOND.saturating_mul(ttl));
        self.deadline = Some(self.deadline.map_or(end, |at| at.min(end)));
        self.has_life = true;
    }

    fn window_end(&self) -> Option<Duration> {
        let lasts = match self.kind {
            Some(RequestKind::Put(CellName::Receipt)) => 30 * SECOND,
            _ => 60 * SECOND,
        };
        self.window.map(|opened| opened.saturating_add(lasts))
    }
}
