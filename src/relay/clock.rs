//! The clock that a relay runs by.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// A clock that never goes back, by which channels live and GETs wait.
///
/// The times of a connection (RELAY-21) are those of the machine, whatever the clock.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Running { start: Instant, second: Duration },
    Manual(watch::Receiver<Duration>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::with_second(Duration::from_secs(1))
    }

    /// A clock on which a second lasts so long: for tests of minutes in moments.
    #[must_use]
    pub fn with_second(second: Duration) -> Self {
        let second = second.max(Duration::from_micros(1));
        let start = Instant::now();
        Self(Kind::Running { start, second })
    }

    /// A clock that stands still until it is moved: for tests that do not wait.
    #[must_use]
    pub fn manual() -> (Self, Hand) {
        let (sender, receiver) = watch::channel(Duration::ZERO);
        (Self(Kind::Manual(receiver)), Hand(sender))
    }

    /// The time since the clock was made.
    #[must_use]
    pub fn now(&self) -> Duration {
        match &self.0 {
            Kind::Running { start, second } => scale(start.elapsed(), SECOND, *second),
            Kind::Manual(time) => *time.borrow(),
        }
    }

    /// Waits until the clock shows `due`, or about that; for ever if there is none.
    pub(super) async fn sleep_until(&self, due: Option<Duration>) {
        let Some(due) = due else {
            return std::future::pending().await;
        };
        match &self.0 {
            Kind::Running { second, .. } => {
                let left = due.saturating_sub(self.now());
                tokio::time::sleep(scale(left, *second, SECOND)).await;
            }
            Kind::Manual(time) => {
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

/// Moves a [`Clock::manual`].
#[derive(Debug)]
pub struct Hand(watch::Sender<Duration>);

impl Hand {
    /// Moves the clock forward. What falls due happens soon, on the relay's own thread; what a
    /// request finds is as of the new time at once.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|time| *time = time.saturating_add(by));
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// `time * multiplier / divisor`
fn scale(time: Duration, multiplier: Duration, divisor: Duration) -> Duration {
    if multiplier == divisor {
        return time;
    }
    let micros = time.as_micros() * multiplier.as_micros() / divisor.as_micros().max(1);
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}
