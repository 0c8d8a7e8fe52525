//! The machine's lag while tests run: how late a thread wakes that sleeps for a moment.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// The time that the thread sleeps.
const BEAT: Duration = Duration::from_millis(10);
/// The lag that is worth remembering.
const NOTABLE: Duration = Duration::from_millis(20);
/// The number of lags that are remembered.
const KEPT: usize = 10_000;

/// Measures the lag until it is dropped.
#[derive(Debug)]
pub(crate) struct LagMeter(Arc<Mutex<Vec<(Instant, Duration)>>>);

impl LagMeter {
    /// Begins to measure.
    pub(crate) fn start() -> Self {
        let lags = Arc::new(Mutex::new(Vec::new()));
        let meter = Arc::downgrade(&lags);
        thread::spawn(move || measure(&meter));
        Self(lags)
    }

    /// The longest lag since a moment.
    pub(crate) fn since(&self, begin: Instant) -> Duration {
        let lags = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = lags.iter().filter(|(at, _)| *at >= begin);
        since.map(|(_, lag)| *lag).max().unwrap_or_default()
    }
}

fn measure(meter: &Weak<Mutex<Vec<(Instant, Duration)>>>) {
    loop {
        let begin = Instant::now();
        thread::sleep(BEAT);
        let lag = begin.elapsed().saturating_sub(BEAT);
        let Some(lags) = meter.upgrade() else { return };
        let mut lags = lags.lock().unwrap_or_else(PoisonError::into_inner);
        if lag >= NOTABLE && lags.len() < KEPT {
            lags.push((Instant::now(), lag));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_came_since_counts() {
        let meter = LagMeter::start();
        let early = Instant::now();
        let lag = Duration::from_secs(9);
        meter.0.lock().unwrap().push((Instant::now(), lag));
        let late = Instant::now() + Duration::from_secs(60);
        assert_eq!(meter.since(early), lag);
        assert_eq!(meter.since(late), Duration::ZERO);
    }
}
