//! Users who look first, and applications that take their time (INIT-2, RECV-5, RECV-6).

use serde_json::json;
use wormhole_sync::crypto::Label;
use wormhole_sync::values::hex;

use super::super::rules::{Rule, cell, html, instead, instead_with, json_response, lost, pass};
use super::super::scenario::{Scenario, receiver};
use super::ends::{cancelled, refusals};
use super::states::{COMPARING, ClientState, HOLDING};
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::subject::adapter::UserEvent;
use crate::suites::replay::transcript::ClientRole;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in [HOLDING, COMPARING] {
        all.extend(refusals(state));
        all.push(cancelled(state));
        all.extend(agreeing(state));
        all.extend(ending(state));
    }
    all.push(early_receipt("opened", |bytes| bytes));
    all.push(early_receipt("unopened", |mut bytes| {
        bytes[0] ^= 1;
        bytes
    }));
    all.extend(opened());
    all.extend(taking());
    all
}

/// A poll that the relay answers with nothing.
fn empty(state: ClientState) -> Rule {
    instead(state.request, no_content())
}

fn no_content() -> RecordedResponse {
    RecordedResponse {
        status: 204,
        ..RecordedResponse::default()
    }
}

/// A poll in hand, during which the user says this. An initiator's is abandoned, and so is left
/// without an answer; a receiver's goes on when its user agrees.
fn meanwhile(state: ClientState, says: UserEvent) -> Rule {
    match (state.role, says) {
        (ClientRole::Receiver, UserEvent::Release) => pass(state.request).user(says),
        _ => lost(state.request, TransportFault::Stall).user(says),
    }
}

/// The user agrees: at once, and after a while.
fn agreeing(state: ClientState) -> Vec<Scenario> {
    let agreed = |name: &str, title: &str, rules: Vec<Rule>| {
        state
            .scenario(name, title)
            .clauses(&["KEY-3"])
            .row(state.name, "release")
            .second(100)
            .rules(rules)
            .done(true)
    };
    let release = || meanwhile(state, UserEvent::Release);
    let mut all = vec![
        agreed("agreed", "the user looks and agrees", vec![release()]),
        agreed(
            "agreed-late",
            "the user looks for three polls, and agrees",
            vec![empty(state), empty(state), release()],
        )
        .row(state.name, "empty")
        .clauses(&["TIME-4"]),
        agreed(
            "agreed-after-failures",
            "two polls fail while the user looks, who then agrees",
            vec![
                lost(state.request, TransportFault::Close),
                instead(state.request, html(502)),
                release(),
            ],
        )
        .clauses(&["TIME-1"]),
    ];
    if state.role == ClientRole::Receiver {
        let while_held = agreed(
            "agreed-goes-on",
            "the user agrees while a poll is in hand, which ends empty",
            vec![instead(state.request, no_content()).user(UserEvent::Release)],
        );
        all.push(while_held.clauses(&["TIME-4"]));
    }
    all
}

/// The user does not agree, or says nothing until it is too late.
fn ending(state: ClientState) -> Vec<Scenario> {
    let one = |name: &str, title: &str, event: &str| {
        state
            .scenario(name, title)
            .row(state.name, event)
            .second(100)
    };
    vec![
        one(
            "mismatched",
            "the user says that the words differ",
            "mismatch",
        )
        .clauses(&["OUT-1"])
        .rules([meanwhile(state, UserEvent::Mismatch)])
        .ends("verifier-mismatch")
        .closes("verifier-mismatch"),
        one(
            "deadline",
            "the user says nothing until the deadline",
            "deadline",
        )
        .clauses(&["TIME-5"])
        .second(40)
        .given(|input| input.deadline = Some(20))
        .rules([lost(state.request, TransportFault::Stall)])
        .ends("timeout")
        .closes("timeout")
        .lasts(20, 23),
        one(
            "exhausted",
            "every poll fails at once, for a whole window",
            "exhausted",
        )
        .clauses(&["TIME-3"])
        .second(20)
        .rules([lost(state.request, TransportFault::Close).again()])
        .ends("relay-unreachable")
        .lasts(50, 61),
        one(
            "misbehaved",
            "an answer out of the table while the user looks",
            "misbehaved",
        )
        .clauses(&["OUT-1"])
        .rules([instead(state.request, json_response(201, json!({}))).wrong("status 201")])
        .ends("relay-misbehaved")
        .closes("relay-misbehaved"),
    ]
}

/// A cell comes in `holding`, where there can be none.
fn early_receipt(how: &str, change: fn(Vec<u8>) -> Vec<u8>) -> Scenario {
    let what = format!("a receipt before there is a finish, {how}");
    HOLDING
        .scenario(&format!("receipt-{how}"), &what)
        .clauses(&["INIT-6"])
        .row("holding", &format!("receipt-{how}"))
        .rules([early(change).wrong("there is no finish yet")])
        .ends("relay-misbehaved")
        .closes("relay-misbehaved")
}

