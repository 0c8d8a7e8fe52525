//! Whole exchanges through a relay, step by step, and the choices of either side on the way.

use std::thread;
use std::time::Duration;

use wormhole_sync::asynchronous::Asynchronous;
use wormhole_sync::blocking::Blocking;
use wormhole_sync::client::{ExportError, Initiator, Receiver};
use wormhole_sync::protocol::{CloseReason, Outcome};
use wormhole_sync::{Error, Received};

use crate::kit::client::Client;
use crate::kit::{APP, relay, with_both};

with_both!(
    blobs_of_all_sizes_and_codes_of_all_lengths,
    both_see_the_same_verifier_and_export_the_same_keys,
    an_initiator_may_look_first,
    an_initiator_may_refuse,
    an_initiator_gives_up_before_the_claim,
    an_initiator_gives_up_after_the_claim,
    a_receiver_gives_up,
    an_initiator_that_is_closed_on_keeps_what_it_has,
    a_third_side_is_crowded_out,
    a_wrong_code_spends_the_channel,
    a_deadline_closes_the_channel,
    applications_do_not_meet,
);

fn initiator<C: Client>(relay: &str, blob: &[u8]) -> Initiator<C> {
    Initiator::new(APP, blob).rendezvous(relay)
}

fn receiver<C: Client>(relay: &str, code: &str, blob: &[u8]) -> Receiver<C> {
    Receiver::new(APP, code, blob).rendezvous(relay)
}

fn exchange<I: Client, R: Client>(
    relay: &str,
    [mine, theirs]: [&[u8]; 2],
    words: usize,
) -> (Received, Received) {
    let waiting = I::start(initiator(relay, mine).words(words)).unwrap();
    let code = I::code(&waiting);
    assert_eq!(code.split('-').count(), 1 + words, "{code}");
    thread::scope(|scope| {
        let receiving = scope.spawn(|| R::receive(receiver(relay, &code, theirs)).unwrap());
        (I::finish(waiting).unwrap(), receiving.join().unwrap())
    })
}

fn outcome<T: std::fmt::Debug>(ended: Result<T, Error>) -> Outcome {
    ended.unwrap_err().outcome()
}

const CANCELLED: Outcome = Outcome::Closed(CloseReason::Cancelled);

fn blobs_of_all_sizes_and_codes_of_all_lengths<C: Client>() {
    let relay = relay();
    for (size, words) in [0, 1, 255, 256, 65_535, 32_767, 5].into_iter().zip(2..=8) {
        let (mine, theirs) = (vec![0; size], vec![0x80; 65_535 - size]);
        let (at_initiator, at_receiver) = exchange::<C, C>(&relay.url(), [&mine, &theirs], words);
        assert!(at_initiator.delivered() && at_receiver.delivered());
        assert_eq!(
            [at_initiator.sentence(), at_receiver.sentence()],
            ["Done."; 2]
        );
        assert_eq!(at_initiator.into_blob(), theirs);
        assert_eq!(at_receiver.blob(), mine);
    }
    assert_eq!(relay.counts().live_channels, 0, "each was closed");
}

#[test]
fn each_client_understands_the_other() {
    let relay = relay();
    let blobs: [&[u8]; 2] = [b"mine", b"theirs"];
    for (at_initiator, at_receiver) in [
        exchange::<Blocking, Asynchronous>(&relay.url(), blobs, 2),
        exchange::<Asynchronous, Blocking>(&relay.url(), blobs, 2),
    ] {
        assert_eq!([at_receiver.blob(), at_initiator.blob()], blobs);
    }
}

