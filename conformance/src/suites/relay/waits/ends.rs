//! The lengths and the ends of waits (RELAY-4, RELAY-18).

use std::time::{Duration, Instant};

use super::super::bench::Bench;
use super::super::case::RelayCase;
use super::super::channel::{Cell, Channel, State};
use super::super::fault::Fault;
use super::super::reply::Want;
use super::super::request::Request;
use super::waiting::*;
use crate::subject::relay_settings::RelaySettings;

/// The length of a GET's wait.
pub(super) fn lengths() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    let title = "a GET with wait=1 is answered 204 after a second, not before and not long after";
    cases.push(
        RelayCase::new(SUITE, "one-second", title, &["RELAY-4"], |bench| {
            let channel = bench.channel(State::Claimed)?;
            lasts(bench, &channel, Cell::Answer, 1)
        })
        .waits(1_000),
    );
    for (wait, second) in [
        (1, 300),
        (2, 200),
        (5, 100),
        (10, 60),
        (25, 30),
        (29, 25),
        (30, 25),
    ] {
        let title = format!("a GET with wait={wait} waits for {wait} seconds");
        let id = format!("seconds-{wait}");
        cases.push(
            RelayCase::new(SUITE, id, title, &["RELAY-4"], move |bench| {
                let channel = bench.channel(State::Finished)?;
                lasts(bench, &channel, Cell::Receipt, wait)
            })
            .told(RelaySettings::second(second))
            .waits(u64::from(wait) * second),
        );
    }
    cases
}

pub(super) fn lasts(
    bench: &Bench<'_>,
    channel: &Channel,
    cell: Cell,
    wait: u32,
) -> Result<(), Fault> {
    let reply = bench.expect(&channel.read(cell, wait), &Want::Status(204))?;
    let took = reply.read.duration_since(reply.sent);
    let wanted = bench.seconds(f64::from(wait));
    let shown = |time: Duration| format!("204 after {:.2} s", bench.in_seconds(time));
    let expected = format!("204 after {wait} s");
    bench.check(took + ROUNDING >= wanted, &expected, shown(took))?;
    match took <= wanted + bench.lag() {
        true => Ok(()),
        false => Err(bench.late(expected, shown(took))),
    }
}

