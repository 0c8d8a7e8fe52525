//! Properties of the registry that hold for any requests in any order.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::channel::PerCell;
use super::{
    Bytes, CHANNEL_COST, Call, ChannelRequest, ClientAddress, Handled, Limits, Registry,
    RelayAction, Reply, SideKey, Ticket, Timer,
};
use crate::relay::{EndReason, GRACE};
use crate::values::ChannelId;
use crate::values::messages::CellName;

/// One step of a random run: some time passes, then one thing happens.
#[derive(Clone, Debug)]
enum Step {
    Ask {
        millis: u64,
        appid: u8,
        side: u8,
        from: u8,
        action: RelayAction,
    },
    Cancel(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bytes = (0u8..3, 1usize..40).prop_map(|(byte, length)| Bytes::from(vec![byte; length]));
    let cell = prop::sample::select(CellName::ALL.to_vec());
    let reason = prop::sample::select(EndReason::ALL.to_vec());
    let request = prop_oneof![
        2 => Just(ChannelRequest::Claim),
        4 => (cell.clone(), bytes.clone()).prop_map(|(cell, body)| ChannelRequest::Put(cell, body)),
        4 => (cell, prop::sample::select(vec![0u8, 1, 30]))
            .prop_map(|(cell, wait)| ChannelRequest::Get(cell, wait)),
        1 => reason.prop_map(ChannelRequest::Close),
    ];
    // Most numbers have one digit, since few channels live at a time.
    let number = prop_oneof![9 => 1u32..10, 1 => 10u32..100];
    let action = prop_oneof![
        1 => bytes.prop_map(RelayAction::Allocate),
        4 => (number, request)
            .prop_map(|(number, request)| RelayAction::Channel(ChannelId::new(number).unwrap(), request)),
    ];
    let millis = prop_oneof![
        8 => 0u64..100,
        4 => 100u64..40_000,
        1 => 40_000u64..700_000,
    ];
    let ask =
        (millis, 0u8..2, 0u8..6, 0u8..3, action).prop_map(|(millis, appid, side, from, action)| {
            Step::Ask {
                millis,
                appid,
                side,
                from,
                action,
            }
        });
    let step = prop_oneof![20 => ask, 1 => any::<usize>().prop_map(Step::Cancel)];
    vec(step, 1..400)
}

/// The facts about a channel that the test has seen once and that must not change.
struct Seen {
    claimant: Option<SideKey>,
    offer: Bytes,
    cells: PerCell<Option<Bytes>>,
    ended: Option<EndReason>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_whatever_comes(steps in steps(), seed: u64) {
        let limits = Limits {
            ttl: 900,
            channels_per_appid: 11,
            channels_per_address: 6,
            channels: 14,
            stored_bytes: 14 * CHANNEL_COST,
            starts_per_minute: 200,
            ..Limits::default()
        };
        let mut word = seed;
        let random = Box::new(move || {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            Some(word)
        });
        let mut registry = Registry::new(limits.clone(), random);
        let mut now = 0;
        let mut waiting: HashMap<Ticket, u64> = HashMap::new();
        let mut seen: HashMap<(u32, ChannelId, SideKey, Bytes), Seen> = HashMap::new();
        for step in steps {
            match step {
                Step::Ask { millis, appid, side, from, action } => {
                    now += millis;
                    let wait = match &action {
                        RelayAction::Channel(_, ChannelRequest::Get(_, wait)) => u64::from(*wait),
                        _ => 0,
                    };
                    let call = Call {
                        appid: &[appid],
                        side: SideKey::new([side; 16]),
                        from: ClientAddress::V4(from.into()),
                        action,
                    };
                    let answer = registry.handle(Duration::from_millis(now), call);
                    if let Handled::Later(ticket) = answer {
                        prop_assert!(waiting.insert(ticket, now + wait * 1_000).is_none());
                    }
                }
                Step::Cancel(which) => {
                    let ticket = waiting.keys().nth(which % waiting.len().max(1)).copied();
                    if let Some(ticket) = ticket {
                        waiting.remove(&ticket);
                        registry.cancel(ticket);
                    }
                }
            }
            for (ticket, reply) in registry.events().collect::<Vec<_>>() {
                let answered_once = waiting.remove(&ticket).is_some();
                prop_assert!(answered_once);
                prop_assert!(
                    matches!(reply, Reply::Cell(_) | Reply::Nothing | Reply::Refused(_)),
                    "{reply:?}"
                );
            }
            // No GET waits longer than it asked for.
            prop_assert!(waiting.values().all(|until| *until > now));
            check(&registry, &limits);
            check_write_once(&registry, &mut seen);
        }
        // In the end nothing is left.
        registry.advance(Duration::from_millis(now + 100_000_000));
        let left = registry.events().count();
        prop_assert_eq!(left, waiting.len());
        prop_assert_eq!(registry.stored_bytes(), 0);
        prop_assert_eq!(registry.next_due(), None);
        let tables = [registry.names.len(), registry.owned.len(), registry.ended.len()];
        prop_assert_eq!(tables, [0, 0, 0]);
    }
}

/// Checks that the tables agree with each other and with the limits.
fn check(registry: &Registry, limits: &Limits) {
    let mut timers = BTreeSet::new();
    let mut stored = 0;
    let mut live = HashMap::new();
    let mut by_address: HashMap<ClientAddress, u32> = HashMap::new();
    let mut waits = HashSet::new();
    for (key, channel) in registry.channels.iter() {
        stored += CHANNEL_COST + channel.bytes();
        timers.insert((channel.due, Timer::Channel(key)));
        assert!(channel.due > registry.now, "due things have happened");
        assert_eq!(
            registry.owned.get(&(channel.app, channel.owner)),
            Some(&key)
        );
        let place = (channel.app, channel.number);
        if channel.ended.is_none() {
            assert!(
                live.insert(place, key).is_none(),
                "one live channel a number"
            );
            *by_address.entry(channel.from).or_default() += 1;
        } else {
            assert!(channel.due <= registry.now + GRACE.as_micros() as u64);
        }
        for cell in CellName::ALL {
            if let Some(ticket) = channel.waits.get(cell) {
                assert!(channel.ended.is_none() && channel.cells.get(cell).is_none());
                waits.insert(*ticket);
            }
        }
    }
    assert_eq!(live, registry.live);
    for (address, count) in by_address {
        assert_eq!(registry.addresses.live(address), count);
        assert!(count <= limits.channels_per_address);
    }
    assert!(live.len() <= limits.channels as usize);
    assert_eq!(waits, registry.waiting.keys().copied().collect());
    for (ticket, waiting) in &registry.waiting {
        timers.insert((waiting.until, Timer::Wait(*ticket)));
    }
    let mut records = 0;
    for (key, app) in registry.apps.iter() {
        let count = |ended: bool| {
            let of_app = registry
                .channels
                .iter()
                .filter(|(_, channel)| channel.app == key);
            of_app
                .filter(|(_, channel)| ended || channel.ended.is_none())
                .count() as u32
        };
        assert_eq!((app.channels, app.ids.live()), (count(true), count(false)));
        assert!(app.ids.live() <= limits.channels_per_appid);
        let next = app.ids.next_purge();
        assert!(next.is_none() || app.timer.is_some_and(|timer| Some(timer) <= next));
        timers.extend(app.timer.map(|due| (due, Timer::App(key))));
        assert_eq!(registry.names.get(&app.name), Some(&key));
        stored += app.charge;
        records += app.ids.bytes();
    }
    assert_eq!(registry.stored, stored);
    // The end of a channel is never refused, so its quarantine may go a little over the bound.
    assert!(stored <= limits.stored_bytes + records, "{stored}");
    assert_eq!(registry.timers, timers);
}

/// Checks that claim, cells and end are each written once. A side may own one channel after
/// another, but never two of an appid at a time.
fn check_write_once(
    registry: &Registry,
    seen: &mut HashMap<(u32, ChannelId, SideKey, Bytes), Seen>,
) {
    let mut there = HashSet::new();
    for (_, channel) in registry.channels.iter() {
        let offer = Bytes::clone(&channel.offer);
        let name = (channel.app, channel.number, channel.owner, offer);
        there.insert(name.clone());
        let before = seen.insert(
            name,
            Seen {
                claimant: channel.claimant,
                offer: Bytes::clone(&channel.offer),
                cells: channel.cells.clone(),
                ended: channel.ended,
            },
        );
        let Some(before) =
            before.filter(|before| std::sync::Arc::ptr_eq(&before.offer, &channel.offer))
        else {
            continue;
        };
        assert!(before.claimant.is_none() || before.claimant == channel.claimant);
        assert!(before.ended.is_none() || before.ended == channel.ended);
        for cell in CellName::ALL {
            let written = before.cells.get(cell);
            assert!(written.is_none() || written == channel.cells.get(cell));
            assert!(before.ended.is_none() || written == channel.cells.get(cell));
        }
    }
    seen.retain(|name, _| there.contains(name));
}
