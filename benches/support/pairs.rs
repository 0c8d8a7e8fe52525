//! Measures two things turn by turn, so that a busy machine slows both.

use std::time::{Duration, Instant};

/// The median of one number over many rounds, and the quartiles around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quartiles {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Quartiles {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
        Self {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }
}

/// The results of all pairs: their ratios, and the two sides by themselves.
pub(crate) struct Pairs {
    pub(crate) ratio: Quartiles,
    pub(crate) first: Quartiles,
    pub(crate) second: Quartiles,
}

impl Pairs {
    /// Measures `first` and `second` in turn, after a few rounds that do not count.
    pub(crate) fn measure(
        rounds: usize,
        mut first: impl FnMut() -> f64,
        mut second: impl FnMut() -> f64,
    ) -> Self {
        for _ in 0..rounds.div_ceil(20) {
            first();
            second();
        }
        let pairs: Vec<_> = (0..rounds).map(|_| (first(), second())).collect();
        Self {
            ratio: Quartiles::of(pairs.iter().map(|(first, second)| first / second)),
            first: Quartiles::of(pairs.iter().map(|pair| pair.0)),
            second: Quartiles::of(pairs.iter().map(|pair| pair.1)),
        }
    }
}

/// Measures the microseconds that `run` takes.
pub(crate) fn micros(run: impl FnOnce()) -> f64 {
    time(run).as_secs_f64() * 1e6
}

pub(crate) fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
