//! One side of SPAKE2, from start to finish: with the checks of PAKE-4 to PAKE-8, and by the stock
//! crate, which makes none of them.

use std::hint::black_box;

use rand_core::{CryptoRng, RngCore};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use wormhole_sync::crypto::{Pake, PakeScalar};
use wormhole_sync::values::{Role, WordCount, Words};

/// A handshake: the words, and the other side's message.
pub(crate) struct Handshake {
    words: Words,
    peer: [u8; 33],
}

impl Handshake {
    pub(crate) fn new() -> Self {
        let words = Words::draw(WordCount::default()).expect("randomness");
        let peer = *Pake::start(Role::Receiver, &words.password(), draw()).message();
        Self { words, peer }
    }

    pub(crate) fn checked(&self) {
        let pake = Pake::start(Role::Initiator, &self.words.password(), draw());
        black_box(pake.finish(&self.peer)).expect("a good element");
    }

    pub(crate) fn stock(&self) {
        let (password, a, b) = (
            Password::new(b"crossover-clockwork"),
            Identity::new(b"a"),
            Identity::new(b"b"),
        );
        let (pake, _) = Spake2::<Ed25519Group>::start_a_with_rng(&password, &a, &b, SystemRandom);
        black_box(pake.finish(&self.peer)).expect("a good element");
    }
}

fn draw() -> PakeScalar {
    PakeScalar::draw().expect("randomness")
}

/// The system's randomness, which `PakeScalar::draw` takes as well.
struct SystemRandom;

impl RngCore for SystemRandom {
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

impl CryptoRng for SystemRandom {}
