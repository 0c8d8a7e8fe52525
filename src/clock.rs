//! The machine's clock, which goes on while the machine sleeps, where the system has such a clock
//! (TIME-10).

use std::time::Duration;
#[cfg(unix)]
use std::time::Duration as Start;
#[cfg(not(unix))]
use std::time::Instant as Start;

/// A moment at which something began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Start);

impl Stopwatch {
    /// Begins now.
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(read())
    }

    /// The time since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        #[cfg(unix)]
        let elapsed = read().saturating_sub(self.0);
        #[cfg(not(unix))]
        let elapsed = self.0.elapsed();
        elapsed
    }
}

/// Reads the clock. These clocks always exist, and never go back.
#[cfg(unix)]
fn read() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    // Linux alone stops its monotonic clock while the machine sleeps, and has another that goes on.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: ClockId = ClockId::Monotonic;

    let time = clock_gettime(CLOCK);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanoseconds)
}

#[cfg(not(unix))]
fn read() -> Start {
    std::time::Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    // TIME-10: A client MUST count lives and its user's deadline on a clock that goes on while the
    // machine sleeps, where the system has one
    #[cfg(target_os = "linux")]
    #[test]
    fn time_asleep_counts_on_linux() {
        // The kernel counts the time since the machine was started, asleep or not, in this file.
        let uptime = || -> f64 {
            let text = std::fs::read_to_string("/proc/uptime").unwrap();
            text.split(' ').next().unwrap().parse().unwrap()
        };
        let (before, clock, after) = (uptime(), read(), uptime());
        assert!(before - 0.02 <= clock.as_secs_f64() && clock.as_secs_f64() <= after + 0.02);
    }

    #[test]
    fn time_goes_on() {
        let stopwatch = Stopwatch::start();
        let first = stopwatch.elapsed();
        while stopwatch.elapsed() == first {
            std::hint::spin_loop();
        }
        assert!(stopwatch.elapsed() > first);
    }
}
