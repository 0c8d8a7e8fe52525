//! Users who look first, on either side (INIT-2, RECV-5), and applications that take the blob late
//! or cannot keep it (RECV-6), over a relay.

use std::thread;
use std::time::Instant;

use wormhole_sync::asynchronous::Asynchronous;
use wormhole_sync::blocking::Blocking;
use wormhole_sync::client::{Initiator, Receiver};
use wormhole_sync::protocol::{CloseReason, Outcome};
use wormhole_sync::relay::RelayHandle;
use wormhole_sync::{Error, Received};

use crate::exchanges::held;
use crate::kit::client::{Client, RUNTIME};
use crate::kit::tap::Tap;
use crate::kit::{APP, PROMPT, relay, second, until, until_async, with_both};

with_both!(
    words_that_differ_at_the_initiator_are_heard,
    words_that_differ_are_heard_by_an_initiator_that_looks,
    words_that_differ_are_heard_by_an_initiator_that_waits_for_the_receipt,
    a_user_who_looks_learns_that_the_channel_has_ended,
    a_blob_that_could_not_be_kept_is_heard_of,
    a_blob_may_be_taken_when_nobody_waits_any_more,
);

const CANCELLED: Outcome = Outcome::Closed(CloseReason::Cancelled);
const MISMATCHED: Outcome = Outcome::Closed(CloseReason::VerifierMismatch);

/// Waits until the relay holds a poll.
fn until_polled(relay: &RelayHandle) {
    until(|| relay.counts().waiting_gets == 1);
}

/// The initiator has heard of other words, and has what came before (INIT-3).
fn has_heard(ended: Result<Received, Error>) {
    let error = ended.unwrap_err();
    assert_eq!(error.outcome(), MISMATCHED);
    assert_eq!(error.hint(), MISMATCHED.sentence());
    assert_eq!(error.received().unwrap().blob(), b"theirs");
}

fn words_that_differ_at_the_initiator_are_heard<C: Client>() {
    let relay = relay();
    for looks in [true, false] {
        let (holding, answered) = held::<C>(&relay.url());
        let comparing = thread::spawn(move || match looks {
            true => C::compare(answered),
            false => C::open(answered),
        });
        until_polled(&relay);
        let error = C::differs_at_initiator(holding);
        assert_eq!(error.outcome(), Outcome::VerifierMismatch);
        assert_eq!(error.received().unwrap().blob(), b"theirs");
        let error = comparing.join().unwrap().unwrap_err();
        assert_eq!(error.outcome(), MISMATCHED);
        assert!(error.received().is_none());
    }
}

fn words_that_differ_are_heard_by_an_initiator_that_looks<C: Client>() {
    let relay = relay();
    let (holding, answered) = held::<C>(&relay.url());
    let looking = thread::spawn(|| C::look(holding));
    until_polled(&relay);
    let error = C::differs_at_receiver(answered);
    assert_eq!(error.outcome(), Outcome::VerifierMismatch);
    assert!(error.received().is_none());
    has_heard(looking.join().unwrap());
}

// INIT-7: An initiator MUST end as `closed` with the reason `verifier-mismatch` when it hears that
// reason in `waiting-for-receipt`
fn words_that_differ_are_heard_by_an_initiator_that_waits_for_the_receipt<C: Client>() {
    let relay = relay();
    let (holding, answered) = held::<C>(&relay.url());
    let waiting = thread::spawn(|| C::release(holding));
    until_polled(&relay);
    let error = C::differs_at_receiver(answered);
    assert_eq!(error.outcome(), Outcome::VerifierMismatch);
    has_heard(waiting.join().unwrap());
}

/// Neither side's user has decided anything.
fn a_user_who_looks_learns_that_the_channel_has_ended<C: Client>() {
    let relay = relay();
    let (holding, answered) = held::<C>(&relay.url());
    let looking = thread::spawn(|| C::look(holding));
    until_polled(&relay);
    C::give_up_answered(answered);
    let error = looking.join().unwrap().unwrap_err();
    assert_eq!(error.outcome(), CANCELLED);
    assert_eq!(error.received().unwrap().blob(), b"theirs");

    let (holding, answered) = held::<C>(&relay.url());
    let comparing = thread::spawn(|| C::compare(answered));
    until_polled(&relay);
    C::refuse(holding);
    let error = comparing.join().unwrap().unwrap_err();
    assert_eq!(error.outcome(), CANCELLED);
}

