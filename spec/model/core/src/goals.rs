//! The goals, each of which some state must reach. Without them, a model in which nothing happens
//! would pass: it keeps every law.

use stateright::Property;
use wormhole_sync::protocol::Outcome;

use crate::attacker::EVIL;
use crate::keys::Variant;
use crate::laws::has_opened;
use crate::run::Run;
use crate::suite::A;
use crate::world::{Setup, World};

/// The goals of a setup.
pub(crate) fn of<V: Variant>(setup: &Setup<V>) -> Vec<Property<Setup<V>>> {
    macro_rules! goals {
        ($($name:literal: $goal:expr,)*) => {
            vec![$(Property::sometimes($name, |_: &Setup<V>, world: &World| $goal(world)),)*]
        };
    }
    let shared = goals![
        "a lucky guess opens at an initiator": |w| lucky(w, true),
        "a lucky guess opens at a receiver": |w| lucky(w, false),
        "the attacker learns a blob": learnt,
        "the initiator ends wrong-code": |w| ends(w, true, "wrong-code"),
        "the receiver ends wrong-code": |w| ends(w, false, "wrong-code"),
    ];
    let alike = goals![
        "both done and delivered": |w| both(w, true),
        "both done, the receipt lost": |w| both(w, false),
    ];
    let outcomes = goals![
        "the initiator ends done": |w| ends(w, true, "done"),
        "the initiator ends closed": |w| ends(w, true, "closed"),
        "the initiator ends expired": |w| ends(w, true, "expired"),
        "the initiator ends bad-element": |w| ends(w, true, "bad-element"),
        "the initiator ends malformed-message": |w| ends(w, true, "malformed-message"),
        "the initiator ends relay-misbehaved": |w| ends(w, true, "relay-misbehaved"),
        "the initiator ends relay-unreachable": |w| ends(w, true, "relay-unreachable"),
        "the initiator ends timeout": |w| ends(w, true, "timeout"),
        "the initiator ends cancelled": |w| ends(w, true, "cancelled"),
        "the initiator is told that its blob was not taken": is_told_not_taken,
        "the receiver ends done": |w| ends(w, false, "done"),
        "the receiver ends no-such-channel": |w| ends(w, false, "no-such-channel"),
        "the receiver ends crowded": |w| ends(w, false, "crowded"),
        "the receiver ends closed": |w| ends(w, false, "closed"),
        "the receiver ends expired": |w| ends(w, false, "expired"),
        "the receiver ends bad-element": |w| ends(w, false, "bad-element"),
        "the receiver ends malformed-message": |w| ends(w, false, "malformed-message"),
        "the receiver ends relay-misbehaved": |w| ends(w, false, "relay-misbehaved"),
        "the receiver ends relay-unreachable": |w| ends(w, false, "relay-unreachable"),
        "the receiver ends timeout": |w| ends(w, false, "timeout"),
        "the receiver ends cancelled": |w| ends(w, false, "cancelled"),
    ];
    let looks = goals![
        "the initiator ends verifier-mismatch": |w| ends(w, true, "verifier-mismatch"),
        "the receiver ends verifier-mismatch": |w| ends(w, false, "verifier-mismatch"),
        "the receiver ends not-taken": |w| ends(w, false, "not-taken"),
    ];
    let mut goals = shared;
    if setup.is_alike() {
        goals.extend(alike);
    }
    if setup.has_refusals {
        goals.extend(outcomes);
    }
    if setup.has_looks {
        goals.extend(looks);
    }
    goals
}

fn is_side(run: &Run, initiator: bool) -> bool {
    (run.client.side == A) == initiator
}

fn lucky(world: &World, initiator: bool) -> bool {
    world
        .runs()
        .any(|run| is_side(run, initiator) && has_opened(run, EVIL.as_bytes()))
}

fn learnt(world: &World) -> bool {
    world.runs().any(|run| {
        world
            .known
            .blobs()
            .any(|blob| blob == run.client.blob.as_bytes())
    })
}

/// Whether an initiator and a receiver have each other's blob, and the initiator its receipt or, as
/// asked, not.
fn both(world: &World, delivered: bool) -> bool {
    let is_done = |run: &Run, peer: &Run| {
        let blob = Some(peer.client.blob.as_bytes());
        run.end.as_ref().is_some_and(|end| {
            end.outcome == Outcome::Done
                && end.blob.as_deref() == blob
                && end.delivered == (delivered || run.client.side != A)
        })
    };
    world.runs().any(|one| {
        one.client.side == A
            && world
                .runs()
                .any(|two| two.client.side != A && is_done(one, two) && is_done(two, one))
    })
}

fn is_told_not_taken(world: &World) -> bool {
    world
        .runs()
        .any(|run| run.end.as_ref().is_some_and(|end| end.not_taken))
}

fn ends(world: &World, initiator: bool, token: &str) -> bool {
    world.runs().any(|run| {
        let end = run.end.as_ref();
        is_side(run, initiator) && end.is_some_and(|end| end.outcome.token() == token)
    })
}
