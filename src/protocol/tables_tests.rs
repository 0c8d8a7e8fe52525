//! The tables of sections 11.4 and 11.5 are those of the code: every (state, event) pair is put to
//! the state machines, and the result is compared with the text of the specification.

use std::collections::BTreeMap;

use super::AttemptFailure;
use super::event::{ChannelRefusal, Event, Misbehaviour};
use super::scripted_suite::ScriptedSuite;
use super::{CloseReason, InitiatorMachine, Machine, Outcome, ReceiverMachine, Request};
use crate::values::{AppId, Blob, ChannelId};

fn channel() -> ChannelId {
    ChannelId::new(7).unwrap()
}

/// The event of this name in the tables.
pub(super) fn event(name: &str) -> Event {
    let cell = |how: &str| Event::Cell(how.as_bytes().to_vec());
    match name {
        "allocated" => Event::Allocated(channel()),
        "offer-good" => Event::Claimed(b"good".to_vec()),
        "offer-malformed" => Event::Claimed(b"malformed".to_vec()),
        "offer-bad-element" => Event::Claimed(b"bad-element".to_vec()),
        "stored" => Event::Stored,
        "answer-opened" | "finish-opened" | "receipt-opened" => cell("opened"),
        "answer-malformed" | "finish-malformed" => cell("malformed"),
        "answer-bad-element" => cell("bad-element"),
        "answer-unopened" | "finish-unopened" | "receipt-unopened" => cell("unopened"),
        "empty" => Event::Empty,
        "forbidden" => Event::Refused(ChannelRefusal::Forbidden),
        "no-such-channel" => Event::Refused(ChannelRefusal::NoSuchChannel),
        "crowded" => Event::Refused(ChannelRefusal::Crowded),
        "closed" => Event::Refused(ChannelRefusal::Closed(CloseReason::Other)),
        "mismatch-reported" => {
            Event::Refused(ChannelRefusal::Closed(CloseReason::VerifierMismatch))
        }
        "expired" => Event::Refused(ChannelRefusal::Expired),
        "misbehaved" => Event::Misbehaved(Misbehaviour::TooLong),
        "close-tried" => Event::CloseTried,
        "exhausted" => Event::Exhausted(AttemptFailure::NoAnswer),
        "deadline" => Event::Deadline,
        "receipt-wait-over" => Event::ReceiptWaitOver,
        "cancel" => Event::Cancel,
        "release" => Event::Release,
        "mismatch" => Event::Mismatch,
        "taken" => Event::Taken,
        "not-taken" => Event::NotTaken,
        other => panic!("{other} is no event of the tables"),
    }
}

pub(super) const INITIATOR_EVENTS: [&str; 23] = [
    "allocated",
    "answer-opened",
    "answer-malformed",
    "answer-bad-element",
    "answer-unopened",
    "stored",
    "receipt-opened",
    "receipt-unopened",
    "close-tried",
    "empty",
    "forbidden",
    "no-such-channel",
    "crowded",
    "closed",
    "expired",
    "misbehaved",
    "exhausted",
    "deadline",
    "receipt-wait-over",
    "cancel",
    "release",
    "mismatch",
    "mismatch-reported",
];

pub(super) const RECEIVER_EVENTS: [&str; 23] = [
    "offer-good",
    "offer-malformed",
    "offer-bad-element",
    "stored",
    "finish-opened",
    "finish-malformed",
    "finish-unopened",
    "close-tried",
    "empty",
    "forbidden",
    "no-such-channel",
    "crowded",
    "closed",
    "expired",
    "misbehaved",
    "exhausted",
    "deadline",
    "cancel",
    "release",
    "mismatch",
    "mismatch-reported",
    "taken",
    "not-taken",
];

fn drive<T: Machine>(machine: T, events: &[&str]) -> T {
    events.iter().fold(machine, |machine, name| {
        machine
            .on(event(name))
            .map_err(|impossible| impossible.proof)
            .unwrap()
    })
}

pub(super) fn initiator(path: &[&str]) -> InitiatorMachine<ScriptedSuite> {
    let blob = Blob::new(*b"mine").unwrap();
    let appid = AppId::new("example.com/app1").unwrap();
    drive(
        InitiatorMachine::new(appid, (), b"offer".to_vec(), blob),
        path,
    )
}

pub(super) fn receiver(path: &[&str]) -> ReceiverMachine<ScriptedSuite> {
    let blob = Blob::new(*b"mine").unwrap();
    let appid = AppId::new("example.com/app1").unwrap();
    drive(ReceiverMachine::new(channel(), appid, (), blob), path)
}

/// The events that lead to each state but `ended`.
pub(super) const INITIATOR_STATES: [&[&str]; 6] = [
    &[],
    &["allocated"],
    &["allocated", "answer-opened"],
    &["allocated", "answer-opened", "release"],
    &["allocated", "answer-opened", "release", "stored"],
    &["allocated", "cancel"],
];

