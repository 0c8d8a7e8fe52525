//! Windows, back-offs, attempts, lives and deadlines: where each is counted from, and where it ends
//! (section 11.3).

use serde_json::json;

use super::super::rules::{Rule, edit, html, instead, json_response, lost, no_content, pass};
use super::super::scenario::Scenario;
use super::states::{
    ALLOCATING, CLAIMING, COMPARING, ClientState, FINISHING, HOLDING, SENDING_RECEIPT, STATES,
    WAITING_FOR_ANSWER, WAITING_FOR_FINISH, WAITING_FOR_RECEIPT,
};
use crate::stage::response::TransportFault;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in [ALLOCATING, CLAIMING] {
        all.push(jitter(state));
    }
    for state in STATES {
        all.extend(windows(state));
        all.push(slowly(state));
    }
    for state in STATES
        .into_iter()
        .filter(|state| state.name != WAITING_FOR_RECEIPT.name)
    {
        all.push(late_head(state));
    }
    for state in [WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
        all.extend(anew(state));
    }
    all.extend(next_request());
    all.extend(lives());
    all.extend(receipt_waits());
    all.extend(closing());
    all
}

fn close(on: &'static str) -> Rule {
    lost(on, TransportFault::Close)
}

/// Busy, with a time to wait.
fn busy(on: &'static str, wait: u32) -> Rule {
    instead(on, html(503).with("retry-after", &wait.to_string()))
}

/// The back-off is random: many runs, each with four repeats.
fn jitter(state: ClientState) -> Scenario {
    let on = state.request;
    state
        .scenario(
            "jitter",
            "fails four times, in each of thirty runs: the longer waits lie in their whole ranges",
        )
        .clauses(&["TIME-1"])
        .second(40)
        .times(30)
        .rules([close(on), close(on), close(on), close(on), busy(on, 3600)])
        .ends("relay-unreachable")
}

/// The window begins with the first failure, and a repeat within it is made.
fn windows(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let window = if state.name == SENDING_RECEIPT.name {
        30
    } else {
        60
    };
    // The wait for the receipt ends before its window.
    if state.name == WAITING_FOR_RECEIPT.name {
        return Vec::new();
    }
    let one = |name: &str, title: &str| {
        state
            .scenario(&format!("window-{name}"), title)
            .clauses(&["TIME-3", "TIME-1"])
            .second(20)
    };
    let outside = one(
        "outside",
        "a repeat would begin just after the retry window",
    )
    .row(state.name, "exhausted")
    .rules([busy(on, window + 1)])
    .lasts(0, 20);
    let outside = match state {
        _ if state.is_done() || state.name == FINISHING.name => state.done(outside),
        _ => outside.ends("relay-unreachable"),
    };
    let mut all = vec![
        outside,
        one(
            "inside",
            "a repeat begins just before the end of the retry window",
        )
        .rules([busy(on, window - 3)])
        .done(true),
    ];
    if state.name != SENDING_RECEIPT.name {
        all.push(
            one(
                "from-the-failure",
                "the retry window begins when the first attempt has failed, and not when it began",
            )
            .rules([lost(on, TransportFault::Stall), busy(on, window - 5)])
            .done(true),
        );
        let held = if state.polls() { 20 } else { 7 };
        all.push(
            one(
                "kept-attempt",
                "an attempt that has begun within the retry window keeps its own time",
            )
            .rules([busy(on, window - 3), pass(on).after(held)])
            .second(if state.polls() { 20 } else { 40 })
            .done(true),
        );
    }
    all
}

/// The response comes shortly before the end of the attempt's time.
fn slowly(state: ClientState) -> Scenario {
    let (seconds, second) = match state.name {
        // The wait for the receipt is shorter than the attempt.
        "waiting-for-receipt" => (26, 50),
        _ if state.polls() => (36, 40),
        _ => (8, 100),
    };
    let title = format!("is answered after {seconds} s, within the time of its attempt");
    let rule = pass(state.request).after(seconds);
    let one = state.survives("slow", &title, vec![rule]).second(second);
    one.clauses(&["TIME-2"])
}

/// The head comes shortly before the end of the attempt's time, and its body never.
fn late_head(state: ClientState) -> Scenario {
    let seconds = if state.polls() { 36 } else { 8 };
    let response = json_response(200, json!({}));
    let rule = lost(state.request, TransportFault::StallBody { response }).after(seconds);
    let title =
        format!("gets a head after {seconds} s and no whole body: the attempt's time goes on");
    let one = state.survives("late-head", &title, vec![rule]).second(40);
    one.clauses(&["TIME-2"])
}

/// A window that an answer closes, and a back-off that begins anew.
fn anew(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let empty = || instead(on, no_content());
    let one = |name: &str, title: &str, rules: Vec<Rule>| state.survives(name, title, rules);
    vec![
        one(
            "window-closed",
            "an answer closes the retry window: the next failure opens another",
            vec![busy(on, 45), empty(), busy(on, 45), empty(), busy(on, 45)],
        )
        .second(15)
        .clauses(&["TIME-3"]),
        one(
            "back-off-anew",
            "the back-off begins anew after an answer",
            vec![
                close(on),
                close(on),
                close(on),
                close(on),
                empty(),
                close(on),
            ],
        )
        .second(150)
        .clauses(&["TIME-1"]),
    ]
}

