//! GETs that wait (RELAY-4, RELAY-7, RELAY-18, RELAY-24).

use std::time::{Duration, Instant};

use super::bench::{Bench, Pending};
use super::case::RelayCase;
use super::channel::{Cell, Channel, State};
use super::fault::Fault;
use super::reply::{Reply, Want};
use super::request::Request;
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-waits";
/// The time for which a GET is watched that must go on waiting.
const WATCHED: Duration = Duration::from_millis(60);
/// The rounding of clocks, by which a wait may seem shorter.
const ROUNDING: Duration = Duration::from_millis(3);

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = lengths();
    cases.extend(wakes());
    cases.extend(newer());
    cases.extend(unmoved());
    cases.extend(at_once());
    cases
}

/// The state in which a cell is the next to be written.
fn before(cell: Cell) -> State {
    match cell {
        Cell::Answer => State::Claimed,
        Cell::Finish => State::Answered,
        Cell::Receipt => State::Finished,
    }
}

/// Reads an answer that must have come soon after a moment.
fn soon(
    bench: &Bench<'_>,
    pending: Pending<'_>,
    since: Instant,
    want: &Want,
) -> Result<Reply, Fault> {
    let reply = pending.reply()?;
    let late = reply.read.saturating_duration_since(since);
    if !want.fits(&reply) {
        // A busy relay may have read the requests in another order.
        return Err(bench.late(want, &reply));
    }
    match late <= bench.lag() {
        true => Ok(reply),
        false => Err(bench.late(format!("{want} at once"), format!("{reply} after {late:?}"))),
    }
}

/// Checks that a GET goes on waiting.
fn still_waits(bench: &Bench<'_>, pending: &mut Pending<'_>, what: &str) -> Result<(), Fault> {
    match pending.is_silent(WATCHED) {
        true => Ok(()),
        false => match pending.try_reply() {
            Ok(reply) => Err(bench.failed(format!("a wait that goes on, {what}"), reply)),
            Err(none) => Err(pending.silence(&none)),
        },
    }
}