// INIT-8: An initiator that ends as `done` after `closed` with the reason `not-taken` MUST give
// that reason with the outcome
fn a_blob_that_could_not_be_kept_is_heard_of<C: Client>() {
    let relay = relay();
    let (holding, answered) = held::<C>(&relay.url());
    let waiting = thread::spawn(|| C::release(holding));
    let taking = C::open(answered).unwrap();
    assert_eq!(C::taking(&taking).blob(), b"mine");
    let error = C::not_taken(taking);
    assert_eq!(error.outcome(), Outcome::NotTaken);
    assert!(error.received().is_none());
    let received = waiting.join().unwrap().unwrap();
    assert!(received.not_taken() && !received.delivered());
    let spec = include_str!("../../spec/wormhole-sync.md");
    let sentence = format!("With the reason `not-taken`: {})", received.sentence());
    assert!(spec.contains(&sentence), "{sentence}");
    assert_eq!(received.into_blob(), b"theirs");
    assert_eq!(relay.counts().live_channels, 0);
}

// RECV-2: A receiver MUST end as `done` once its application has taken the blob, whatever becomes
// of its receipt
fn a_blob_may_be_taken_when_nobody_waits_any_more<C: Client>() {
    let relay = relay();
    let initiator = Initiator::<C>::new(APP, *b"mine").rendezvous(relay.url());
    let waiting = C::start(initiator.hooks_for_testing_only(second(50))).unwrap();
    let receiver = Receiver::<C>::new(APP, C::code(&waiting), *b"theirs");
    let answered = C::answer(receiver.rendezvous(relay.url())).unwrap();
    let waiting = thread::spawn(|| C::finish(waiting).unwrap());
    let taking = C::open(answered).unwrap();
    // The initiator waits for thirty of its seconds.
    let received = waiting.join().unwrap();
    assert!(!received.delivered() && !received.not_taken());
    let received = C::taken(taking).unwrap();
    assert!(received.delivered());
    assert_eq!(received.blob(), b"mine");
}

/// Exchanges in which both users look and agree, each from another thread.
#[test]
fn deciders_interrupt_the_poll_of_an_initiator_and_not_that_of_a_receiver() {
    let relay = relay();
    let taps = [(); 2].map(|()| Tap::before(relay.addr()));
    let initiator = Initiator::<Blocking>::new(APP, *b"mine").rendezvous(taps[0].url());
    let waiting = initiator.start().unwrap();
    let code = Blocking::code(&waiting);
    let receiver = Receiver::<Blocking>::new(APP, &code, *b"theirs").rendezvous(taps[1].url());
    let answered = receiver.start().unwrap();
    let holding = waiting.hold().unwrap();

    let (at_initiator, at_receiver) = (holding.decider(), answered.decider());
    let start = Instant::now();
    let initiating = thread::spawn(|| holding.wait().unwrap());
    let receiving = thread::spawn(|| answered.wait().unwrap());
    until(|| relay.counts().waiting_gets == 2);
    at_receiver.agree();
    at_initiator.agree();
    let taking = receiving.join().unwrap();
    // The first decision counts, and a later one interrupts nothing.
    at_initiator.mismatch();
    at_initiator.agree();
    at_receiver.mismatch();
    assert_eq!(taking.held().blob(), b"mine");
    assert_eq!(taps[1].count("/receipt HTTP"), 0, "RECV-6");
    let received = taking.taken().unwrap();
    assert_eq!(received.blob(), b"mine");
    let received = initiating.join().unwrap();
    assert!(received.delivered());
    assert!(start.elapsed() < PROMPT, "{:?}", start.elapsed());
    assert_eq!(taps[1].count("GET "), 1, "the same poll goes on");
    assert_eq!(taps[0].count("PUT "), 1);
    // The first was abandoned.
    assert_eq!(taps[0].count("/receipt?wait=25 HTTP"), 2);
}

#[test]
fn a_decider_that_sees_other_words_ends_the_poll_at_once() {
    let relay = relay();
    let start = Instant::now();
    let (holding, answered) = held::<Blocking>(&relay.url());
    let decider = answered.decider();
    let comparing = thread::spawn(|| answered.wait().unwrap_err());
    until_polled(&relay);
    decider.mismatch();
    let error = comparing.join().unwrap();
    assert_eq!(error.outcome(), Outcome::VerifierMismatch);
    has_heard(holding.wait());

    let (holding, answered) = held::<Blocking>(&relay.url());
    let decider = holding.decider();
    let looking = thread::spawn(|| holding.wait().unwrap_err());
    until_polled(&relay);
    decider.mismatch();
    let error = looking.join().unwrap();
    assert_eq!(error.outcome(), Outcome::VerifierMismatch);
    assert_eq!(answered.wait().unwrap_err().outcome(), MISMATCHED);
    assert!(start.elapsed() < PROMPT, "{:?}", start.elapsed());
}

/// A receiver that has not agreed, though the finish is there; its poll goes through the tap.
fn finish_is_there(relay: &RelayHandle, tap: &Tap) -> bool {
    // The initiator waits for the receipt, and the receiver for nothing.
    relay.counts().waiting_gets == 1 && tap.count("/receipt?wait") == 1
}

