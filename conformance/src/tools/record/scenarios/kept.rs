//! The peer's blob, the verifier and exported keys after every end that is not `done`: an
//! initiator has them once the answer has opened (INIT-3, KEY-5), a receiver never (OUT-2).

use serde_json::json;

use super::super::rules::{Rule, instead, json_response, lost, pass, problem};
use super::super::scenario::Scenario;
use super::states::{
    ANSWERING, COMPARING, ClientState, FINISHING, HOLDING, WAITING_FOR_ANSWER, WAITING_FOR_FINISH,
    WAITING_FOR_RECEIPT,
};
use crate::stage::response::TransportFault;
use crate::subject::adapter::UserEvent;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in [HOLDING, FINISHING, WAITING_FOR_RECEIPT] {
        all.extend(kept(state));
    }
    for state in [WAITING_FOR_ANSWER, ANSWERING, COMPARING, WAITING_FOR_FINISH] {
        all.extend(withheld(state));
    }
    all.extend(opened());
    all
}

/// A way in which a state ends: its name, its rule, the outcome, its reason, and whether the client
/// closes.
struct End {
    name: &'static str,
    rule: Rule,
    outcome: &'static str,
    reason: Option<&'static str>,
    closes: bool,
}

fn end(name: &'static str, rule: Rule, outcome: &'static str) -> End {
    End {
        name,
        rule,
        outcome,
        reason: None,
        closes: false,
    }
}

impl End {
    fn reason(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    fn closes(mut self) -> Self {
        self.closes = true;
        self
    }

    fn put(self, one: Scenario) -> Scenario {
        let one = one.rules([self.rule]).ends(self.outcome);
        let one = match self.reason {
            Some(reason) => one.ends_closed(reason),
            None => one,
        };
        match self.closes {
            true => one.closes(self.outcome),
            false => one,
        }
    }
}

/// The ends of a state other than `done`.
fn ends(state: ClientState) -> Vec<End> {
    let on = state.request;
    let refused = |token: &str, reason| instead(on, problem(token, reason));
    let stalled = |says| lost(on, TransportFault::Stall).user(says);
    let ended = || refused("closed", Some("cancelled"));
    let mismatch = || refused("closed", Some("verifier-mismatch"));
    if state.is_done() {
        return vec![end("mismatch", mismatch(), "closed").reason("verifier-mismatch")];
    }
    let crowded = refused("crowded", None);
    let mut all = vec![
        end("closed", ended(), "closed").reason("cancelled"),
        end("mismatch", mismatch(), "closed").reason("verifier-mismatch"),
        end("expired", refused("closed", Some("expired")), "expired"),
        end("crowded", crowded, "relay-misbehaved").closes(),
        end(
            "misbehaved",
            instead(on, json_response(200, json!([]))).wrong("an array"),
            "relay-misbehaved",
        )
        .closes(),
        end("forgotten", refused("no-such-channel", None), "closed").reason("lost"),
    ];
    if state.name == FINISHING.name {
        return all;
    }
    let wait = problem("unavailable", None).with("retry-after", "3600");
    all.push(end("unreachable", instead(on, wait), "relay-unreachable"));
    all.push(end("cancelled", stalled(UserEvent::Cancel), "cancelled").closes());
    if state.looks {
        let says = stalled(UserEvent::Mismatch);
        all.push(end("mismatched", says, "verifier-mismatch").closes());
    }
    all
}

const LABEL: &[u8] = b"kept";

/// An initiator keeps all of them.
fn kept(state: ClientState) -> Vec<Scenario> {
    let mut all = Vec::new();
    for (prefix, clause, what) in [
        ("kept", "INIT-3", "the receiver's blob is handed over"),
        ("keys", "KEY-5", "keys are exported"),
    ] {
        for end in ends(state) {
            let title = format!("{what} after {} ({})", end.outcome, end.name);
            let one = state.scenario(&format!("{prefix}-{}", end.name), &title);
            all.push(end.put(one.exports(LABEL, 32)).about(clause));
        }
        // The deadline, and no answer to the close.
        if state.name == HOLDING.name {
            let title = format!("{what} after timeout, and after a close that fails");
            let one = state
                .scenario(&format!("{prefix}-timeout"), &title)
                .second(100)
                .given(|input| input.deadline = Some(3))
                .rules([
                    lost(state.request, TransportFault::Stall),
                    lost("close", TransportFault::Close),
                ])
                .exports(LABEL, 32)
                .ends("timeout")
                .closes("timeout");
            all.push(one.about(clause));
        }
    }
    all
}

/// Before the peer's seal has opened, and at a receiver that does not end as `done`, there are
/// none.
fn withheld(state: ClientState) -> Vec<Scenario> {
    let of = |end: End| {
        let title = format!("no keys are exported after {} ({})", end.outcome, end.name);
        let one = state.scenario(&format!("keys-{}", end.name), &title);
        end.put(one.exports(LABEL, 32)).about("KEY-5")
    };
    ends(state).into_iter().map(of).collect()
}

/// The finish has opened, and the receiver does not end as `done`.
fn opened() -> Vec<Scenario> {
    let mut all = Vec::new();
    for (prefix, clause, what) in [
        ("withheld", "OUT-2", "the opened blob is kept back"),
        ("keys", "KEY-5", "no keys are exported"),
    ] {
        let one = |name: &str, state: ClientState, outcome: &'static str| {
            let title = format!("{what} after {outcome}, with a finish that has opened");
            state
                .scenario(&format!("{prefix}-opened-{name}"), &title)
                .second(100)
                .exports(LABEL, 32)
                .ends(outcome)
                .closes(outcome)
                .about(clause)
        };
        let says = |event| pass("get finish").then_user(event);
        all.extend([
            one("mismatched", COMPARING, "verifier-mismatch").rules([says(UserEvent::Mismatch)]),
            one("cancelled", COMPARING, "cancelled").rules([says(UserEvent::Cancel)]),
            one("timeout", COMPARING, "timeout").given(|input| input.deadline = Some(5)),
            one("not-taken", WAITING_FOR_FINISH, "not-taken").takes(UserEvent::NotTaken, None),
            one("cancelled", WAITING_FOR_FINISH, "cancelled").takes(UserEvent::Cancel, None),
        ]);
    }
    all
}