/// The ends of a wait.
pub(super) fn wakes() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for cell in Cell::ALL {
        let name = cell.name();
        let title = format!("a GET that waits for the {name} is answered when it is written");
        let id = format!("woken-by-{name}");
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-4"],
            move |bench| {
                let channel = bench.channel(before(cell))?;
                let waiting = bench.begin(&channel.read(cell, 3))?;
                bench.settle();
                let now = Instant::now();
                bench.given(&channel.write(cell), &Want::Status(200))?;
                soon(bench, waiting, now, &Want::cell(cell.content()))?;
                Ok(())
            },
        ));
        for closer in ["reader", "writer"] {
            let title = format!(
                "a GET that waits for the {name} is answered `closed` when its {closer} closes"
            );
            let id = format!("closed-{name}-by-{closer}");
            let clauses = &["RELAY-18", "RELAY-4"];
            cases.push(RelayCase::new(SUITE, id, title, clauses, move |bench| {
                let channel = bench.channel(before(cell))?;
                let waiting = bench.begin(&channel.read(cell, 3))?;
                bench.settle();
                let side = match closer {
                    "reader" => channel.reader(cell),
                    _ => channel.writer(cell),
                };
                let now = Instant::now();
                bench.given(&channel.close(side, "cancelled"), &Want::Status(200))?;
                soon(bench, waiting, now, &Want::closed("cancelled"))?;
                Ok(())
            }));
        }
    }
    let title = "a GET that waits on an open channel is answered `closed` when the owner closes";
    cases.push(RelayCase::new(
        SUITE,
        "closed-open",
        title,
        &["RELAY-18", "RELAY-4"],
        |bench| {
            let channel = bench.channel(State::Open)?;
            let waiting = bench.begin(&channel.read(Cell::Answer, 3))?;
            bench.settle();
            let now = Instant::now();
            let close = channel.close(&channel.owner, "no reason of the list");
            bench.given(&close, &Want::Status(200))?;
            soon(bench, waiting, now, &Want::closed("other"))?;
            Ok(())
        },
    ));
    let title = "all GETs that wait are answered when the channel ends";
    cases.push(RelayCase::new(
        SUITE,
        "closed-all",
        title,
        &["RELAY-18"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let pending = Cell::ALL.map(|cell| bench.begin(&channel.read(cell, 3)));
            bench.settle();
            let now = Instant::now();
            let close = channel.close(&channel.claimant, "timeout");
            bench.given(&close, &Want::Status(200))?;
            for waiting in pending {
                soon(bench, waiting?, now, &Want::closed("timeout"))?;
            }
            Ok(())
        },
    ));
    let title = "a GET that waits when the life is over is answered `closed` for `expired`, then and not later";
    cases.push(
        RelayCase::new(
            SUITE,
            "expired",
            title,
            &["RELAY-18", "RELAY-15"],
            |bench| {
                let channel = bench.channel(State::Open)?;
                let reply = bench.begin(&channel.read(Cell::Answer, 30))?.reply()?;
                bench.judge(&reply, &Want::closed("expired"))?;
                let life = bench.seconds(10.0);
                let early = reply.read + ROUNDING < channel.allocated.0 + life;
                bench.check(
                    !early,
                    "an answer when the life of 10 s is over",
                    "an answer before that",
                )?;
                match reply.read <= channel.allocated.1 + life + bench.lag() {
                    true => Ok(()),
                    false => Err(bench.late("an answer at the end of the life", "one later")),
                }
            },
        )
        .told(RelaySettings::second(40).living(10))
        .waits(400),
    );
    let title = "a poll that was abandoned keeps nothing from the next";
    cases.push(RelayCase::new(
        SUITE,
        "abandoned",
        title,
        &["RELAY-4", "RELAY-7"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            drop(bench.begin(&channel.read(Cell::Answer, 3))?);
            bench.settle();
            let waiting = bench.begin(&channel.read(Cell::Answer, 3))?;
            bench.settle();
            let now = Instant::now();
            bench.given(&channel.write(Cell::Answer), &Want::Status(200))?;
            soon(bench, waiting, now, &Want::cell(Cell::Answer.content()))?;
            Ok(())
        },
    ));
    let title = "a GET is answered even if its client has closed the sending half; at the latest after its wait";
    cases.push(
        RelayCase::new(
            SUITE,
            "half-closed",
            title,
            &["RELAY-24", "RELAY-4"],
            |bench| {
                let channel = bench.channel(State::Claimed)?;
                let waiting = bench.begin(&channel.read(Cell::Answer, 1))?;
                waiting.half_close();
                let reply = waiting.reply()?;
                bench.judge(&reply, &Want::Status(204))
            },
        )
        .waits(1_000),
    );
    cases
}

/// The requests that are answered at once, whatever the wait.
pub(super) fn at_once() -> Vec<RelayCase> {
    type Asked = fn(&Channel) -> (Request, Want);
    let asked: [(&str, &str, State, Asked); 5] = [
        ("written", "a written cell", State::Receipted, |channel| {
            (
                channel.read(Cell::Receipt, 30),
                Want::cell(Cell::Receipt.content()),
            )
        }),
        ("absent", "an absent channel", State::Absent, |channel| {
            (
                channel.read(Cell::Answer, 30),
                Want::token("no-such-channel"),
            )
        }),
        (
            "forbidden",
            "a cell that is the other side's to read",
            State::Claimed,
            |channel| {
                (
                    channel.get(Cell::Answer, &channel.claimant, "?wait=30"),
                    Want::token("forbidden"),
                )
            },
        ),
        (
            "ended",
            "a cell of an ended channel",
            State::EndedEarly,
            |channel| (channel.read(Cell::Answer, 30), Want::closed("done")),
        ),
        (
            "ended-written",
            "a written cell of an ended channel",
            State::Ended,
            |channel| {
                (
                    channel.read(Cell::Answer, 30),
                    Want::cell(Cell::Answer.content()),
                )
            },
        ),
    ];
    asked
        .into_iter()
        .map(|(id, what, state, asked)| {
            let title = format!("a GET with wait=30 of {what} is answered at once");
            RelayCase::new(
                SUITE,
                format!("at-once-{id}"),
                title,
                &["RELAY-4"],
                move |bench| {
                    let channel = bench.channel(state)?;
                    let (request, want) = asked(&channel);
                    let waiting = bench.begin(&request)?;
                    let sent = waiting.sent();
                    soon(bench, waiting, sent, &want)?;
                    Ok(())
                },
            )
        })
        .collect()
}
