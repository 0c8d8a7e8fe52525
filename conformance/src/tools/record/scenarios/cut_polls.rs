//! Polls that are cut off, in every state that polls (TIME-8).

use super::super::rules::{Rule, html, instead, lost, no_content};
use super::super::scenario::Scenario;
use super::states::{ClientState, EVERY, WAITING_FOR_RECEIPT};
use crate::stage::response::TransportFault;

pub(super) fn scenarios() -> Vec<Scenario> {
    let polling = EVERY.into_iter().filter(|state| state.polls());
    polling.flat_map(cut).collect()
}

fn cut(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let gateway = |seconds| instead(on, html(504)).after(seconds);
    let empty = |seconds: Option<u32>| {
        let rule = instead(on, no_content());
        match seconds {
            Some(seconds) => rule.after(seconds),
            None => rule,
        }
    };
    let one = |name: &str, title: &str, second, rules: Vec<Rule>| {
        let one = state.survives(&format!("cut-{name}"), title, rules);
        one.second(second).clauses(&["TIME-8", "HOOK-3"])
    };
    let mut all = vec![
        one(
            "at-3",
            "a poll fails 3 s after its start, which is a cut",
            100,
            vec![gateway(3)],
        ),
        one(
            "before-3",
            "a poll fails 2 s after its start, which is no cut",
            200,
            vec![gateway(2)],
        ),
        one(
            "close-at-4",
            "a connection ends 4 s after the poll, which is a cut",
            100,
            vec![lost(on, TransportFault::Close).after(4)],
        ),
        one(
            "stays",
            "a poll is cut off, and the next two are answered: they are as short",
            100,
            vec![gateway(4), empty(None), empty(None)],
        ),
        one(
            "not-by-204",
            "a poll is answered early with nothing, which is no cut",
            100,
            vec![empty(Some(5)), empty(None)],
        ),
        one(
            "not-after-w",
            "a poll fails after its shortened wait, which is no cut",
            60,
            vec![gateway(4), gateway(15)],
        ),
    ];
    if state.name != WAITING_FOR_RECEIPT.name {
        all.push(one(
            "to-the-floor",
            "polls are cut off after 3 s until their wait is no longer: 25, 13, 7, 4 and 2",
            50,
            vec![gateway(3), gateway(3), gateway(3), gateway(3), gateway(3)],
        ));
    }
    all
}
