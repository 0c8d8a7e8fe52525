//! Newer GETs, and requests that leave a waiting one alone (RELAY-7).

use std::time::Instant;

use super::super::case::RelayCase;
use super::super::channel::{Cell, Channel, State};
use super::super::reply::Want;
use super::super::request::Request;
use super::waiting::*;

/// Newer GETs of the same side for the same cell (RELAY-7).
pub(super) fn newer() -> Vec<RelayCase> {
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
                    let older = bench.begin(&channel.read(cell, 3))?;
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
            let older = bench.begin(&channel.read(Cell::Answer, 3))?;
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
            let mut older = bench.begin(&channel.read(Cell::Answer, 3))?;
            for _ in 0..3 {
                bench.settle();
                let now = Instant::now();
                let newer = bench.begin(&channel.read(Cell::Answer, 3))?;
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
pub(super) fn unmoved() -> Vec<RelayCase> {
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
                    let mut older = bench.begin(&channel.read(Cell::Answer, 3))?;
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
            let mut waiting = bench.begin(&channel.read(Cell::Receipt, 3))?;
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
                let mut waiting = bench.begin(&channel.read(Cell::Answer, 3))?;
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
            let mut older = bench.begin(&channel.read(Cell::Answer, 3))?;
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
