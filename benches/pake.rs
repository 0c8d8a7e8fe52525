//! What the checks of PAKE-4 to PAKE-8 cost: one side of SPAKE2, start and finish, against the stock crate,
//! which makes none of them. The bar is 1.15 times its median.

use std::cmp::Ordering;
use std::hint::black_box;
use std::time::{Duration, Instant};

use rand_core::{CryptoRng, RngCore};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use wormhole_sync::crypto::{Pake, PakeScalar};
use wormhole_sync::values::{Role, WordCount, Words};

const ROUNDS: usize = 4000;
const BAR: f64 = 1.15;

fn main() {
    let words = Words::draw(WordCount::default()).expect("randomness");
    let peer = *Pake::start(Role::Receiver, &words.password(), draw()).message();
    let (mut ours, mut stock) = (Vec::new(), Vec::new());
    // Turn by turn, and compared pair by pair, so that a busy machine slows both.
    for _ in 0..ROUNDS {
        ours.push(time(|| {
            let pake = Pake::start(Role::Initiator, &words.password(), draw());
            black_box(pake.finish(&peer)).expect("a good element");
        }));
        stock.push(time(|| {
            let (password, a, b) = (
                Password::new(b"crossover-clockwork"),
                Identity::new(b"a"),
                Identity::new(b"b"),
            );
            let (pake, _) = Spake2::<Ed25519Group>::start_a_with_rng(&password, &a, &b, System);
            black_box(pake.finish(&peer)).expect("a good element");
        }));
    }
    let ratios = ours
        .iter()
        .zip(&stock)
        .map(|(ours, stock)| ours.div_duration_f64(*stock));
    let ratio = median(ratios.collect(), f64::total_cmp);
    let (ours, stock) = (median(ours, Duration::cmp), median(stock, Duration::cmp));
    println!(
        "one side of SPAKE2: {ours:?} with all checks, {stock:?} stock; ratio {ratio:.3}, bar {BAR}"
    );
    assert!(ratio <= BAR, "the checks cost more than the bar");
}

fn draw() -> PakeScalar {
    PakeScalar::draw().expect("randomness")
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median<T: Copy>(mut values: Vec<T>, order: fn(&T, &T) -> Ordering) -> T {
    values.sort_by(order);
    values[values.len() / 2]
}

/// The system's randomness, as `PakeScalar::draw` takes it.
struct System;

impl RngCore for System {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, to: &mut [u8]) {
        getrandom::getrandom(to).expect("randomness");
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(to);
        Ok(())
    }
}

impl CryptoRng for System {}
