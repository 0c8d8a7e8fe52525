//! Each outcome of section 12, provoked through the public interface. One `match` without a
//! wildcard makes sure that a new outcome without a test does not build.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use wormhole_sync::Error;
use wormhole_sync::client::{Cause, Hooks, Initiator, Named, Receiver};
use wormhole_sync::crypto::{PakeScalar, Standard};
use wormhole_sync::protocol::{AttemptFailure, CloseReason, Detail, Outcome};
use wormhole_sync::values::{Code, hex};

use crate::exchanges::wrong;
use crate::kit::client::Client;
use crate::kit::server::{Server, allocated, answer, answering, json, problem, stored};
use crate::kit::{APP, relay, second, with_both};

with_both!(
    each_outcome_can_be_had_and_is_one_line,
    each_reason_of_a_close_comes_through,
    local_outcomes_come_in_their_order_and_send_nothing,
);

const CODE: &str = "7-crossover-clockwork";
/// An address without a server, at which a request would fail the test.
const NOWHERE: &str = "http://127.0.0.1:1";

fn initiator<C: Client>(url: impl Into<String>) -> Initiator<C> {
    Initiator::new(APP, *b"mine").rendezvous(url)
}

fn receiver<C: Client>(url: impl Into<String>) -> Receiver<C> {
    Receiver::new(APP, CODE, *b"theirs").rendezvous(url)
}

