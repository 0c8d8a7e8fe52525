//! Asks both relays the same, and compares.

use super::bounds::Buckets;
use super::naive::Naive;
use super::script::{Ask, Step, limits};
use crate::input::Input;
use std::time::Duration;
use wormhole_sync::relay::{
    Call, ClientAddress, Handled, Limits, Random, Refusal, Registry, RelayAction, Reply, SideKey,
};

/// Whether the receipt was read from a channel that had expired: the rarest of the cells.
pub(crate) fn drive(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (bounds, seed) = (input.or_zero(), input.or_zero());
    let mut both = Both::new(limits(bounds), seed);
    let mut rare = false;
    while let Some(step) = Step::of(&mut input) {
        both.at(both.naive.now + step.millis);
        both.step(step);
        rare |= both.rare;
    }
    // In the end nothing is left, however it went.
    both.at(both.naive.now + 100_000_000_000);
    both.check();
    assert_eq!(both.registry.stored_bytes(), 0);
    assert_eq!(both.registry.next_due(), None);
    rare
}

/// The two, and what they have been given.
pub(crate) struct Both {
    pub(crate) limits: Limits,
    pub(crate) registry: Registry,
    pub(crate) naive: Naive,
    pub(crate) buckets: Buckets,
    pub(crate) seed: u8,
    pub(crate) rare: bool,
}

/// A source that gives what a seed makes of it; of the last seed, nothing.
fn random(seed: u8) -> Random {
    let mut word = u64::from(seed);
    Box::new(move || {
        word = word
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed < u8::MAX).then_some(word)
    })
}

impl Both {
    fn new(limits: Limits, seed: u8) -> Self {
        Self {
            registry: Registry::new(limits.clone(), random(seed)),
            naive: Naive::default(),
            buckets: Buckets::new(&limits),
            limits,
            seed,
            rare: false,
        }
    }

    fn at(&mut self, now: u64) {
        self.naive.advance(now);
        self.registry.advance(Duration::from_millis(now));
        self.check();
    }

    fn step(&mut self, step: Step) {
        match step.ask {
            Ask::Cancel => {
                let mut tickets: Vec<_> = self.naive.tickets.waiting.keys().copied().collect();
                tickets.sort_unstable();
                if let Some(ticket) = tickets.get(usize::from(step.value) % tickets.len().max(1)) {
                    self.registry.cancel(*ticket);
                    self.naive.tickets.waiting.remove(ticket);
                }
            }
            Ask::Restart => {
                let now = self.naive.now;
                *self = Self::new(self.limits.clone(), self.seed.wrapping_add(1) % u8::MAX);
                self.at(now);
            }
            Ask::ShutDown => {
                self.registry.shut_down();
                self.naive.going_down = true;
                self.naive
                    .tickets
                    .answer_if(|_| true, &[Reply::Refused(Refusal::Unavailable)]);
            }
            Ask::Allocate => self.allocate(step),
            _ => self.ask(step),
        }
        self.check();
    }

    /// What holds between steps.
    fn check(&mut self) {
        self.naive.tickets.check(self.registry.events().collect());
        assert_eq!(self.registry.live_channels(), self.naive.live().count());
        assert_eq!(
            self.registry.waiting_gets(),
            self.naive.tickets.waiting.len()
        );
        // RELAY-20: an end is never refused, so its quarantine may go beyond the bound.
        let most = self.limits.stored_bytes + self.naive.quarantine();
        assert!(
            self.registry.stored_bytes() <= most,
            "{} bytes",
            self.registry.stored_bytes()
        );
        let now = Duration::from_millis(self.naive.now);
        assert!(
            self.registry.next_due().is_none_or(|due| due > now),
            "what is due has not happened"
        );
    }

    pub(crate) fn call(&mut self, step: Step, action: RelayAction) -> Handled {
        let call = Call {
            appid: &[step.appid],
            side: SideKey::new([step.side; 16]),
            from: ClientAddress::V4(step.from.into()),
            action,
        };
        self.registry
            .handle(Duration::from_millis(self.naive.now), call)
    }
}
