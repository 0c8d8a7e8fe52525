//! `Retry-After` in every form and with every status, in every state (CLIENT-14, TIME-1).

use super::super::rules::{Rule, html, instead, problem, raw_response, written};
use super::super::scenario::Scenario;
use super::states::{ClientState, EVERY, FINISHING};

pub(super) fn scenarios() -> Vec<Scenario> {
    EVERY.into_iter().flat_map(forms).collect()
}

/// A value that would end the run if it counted, since it is past every window.
const LONG: &str = "3600";

fn forms(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let busy = |status: u16, value: &str| instead(on, html(status).with("retry-after", value));
    let chain = |name: &str, title: &str, clause: &'static str, rules: Vec<Rule>| {
        let one = state.survives(&format!("waits-{name}"), title, rules);
        one.clauses(&[clause, "TIME-1", "CLIENT-14"])
    };
    let twice = ["Retry-After: 3600", "Retry-After: 3600"];
    let twice = raw_response(503, written(503, &twice, Some(0), ""));
    let endless = state
        .scenario("waits-endless", "a time to wait of thirty digits")
        .clauses(&["CLIENT-14", "TIME-3"])
        .row(state.name, "exhausted")
        .rules([busy(429, &"9".repeat(30))]);
    let endless = match state.is_done() || state.name == FINISHING.name {
        true => state.done(endless),
        false => endless.ends("relay-unreachable"),
    };
    vec![
        chain(
            "no-digits",
            "is answered with times to wait that are not made of digits alone",
            "CLIENT-14",
            ["3600.5", "+3600", "-3600", "3600, 3600"]
                .map(|value| busy(503, value))
                .into(),
        ),
        chain(
            "no-number",
            "is answered with times to wait that are no number, or two",
            "CLIENT-14",
            vec![
                instead(on, twice),
                busy(429, ""),
                busy(503, "Wed, 21 Oct 2099 07:28:00 GMT"),
                busy(429, "3600;q=1"),
            ],
        ),
        chain(
            "other-statuses",
            "is answered with a time to wait and a status with which it does not count",
            "TIME-1",
            [500, 502, 504, 599].map(|status| busy(status, LONG)).into(),
        ),
        chain(
            "counted",
            "is answered with times to wait that count",
            "CLIENT-14",
            vec![
                instead(on, problem("unavailable", None).with("retry-after", " 4\t")),
                busy(429, "0003"),
                busy(503, "0"),
            ],
        ),
        endless,
    ]
}
