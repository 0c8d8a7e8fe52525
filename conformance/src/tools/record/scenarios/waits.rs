//! Deadlines, windows, empty polls.

use super::super::rules::{edit, instead, lost, pass, problem};
use super::super::scenario::{Scenario, initiator, receiver};
use super::states::{ClientState, FINISHING, SENDING_RECEIPT, STATES, WAITING_FOR_RECEIPT};
use crate::stage::response::{RecordedResponse, TransportFault};

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in STATES {
        all.push(deadline(state));
        all.push(exhausted_at_once(state));
        // A receipt is not waited for as long as a window lasts.
        if state.name != WAITING_FOR_RECEIPT.name {
            all.push(exhausted(state));
        }
    }
    for name in [
        "waiting-for-answer",
        "waiting-for-receipt",
        "waiting-for-finish",
    ] {
        all.extend(
            STATES
                .into_iter()
                .filter(|state| state.name == name)
                .map(polls),
        );
    }
    all.extend(lives());
    all.extend(receipts());
    all.extend(windows());
    all
}

/// The user's deadline passes while a request is open, which is then abandoned.
fn deadline(state: ClientState) -> Scenario {
    let one = state
        .scenario("deadline", "the user's deadline passes while it is in hand")
        .clauses(&["TIME-5"])
        .row(state.name, "deadline")
        .second(100)
        .given(|input| input.deadline = Some(20))
        .rules([lost(state.request, TransportFault::Stall).again()])
        .lasts(20, 23);
    match state {
        _ if state.is_done() || state.name == FINISHING.name => state.done(one),
        _ if state.name == "allocating" => one.ends("timeout"),
        _ => one.ends("timeout").closes("timeout"),
    }
}

fn gives_up(state: ClientState, one: Scenario) -> Scenario {
    let one = one.row(state.name, "exhausted").clauses(&["TIME-3"]);
    match state {
        _ if state.is_done() || state.name == FINISHING.name => state.done(one),
        _ => one.ends("relay-unreachable"),
    }
}

/// Nothing answers for a whole retry window: 60 s, of put receipt 30 s.
fn exhausted(state: ClientState) -> Scenario {
    let window = if state.name == SENDING_RECEIPT.name {
        30
    } else {
        60
    };
    let one = state
        .scenario(
            "exhausted",
            &format!("fails for the whole retry window of {window} s"),
        )
        .clauses(&["TIME-1"])
        .second(50)
        .rules([lost(state.request, TransportFault::Close).again()])
        // The window ends early when the next repeat, at most 8 s on, would begin after it.
        .lasts(window - 8, window + 2);
    gives_up(state, one)
}

/// The relay asks for a wait that is longer than the window.
fn exhausted_at_once(state: ClientState) -> Scenario {
    let busy = problem("unavailable", None).with("retry-after", "3600");
    let one = state
        .scenario(
            "exhausted-at-once",
            "the next repeat would begin after the retry window",
        )
        .rules([instead(state.request, busy)]);
    gives_up(state, one)
}

/// Polls that end without the cell, each a second after the one before.
fn polls(state: ClientState) -> Scenario {
    let empty = || {
        instead(
            state.request,
            RecordedResponse {
                status: 204,
                ..RecordedResponse::default()
            },
        )
    };
    state
        .scenario("empty", "polls that end empty, and one that does not")
        .clauses(&["TIME-4"])
        .row(state.name, "empty")
        .second(100)
        .rules([empty(), empty(), empty(), pass(state.request)])
        .done(true)
        .lasts(3, 20)
}

/// The channel's life is the deadline when it is shorter than the user's.
fn lives() -> Vec<Scenario> {
    let life = |one: Scenario, start: &'static str, wait: &'static str| {
        let short = edit(start, |response| {
            if let Some(body) = &mut response.body {
                body["ttl"] = 20.into();
            }
        });
        one.clauses(&["TIME-5"])
            .second(100)
            .given(|input| input.deadline = Some(60))
            .rules([short, lost(wait, TransportFault::Stall).again()])
            .lasts(20, 23)
            .ends("timeout")
            .closes("timeout")
    };
    let title = "the channel's life is over before the user's deadline";
    vec![
        life(initiator("life-over", title), "allocate", "get answer")
            .row("waiting-for-answer", "deadline"),
        life(receiver("life-over", title), "claim", "get finish")
            .row("waiting-for-finish", "deadline"),
    ]
}

/// A receipt that does not come, or is none.
fn receipts() -> Vec<Scenario> {
    let late = WAITING_FOR_RECEIPT
        .scenario("over", "no receipt within 30 s of the answer to put finish")
        .clauses(&["TIME-6"])
        .row("waiting-for-receipt", "receipt-wait-over")
        .second(50)
        .rules([lost("get receipt", TransportFault::Stall).again()])
        .lasts(30, 33);
    let failing = WAITING_FOR_RECEIPT
        .scenario("always-lost", "every poll for the receipt is lost")
        .clauses(&["TIME-1", "TIME-4", "TIME-6"])
        .row("waiting-for-receipt", "receipt-wait-over")
        .second(50)
        .rules([lost("get receipt", TransportFault::Close).again()])
        .lasts(30, 33);
    vec![
        WAITING_FOR_RECEIPT.done(late),
        WAITING_FOR_RECEIPT.done(failing),
    ]
}

/// The beginning from which a retry window is counted.
fn windows() -> Vec<Scenario> {
    let stalled = |state: ClientState| {
        let one = state
            .scenario("stalled", "every attempt stalls for its whole time")
            .clauses(&["TIME-2"])
            .second(50)
            .rules([lost(state.request, TransportFault::Stall).again()]);
        // The window opens when the first attempt has failed, after 10 s or 40 s.
        let first = if state.request.starts_with("get") {
            40
        } else {
            10
        };
        // The last one begins within the window and keeps its own time.
        gives_up(state, one).lasts(first + 52, first + 60 + first + 4)
    };
    let mut all: Vec<Scenario> = STATES
        .into_iter()
        .filter(|state| matches!(state.request, "allocate" | "get answer" | "put answer"))
        .map(stalled)
        .collect();
    // A finish that was stored and then refused is refused: the answer is the relay's last word.
    let refused = FINISHING
        .scenario(
            "lost-then-closed",
            "its first answer is lost, and the repeat is refused",
        )
        .clauses(&["INIT-4"])
        .row("finishing", "closed")
        .second(100)
        .rules([
            lost("put finish", TransportFault::Close),
            instead("put finish", problem("closed", Some("timeout"))),
        ])
        .ends_closed("timeout");
    all.push(refused);
    all
}
