//! The values that each state and each end hands over, by every way that leads there (sections
//! 11.4, 11.5 and 12).

use super::event::Event;
use super::scripted_suite::ScriptedSuite;
use super::tables_tests::{
    INITIATOR_EVENTS, INITIATOR_STATES, RECEIVER_EVENTS, RECEIVER_STATES, event, initiator,
    is_of_other_cell, receiver,
};
use super::{AttemptFailure, Detail, Ended, Machine, Misbehaviour, Outcome};
use crate::crypto::{BadElement, Malformed, PeerFault};

/// Every way to an end: its events except `close-tried`, and the end.
fn ends<T: Machine<Suite = ScriptedSuite>>(
    states: &[&'static [&'static str]],
    events: &[&'static str],
    at: impl Fn(&[&str]) -> T,
) -> Vec<(Vec<&'static str>, Ended<ScriptedSuite>)> {
    let mut ends = Vec::new();
    for path in states {
        for name in events {
            let machine = at(path);
            if is_of_other_cell(machine.state(), name) {
                continue;
            }
            let Ok(mut next) = machine.on(event(name)) else {
                continue;
            };
            if next.state() == "closing" {
                next = next.on(Event::CloseTried).map_err(|_| name).unwrap();
            }
            let way = path.iter().chain([name]).copied().collect();
            ends.extend(next.into_ended().map(|ended| (way, ended)));
        }
    }
    ends
}

fn has_happened(way: &[&str], events: &[&str]) -> bool {
    way.iter().any(|name| events.contains(name))
}

/// The detail of the event that decided: the last one, unless the user gave up before.
fn detail_of(way: &[&str]) -> Option<Detail> {
    Some(match *way.last()? {
        "misbehaved" => Detail::Misbehaviour(Misbehaviour::TooLong),
        "receipt-opened" | "receipt-unopened" => Detail::Misbehaviour(Misbehaviour::EarlyReceipt),
        "exhausted" => Detail::Attempt(AttemptFailure::NoAnswer),
        "offer-malformed" | "answer-malformed" | "finish-malformed" => {
            Detail::Peer(PeerFault::MalformedMessage(Malformed::Length))
        }
        "offer-bad-element" | "answer-bad-element" => {
            Detail::Peer(PeerFault::BadElement(BadElement::Identity))
        }
        "answer-unopened" | "finish-unopened" => Detail::Peer(PeerFault::WrongCode),
        _ => return None,
    })
}

// INIT-2: An initiator whose user wants to look first MUST stay in `holding`, with the verifier and
// the receiver's blob at hand
#[test]
fn an_initiator_knows_its_channel_and_shows_what_it_holds_while_it_holds() {
    for path in INITIATOR_STATES {
        let machine = initiator(path);
        let has_channel = path.contains(&"allocated");
        assert_eq!(machine.channel().is_some(), has_channel, "{path:?}");
        assert_eq!(
            machine.held().is_some(),
            machine.state() == "holding",
            "{path:?}"
        );
    }
}

// RECV-5: A receiver whose user wants to look first MUST stay in `comparing`, or in `opened` once
// the finish has come, with the verifier at hand and the initiator's blob kept back
#[test]
fn a_receiver_shows_the_verifier_while_its_user_is_asked_and_the_blob_in_taking_alone() {
    for path in RECEIVER_STATES {
        let machine = receiver(path);
        let state = machine.state();
        let is_asked = matches!(state, "comparing" | "opened");
        assert_eq!(machine.verifier().is_some(), is_asked, "{state}");
        let is_taking = state == "taking";
        assert_eq!(machine.taking().is_some(), is_taking, "{state}");
        assert_eq!(machine.is_taking(), is_taking, "{state}");
    }
}

#[test]
fn an_initiator_hands_over_what_opened_and_claims_delivery_with_a_receipt_only() {
    let ends = ends(&INITIATOR_STATES, &INITIATOR_EVENTS, initiator);
    assert_eq!(ends.len(), 10 + 13 + 13 + 10 + 13 + 2, "state by state");
    for (way, ended) in ends {
        // INIT-3: An initiator MUST hand over the receiver's blob, once the answer's seal has
        // opened, with whatever outcome follows.
        let has_opened = has_happened(&way, &["answer-opened"]);
        assert_eq!(ended.received.is_some(), has_opened, "{way:?}");
        // INIT-5: An initiator MUST give `delivered` as true only when a receipt has opened
        let has_receipt = has_happened(&way, &["stored"]) && way.ends_with(&["receipt-opened"]);
        assert_eq!(ended.delivered, has_receipt, "{way:?}");
        // A wait for the receipt ends as `done`, and has no detail for the user.
        if !way.contains(&"stored") {
            assert_eq!(ended.detail, detail_of(&way), "{way:?}");
        }
    }
}

#[test]
fn a_receiver_hands_over_what_was_taken_and_has_then_delivered() {
    let ends = ends(&RECEIVER_STATES, &RECEIVER_EVENTS, receiver);
    assert_eq!(
        ends.len(),
        12 + 10 + 13 + 3 + 12 + 2 + 11 + 2,
        "state by state"
    );
    for (way, ended) in ends {
        // OUT-2: A client MUST NOT hand over a blob with any outcome but `done`
        let is_done = ended.outcome == Outcome::Done;
        assert_eq!(ended.received.is_some(), is_done, "{way:?}");
        // RECV-2: its `delivered` is then true, because the finish proves that the initiator opened
        // its blob.
        let has_taken = has_happened(&way, &["taken"]);
        assert_eq!(
            (is_done, ended.delivered),
            (has_taken, has_taken),
            "{way:?}"
        );
        if !has_taken {
            assert_eq!(ended.detail, detail_of(&way), "{way:?}");
        }
    }
}

// CLIENT-6: A client MUST NOT show text that came from the relay.
#[test]
fn each_detail_is_one_line_by_this_machine() {
    let misbehaviours = [
        Misbehaviour::Status(418),
        Misbehaviour::ContentType(200),
        Misbehaviour::ContentCoding,
        Misbehaviour::TooLong,
        Misbehaviour::Malformed("not-json"),
        Misbehaviour::Problem(403),
        Misbehaviour::EarlyReceipt,
    ];
    let details = misbehaviours.map(Detail::Misbehaviour).into_iter().chain([
        Detail::Attempt(AttemptFailure::Refused),
        Detail::Peer(PeerFault::WrongCode),
    ]);
    let lines: Vec<String> = details.map(|detail| detail.to_string()).collect();
    assert_eq!(lines[0], "status 418 is no answer to this request");
    assert_eq!(lines[7], "connection refused");
    for (at, line) in lines.iter().enumerate() {
        assert!(line.starts_with(char::is_lowercase), "{line}");
        assert!(!line.contains('\n') && !line.ends_with('.'), "{line}");
        assert!(!lines[..at].contains(line), "{line}");
    }
}

/// The `Debug` of an event does not show the message that came with it.
#[test]
fn an_event_says_its_name_alone() {
    for (event, name) in [
        (Event::Claimed(b"secret".to_vec()), "claimed"),
        (Event::Cell(b"secret".to_vec()), "cell"),
        (Event::Deadline, "deadline"),
    ] {
        assert_eq!(format!("{event:?}"), name);
    }
}
