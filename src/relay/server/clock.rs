//! The clock of a relay.

use std::time::Duration;

#[cfg(any(test, feature = "test-hooks-dangerous"))]
use tokio::sync::watch;

use crate::clock::Stopwatch;

/// A clock that never goes back, by which channels live and GETs wait. It goes on while the machine
/// sleeps, where the system has such a clock; a timer may then fire late, but a request finds what
/// is over.
///
/// The times of a connection (RELAY-21) are those of the machine, whatever the clock.
#[derive(Clone, Debug)]
pub struct Clock(ClockKind);

#[derive(Clone, Debug)]
enum ClockKind {
    Running(Stopwatch),
    /// A clock by which a second lasts as long as this.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    Scaled(Stopwatch, Duration),
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    Manual(watch::Receiver<Duration>),
}

impl Clock {
    /// The machine's clock.
    // RELAY-27: A relay MUST count lives, grace and quarantine on a clock that goes on while its
    // machine sleeps
    #[must_use]
    pub fn system() -> Self {
        Self(ClockKind::Running(Stopwatch::start()))
    }

    /// A clock that stands still until a test moves it.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn manual_for_testing_only() -> (Self, ManualClock) {
        let (sender, receiver) = watch::channel(Duration::ZERO);
        (Self(ClockKind::Manual(receiver)), ManualClock(sender))
    }

    /// A clock whose seconds last as long as `second`, so that waits of minutes are tested in
    /// moments. A second of no length counts as one of a millisecond.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn scaled_for_testing_only(second: Duration) -> Self {
        let second = second.max(Duration::from_millis(1));
        Self(ClockKind::Scaled(Stopwatch::start(), second))
    }

    /// The time since the clock was made.
    #[must_use]
    pub fn now(&self) -> Duration {
        match &self.0 {
            ClockKind::Running(start) => start.elapsed(),
            #[cfg(any(test, feature = "test-hooks-dangerous"))]
            ClockKind::Scaled(start, second) => start.elapsed().div_f64(second.as_secs_f64()),
            #[cfg(any(test, feature = "test-hooks-dangerous"))]
            ClockKind::Manual(time) => *time.borrow(),
        }
    }

    /// Waits until about the time `due`, or for ever if there is none.
    pub(super) async fn sleep_until(&self, due: Option<Duration>) {
        let Some(due) = due else {
            return std::future::pending().await;
        };
        match &self.0 {
            ClockKind::Running(_) => {
                tokio::time::sleep(due.saturating_sub(self.now())).await;
            }
            #[cfg(any(test, feature = "test-hooks-dangerous"))]
            ClockKind::Scaled(_, second) => {
                let left = due.saturating_sub(self.now());
                tokio::time::sleep(left.mul_f64(second.as_secs_f64())).await;
            }
            #[cfg(any(test, feature = "test-hooks-dangerous"))]
            ClockKind::Manual(time) => {
                if time.clone().wait_for(|time| *time >= due).await.is_err() {
                    // Nobody can move the clock any more.
                    std::future::pending().await
                }
            }
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

/// Moves a [`Clock::manual_for_testing_only`].
#[cfg(any(test, feature = "test-hooks-dangerous"))]
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Duration>);

#[cfg(any(test, feature = "test-hooks-dangerous"))]
impl ManualClock {
    /// Moves the clock forward. A request finds the new time at once; timers fire soon after, on
    /// the relay's own thread.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|time| *time = time.saturating_add(by));
    }
}