/// Another request begins with no window open, and with the shortest back-off.
fn next_request() -> Vec<Scenario> {
    let of = |states: [ClientState; 3]| {
        let [first, ..] = states;
        let failing = |state: ClientState| (0..4).map(move |_| close(state.request));
        let busy_once = |state: ClientState| busy(state.request, 40);
        let window = first
            .scenario(
                "window-of-each",
                "each request has a retry window of its own",
            )
            .clauses(&["TIME-3"])
            .second(15)
            .rules(states.map(busy_once))
            .done(true);
        let back_off = first
            .scenario("back-off-of-each", "each request has a back-off of its own")
            .clauses(&["TIME-1"])
            .second(100)
            .rules(states[..2].iter().copied().flat_map(failing))
            .done(true);
        [window, back_off]
    };
    [
        of([ALLOCATING, WAITING_FOR_ANSWER, FINISHING]),
        of([CLAIMING, super::states::ANSWERING, WAITING_FOR_FINISH]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Lives and deadlines, counted from the right moment (TIME-5).
fn lives() -> Vec<Scenario> {
    let ttl = |on: &'static str, ttl: u32, after: u32| {
        let rule = edit(on, move |response| {
            if let Some(body) = &mut response.body {
                body["ttl"] = ttl.into();
            }
        });
        rule.after(after)
    };
    let timeout = |one: Scenario| {
        let one = one.ends("timeout").closes("timeout");
        one.clauses(&["TIME-5", "HOOK-3"])
    };
    let mut all = Vec::new();
    for (state, wait) in [(ALLOCATING, "get answer"), (CLAIMING, "get finish")] {
        let stalled = || lost(wait, TransportFault::Stall).again();
        let on = state.request;
        all.push(timeout(
            state
                .scenario(
                    "life-from-the-answer",
                    "the life counts from the answer that gives it, and not from the request",
                )
                .second(40)
                .rules([ttl(on, 20, 8), stalled()])
                .lasts(28, 31),
        ));
        all.push(timeout(
            state
                .scenario(
                    "deadline-from-the-call",
                    "the user's deadline counts from the call, and not from the first answer",
                )
                .second(40)
                .given(|input| input.deadline = Some(20))
                .rules([pass(on).after(8), stalled()])
                .lasts(20, 23),
        ));
        all.push(timeout(
            state
                .scenario(
                    "deadline-after-failures",
                    "the user's deadline counts from the call, whatever failed",
                )
                .second(40)
                .given(|input| input.deadline = Some(20))
                .rules([busy(on, 10), stalled()])
                .lasts(20, 23),
        ));
        all.push(timeout(
            state
                .scenario(
                    "life-without-deadline",
                    "the channel's life is over, and the user gave no deadline",
                )
                .second(40)
                .rules([ttl(on, 15, 1), stalled()])
                .lasts(16, 19),
        ));
    }
    for (state, deadline) in [(HOLDING, 20), (COMPARING, 20)] {
        let empty = || instead(state.request, no_content());
        let stalled = lost(state.request, TransportFault::Stall);
        all.push(timeout(
            state
                .scenario(
                    "deadline-after-polls",
                    "the deadline passes after polls that brought nothing",
                )
                .second(40)
                .given(move |input| input.deadline = Some(deadline))
                .rules([empty().after(5), empty().after(5), stalled])
                .lasts(deadline, deadline + 3),
        ));
    }
    all
}

/// The wait for the receipt, counted from the answer to put finish (TIME-6).
fn receipt_waits() -> Vec<Scenario> {
    let state = WAITING_FOR_RECEIPT;
    let stalled = || lost("get receipt", TransportFault::Stall).again();
    let one = |name: &str, title: &str, rules: Vec<Rule>| {
        let one = state.scenario(name, title).clauses(&["TIME-6"]);
        state.done(one.second(40).rules(rules))
    };
    let empty = |seconds| instead("get receipt", no_content()).after(seconds);
    vec![
        one(
            "over-from-the-answer",
            "the wait counts from the answer to put finish, and not from its request",
            vec![pass("put finish").after(7), stalled()],
        )
        .lasts(37, 40),
        one(
            "over-after-polls",
            "the wait is one for all polls",
            vec![empty(12), empty(12), stalled()],
        )
        .lasts(30, 33),
        one(
            "over-after-repeats",
            "the wait counts from the answer that came, and not from a failure before",
            vec![busy("put finish", 15), stalled()],
        )
        .lasts(45, 48),
    ]
}

/// Neither the deadline nor the life is heeded in `closing`, and a close has 10 s.
fn closing() -> Vec<Scenario> {
    let of = |state: ClientState| {
        let wrong = instead(state.request, json_response(200, json!([]))).wrong("an array");
        state
            .scenario(
                "close-past-deadline",
                "the deadline passes while the close is in hand, which has its own time",
            )
            .clauses(&["TIME-7", "TIME-5"])
            .second(60)
            .given(|input| input.deadline = Some(4))
            .rules([wrong, lost("close", TransportFault::Stall)])
            .ends("relay-misbehaved")
            .closes("relay-misbehaved")
            .lasts(10, 12)
    };
    let slow = |state: ClientState| {
        let wrong = instead(state.request, json_response(200, json!([]))).wrong("an array");
        state
            .scenario("close-slow", "the close is answered after 8 s")
            .clauses(&["TIME-7"])
            .second(60)
            .rules([wrong, pass("close").after(8)])
            .ends("relay-misbehaved")
            .closes("relay-misbehaved")
            .lasts(8, 10)
    };
    let states = [WAITING_FOR_ANSWER, WAITING_FOR_FINISH];
    states.map(of).into_iter().chain(states.map(slow)).collect()
}
