//! The tables of sections 11.4 and 11.5 as scenarios: each row that ends a run or closes, brought
//! about by relay, peer, user or time.
//!
//! The rows are read from the text itself, so that nothing here rests on an implementation.

use serde_json::json;

use super::peer::PeerMessage;
use super::responses;
use super::scenario::Scenario;
use super::script::{Act, Script};
use crate::stage::response::RecordedResponse;
use crate::subject::adapter::UserEvent;
use crate::suites::vectors::derive::Role;

const TEXT: &str = include_str!("../../../../spec/wormhole-sync.md");

/// One row with one of its events.
#[derive(Debug)]
struct Row {
    state: &'static str,
    event: &'static str,
    request: &'static str,
    outcome: &'static str,
    clause: &'static str,
}

/// Each row as a scenario.
pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for (role, header) in [
        (Role::Initiator, "**INIT-1**"),
        (Role::Receiver, "**RECV-1**"),
    ] {
        all.extend(rows(header).iter().filter_map(|row| scenario(role, row)));
    }
    all
}

/// The rows behind a requirement, those of several events once for each; none that is impossible.
fn rows(header: &str) -> Vec<Row> {
    let behind = TEXT.split(header).nth(1).unwrap_or_default();
    let table = behind
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let mut rows = Vec::new();
    for line in table {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, state, events, next, request, outcome, clause, _] = cells.as_slice() else {
            continue;
        };
        if next.starts_with("impossible") {
            continue;
        }
        // What goes on instead of ending is played by other scenarios.
        if !matches!(*next, "ended" | "closing") {
            continue;
        }
        rows.extend(events.split(", ").map(|event| Row {
            state,
            event,
            request,
            outcome,
            clause,
        }));
    }
    rows
}

/// The requests that a run has made when it is in a state, with the one in hand last.
fn path(role: Role, state: &str) -> &'static [&'static str] {
    const INITIATOR: &[&str] = &["allocate", "get answer", "put finish", "get receipt"];
    const RECEIVER: &[&str] = &["claim", "put answer", "get finish", "put receipt"];
    match (role, state) {
        (Role::Initiator, "allocating") => &["allocate"],
        (Role::Initiator, "waiting-for-answer") => &["allocate", "get answer"],
        (Role::Initiator, "holding") => &["allocate", "get answer", "get receipt"],
        (Role::Initiator, "finishing") => &["allocate", "get answer", "put finish"],
        (Role::Initiator, _) => INITIATOR,
        (Role::Receiver, "claiming") => &["claim"],
        (Role::Receiver, "answering") => &["claim", "put answer"],
        (Role::Receiver, "sending-receipt") => RECEIVER,
        (Role::Receiver, _) => &["claim", "put answer", "get finish"],
    }
}

fn scenario(role: Role, row: &Row) -> Option<Scenario> {
    let Row {
        state,
        event,
        request,
        outcome,
        clause,
    } = *row;
    if state == "closing" {
        return None;
    }
    let id = format!("{}-{state}-{event}", role.name());
    let table = match role {
        Role::Initiator => "INIT-1",
        Role::Receiver => "RECV-1",
    };
    let clauses: Vec<&str> = match event {
        "misbehaved" | "crowded" | "forbidden" | "no-such-channel" => {
            vec![clause, "CLIENT-7", table]
        }
        "mismatch-reported" if clause == "OUT-4" => vec![clause, table],
        _ => vec![clause, table],
    };
    let title = format!("In `{state}`, the event `{event}`");
    let path = path(role, state);
    let in_hand = *path.last()?;
    let scenario = Scenario::new(&id, &clauses, &title, role);
    let scenario = scenario.with(|script| stage(script, role, state));
    let mut scenario = bring_about(scenario, state, event, in_hand)?;
    let mut requests = path.to_vec();
    if request.starts_with("close") {
        requests.push(request);
    }
    requests.dedup();
    scenario = scenario.requests(&requests);
    Some(scenario.expecting(|expect| {
        let has_opened = !matches!(state, "allocating" | "waiting-for-answer");
        // RECV-2, the outcome of `sending-receipt` was fixed when it began.
        let outcome = if state == "sending-receipt" {
            "done"
        } else {
            outcome
        };
        let (outcome, reason) = match outcome {
            "closed" if event == "mismatch-reported" => ("closed", Some("verifier-mismatch")),
            "closed" => ("closed", Some("cancelled")),
            "closed (lost)" => ("closed", Some("lost")),
            other => (other, None),
        };
        outcome.clone_into(&mut expect.outcome);
        expect.reason = reason.map(str::to_owned);
        expect.delivered = match role {
            Role::Initiator => event == "receipt-opened" && state == "waiting-for-receipt",
            Role::Receiver => outcome == "done",
        };
        expect.blob = match role {
            Role::Initiator => has_opened,
            Role::Receiver => outcome == "done",
        };
        expect.arrived = match role {
            Role::Initiator => state == "waiting-for-receipt",
            Role::Receiver => event == "stored",
        };
    }))
}

