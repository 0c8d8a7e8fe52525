//! The lag of this machine: how much later than asked for a sleeping thread goes on.
//!
//! A bound of time is judged by the text's number. What falls outside is played again, alone and
//! slower; when it falls outside again, and the lag of the machine explains it, nothing is proved.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The time between two beats.
const PERIOD: Duration = Duration::from_millis(5);
/// A lag below this explains nothing, and is not kept.
const SMALL: Duration = Duration::from_millis(2);
/// The most lags that are kept.
const KEPT: usize = 20_000;

/// The beats so far.
#[derive(Debug)]
struct Beats {
    /// The moment of the last beat.
    last: Option<Instant>,
    /// The lags that are not small, with the moments when they were over.
    late: VecDeque<(Instant, Duration)>,
}

static BEATS: Mutex<Beats> = Mutex::new(Beats {
    last: None,
    late: VecDeque::new(),
});
static REPEATS: AtomicUsize = AtomicUsize::new(0);

fn beats() -> MutexGuard<'static, Beats> {
    BEATS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Beats {
    fn beat(&mut self, now: Instant) {
        let lag = self.pending(now);
        self.last = Some(now);
        if lag >= SMALL {
            self.late.push_back((now, lag));
            self.late.truncate(KEPT);
        }
        if self.late.len() == KEPT {
            self.late.pop_front();
        }
    }

    /// The lag of the beat that is waited for.
    fn pending(&self, now: Instant) -> Duration {
        let since = self.last.map(|last| now.saturating_duration_since(last));
        since.unwrap_or_default().saturating_sub(PERIOD)
    }

    fn longest(&self, since: Instant, now: Instant) -> Duration {
        let late = self.late.iter().rev();
        let lags = late
            .take_while(|(over, _)| *over >= since)
            .map(|(_, lag)| *lag);
        lags.chain([self.pending(now)]).max().unwrap_or_default()
    }
}

/// Begins to measure, once.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        beats().beat(Instant::now());
        thread::spawn(|| {
            loop {
                thread::sleep(PERIOD);
                beats().beat(Instant::now());
            }
        });
    });
}

/// The longest lag since a moment.
pub(crate) fn longest_since(since: Instant) -> Duration {
    let now = Instant::now();
    beats().longest(since, now)
}

/// Counts a test that is played again because something came too late.
pub(crate) fn note_repeat() {
    REPEATS.fetch_add(1, Ordering::Relaxed);
}

/// The number of tests that were played again.
pub(crate) fn repeats() -> usize {
    REPEATS.load(Ordering::Relaxed)
}

/// Whether a lag explains that something came too late by `excess` (unknown if absent), when it
/// came about through so many waits, each of which this lag may have made longer.
pub(crate) fn explains(lag: Duration, excess: Option<Duration>, waits: usize) -> bool {
    /// A machine that is this late is busy.
    const BUSY: Duration = Duration::from_millis(20);
    let waits = u32::try_from(waits).unwrap_or(u32::MAX);
    lag >= BUSY && excess.is_none_or(|excess| excess <= lag.saturating_mul(waits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn lags_are_those_since_a_moment() {
        let begin = Instant::now();
        let mut beats = Beats {
            last: None,
            late: VecDeque::new(),
        };
        assert_eq!(beats.longest(begin, begin + ms(9)), Duration::ZERO);
        beats.beat(begin);
        beats.beat(begin + ms(105));
        beats.beat(begin + ms(111));
        beats.beat(begin + ms(126));
        let longest = |since: u64, now: u64| beats.longest(begin + ms(since), begin + ms(now));
        assert_eq!(longest(0, 126), ms(100));
        // A beat that has been late the whole time counts.
        assert_eq!(longest(100, 126), ms(100));
        assert_eq!(longest(110, 126), ms(10));
        assert_eq!(longest(127, 131), Duration::ZERO);
        // So does one that has not come yet.
        assert_eq!(longest(127, 181), ms(50));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let begin = Instant::now();
        let mut beats = Beats {
            last: None,
            late: VecDeque::new(),
        };
        for index in 0..(KEPT as u32 * 2) {
            beats.beat(begin + ms(10) * index);
        }
        assert!(beats.late.len() <= KEPT);
        let last = begin + ms(10) * (KEPT as u32 * 2 - 1);
        assert_eq!(beats.longest(last, last), ms(5));
    }

    #[test]
    fn a_small_lag_explains_nothing_and_a_large_one_not_everything() {
        assert!(!explains(ms(3), Some(ms(1)), 10));
        assert!(!explains(ms(3), None, 10));
        assert!(explains(ms(50), Some(ms(400)), 10));
        assert!(!explains(ms(50), Some(ms(600)), 10));
        assert!(explains(ms(50), None, 10));
    }

    #[test]
    fn the_heart_beats() {
        watch();
        let begin = Instant::now();
        while beats().last.is_none_or(|last| last <= begin) {
            assert!(begin.elapsed() < Duration::from_secs(60));
            thread::yield_now();
        }
    }
}
