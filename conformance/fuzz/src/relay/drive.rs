//! Makes the same calls to both relays, and compares what they do.

use super::bounds::TokenBuckets;
use super::naive::NaiveRelay;
use super::script::{Operation, Step, limits};
use crate::input::Input;
use std::time::Duration;
use wormhole_sync::relay::{
    Call, ClientAddress, Handled, Limits, Random, Refusal, Registry, RelayAction, Reply, SideKey,
};

/// Runs an input. Gives whether a receipt was read from a channel that had expired, which is the rarest case of the table.
pub(crate) fn drive(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (bounds, seed) = (input.or_zero(), input.or_zero());
    let mut relays = Comparison::new(limits(bounds), seed);
    let mut read_expired = false;
    while let Some(step) = Step::of(&mut input) {
        relays.at(relays.naive.now + step.millis);
        relays.step(step);
        read_expired |= relays.read_expired;
    }
    // In the end nothing is left, whatever happened before.
    relays.at(relays.naive.now + 100_000_000_000);
    relays.check();
    assert_eq!(relays.registry.stored_bytes(), 0);
    assert_eq!(relays.registry.next_due(), None);
    read_expired
}

/// The registry and the naive relay, side by side, with the bounds and the seed that they were given.
pub(crate) struct Comparison {
    pub(crate) limits: Limits,
    pub(crate) registry: Registry,
    pub(crate) naive: NaiveRelay,
    pub(crate) buckets: TokenBuckets,
    pub(crate) seed: u8,
    /// Whether a receipt was read from a channel that had expired.
    pub(crate) read_expired: bool,
}

/// A source of randomness out of a seed. With the last seed it fails.
fn random(seed: u8) -> Random {
    let mut word = u64::from(seed);
    Box::new(move || {
        word = word
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed < u8::MAX).then_some(word)
    })
}

impl Comparison {
    fn new(limits: Limits, seed: u8) -> Self {
        Self {
            registry: Registry::new(limits.clone(), random(seed)),
            naive: NaiveRelay::default(),
            buckets: TokenBuckets::new(&limits),
            limits,
            seed,
            read_expired: false,
        }
    }

    fn at(&mut self, now: u64) {
        self.naive.advance(now);
        self.registry.advance(Duration::from_millis(now));
        self.check();
    }

    fn step(&mut self, step: Step) {
        match step.operation {
            Operation::Cancel => {
                let mut tickets: Vec<_> = self.naive.tickets.waiting.keys().copied().collect();
                tickets.sort_unstable();
                if let Some(ticket) = tickets.get(usize::from(step.value) % tickets.len().max(1)) {
                    self.registry.cancel(*ticket);
                    self.naive.tickets.waiting.remove(ticket);
                }
            }
            Operation::Restart => {
                let now = self.naive.now;
                *self = Self::new(self.limits.clone(), self.seed.wrapping_add(1) % u8::MAX);
                self.at(now);
            }
            Operation::ShutDown => {
                self.registry.shut_down();
                self.naive.going_down = true;
                self.naive
                    .tickets
                    .expect_if(|_| true, &[Reply::Refused(Refusal::Unavailable)]);
            }
            Operation::Allocate => self.allocate(step),
            _ => self.channel_request(step),
        }
        self.check();
    }

    /// Checks all that holds between steps.
    fn check(&mut self) {
        self.naive.tickets.check(self.registry.events().collect());
        assert_eq!(self.registry.live_channels(), self.naive.live().count());
        assert_eq!(
            self.registry.waiting_gets(),
            self.naive.tickets.waiting.len()
        );
        // An end is never refused, so its quarantine may go beyond the bound (RELAY-20).
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