/// The script with what a state needs to be reached, and stayed in.
fn stage(script: Script, role: Role, state: &str) -> Script {
    let look = matches!(state, "holding" | "comparing" | "opened");
    let silent = matches!(
        (role, state),
        (Role::Initiator, "holding") | (Role::Receiver, "comparing" | "waiting-for-finish")
    );
    Script {
        look,
        take: state == "taking",
        second: if silent {
            PeerMessage::Silent
        } else {
            PeerMessage::Right
        },
        ..script
    }
}

/// Lets the event come in the state; `None` for an event that takes a minute, or that goes on.
fn bring_about(
    scenario: Scenario,
    state: &'static str,
    event: &'static str,
    in_hand: &'static str,
) -> Option<Scenario> {
    let respond = |scenario: Scenario, response: RecordedResponse| {
        Some(scenario.with(|script| script.always(in_hand, Act::Respond(response))))
    };
    // Where nothing is in hand, the user speaks when asked, and time passes by itself.
    let quiet = matches!(state, "opened" | "taking");
    match event {
        "closed" => respond(scenario, responses::closed("cancelled")),
        "mismatch-reported" => respond(scenario, responses::closed("verifier-mismatch")),
        "expired" => respond(scenario, responses::closed("expired")),
        "crowded" => respond(scenario, responses::problem(409, "crowded")),
        "misbehaved" => respond(scenario, responses::message(203, json!({}))),
        "forbidden" | "no-such-channel" => {
            let status = if event == "forbidden" { 403 } else { 404 };
            let refusal = Act::Respond(responses::problem(status, event));
            if state != "finishing" {
                return Some(scenario.with(|script| script.always(in_hand, refusal)));
            }
            // INIT-4, of a finish that may have been stored by an earlier attempt.
            let cut = |script: Script| {
                script
                    .at(in_hand, 0, Act::CutBefore)
                    .at(in_hand, 1, refusal)
            };
            Some(scenario.with(cut).attempts("put finish", 2))
        }
        "cancel" | "release" | "mismatch" | "not-taken" => {
            let said = match event {
                "cancel" => UserEvent::Cancel,
                "release" => UserEvent::Release,
                "mismatch" => UserEvent::Mismatch,
                _ => UserEvent::NotTaken,
            };
            let says = |mut script: Script| {
                if !quiet {
                    return script.always(in_hand, Act::Hold(Some(said)));
                }
                let when = if state == "opened" { "fetched" } else { state };
                script.says.push((when, said));
                script
            };
            Some(scenario.with(says))
        }
        "deadline" => {
            let mut scenario = scenario.with(|script| Script {
                deadline: Some(1),
                ..script
            });
            scenario.reaches = Some(in_hand);
            scenario.expect.seconds = Some((1.0, 1.0));
            match quiet {
                true => Some(scenario),
                false => Some(scenario.with(|script| script.always(in_hand, Act::Hold(None)))),
            }
        }
        "answer-malformed" => first(scenario, PeerMessage::bytes(vec![0x42; 34])),
        "answer-bad-element" => first(
            scenario,
            PeerMessage::of(|_, agreement| {
                let mut answer = agreement.answer(b"");
                if let Some(side) = answer.first_mut() {
                    *side = 0x41;
                }
                answer
            }),
        ),
        "answer-unopened" => first(
            scenario,
            PeerMessage::of(|_, agreement| flipped(agreement.answer(b"seal"))),
        ),
        "offer-malformed" => first(scenario, PeerMessage::bytes(vec![0x41; 32])),
        "offer-bad-element" => first(scenario, PeerMessage::bytes(vec![0x42; 33])),
        "finish-malformed" => second(scenario, PeerMessage::bytes(vec![7; 256])),
        "finish-unopened" => second(
            scenario,
            PeerMessage::of(|_, agreement| flipped(agreement.finish(b"seal"))),
        ),
        "receipt-opened" if state == "holding" => respond(scenario, responses::cell(&[1; 16])),
        "receipt-unopened" if state == "holding" => respond(scenario, responses::cell(&[2; 17])),
        "receipt-opened" => Some(scenario),
        "receipt-unopened" => second(
            scenario,
            PeerMessage::of(|_, agreement| flipped(agreement.receipt())),
        ),
        "stored" => Some(scenario),
        // `exhausted` and `receipt-wait-over` take half a minute and more: replay plays them.
        _ => None,
    }
}

fn first(scenario: Scenario, message: PeerMessage) -> Option<Scenario> {
    Some(scenario.with(|script| Script {
        first: message,
        ..script
    }))
}

fn second(scenario: Scenario, message: PeerMessage) -> Option<Scenario> {
    Some(scenario.with(|script| Script {
        second: message,
        ..script
    }))
}

/// A message with another last bit.
pub(super) fn flipped(mut message: Vec<u8>) -> Vec<u8> {
    if let Some(last) = message.last_mut() {
        *last ^= 1;
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_that_ends_a_run_is_read() {
        let count = |header| rows(header).len();
        assert_eq!((count("**INIT-1**"), count("**RECV-1**")), (61, 65));
    }
}