pub(super) const RECEIVER_STATES: [&[&str]; 8] = [
    &[],
    &["offer-good"],
    &["offer-good", "stored"],
    &["offer-good", "stored", "finish-opened"],
    &["offer-good", "stored", "release"],
    &["offer-good", "stored", "release", "finish-opened"],
    &["offer-good", "stored", "release", "finish-opened", "taken"],
    &["cancel"],
];

/// The cells of a table for one (state, event) pair: next state, request, outcome.
type Row = [String; 3];
type Table = BTreeMap<(String, String), Row>;

fn request(request: &Request<'_>) -> String {
    match request {
        Request::Allocate { .. } => "allocate".to_owned(),
        Request::Claim { .. } => "claim".to_owned(),
        Request::Put { cell, .. } => format!("put {}", cell.name()),
        Request::Get { cell, .. } => format!("get {}", cell.name()),
        Request::Close { reason, .. } => format!("close {}", reason.token()),
    }
}

fn put<T: Machine>(machine: T, name: &str) -> Row {
    let (state, fixed) = (machine.state(), machine.outcome());
    match machine.on(event(name)) {
        Err(impossible) => {
            assert_eq!(impossible.state.state(), state, "{name} changed {state}");
            let letter = impossible.proof.letter();
            [
                format!("impossible ({letter})"),
                String::new(),
                String::new(),
            ]
        }
        Ok(next) => {
            let repeat = if next.state() == state {
                " (repeat)"
            } else {
                ""
            };
            let made = next
                .request()
                .map(|r| request(&r) + repeat)
                .unwrap_or_default();
            let outcome = match next.outcome() {
                Some(Outcome::Closed(reason)) if reason != CloseReason::Lost => "closed".to_owned(),
                Some(outcome) if fixed.is_none() => outcome.to_string(),
                _ => String::new(),
            };
            assert!(
                fixed.is_none() || next.outcome() == fixed,
                "{state}, {name}: the outcome changed"
            );
            [next.state().to_owned(), made, outcome]
        }
    }
}

/// Whether the event is of another cell than the one that the state reads. The code cannot even
/// express such an event: a state takes any `Cell` for the cell that it reads.
pub(super) fn is_of_other_cell(state: &str, name: &str) -> bool {
    let read = match state {
        "waiting-for-answer" => "answer-",
        "holding" | "waiting-for-receipt" => "receipt-",
        "comparing" | "waiting-for-finish" => "finish-",
        _ => return false,
    };
    ["answer-", "finish-", "receipt-"]
        .iter()
        .any(|cell| name.starts_with(cell) && *cell != read && name != "receipt-wait-over")
}

fn table_of<T: Machine>(states: &[&[&str]], events: &[&str], at: impl Fn(&[&str]) -> T) -> Table {
    let mut table = Table::new();
    for path in states {
        for name in events {
            let machine = at(path);
            let key = (machine.state().to_owned(), (*name).to_owned());
            let row = if is_of_other_cell(&key.0, name) {
                ["impossible (a)".to_owned(), String::new(), String::new()]
            } else {
                put(machine, name)
            };
            assert!(table.insert(key, row).is_none());
        }
    }
    table
}

/// The table that follows the requirement in the specification.
fn table_in_spec(requirement: &str) -> Table {
    let spec = include_str!("../../spec/wormhole-sync.md");
    let start = spec.find(&format!("**{requirement}**")).unwrap();
    let mut table = Table::new();
    let rows = spec[start..]
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    for row in rows.skip(2) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [state, events, next, request, outcome, clause] = cells[..] else {
            panic!("{row}")
        };
        assert_eq!(clause.is_empty(), next.starts_with("impossible"), "{row}");
        for event in events.split(',').map(str::trim) {
            let key = (state.to_owned(), event.to_owned());
            let row = [next, request, outcome].map(str::to_owned);
            assert!(
                table.insert(key, row).is_none(),
                "{state}, {event} stands twice"
            );
        }
    }
    table
}

fn assert_same(code: &Table, spec: &Table) {
    for (pair, row) in code {
        assert_eq!(
            Some(row),
            spec.get(pair),
            "code and specification at {pair:?}"
        );
    }
    let missing: Vec<_> = spec
        .keys()
        .filter(|pair| !code.contains_key(*pair))
        .collect();
    assert!(missing.is_empty(), "only in the specification: {missing:?}");
}

#[test]
fn the_initiators_table_is_the_specifications() {
    let code = table_of(&INITIATOR_STATES, &INITIATOR_EVENTS, initiator);
    assert_eq!(code.len(), 6 * 23);
    assert_same(&code, &table_in_spec("INIT-1"));
}

#[test]
fn the_receivers_table_is_the_specifications() {
    let code = table_of(&RECEIVER_STATES, &RECEIVER_EVENTS, receiver);
    assert_eq!(code.len(), 8 * 23);
    assert_same(&code, &table_in_spec("RECV-1"));
}
