//! Refusals by the relay in each state, users who give up, and the end of the channel.

use serde_json::json;

use super::super::rules::{instead, json_response, lost, problem, typed};
use super::super::scenario::{PeerKind, Scenario, initiator, receiver};
use super::states::{
    ALLOCATING, ClientState, FINISHING, STATES, WAITING_FOR_ANSWER, WAITING_FOR_FINISH,
};
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::suites::replay::transcript::ClientRole;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in STATES {
        all.extend(refusals(state));
        all.push(cancelled(state));
    }
    all.extend(reasons());
    all.extend(crowded());
    all.extend(closing());
    all
}

/// One scenario for each refusal that has an event of its own.
pub(super) fn refusals(state: ClientState) -> Vec<Scenario> {
    let refused = |name: &str, response: RecordedResponse| {
        let event = match (state.request, name) {
            ("put finish", "forbidden" | "no-such-channel") => "closed",
            (_, "mismatch") => "mismatch-reported",
            (_, "not-taken") => "closed",
            _ => name,
        };
        state
            .scenario(name, &format!("the relay refuses, {name}"))
            .clauses(&["CLIENT-7"])
            .row(state.name, event)
            .rules([instead(state.request, response)])
    };
    let closed = refused("closed", problem("closed", Some("cancelled")));
    let expired = refused("expired", problem("closed", Some("expired")));
    let forbidden = refused("forbidden", problem("forbidden", None));
    let absent = refused("no-such-channel", problem("no-such-channel", None));
    let crowded = refused("crowded", problem("crowded", None));
    let mismatch = refused("mismatch", problem("closed", Some("verifier-mismatch")));
    let not_taken = refused("not-taken", problem("closed", Some("not-taken")));
    if state.is_done() {
        let mut all: Vec<Scenario> = [closed, expired, forbidden, absent, crowded]
            .map(|one| state.done(one))
            .into();
        all.extend(match state.role {
            ClientRole::Initiator => {
                let mut not_taken = state.done(not_taken).clauses(&["INIT-8"]);
                not_taken.expect.reason = Some("not-taken".to_owned());
                let heard = mismatch.ends_closed("verifier-mismatch");
                [heard.clauses(&["INIT-7"]), not_taken]
            }
            ClientRole::Receiver => [mismatch, not_taken].map(|one| state.done(one)),
        });
        return all;
    }
    // OUT-5 holds once the relay has accepted this side.
    let lost = |one: Scenario| match state.request {
        "allocate" => state.misbehaved(one),
        "claim" => one.ends("relay-misbehaved").clauses(&["OUT-1"]),
        "put finish" => one.ends_closed("lost").blob().clauses(&["CLIENT-15"]),
        _ => one.ends_closed("lost").clauses(&["OUT-5"]),
    };
    vec![
        closed.ends_closed("cancelled").clauses(&["OUT-4"]),
        mismatch
            .ends_closed("verifier-mismatch")
            .clauses(&["OUT-4"]),
        not_taken.ends_closed("not-taken").clauses(&["OUT-4"]),
        expired.ends("expired").clauses(&["OUT-4"]),
        lost(forbidden),
        match state.request {
            "claim" => absent.ends("no-such-channel").clauses(&["OUT-1"]),
            _ => lost(absent),
        },
        match state.request {
            "claim" => crowded.ends("crowded").clauses(&["OUT-1"]),
            _ => state.misbehaved(crowded),
        },
    ]
}

/// The user gives up while the request is open.
pub(super) fn cancelled(state: ClientState) -> Scenario {
    let one = state
        .scenario("cancelled", "the user gives up while it is in hand")
        .row(state.name, "cancel")
        .second(100)
        .rules([lost(state.request, TransportFault::Stall).cancel()]);
    match state {
        _ if state.is_done() || state.name == FINISHING.name => state.done(one),
        _ if state.name == ALLOCATING.name => one.ends("cancelled").clauses(&["OUT-1"]),
        _ => one
            .ends("cancelled")
            .closes("cancelled")
            .clauses(&["OUT-1"]),
    }
}