/// The error of a receiver that gets these bytes as the offer.
fn offered<C: Client>(offer: &[u8]) -> Error {
    let body = format!(r#"{{"body":"{}","ttl":600}}"#, hex::encode(offer));
    let relay = answering([json("200 OK", body), stored()]);
    C::receive(receiver(relay.url())).unwrap_err()
}

/// The error of a receiver whose claim gets this answer.
fn claimed<C: Client>(answer: Vec<u8>) -> Error {
    C::receive(receiver(answering([answer]).url())).unwrap_err()
}

/// The error that has this outcome; `done` has none.
fn provoke<C: Client>(outcome: Outcome) -> Option<Error> {
    Some(match outcome {
        Outcome::Done => {
            let relay = relay();
            let waiting = C::start(initiator(relay.url())).unwrap();
            let receiver = Receiver::<C>::new(APP, C::code(&waiting), *b"theirs");
            let receiver = receiver.rendezvous(relay.url());
            let receiving = thread::spawn(|| C::receive(receiver).unwrap());
            C::finish(waiting).unwrap();
            receiving.join().unwrap();
            return None;
        }
        Outcome::BadCode => {
            let receiver = Receiver::<C>::new(APP, "7-crossover-clokwork", *b"theirs");
            C::receive(receiver.rendezvous(NOWHERE)).unwrap_err()
        }
        Outcome::BadAppid => {
            C::start(Initiator::new([0; 129], *b"mine").rendezvous(NOWHERE)).unwrap_err()
        }
        Outcome::BlobTooLarge => {
            C::start(Initiator::new(APP, [0; 65_536]).rendezvous(NOWHERE)).unwrap_err()
        }
        Outcome::BadRendezvous => C::start(initiator("ftp://127.0.0.1")).unwrap_err(),
        Outcome::NoSuchChannel => C::receive(receiver(relay().url())).unwrap_err(),
        Outcome::Crowded => claimed::<C>(problem("409 Conflict", "crowded", "")),
        Outcome::Closed(reason) => {
            let more = format!(r#","reason":"{}""#, reason.token());
            claimed::<C>(problem("410 Gone", "closed", &more))
        }
        Outcome::Expired => claimed::<C>(problem("410 Gone", "closed", r#","reason":"expired""#)),
        Outcome::WrongCode => {
            let relay = relay();
            let waiting = C::start(initiator(relay.url())).unwrap();
            let receiver = Receiver::<C>::new(APP, wrong(&C::code(&waiting)), *b"theirs");
            // A receiver that is dropped would end the exchange.
            let _answered = C::answer(receiver.rendezvous(relay.url())).unwrap();
            C::finish(waiting).unwrap_err()
        }
        Outcome::VerifierMismatch => {
            let relay = relay();
            let waiting = C::start(initiator(relay.url())).unwrap();
            let receiver = Receiver::<C>::new(APP, C::code(&waiting), *b"theirs");
            C::differs_at_receiver(C::answer(receiver.rendezvous(relay.url())).unwrap())
        }
        Outcome::NotTaken => {
            let relay = relay();
            let waiting = C::start(initiator(relay.url())).unwrap();
            let receiver = Receiver::<C>::new(APP, C::code(&waiting), *b"theirs");
            let answered = C::answer(receiver.rendezvous(relay.url())).unwrap();
            let sending = thread::spawn(|| C::finish(waiting).unwrap());
            let error = C::not_taken(C::open(answered).unwrap());
            assert!(sending.join().unwrap().not_taken());
            error
        }
        // The identity element, with the right side byte.
        Outcome::BadElement => {
            let mut offer = [0; 33];
            (offer[0], offer[1]) = (0x41, 1);
            offered::<C>(&offer)
        }
        Outcome::MalformedMessage => offered::<C>(&[0x41; 32]),
        Outcome::RelayMisbehaved => claimed::<C>(answer("418 Teapot", "", "{}")),
        Outcome::RelayUnreachable => {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let url = format!("http://{}", socket.local_addr().unwrap());
            C::start(initiator(url).hooks_for_testing_only(second(5))).unwrap_err()
        }
        Outcome::Timeout => {
            let relay = relay();
            let soon = Duration::from_millis(300);
            let waiting = C::start(initiator(relay.url()).deadline(soon));
            waiting.and_then(C::finish).unwrap_err()
        }
        // The asynchronous client can only consume the step or drop it.
        Outcome::Cancelled => {
            let canceller = wormhole_sync::blocking::Canceller::new();
            canceller.cancel();
            let initiator = initiator(NOWHERE).canceller(&canceller);
            initiator.start().unwrap_err()
        }
        Outcome::Internal => {
            let hooks = Hooks {
                side: Named::Unavailable,
                ..Hooks::default()
            };
            C::start(initiator(NOWHERE).hooks_for_testing_only(hooks)).unwrap_err()
        }
    })
}

/// The table of section 12: the sentence of each outcome.
fn sentences() -> BTreeMap<String, String> {
    let spec = include_str!("../../spec/wormhole-sync.md");
    let rows = spec
        .lines()
        .skip_while(|line| *line != "| outcome | meaning | sentence for the user |")
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [token, _, sentence] = cells[..] else {
            panic!("{row}")
        };
        (token.trim_matches('`').to_owned(), sentence.to_owned())
    })
    .collect()
}

fn is_one_line(text: &str) {
    assert!(
        !text.is_empty() && !text.contains(['\n', '\r', '\t']),
        "{text:?}"
    );
    assert!(!text.ends_with('.') && text.len() < 200, "{text:?}");
    // Names of protocols do not count as words.
    let plain = text
        .replace("HTTP", "")
        .replace("TLS", "")
        .replace("JSON", "")
        .replace("SPAKE2", "");
    assert_eq!(plain, plain.to_lowercase(), "{text:?}");
}

fn each_outcome_can_be_had_and_is_one_line<C: Client>() {
    let mut sentences = sentences();
    for outcome in Outcome::ALL {
        let sentence = sentences.remove(outcome.token()).unwrap();
        // The sentence of an initiator stands in brackets.
        let (sentence, at_initiator) = match sentence.split_once(" (Initiator") {
            Some((sentence, more)) => (sentence, Some(more)),
            None => (sentence.as_str(), None),
        };
        assert_eq!(outcome.sentence(), sentence, "OUT-3, {outcome}");
        let Some(error) = provoke::<C>(outcome) else {
            continue;
        };
        if let (Outcome::BadCode, Some(more)) = (outcome, at_initiator) {
            let words = initiator::<C>(NOWHERE).words(1);
            let error = C::start(words).unwrap_err();
            assert_eq!(format!(": {})", error.hint()), more);
            assert_eq!(error.outcome(), outcome);
        }
        assert_eq!(error.outcome(), outcome, "{error}");
        assert_eq!(error.hint(), sentence, "OUT-3, {outcome}");
        is_one_line(&error.to_string());
        assert!(
            error.to_string().starts_with(&outcome.to_string()),
            "{error}"
        );
        if let Some(cause) = error.cause() {
            is_one_line(&cause.to_string());
            assert_eq!(error.to_string(), format!("{outcome}: {cause}"));
        }
        // The line has the cause in it, and a report of sources would say it twice.
        assert!(std::error::Error::source(&error).is_none(), "{error}");
    }
    assert!(sentences.is_empty(), "no such outcome: {sentences:?}");
}

// OUT-4: A client MUST give the outcome `closed` with the reason that the relay gave, as `other`
// when that is none of those of RELAY-16.
fn each_reason_of_a_close_comes_through<C: Client>() {
    let sentences = sentences();
    for reason in CloseReason::ALL {
        // `lost` is this client's own word (OUT-5). From a relay it counts as any other text.
        let expected = match reason {
            CloseReason::Lost => CloseReason::Other,
            CloseReason::Done
            | CloseReason::WrongCode
            | CloseReason::BadElement
            | CloseReason::MalformedMessage
            | CloseReason::VerifierMismatch
            | CloseReason::NotTaken
            | CloseReason::Cancelled
            | CloseReason::Timeout
            | CloseReason::RelayMisbehaved
            | CloseReason::Other => reason,
        };
        let error = provoke::<C>(Outcome::Closed(reason)).unwrap();
        assert_eq!(error.outcome(), Outcome::Closed(expected));
        assert_eq!(error.to_string(), format!("closed ({})", expected.token()));
        if [CloseReason::WrongCode, CloseReason::VerifierMismatch].contains(&reason) {
            // The sentence is that of the outcome, marked as the relay's word.
            let (_, end) = sentences[reason.token()].split_once("he words").unwrap();
            assert_eq!(error.hint(), format!("The relay says that the words{end}"));
        } else {
            assert_eq!(error.hint(), sentences["closed"]);
        }
    }
    // CLIENT-6: A client MUST NOT show text that came from the relay.
    let more = r#","reason":"call 555-0100 now","title":"call 555-0100","detail":"555""#;
    let error = claimed::<C>(problem("410 Gone", "closed", more));
    assert!(!format!("{error} {error:?} {}", error.hint()).contains("555"));
}

// Sections 11.4 and 11.5: what each role checks before the first request, in this order.
fn local_outcomes_come_in_their_order_and_send_nothing<C: Client>() {
    let relay: Server = answering([allocated()]);
    let no_side = || Hooks {
        side: Named::Unavailable,
        ..Hooks::default()
    };
    let faults = [
        Outcome::BlobTooLarge,
        Outcome::BadAppid,
        Outcome::BadRendezvous,
        Outcome::BadCode,
        Outcome::Internal,
    ];
    for (at, outcome) in faults.into_iter().enumerate() {
        // Everything from this fault on is wrong.
        let blob = vec![0; if at == 0 { 65_536 } else { 0 }];
        let appid = if at <= 1 { "" } else { APP };
        let url = if at <= 2 { "x" } else { &relay.url() };
        let (words, code) = if at <= 3 { (9, "7") } else { (8, CODE) };
        let initiator = Initiator::<C>::new(appid, blob.clone())
            .rendezvous(url)
            .words(words);
        let error = C::start(initiator.hooks_for_testing_only(no_side())).unwrap_err();
        assert_eq!(error.outcome(), outcome, "initiator");
        let receiver = Receiver::<C>::new(appid, code, blob).rendezvous(url);
        let error = C::receive(receiver.hooks_for_testing_only(no_side())).unwrap_err();
        assert_eq!(error.outcome(), outcome, "receiver");
    }
    assert!(relay.requests().is_empty());
}

/// An element is checked with every code, and a client that ends in this way makes one guess only.
#[test]
fn a_reflected_offer_is_a_bad_element() {
    let code = Code::parse(CODE).unwrap();
    let (_, mut offer) = Standard::start_initiator(code.words(), PakeScalar::draw().unwrap());
    offer[0] = 0x42;
    let error = offered::<wormhole_sync::blocking::Blocking>(&offer);
    assert_eq!(error.outcome(), Outcome::BadElement, "{error}");
}

/// The time is over while a request is being repeated, and the failure of the last try is kept.
#[test]
fn a_timeout_keeps_its_cause() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    drop(socket);
    let initiator = initiator::<wormhole_sync::blocking::Blocking>(url);
    let error = initiator.deadline(Duration::from_millis(100)).start();
    let error = error.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Timeout);
    let refused = Cause::Exchange(Detail::Attempt(AttemptFailure::Refused));
    assert_eq!(error.cause(), Some(&refused));
    assert_eq!(error.to_string(), "timeout: connection refused");
}

/// An application keeps an error, sends it to another thread and passes it on in a box.
#[test]
fn an_error_goes_anywhere() {
    fn goes_anywhere<T: std::error::Error + Send + Sync + 'static>() {}
    fn is_kept<T: Clone + PartialEq + Send + Sync + 'static>() {}
    goes_anywhere::<Error>();
    goes_anywhere::<Cause>();
    is_kept::<Cause>();
    is_kept::<Outcome>();
}
