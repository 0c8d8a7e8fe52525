//! Deadlines, windows, empty polls.

use super::super::rules::{edit, html, instead, lost, pass, problem};
use super::super::scenario::{PeerKind, Scenario, initiator, receiver};
use super::states::{
    ClientState, FINISHING, SENDING_RECEIPT, STATES, WAITING_FOR_ANSWER, WAITING_FOR_FINISH,
    WAITING_FOR_RECEIPT,
};
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
    all.extend(at_once());
    for state in [WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
        all.extend(cut_off(state));
    }
    all.push(cut_off_for_the_rest_of_the_run());
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
        .second(40)
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
        .clauses(&["TIME-3", "TIME-1"])
        .second(20)
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

/// Ends before the first attempt, and a wait that no number holds.
fn at_once() -> Vec<Scenario> {
    let never = |one: Scenario| {
        one.clauses(&["TIME-9"])
            .peer(PeerKind::Nobody)
            .given(|input| input.deadline = Some(0))
            .ends("timeout")
    };
    let title = "the user's deadline has passed at once: no request";
    let endless = |state: ClientState| {
        let busy = problem("unavailable", None).with("retry-after", &"9".repeat(30));
        let one = state
            .scenario("endless-wait", "a time to wait of thirty digits")
            .clauses(&["CLIENT-14"])
            .rules([instead(state.request, busy)]);
        gives_up(state, one)
    };
    let mut all = vec![
        never(initiator("deadline-0", title)),
        never(receiver("deadline-0", title)),
    ];
    let states = STATES.into_iter();
    all.extend(
        states
            .filter(|state| matches!(state.request, "allocate" | "claim"))
            .map(endless),
    );
    all
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
            .second(40)
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
        .second(30)
        .rules([lost("get receipt", TransportFault::Stall).again()])
        .lasts(30, 33);
    let failing = WAITING_FOR_RECEIPT
        .scenario("always-lost", "every poll for the receipt is lost")
        .clauses(&["TIME-1", "TIME-4", "TIME-6"])
        .row("waiting-for-receipt", "receipt-wait-over")
        .second(30)
        .rules([lost("get receipt", TransportFault::Close).again()])
        .lasts(30, 33);
    vec![
        WAITING_FOR_RECEIPT.done(late),
        WAITING_FOR_RECEIPT.done(failing),
    ]
}

/// Polls that something in between gives up (TIME-8).
fn cut_off(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let gateway = |seconds| instead(on, html(504)).after(seconds);
    let of = |name: &str, title: &str| {
        let one = state.scenario(name, title).clauses(&["TIME-8"]);
        one.second(100).done(true)
    };
    vec![
        of("cut-off-5", "a proxy gives each poll up after 5 s").rules([
            gateway(5),
            gateway(5),
            gateway(5),
            pass(on),
        ]),
        of("cut-off-15", "a connection breaks 15 s after the poll")
            .rules([lost(on, TransportFault::Close).after(15), pass(on)])
            .second(50),
        of("cut-off-page", "a page comes 4 s after the poll")
            .rules([instead(on, html(408)).after(4), pass(on)]),
        of("failed-early", "a poll fails after 2 s, which is no cut")
            .rules([gateway(2), pass(on)])
            .second(200),
        of(
            "failed-late",
            "a poll fails after 28 s, when its wait was over",
        )
        .rules([gateway(28), pass(on)])
        .second(50),
    ]
}

/// The initiator's next cell is polled with the wait that the first one ended with.
fn cut_off_for_the_rest_of_the_run() -> Scenario {
    WAITING_FOR_RECEIPT
        .scenario(
            "cut-off-before",
            "polls stay as short as the answer's became",
        )
        .clauses(&["TIME-8"])
        .second(100)
        .rules([instead("get answer", html(504)).after(5)])
        .done(true)
}

/// The beginning from which a retry window is counted.
fn windows() -> Vec<Scenario> {
    let stalled = |state: ClientState| {
        let one = state
            .scenario("stalled", "every attempt stalls for its whole time")
            .clauses(&["TIME-2", "TIME-3"])
            .second(if state.request.starts_with("get") {
                20
            } else {
                30
            })
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
    // One that was refused as forgotten may have been stored by an earlier attempt.
    for name in ["forbidden", "no-such-channel"] {
        let one = FINISHING
            .scenario(
                &format!("lost-then-{name}"),
                &format!("its first answer is lost, and the repeat is refused, {name}"),
            )
            .clauses(&["CLIENT-15", "INIT-4"])
            .row("finishing", name)
            .second(100)
            .rules([
                lost("put finish", TransportFault::Close),
                instead("put finish", problem(name, None)),
            ]);
        all.push(FINISHING.done(one));
    }
    let one = FINISHING
        .scenario(
            "busy-then-no-such-channel",
            "its first answer is 503, and the repeat is refused",
        )
        .clauses(&["CLIENT-15", "INIT-4"])
        .row("finishing", "no-such-channel")
        .second(100)
        .rules([
            instead("put finish", html(503)),
            instead("put finish", problem("no-such-channel", None)),
        ]);
    all.push(FINISHING.done(one));
    all
}