/// How long a GET waits.
fn lengths() -> Vec<RelayCase> {
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

fn lasts(bench: &Bench<'_>, channel: &Channel, cell: Cell, wait: u32) -> Result<(), Fault> {
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

/// What ends a wait.
fn wakes() -> Vec<RelayCase> {
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
                let waiting = bench.begin(&channel.read(cell, 5))?;
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
                let waiting = bench.begin(&channel.read(cell, 5))?;
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
            let waiting = bench.begin(&channel.read(Cell::Answer, 5))?;
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
            let pending = Cell::ALL.map(|cell| bench.begin(&channel.read(cell, 5)));
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
            drop(bench.begin(&channel.read(Cell::Answer, 5))?);
            bench.settle();
            let waiting = bench.begin(&channel.read(Cell::Answer, 5))?;
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

/// Newer GETs of the same side for the same cell (RELAY-7).
fn newer() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for cell in Cell::ALL {
        for wait in [0, 1, 5] {
            let name = cell.name();
            let title = format!(
                "a GET that waits for the {name} is ended with 204 by a newer one with wait={wait}"
            );
            let id = format!("newer-{name}-wait-{wait}");
            cases.push(
                RelayCase::new(SUITE, id, title, &["RELAY-7"], move |bench| {
                    let channel = bench.channel(before(cell))?;
                    let older = bench.begin(&channel.read(cell, 5))?;
                    bench.settle();
                    let now = Instant::now();
                    let newer = bench.begin(&channel.read(cell, wait))?;
                    soon(bench, older, now, &Want::Status(204))?;
                    if wait == 0 {
                        soon(bench, newer, now, &Want::Status(204))?;
                        return Ok(());
                    }
                    bench.given(&channel.write(cell), &Want::Status(200))?;
                    let reply = newer.reply()?;
                    match Want::cell(cell.content()).fits(&reply) {
                        true => Ok(()),
                        false => Err(bench.late("the newer one to get the cell", reply)),
                    }
                })
                .waits(200),
            );
        }
    }
    let title = "a GET without a query ends an older one too";
    cases.push(RelayCase::new(
        SUITE,
        "newer-without-query",
        title,
        &["RELAY-7", "RELAY-5"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let older = bench.begin(&channel.read(Cell::Answer, 5))?;
            bench.settle();
            let now = Instant::now();
            bench.expect(
                &channel.get(Cell::Answer, &channel.owner, ""),
                &Want::Status(204),
            )?;
            soon(bench, older, now, &Want::Status(204))?;
            Ok(())
        },
    ));
    let title = "of four GETs each ends the one before it, and the last gets the cell";
    cases.push(
        RelayCase::new(SUITE, "newer-chain", title, &["RELAY-7"], |bench| {
            let channel = bench.channel(State::Claimed)?;
            let mut older = bench.begin(&channel.read(Cell::Answer, 5))?;
            for _ in 0..3 {
                bench.settle();
                let now = Instant::now();
                let newer = bench.begin(&channel.read(Cell::Answer, 5))?;
                soon(bench, older, now, &Want::Status(204))?;
                older = newer;
            }
            bench.given(&channel.write(Cell::Answer), &Want::Status(200))?;
            let reply = older.reply()?;
            match Want::cell(Cell::Answer.content()).fits(&reply) {
                true => Ok(()),
                false => Err(bench.late("the last one to get the cell", reply)),
            }
        })
        .waits(200),
    );
    cases
}

/// Requests that leave a waiting GET alone.
fn unmoved() -> Vec<RelayCase> {
    type Other = fn(&Channel) -> (Request, Want);
    let others: [(&str, &str, Other); 12] = [
        (
            "malformed",
            "a newer GET whose query is malformed",
            |channel| {
                (
                    channel.get(Cell::Answer, &channel.owner, "?wait=31"),
                    Want::token("malformed"),
                )
            },
        ),
        (
            "unauthorized",
            "a newer GET with two Authorization headers",
            |channel| {
                let get = channel.read(Cell::Answer, 0).by(&channel.owner);
                (get, Want::token("unauthorized"))
            },
        ),
        ("no-host", "a newer GET without Host", |channel| {
            (
                channel.read(Cell::Answer, 0).hosts(&[]),
                Want::token("malformed"),
            )
        }),
        ("not-found", "a GET of a target beside it", |channel| {
            let get = Request::new("GET", channel.target("answer/")).by(&channel.owner);
            (get, Want::token("not-found"))
        }),
        ("head", "a HEAD of its target", |channel| {
            let head = Request::new("HEAD", channel.target("answer")).by(&channel.owner);
            (head, Want::token("method-not-allowed"))
        }),
        ("another", "a GET of another side", |channel| {
            (
                channel.get(Cell::Answer, &channel.another, "?wait=0"),
                Want::token("no-such-channel"),
            )
        }),
        (
            "claimant",
            "a GET of the other side, which may not read it",
            |channel| {
                (
                    channel.get(Cell::Answer, &channel.claimant, "?wait=0"),
                    Want::token("forbidden"),
                )
            },
        ),
        (
            "other-cell",
            "a GET of the same side for another cell",
            |channel| (channel.read(Cell::Receipt, 0), Want::Status(204)),
        ),
        (
            "claimants-cell",
            "a GET of the other side for its own cell",
            |channel| (channel.read(Cell::Finish, 0), Want::Status(204)),
        ),
        ("refused-write", "a write that is refused", |channel| {
            (
                channel.put(Cell::Answer, &channel.owner, "00"),
                Want::token("forbidden"),
            )
        }),
        ("repeated-claim", "a repeated claim", |channel| {
            (channel.claim(&channel.claimant), Want::Status(200))
        }),
        (
            "refused-close",
            "a close of a side that is neither",
            |channel| {
                (
                    channel.close(&channel.another, "done"),
                    Want::token("no-such-channel"),
                )
            },
        ),
    ];
    let mut cases: Vec<RelayCase> = others
        .into_iter()
        .map(|(id, what, other)| {
            let title = format!("a GET that waits is not ended by {what}");
            let clauses: &[&str] = match id {
                "refused-write" | "repeated-claim" | "refused-close" => &["RELAY-4"],
                _ => &["RELAY-7"],
            };
            RelayCase::new(
                SUITE,
                format!("unmoved-{id}"),
                title,
                clauses,
                move |bench| {
                    let channel = bench.channel(State::Claimed)?;
                    let mut older = bench.begin(&channel.read(Cell::Answer, 5))?;
                    bench.settle();
                    let (request, want) = other(&channel);
                    bench.given(&request, &want)?;
                    still_waits(bench, &mut older, what)?;
                    bench.given(&channel.write(Cell::Answer), &Want::Status(200))?;
                    let reply = older.reply()?;
                    match Want::cell(Cell::Answer.content()).fits(&reply) {
                        true => Ok(()),
                        false => Err(bench.late("the cell", reply)),
                    }
                },
            )
            .waits(150)
            .starts(3)
        })
        .collect();
    let title = "a GET that waits for the receipt is not ended by the writes before it";
    cases.push(RelayCase::new(
        SUITE,
        "unmoved-writes",
        title,
        &["RELAY-4"],
        |bench| {
            let mut channel = bench.channel(State::Claimed)?;
            let mut waiting = bench.begin(&channel.read(Cell::Receipt, 5))?;
            bench.settle();
            bench.bring(&mut channel, State::Finished)?;
            still_waits(bench, &mut waiting, "when other cells are written")?;
            bench.given(&channel.write(Cell::Receipt), &Want::Status(200))?;
            let reply = waiting.reply()?;
            match Want::cell(Cell::Receipt.content()).fits(&reply) {
                true => Ok(()),
                false => Err(bench.late("the cell", reply)),
            }
        },
    ));
    let title = "a GET that waits is not ended by what happens to another channel of its appid";
    cases.push(
        RelayCase::new(
            SUITE,
            "unmoved-other-channel",
            title,
            &["RELAY-4"],
            |bench| {
                let channel = bench.channel(State::Claimed)?;
                let mut waiting = bench.begin(&channel.read(Cell::Answer, 5))?;
                bench.settle();
                let mut other = Channel::new();
                other.app = channel.app.clone();
                bench.bring(&mut other, State::Ended)?;
                still_waits(
                    bench,
                    &mut waiting,
                    "when another channel is written and ends",
                )
            },
        )
        .starts(4),
    );
    let title = "a GET that has not wholly arrived does not end an older one";
    cases.push(RelayCase::new(
        SUITE,
        "unmoved-incomplete",
        title,
        &["RELAY-7"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let mut older = bench.begin(&channel.read(Cell::Answer, 5))?;
            bench.settle();
            let head = bench.bytes(&channel.read(Cell::Answer, 0));
            let mut newer = bench.connect()?;
            bench.note("the newer GET, less its last line end");
            let _ = newer.send(head.get(..head.len() - 2).unwrap_or_default());
            still_waits(bench, &mut older, "when a newer GET has only begun")
        },
    ));
    cases
}

/// What is answered at once, whatever the wait.
fn at_once() -> Vec<RelayCase> {
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