fn both_see_the_same_verifier_and_export_the_same_keys<C: Client>() {
    let relay = relay();
    let blobs: [&[u8]; 2] = [b"mine", b"theirs"];
    let (one, two) = exchange::<C, C>(&relay.url(), blobs, 2);
    assert!(one.verifier().is(two.verifier()));
    let shown = one.verifier().reveal().to_string();
    assert_eq!(shown, two.verifier().reveal().to_string());
    assert_eq!(shown.split(' ').count(), 8);
    let export = |label: &[u8], n| {
        let keys = [&one, &two].map(|r| r.export_key(label, n).unwrap().expose().to_vec());
        assert_eq!(keys[0], keys[1]);
        keys[0].clone()
    };
    // No key is the beginning of a longer one (KEY-6).
    assert_ne!(export(b"a", 8160)[..32], export(b"a", 32));
    assert_ne!(export(b"a", 32), export(b"b", 32));
    assert_eq!(export(&[0xff; 255], 1).len(), 1);
    // KEY-4: A client MUST refuse a label that is not 1 to 255 bytes long and a length n outside 1
    // to 8 160, with an error of the call that leaves the exchange as it was.
    for (label, n, error) in [
        (0, 1, ExportError::Label),
        (256, 1, ExportError::Label),
        (1, 0, ExportError::Length),
        (1, 8161, ExportError::Length),
    ] {
        let refused = one.export_key(vec![b'a'; label], n);
        assert_eq!(refused.err(), Some(error), "{label} {n}");
    }
    let (other, _) = exchange::<C, C>(&relay.url(), blobs, 2);
    assert!(!other.verifier().is(one.verifier()), "of another exchange");
}

/// An initiator that holds, and a receiver that has answered.
pub(crate) fn held<C: Client>(relay: &str) -> (C::Holding, C::Answered) {
    let waiting = C::start(initiator(relay, b"mine")).unwrap();
    let code = C::code(&waiting);
    let answered = C::answer(receiver(relay, &code, b"theirs")).unwrap();
    (C::hold(waiting).unwrap(), answered)
}

fn an_initiator_may_look_first<C: Client>() {
    let relay = relay();
    let (holding, answered) = held::<C>(&relay.url());
    let (blob, verifier) = {
        let held = C::held(&holding);
        (held.blob().to_vec(), held.verifier().reveal().to_string())
    };
    assert_eq!(
        (blob.as_slice(), verifier),
        (&b"theirs"[..], C::verifier(&answered))
    );
    let receiving = thread::spawn(|| C::complete(answered).unwrap());
    assert!(C::release(holding).unwrap().delivered());
    assert_eq!(receiving.join().unwrap().blob(), b"mine");
}

// INIT-2: An initiator whose user wants to look first MUST stay in `holding`, with the verifier and
// the receiver's blob at hand and its own blob not sent, until the user agrees (`release`), says
// that the other side shows other words (`mismatch`) or gives up (`cancel`)
fn an_initiator_may_refuse<C: Client>() {
    let relay = relay();
    let (holding, answered) = held::<C>(&relay.url());
    C::refuse(holding);
    assert_eq!(outcome(C::complete(answered)), CANCELLED);
}

fn an_initiator_gives_up_before_the_claim<C: Client>() {
    let relay = relay();
    let waiting = C::start(initiator(&relay.url(), b"mine")).unwrap();
    let code = C::code(&waiting);
    C::give_up_waiting(waiting);
    assert_eq!(relay.counts().live_channels, 0);
    // The relay keeps the channel for its own sides only (RELAY-17), and the receiver is none yet.
    let ended = C::receive(receiver(&relay.url(), &code, b"theirs"));
    assert_eq!(outcome(ended), Outcome::NoSuchChannel);
}

fn an_initiator_gives_up_after_the_claim<C: Client>() {
    let relay = relay();
    let waiting = C::start(initiator(&relay.url(), b"mine")).unwrap();
    let code = C::code(&waiting);
    let answered = C::answer(receiver(&relay.url(), &code, b"theirs")).unwrap();
    C::give_up_waiting(waiting);
    assert_eq!(outcome(C::complete(answered)), CANCELLED);
}

fn a_receiver_gives_up<C: Client>() {
    let relay = relay();
    let waiting = C::start(initiator(&relay.url(), b"mine")).unwrap();
    let code = C::code(&waiting);
    let answered = C::answer(receiver(&relay.url(), &code, b"theirs")).unwrap();
    C::give_up_answered(answered);
    // The receiver's answer was written, and stays readable for the grace (RELAY-17); the finish is
    // refused.
    let error = C::finish(waiting).unwrap_err();
    assert_eq!(error.outcome(), CANCELLED);
    assert_eq!(error.received().unwrap().blob(), b"theirs");
}