// RECV-5: A receiver whose user wants to look first MUST stay in `comparing`, or in `opened` once
// the finish has come, with the verifier at hand and the initiator's blob kept back
#[test]
fn a_blob_that_comes_while_the_user_compares_is_kept_back() {
    let relay = relay();
    for agrees in [true, false] {
        let tap = Tap::before(relay.addr());
        let initiator = Initiator::<Blocking>::new(APP, *b"mine").rendezvous(tap.url());
        let waiting = initiator.start().unwrap();
        let code = Blocking::code(&waiting);
        let receiver = Receiver::<Blocking>::new(APP, &code, *b"theirs").rendezvous(relay.url());
        let answered = receiver.start().unwrap();
        let decider = answered.decider();
        let comparing = thread::spawn(|| answered.wait());
        until_polled(&relay);
        let releasing = thread::spawn(|| waiting.finish());
        until(|| finish_is_there(&relay, &tap));
        assert!(!comparing.is_finished() && !releasing.is_finished());
        if agrees {
            decider.agree();
            let taking = comparing.join().unwrap().unwrap();
            assert_eq!(taking.held().blob(), b"mine");
            assert!(!releasing.is_finished(), "RECV-6");
            assert!(taking.taken().unwrap().delivered());
            assert!(releasing.join().unwrap().unwrap().delivered());
        } else {
            decider.mismatch();
            let error = comparing.join().unwrap().unwrap_err();
            assert_eq!(error.outcome(), Outcome::VerifierMismatch);
            assert!(error.received().is_none(), "OUT-2");
            has_heard(releasing.join().unwrap());
        }
    }
}

#[test]
fn a_blob_that_comes_while_a_task_watches_is_kept_back() {
    let relay = relay();
    RUNTIME.block_on(async {
        for agrees in [true, false] {
            let tap = Tap::before(relay.addr());
            let initiator = Initiator::<Asynchronous>::new(APP, *b"mine").rendezvous(tap.url());
            let waiting = initiator.start().await.unwrap();
            let code = Asynchronous::code(&waiting);
            let receiver = Receiver::<Asynchronous>::new(APP, &code, *b"theirs");
            let mut answered = receiver.rendezvous(relay.url()).start().await.unwrap();
            let releasing = tokio::spawn(waiting.finish());
            tokio::select! {
                () = answered.watch() => panic!("there was something to decide"),
                () = until_async(|| finish_is_there(&relay, &tap)) => {}
            }
            if agrees {
                let taking = answered.open().await.unwrap();
                assert_eq!(taking.held().blob(), b"mine");
                assert!(!releasing.is_finished(), "RECV-6");
                assert!(taking.taken().await.unwrap().delivered());
                assert!(releasing.await.unwrap().unwrap().delivered());
            } else {
                let error = answered.mismatch().await;
                assert_eq!(error.outcome(), Outcome::VerifierMismatch);
                has_heard(releasing.await.unwrap());
            }
        }
    });
}

/// Watches for a short time, again and again.
macro_rules! glance {
    ($step:ident) => {
        for _ in 0..20 {
            tokio::select! {
                () = $step.watch() => panic!("there was something to decide"),
                () = tokio::task::yield_now() => {}
            }
        }
    };
}

#[test]
fn a_watch_that_is_dropped_and_taken_up_again_makes_no_second_request() {
    let relay = relay();
    RUNTIME.block_on(async {
        let taps = [(); 2].map(|()| Tap::before(relay.addr()));
        let initiator = Initiator::<Asynchronous>::new(APP, *b"mine").rendezvous(taps[0].url());
        let waiting = initiator.start().await.unwrap();
        let code = Asynchronous::code(&waiting);
        let receiver = Receiver::<Asynchronous>::new(APP, &code, *b"theirs");
        let mut answered = receiver.rendezvous(taps[1].url()).start().await.unwrap();
        let mut holding = waiting.hold().await.unwrap();
        tokio::select! {
            () = holding.watch() => panic!("there was something to decide"),
            () = answered.watch() => panic!("there was something to decide"),
            () = until_async(|| relay.counts().waiting_gets == 2) => {}
        }
        glance!(holding);
        glance!(answered);
        assert_eq!(relay.counts().waiting_gets, 2);
        let releasing = tokio::spawn(holding.release());
        let taking = answered.open().await.unwrap();
        taking.taken().await.unwrap();
        assert!(releasing.await.unwrap().unwrap().delivered());
        assert_eq!(taps[1].count("GET "), 1, "the same poll goes on");
        // That of `holding` was abandoned.
        assert_eq!(taps[0].count("/receipt?wait=25 HTTP"), 2);
    });
}