/// Each reason that a relay may give, and some that it should not.
fn reasons() -> Vec<Scenario> {
    let long = "a reason of 64 bytes, which is the most that may be in a message";
    let given = [
        ("done", "done", "done"),
        ("wrong-code", "wrong-code", "wrong-code"),
        ("bad-element", "bad-element", "bad-element"),
        (
            "malformed-message",
            "malformed-message",
            "malformed-message",
        ),
        ("timeout", "timeout", "timeout"),
        ("relay-misbehaved", "relay-misbehaved", "relay-misbehaved"),
        ("other", "other", "other"),
        ("unknown", "tea-time", "other"),
        ("lost", "lost", "other"),
        ("uppercase", "Done", "other"),
        ("empty", "", "other"),
        ("longest", long, "other"),
    ];
    let mut all = Vec::new();
    for (name, given, read) in given {
        for state in [WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
            let title = format!("closed with the reason {given:?}");
            let one = state.scenario(&format!("reason-{name}"), &title);
            let rule = instead(state.request, problem("closed", Some(given)));
            all.push(one.clauses(&["OUT-4"]).rules([rule]).ends_closed(read));
        }
    }
    let too_long = format!("{long}!");
    let one = WAITING_FOR_ANSWER
        .scenario("reason-too-long", "closed with a reason of 65 bytes")
        .clauses(&["JSON-4", "CLIENT-7"])
        .rules([instead("get answer", problem("closed", Some(&too_long))).wrong("65 bytes")]);
    all.push(WAITING_FOR_ANSWER.misbehaved(one));
    all
}

/// Events that an honest relay and a peer bring about: the refusals themselves are the relay's own.
fn crowded() -> Vec<Scenario> {
    vec![
        receiver(
            "no-channel",
            "the relay has no such channel, or has none any more",
        )
        .clauses(&["OUT-1"])
        .row("claiming", "no-such-channel")
        .peer(PeerKind::Nobody)
        .ends("no-such-channel"),
        receiver(
            "mistaken-words",
            "the words are not the initiator's, who says so",
        )
        .clauses(&["OUT-4", "PAKE-1"])
        .row("waiting-for-finish", "closed")
        .peer(PeerKind::Mistaken)
        .ends_closed("wrong-code"),
        initiator("mistaken-words", "the receiver has typed other words")
            .clauses(&["SEAL-6", "SEAL-10", "OUT-2"])
            .row("waiting-for-answer", "answer-unopened")
            .peer(PeerKind::Mistaken)
            .ends("wrong-code")
            .closes("wrong-code"),
    ]
}

/// A close is tried once, whatever comes of it.
fn closing() -> Vec<Scenario> {
    let responses = [
        (
            "garbage",
            lost(
                "close",
                TransportFault::Garbage {
                    bytes: crate::stage::bytes::TranscriptBytes::hex(b"\0\x01garbage"),
                },
            ),
        ),
        ("lost", lost("close", TransportFault::Close)),
        ("500", instead("close", super::super::rules::html(500))),
        (
            "429",
            instead(
                "close",
                problem("rate-limited", None).with("retry-after", "1"),
            ),
        ),
        ("404", instead("close", problem("no-such-channel", None))),
        (
            "redirected",
            instead(
                "close",
                typed(307, "text/plain").with("location", "/v1/elsewhere"),
            ),
        ),
        (
            "not-json",
            instead(
                "close",
                RecordedResponse {
                    text: Some("ok".into()),
                    ..typed(200, "text/plain")
                },
            ),
        ),
        ("stalled", lost("close", TransportFault::Stall)),
    ];
    let mut all = Vec::new();
    for (name, rule) in responses {
        let title = format!("the close after the receipt, {name}");
        let one = initiator(&format!("close-{name}"), &title)
            .clauses(&["TIME-7"])
            .row("closing", "close-tried")
            .second(100)
            .rules([rule.clone()]);
        let one = one.done(true);
        all.push(if name == "stalled" {
            one.lasts(10, 12)
        } else {
            one
        });
        let title = format!("the close after a finish out of the table, {name}");
        let one = receiver(&format!("close-{name}"), &title)
            .clauses(&["TIME-7"])
            .row("closing", "close-tried")
            .second(100)
            .rules([
                instead("get finish", json_response(200, json!({}))).wrong("no member `body`"),
                rule,
            ]);
        let one = one.ends("relay-misbehaved").closes("relay-misbehaved");
        all.push(if name == "stalled" {
            one.lasts(10, 12)
        } else {
            one
        });
    }
    let stall = || lost("close", TransportFault::Stall).cancel();
    all.push(
        initiator(
            "close-cancelled",
            "the user gives up while the close is in hand",
        )
        .clauses(&["TIME-7"])
        .row("closing", "cancel")
        .second(100)
        .rules([stall()])
        .done(true),
    );
    all.push(
        receiver(
            "close-cancelled",
            "the user gives up while the close is in hand",
        )
        .clauses(&["TIME-7"])
        .row("closing", "cancel")
        .second(100)
        .rules([instead("put answer", problem("crowded", None)), stall()])
        .ends("relay-misbehaved")
        .closes("relay-misbehaved"),
    );
    all
}