/// The receipt that the right receiver would seal, in the place of an empty answer.
fn early(change: fn(Vec<u8>) -> Vec<u8>) -> Rule {
    instead_with("get receipt", move |secrets| {
        let answered = secrets.answer()?;
        let receipt = secrets.seal(Label::Receipt, &answered[..33], b"")?;
        let body = hex::encode(&change(receipt));
        Ok(json_response(200, json!({"body": body})))
    })
}

/// The finish comes while the user still compares: it is opened, and kept back.
fn opened() -> Vec<Scenario> {
    let one = |name: &str, title: &str, event: &str| {
        COMPARING
            .scenario(&format!("opened-{name}"), title)
            .row("comparing", "finish-opened")
            .row("opened", event)
            .second(100)
    };
    let says = |event: UserEvent| pass("get finish").then_user(event);
    let malformed =
        |name: &str, ends: &'static str, event: &str, change: fn(Vec<u8>) -> Vec<u8>| {
            COMPARING
                .scenario(
                    name,
                    &format!("the finish comes, and ends the run as {ends}"),
                )
                .clauses(&["SEAL-7", "OUT-2"])
                .row("comparing", event)
                .rules([cell("get finish", move |_, bytes| Ok(change(bytes))).wrong(ends)])
                .ends(ends)
                .closes(ends)
        };
    vec![
        one(
            "agreed",
            "the finish comes first, and then the user agrees",
            "release",
        )
        .rules([says(UserEvent::Release)])
        .takes(UserEvent::Taken, None)
        .done(true),
        one(
            "mismatched",
            "the finish comes first, and then the user says that the words differ",
            "mismatch",
        )
        .clauses(&["OUT-2"])
        .rules([says(UserEvent::Mismatch)])
        .ends("verifier-mismatch")
        .closes("verifier-mismatch"),
        one(
            "cancelled",
            "the finish comes first, and then the user gives up",
            "cancel",
        )
        .clauses(&["OUT-2"])
        .rules([says(UserEvent::Cancel)])
        .ends("cancelled")
        .closes("cancelled"),
        one(
            "deadline",
            "the finish comes first, and the user says nothing until the deadline",
            "deadline",
        )
        .clauses(&["TIME-5", "OUT-2"])
        .second(40)
        .given(|input| input.deadline = Some(20))
        .ends("timeout")
        .closes("timeout")
        .lasts(20, 23),
        malformed(
            "finish-malformed",
            "malformed-message",
            "finish-malformed",
            |mut bytes| {
                bytes.push(0);
                bytes
            },
        ),
        malformed(
            "finish-unopened",
            "wrong-code",
            "finish-unopened",
            |mut bytes| {
                bytes[0] ^= 1;
                bytes
            },
        ),
    ]
}

/// The application takes the blob, or does not.
fn taking() -> Vec<Scenario> {
    let one = |name: &str, title: &str, event: &str| {
        receiver(&format!("taking-{name}"), title)
            .clauses(&["RECV-6", "RECV-1"])
            .row("waiting-for-finish", "finish-opened")
            .row("taking", event)
            .second(50)
    };
    vec![
        one("taken", "the application takes the blob", "taken")
            .takes(UserEvent::Taken, None)
            .done(true),
        one(
            "taken-slowly",
            "the application takes the blob after five seconds",
            "taken",
        )
        .takes(UserEvent::Taken, Some(5))
        .done(true)
        .lasts(5, 8),
        one(
            "taken-late",
            "the deadline passes while the application takes the blob: done, without a receipt",
            "taken",
        )
        .clauses(&["TIME-5"])
        .row("sending-receipt", "deadline")
        .given(|input| input.deadline = Some(10))
        .takes(UserEvent::Taken, Some(15))
        .done(true)
        .lasts(15, 18),
        one(
            "not-taken",
            "the application cannot keep the blob",
            "not-taken",
        )
        .clauses(&["OUT-1", "OUT-2"])
        .takes(UserEvent::NotTaken, None)
        .ends("not-taken")
        .closes("not-taken"),
        one(
            "not-taken-late",
            "the deadline passes, and the application cannot keep the blob",
            "not-taken",
        )
        .clauses(&["TIME-5", "OUT-2"])
        .given(|input| input.deadline = Some(10))
        .takes(UserEvent::NotTaken, Some(15))
        .ends("not-taken")
        .closes("not-taken")
        .lasts(15, 18),
        one(
            "cancelled",
            "the user gives up while the application takes the blob",
            "cancel",
        )
        .clauses(&["OUT-1", "OUT-2"])
        .takes(UserEvent::Cancel, None)
        .ends("cancelled")
        .closes("cancelled"),
        receiver(
            "taken-at-once",
            "nobody is asked: the receipt goes out at once",
        )
        .clauses(&["RECV-6", "RECV-2"])
        .done(true),
    ]
}
