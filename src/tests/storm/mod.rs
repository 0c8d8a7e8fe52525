//! The promises of section 1.1, for any seed: two sides talk through a network that drops, delays,
//! repeats, reorders, reflects and spoils messages, to a relay that does its work or lies.

mod party;
mod relays;
mod symbolic;
mod users;
mod world;

use std::time::Duration;

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use wormhole_sync::crypto::Standard;
use wormhole_sync::protocol::{CloseReason, Outcome};

use symbolic::{Startable, Symbolic};
use users::{Look, Take};
use world::{BLOBS, Ends, Fault, Script, World};

/// The faults of a network that is merely bad.
fn lossy() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::Drop),
        3 => (0..45_000u32).prop_map(Fault::Delay),
        2 => (0..90_000u32).prop_map(Fault::Twice),
        3 => Just(Fault::Break),
        2 => prop_oneof![Just(502), Just(503), Just(429), Just(599)].prop_map(Fault::Page),
    ]
}

/// The faults of a network in the hands of an enemy.
fn hostile() -> impl Strategy<Value = Fault> {
    let status = || prop_oneof![Just(200), Just(201), Just(204), Just(410), 200..600u16];
    let body = prop_oneof![
        "[0-9a-f]{0,70}".prop_map(|hex| format!(r#"{{"body":"{hex}","ttl":600}}"#)),
        (0..12u32, 0..600u32).prop_map(|(n, ttl)| format!(r#"{{"channel":{n},"ttl":{ttl}}}"#)),
        Just("{}".to_owned()),
        "\\PC{0,20}",
    ];
    prop_oneof![
        2 => lossy(),
        2 => any::<usize>().prop_map(Fault::Stale),
        2 => status().prop_map(Fault::Reflect),
        2 => (any::<usize>(), prop_oneof![any::<u8>(), b'0'..=b'9'])
            .prop_map(|(at, byte)| Fault::Bend(at, byte)),
        2 => (status(), body).prop_map(|(status, body)| Fault::Forge(status, body)),
        1 => prop_oneof![Just(302), Just(404), Just(418)].prop_map(Fault::Page),
    ]
}

/// The faults that an enemy repeats for ever, above all the answer that there is nothing yet.
fn steady() -> BoxedStrategy<Fault> {
    let nothing = Just(Fault::Forge(204, String::new()));
    prop_oneof![3 => nothing, 1 => hostile()].boxed()
}

/// Users who agree at once, who look for some time, who see other words, or who say nothing.
fn look() -> impl Strategy<Value = Option<Look>> {
    let time = || prop_oneof![2 => Just(0), 3 => 0..90_000u32];
    let agrees = prop::bool::weighted(0.85);
    weighted(
        0.9,
        (time(), agrees).prop_map(|(time, agrees)| Look { time, agrees }),
    )
}

/// Applications that take the blob at once or late, or do not take it.
fn take() -> impl Strategy<Value = Take> {
    let time = prop_oneof![3 => Just(0), 2 => 0..40_000u32, 1 => 0..2_000_000u32];
    (time, prop::bool::weighted(0.8)).prop_map(|(time, keeps)| Take { time, keeps })
}

prop_compose! {
    fn script(fault: impl Strategy<Value = Fault> + 'static, last: BoxedStrategy<Fault>)(
        seed in any::<u64>(),
        // The network is mostly well, half bad or mostly bad.
        faults in prop_oneof![Just(0.15), Just(0.5), Just(0.9)]
            .prop_flat_map({
                let fault = fault.boxed();
                move |share| vec(weighted(share, fault.clone()), 0..60)
            }),
        then in weighted(0.3, last),
        ttl in prop_oneof![Just(3600u32), 1..700u32],
        words_agree in prop::bool::weighted(0.8),
        typing in 0..30_000u32,
        looks in [look(), look()],
        takes in take(),
        cancels in [weighted(0.15, 0..200_000u32), weighted(0.15, 0..200_000u32)],
        deadlines in [of(1..900_000u32), of(1..900_000u32)],
    ) -> Script {
        Script {
            seed, faults, then, ttl, words_agree, typing, looks, takes, cancels, deadlines,
            calm: u32::MAX,
        }
    }
}

/// Checks the promises that hold whatever the network and the relay do.
fn check<S: Startable>(script: &Script) -> Ends<S> {
    let ends = World::<S>::run(script.clone());
    let (one, two) = (&ends.initiator, ends.receiver.as_ref());
    let blob =
        |received: &wormhole_sync::protocol::Unsealed<S>| received.blob.get().expose().to_vec();

    // Secrecy and agreement: an accepted blob is the one that the peer with the same words has
    // sealed.
    let at_initiator = one.received.as_ref().map(blob);
    let at_receiver = two.and_then(|end| end.received.as_ref()).map(blob);
    for (received, sent) in [(&at_initiator, BLOBS[1]), (&at_receiver, BLOBS[0])] {
        assert!(
            received
                .as_ref()
                .is_none_or(|received| script.words_agree && received == sent)
        );
    }
    // OUT-2: A client MUST NOT hand over a blob with any outcome but `done`, save an initiator by
    // INIT-3.
    assert!(one.outcome != Outcome::Done || at_initiator.is_some());
    let is_done = |end: &wormhole_sync::protocol::Ended<S>| end.outcome == Outcome::Done;
    assert_eq!(two.is_some_and(is_done), at_receiver.is_some());

    // Delivery: `delivered` implies that the peer's application has taken the blob. The finish
    // implies that the initiator has opened the receiver's.
    assert!(!one.delivered || ends.taken);
    assert_eq!(ends.taken, at_receiver.is_some());
    assert!(!one.delivered || is_done(one) && at_receiver.is_some());
    assert_eq!(two.is_some_and(|end| end.delivered), at_receiver.is_some());
    assert!(at_receiver.is_none() || at_initiator.is_some());

    // Users who see other words: no blob is released to the other side.
    let differs = Outcome::VerifierMismatch;
    assert!(one.outcome != differs || at_receiver.is_none());
    let receiver_differs = two.is_some_and(|end| end.outcome == differs);
    assert!(!receiver_differs || at_receiver.is_none() && !one.delivered);
    // The receiver could not keep the blob, if the relay tells the truth (INIT-8).
    let is_lost = two.is_some_and(|end| end.outcome == Outcome::NotTaken);
    assert!(!one.not_taken || is_done(one) && !one.delivered);
    assert!(!one.not_taken || is_lost || !script.is_honest());

    // Termination, by section 11.3: 70 seconds to get a channel, its life, and the close. (An enemy
    // chooses the life, up to a day.)
    let lives = match script.is_honest() {
        true => [script.ttl, script.ttl.min(600)],
        false => [86_400, 600],
    };
    // A receiver's application takes as long as it takes.
    let taking = [0, script.takes.time].map(|time| Duration::from_millis(time.into()));
    let sides = ends.took.iter().zip(ends.attempts).zip(lives).zip(taking);
    for (((took, attempts), life), taking) in sides {
        let bound = Duration::from_secs(70 + u64::from(life) + 10) + taking;
        assert!(*took <= bound, "{took:?} of {bound:?}");
        // TIME-4 and the back-off bound the requests of a client, whatever the answers are.
        assert!(attempts < 60 + took.as_secs(), "{attempts} in {took:?}");
    }
    // The relay keeps little, and keeps nothing for ever.
    assert!(ends.most_waiting <= 3, "{}", ends.most_waiting);
    let mut relay = ends.relay;
    relay.advance(Duration::from_secs(1_000_000));
    assert_eq!(relay.registry.live_channels(), 0);
    assert_eq!(
        (relay.registry.stored_bytes(), relay.registry.waiting_gets()),
        (0, 0)
    );
    Ends { relay, ..ends }
}

fn config(cases: u32, max_shrink_iters: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_shrink_iters,
        max_shrink_time: 30_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(3000, 4000))]

    #[test]
    fn a_bad_network_breaks_no_promise(script in script(lossy(), lossy().boxed())) {
        let ends = check::<Symbolic>(&script);
        // Nobody has been dishonest, and no outcome says so.
        let dishonest = [Outcome::BadElement, Outcome::MalformedMessage];
        prop_assert!(!dishonest.contains(&ends.initiator.outcome));
        prop_assert!(!script.words_agree || ends.initiator.outcome != Outcome::WrongCode);
    }

    #[test]
    fn an_enemy_on_the_way_breaks_no_promise(script in script(hostile(), steady())) {
        check::<Symbolic>(&script);
    }

    /// Faults that end after five seconds cost time but not the exchange, if the other user comes
    /// within the retry window that they opened.
    #[test]
    fn when_the_network_gets_well_both_are_done(script in script(lossy(), lossy().boxed())) {
        let script = Script {
            calm: 5_000,
            ttl: 3600,
            words_agree: true,
            looks: script.looks.map(|look| Some(soon(look))),
            takes: Take { time: script.takes.time / 100, keeps: true },
            cancels: [None; 2],
            deadlines: [None; 2],
            ..script
        };
        let ends = check::<Symbolic>(&script);
        prop_assert_eq!(ends.initiator.outcome, Outcome::Done);
        prop_assert_eq!(ends.receiver.map(|end| end.outcome), Some(Outcome::Done));
    }
}

/// A look that ends soon, and well.
fn soon(look: Option<Look>) -> Look {
    let time = look.map_or(0, |look| look.time / 10);
    Look { time, agrees: true }
}

proptest! {
    #![proptest_config(config(2000, 4000))]

    /// While the network is well, a side that waits hears at once that the other user sees other
    /// words, and does not end as `done` (INIT-7).
    #[test]
    fn words_that_differ_are_heard(
        script in script(lossy(), lossy().boxed()),
        differs in 0..2usize,
        time in 0..90_000u32,
    ) {
        let mut script = Script { faults: Vec::new(), then: None, words_agree: true, ..script };
        script.looks[differs] = Some(Look { time, agrees: false });
        let ends = check::<Symbolic>(&script);
        let outcomes = [Some(ends.initiator.outcome), ends.receiver.map(|end| end.outcome)];
        prop_assert_ne!(outcomes[differs], Some(Outcome::Done));
        if let Some(at) = ends.mismatched {
            let (other, decided) = (outcomes[1 - differs], ends.decided[1 - differs]);
            // A message takes five milliseconds, and a poll a second at most to begin again.
            let waited = decided > Some(at + Duration::from_millis(1_100));
            prop_assert!(!waited, "it did not hear of it");
            let has_heard = decided > Some(at) && ends.heard[1 - differs];
            let mismatched = Some(Outcome::Closed(CloseReason::VerifierMismatch));
            prop_assert!(!has_heard || other == mismatched, "{:?}", outcomes);
        }
    }
}

proptest! {
    #![proptest_config(config(24, 50))]

    #[test]
    fn the_same_holds_with_the_cryptography_of_version_1(script in script(hostile(), steady())) {
        check::<Standard>(&script);
    }
}

/// Two lost messages open a window; the poll that the relay then holds outlasts it.
// TIME-3: An attempt that has begun keeps its own time, so that a poll that the relay holds is not
// given up.
#[test]
fn a_poll_that_the_relay_holds_outlasts_the_window() {
    let script = Script {
        faults: vec![None, None, Some(Fault::Break), Some(Fault::Drop)],
        typing: 62_000,
        ..good()
    };
    let ends = check::<Symbolic>(&script);
    assert_eq!(ends.initiator.outcome, Outcome::Done);
}

fn good() -> Script {
    Script {
        seed: 1,
        faults: Vec::new(),
        then: None,
        calm: u32::MAX,
        ttl: 3600,
        words_agree: true,
        typing: 20_000,
        looks: [Some(Look {
            time: 0,
            agrees: true,
        }); 2],
        takes: Take {
            time: 0,
            keeps: true,
        },
        cancels: [None; 2],
        deadlines: [None; 2],
    }
}

#[test]
fn a_good_network_delivers() {
    let script = good();
    let ends = check::<Standard>(&script);
    assert!(ends.initiator.delivered && ends.receiver.unwrap().delivered);
    assert!(ends.took[0] < Duration::from_secs(21), "{:?}", ends.took);
    assert_eq!(ends.attempts, [5, 4]);
    let wrong = Script {
        words_agree: false,
        ..script
    };
    let ends = check::<Standard>(&wrong);
    assert_eq!(ends.initiator.outcome, Outcome::WrongCode);
    let outcome = ends.receiver.unwrap().outcome;
    assert_eq!(outcome.to_string(), "closed (wrong-code)");
}
