//! Allocations, and the bounds that are checked before the channel is looked at.

use super::bounds::RateDecision;
use super::drive::Comparison;
use super::naive::Channel;
use super::script::{Operation, Step};
use wormhole_sync::relay::{Handled, Refusal, RelayAction, Reply};
use wormhole_sync::values::ChannelId;

impl Comparison {
    /// Whether the reply comes of a relay that is going down, or of a bound that is checked before the channel.
    pub(crate) fn refused_before(&mut self, step: Step, answer: &Handled) -> bool {
        let refused = |refusal| *answer == Handled::Now(Reply::Refused(refusal));
        if self.naive.going_down {
            assert!(
                refused(Refusal::Unavailable),
                "{answer:?} of one that goes down"
            );
            return true;
        }
        if !matches!(step.operation, Operation::Allocate | Operation::Claim) {
            return false;
        }
        if refused(Refusal::Unavailable)
            && self.buckets.addresses() >= self.limits.addresses as usize
        {
            return true;
        }
        let limited = match answer {
            Handled::Now(Reply::Refused(Refusal::RateLimited { retry_after })) => {
                Some(*retry_after)
            }
            _ => None,
        };
        match (self.buckets.decision(step.from, self.naive.now), limited) {
            (RateDecision::Refused(seconds), Some(retry_after)) => {
                let wait = f64::from(retry_after);
                assert!(
                    (seconds - 0.1..seconds + 1.1).contains(&wait),
                    "{wait} s, but {seconds}"
                );
                true
            }
            (RateDecision::Refused(seconds), None) => {
                panic!("RELAY-20: {answer:?}, not for {seconds} s")
            }
            // A claim has no other such bound. An allocate may be over another bound of its address.
            (RateDecision::Allowed, Some(_)) => {
                assert_eq!(
                    step.operation,
                    Operation::Allocate,
                    "RELAY-20: refused without a reason"
                );
                self.buckets.take(step.from, self.naive.now);
                false
            }
            (RateDecision::Either, Some(_)) => true,
            (_, None) => {
                self.buckets.take(step.from, self.naive.now);
                false
            }
        }
    }

    pub(crate) fn allocate(&mut self, step: Step) {
        let (offer, now) = (step.body(), self.naive.now);
        let stored = self.registry.stored_bytes();
        let answer = self.call(step, RelayAction::Allocate(offer.clone().into()));
        if self.refused_before(step, &answer) {
            return;
        }
        let Handled::Now(reply) = answer else {
            panic!("an allocate that waits");
        };
        // A side that owns a channel gets no second one (RELAY-14).
        if let Some(channel) = self.naive.owned(step.appid, step.side) {
            let number = ChannelId::new(channel.number).expect("a channel");
            let expected = match channel.ended {
                Some((_, reason)) => Reply::Refused(Refusal::Closed(reason)),
                None if channel.offer != offer => Reply::Refused(Refusal::Conflict),
                None => Reply::Allocated {
                    channel: number,
                    ttl: channel.ttl(now),
                },
            };
            return assert_eq!(reply, expected, "RELAY-14");
        }
        let live = |of: &dyn Fn(&Channel) -> bool| self.naive.live().filter(|it| of(it)).count();
        let by_address =
            live(&|it| it.from == step.from) >= self.limits.channels_per_address as usize;
        let full = live(&|it| it.appid == step.appid) >= self.limits.channels_per_appid as usize
            || live(&|_| true) >= self.limits.channels as usize;
        match reply {
            Reply::Refused(Refusal::RateLimited { retry_after }) => {
                assert!(
                    by_address && retry_after > 0,
                    "RELAY-20: refused without a reason"
                );
            }
            Reply::Refused(Refusal::Unavailable) => {
                let cost = 1_100 + offer.len() as u64;
                let no_room = stored + cost > self.limits.stored_bytes;
                assert!(
                    !by_address && (full || no_room || self.seed == u8::MAX),
                    "refused without a reason"
                );
            }
            Reply::Allocated { channel, ttl } => {
                assert!(!by_address && !full, "RELAY-20");
                assert_eq!(ttl, self.limits.ttl, "RELAY-15");
                let number = channel.get();
                assert!(
                    self.naive.may_give(step.appid, number),
                    "RELAY-19: {number}"
                );
                self.naive.allocate(
                    step.appid,
                    number,
                    step.side,
                    step.from,
                    offer,
                    &self.limits,
                );
            }
            other => panic!("{other:?} to an allocate"),
        }
    }
}