// INIT-3: An initiator MUST hand over the receiver's blob, once the answer's seal has opened, with
// whatever outcome follows.
fn an_initiator_that_is_closed_on_keeps_what_it_has<C: Client>() {
    let relay = relay();
    let (holding, answered) = held::<C>(&relay.url());
    let verifier = C::verifier(&answered);
    C::give_up_answered(answered);
    let error = C::release(holding).unwrap_err();
    assert_eq!(error.outcome(), CANCELLED);
    let received = error.into_received().unwrap();
    assert_eq!(received.verifier().reveal().to_string(), verifier);
    assert!(!received.delivered() && received.export_key("a", 32).is_ok());
    // OUT-3: A client MUST tell its user the outcome and what to do next, in the sense of this
    // list.
    let spec = include_str!("../../spec/wormhole-sync.md");
    assert!(spec.contains(&format!(
        "(Initiator without `delivered`: {} With",
        received.sentence()
    )));
    assert_eq!(received.into_blob(), b"theirs");
}

fn a_third_side_is_crowded_out<C: Client>() {
    let relay = relay();
    let waiting = C::start(initiator(&relay.url(), b"mine")).unwrap();
    let code = C::code(&waiting);
    let answered = C::answer(receiver(&relay.url(), &code, b"theirs")).unwrap();
    let third = C::receive(receiver(&relay.url(), &code, b"third"));
    assert_eq!(outcome(third), Outcome::Crowded);
    // The two others go on.
    let receiving = thread::spawn(|| C::complete(answered).unwrap());
    assert_eq!(C::finish(waiting).unwrap().blob(), b"theirs");
    assert_eq!(receiving.join().unwrap().blob(), b"mine");
}

/// A code with the same channel and other words.
pub(crate) fn wrong(code: &str) -> String {
    let channel = code.split('-').next().unwrap();
    let other = |words: &str| format!("{channel}-{words}");
    let wrong = other("crossover-clockwork");
    if wrong == code {
        other("adroitness-clockwork")
    } else {
        wrong
    }
}

// RECV-3: A receiver MUST spend its code with the first 200 answer to its claim
fn a_wrong_code_spends_the_channel<C: Client>() {
    let relay = relay();
    let waiting = C::start(initiator(&relay.url(), b"mine")).unwrap();
    let code = C::code(&waiting);
    let answered = C::answer(receiver(&relay.url(), &wrong(&code), b"theirs")).unwrap();
    let error = C::finish(waiting).unwrap_err();
    assert_eq!(error.outcome(), Outcome::WrongCode);
    assert!(error.received().is_none());
    let ended = outcome(C::complete(answered));
    assert_eq!(ended, Outcome::Closed(CloseReason::WrongCode));
    assert_eq!(
        ended
            .sentence()
            .matches("start again with a new code")
            .count(),
        1
    );
    let again = C::receive(receiver(&relay.url(), &code, b"theirs"));
    assert_eq!(outcome(again), Outcome::NoSuchChannel);
}

fn a_deadline_closes_the_channel<C: Client>() {
    let relay = relay();
    let soon = Duration::from_millis(900);
    let waiting = C::start(initiator(&relay.url(), b"mine").deadline(soon)).unwrap();
    let code = C::code(&waiting);
    assert_eq!(outcome(C::finish(waiting)), Outcome::Timeout);
    assert_eq!(relay.counts().live_channels, 0);
    let late = C::receive(receiver(&relay.url(), &code, b"theirs"));
    assert_eq!(outcome(late), Outcome::NoSuchChannel);

    let waiting = C::start(initiator(&relay.url(), b"mine")).unwrap();
    let receiver = receiver::<C>(&relay.url(), &C::code(&waiting), b"theirs");
    let answered = C::answer(receiver.deadline(soon)).unwrap();
    assert_eq!(outcome(C::complete(answered)), Outcome::Timeout);
    let ended = outcome(C::finish(waiting));
    assert_eq!(ended, Outcome::Closed(CloseReason::Timeout));
}

fn applications_do_not_meet<C: Client>() {
    let relay = relay();
    let waiting = C::start(initiator(&relay.url(), b"mine")).unwrap();
    let other = Receiver::<C>::new([0xff; 128], C::code(&waiting), *b"theirs");
    let ended = C::receive(other.rendezvous(relay.url()));
    assert_eq!(outcome(ended), Outcome::NoSuchChannel);
    C::give_up_waiting(waiting);
}
