//! Connections: kept, half closed, silent, and other versions.

use std::thread;
use std::time::Duration;

use super::super::case::RelayCase;
use super::super::channel::{Cell, State};
use super::super::reply::Want;
use super::super::request::Request;
use super::wire::*;

pub(super) fn connections() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    let title = "requests on one connection are answered one after the other";
    cases.push(RelayCase::new(
        SUITE,
        "kept",
        title,
        &["RELAY-3"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let mut connection = bench.connect()?;
            let steps = [
                (channel.read(Cell::Answer, 0), Want::Status(204)),
                (channel.write(Cell::Answer), Want::Status(200)),
                (
                    channel.read(Cell::Answer, 0),
                    Want::cell(Cell::Answer.content()),
                ),
                (
                    channel.get(Cell::Answer, "", ""),
                    Want::token("unauthorized"),
                ),
                (
                    channel.put(Cell::Answer, &channel.claimant, "00"),
                    Want::token("conflict"),
                ),
                (
                    channel.read(Cell::Answer, 0).with("a body"),
                    Want::cell(Cell::Answer.content()),
                ),
                (
                    Request::new("HEAD", channel.target("answer")),
                    Want::token("method-not-allowed"),
                ),
                (channel.write(Cell::Finish).in_chunks(3), Want::Status(200)),
                (channel.close(&channel.owner, "done"), Want::Status(200)),
            ];
            for (request, want) in steps {
                let pending = bench.begin_at(connection, &request)?;
                let (reply, again) = pending.reply_and_connection()?;
                bench.judge(&reply, &want)?;
                // A relay may close after any answer.
                connection = if reply.answer.keeps() {
                    again
                } else {
                    bench.connect()?
                };
            }
            Ok(())
        },
    ));
    let title = "requests that come at once on one connection are answered in their order";
    cases.push(RelayCase::new(
        SUITE,
        "pipelined",
        title,
        &["RELAY-3"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let requests = [
                (channel.write(Cell::Answer), Want::Status(200)),
                (
                    channel.read(Cell::Answer, 0),
                    Want::cell(Cell::Answer.content()),
                ),
                (channel.write(Cell::Finish), Want::Status(200)),
            ];
            let mut connection = bench.connect()?;
            let all: Vec<u8> = requests
                .iter()
                .flat_map(|(request, _)| bench.bytes(request))
                .collect();
            bench.note("three requests at once");
            let _ = connection.send(&all);
            for (_, want) in &requests {
                let reply = read(bench, &mut connection)?;
                bench.judge(&reply, want)?;
                if !reply.answer.keeps() {
                    return Ok(());
                }
            }
            Ok(())
        },
    ));
    let title = "the body of a GET is no request";
    cases.push(RelayCase::new(
        SUITE,
        "get-body-hidden",
        title,
        &["RELAY-3", "RELAY-10"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let hidden = bench.bytes(&channel.close(&channel.owner, "done"));
            let get = channel.read(Cell::Answer, 0).with(hidden);
            bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            bench.settle();
            bench.expect(&channel.read(Cell::Receipt, 0), &Want::Status(204))?;
            Ok(())
        },
    ));
    for (kind, _) in KINDS {
        let title =
            format!("{kind}: a request is answered though its client has closed the sending half");
        cases.push(RelayCase::new(
            SUITE,
            format!("half-closed-{kind}"),
            title,
            &["RELAY-24"],
            move |bench| {
                let (_, request, want) = prepared(bench, kind)?;
                let pending = bench.begin(&request)?;
                pending.half_close();
                let reply = pending.reply()?;
                bench.judge(&reply, &want)
            },
        ));
    }
    let title = "a GET of a written cell is answered though its client has closed the sending half";
    cases.push(RelayCase::new(
        SUITE,
        "half-closed-get",
        title,
        &["RELAY-24"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let pending = bench.begin(&channel.read(Cell::Answer, 5))?;
            pending.half_close();
            let reply = pending.reply()?;
            bench.judge(&reply, &Want::cell(Cell::Answer.content()))
        },
    ));
    let title = "a client of HTTP/1.0 is served, without chunks";
    cases.push(RelayCase::new(
        SUITE,
        "version-1.0",
        title,
        &["RELAY-3", "RELAY-23"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel.write(Cell::Answer).version("HTTP/1.0");
            bench.expect(&put, &Want::Status(200))?;
            let get = channel.read(Cell::Answer, 0).version("HTTP/1.0");
            let reply = bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            let codings: Vec<&str> = reply.answer.all("transfer-encoding").collect();
            bench.check(
                codings.is_empty(),
                "no transfer coding",
                format!("{codings:?}"),
            )
        },
    ));
    let title = "a hundred silent connections keep no request from its answer";
    cases.push(RelayCase::new(
        SUITE,
        "silent-others",
        title,
        &["RELAY-3"],
        |bench| {
            let channel = bench.channel(State::Answered)?;
            let mut silent = Vec::new();
            for _ in 0..100 {
                silent.push(bench.connect()?);
            }
            bench.expect(
                &channel.read(Cell::Answer, 0),
                &Want::cell(Cell::Answer.content()),
            )?;
            Ok(())
        },
    ));
    let title = "a request in small pieces is answered";
    cases.push(RelayCase::new(
        SUITE,
        "in-pieces",
        title,
        &["RELAY-3", "RELAY-21"],
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel.write(Cell::Answer);
            let bytes = bench.bytes(&request);
            bench.note(format!("{request} (in pieces)"));
            let mut connection = bench.connect()?;
            for piece in bytes.chunks(bytes.len() / 12 + 1) {
                let _ = connection.send(piece);
                thread::sleep(Duration::from_millis(5));
            }
            let reply = read(bench, &mut connection)?;
            bench.judge(&reply, &Want::Status(200))
        },
    ));
    cases
}
