//! Expectations (RELAY-25).

use std::time::Instant;

use super::super::bench::Bench;
use super::super::case::RelayCase;
use super::super::channel::{Cell, Channel, State};
use super::super::fault::Fault;
use super::super::reply::{Reply, Want};
use super::super::request::Request;
use super::wire::*;
use crate::stage::http_connection::HttpConnection;

pub(super) fn expectations() -> Vec<RelayCase> {
    let clauses = &["RELAY-25"];
    let mut cases = Vec::new();
    for (kind, _) in KINDS {
        let title = format!("{kind}: Expect: 100-continue is answered with 100 before the body");
        cases.push(RelayCase::new(
            SUITE,
            format!("expect-{kind}"),
            title,
            clauses,
            move |bench| {
                let (_, request, want) = prepared(bench, kind)?;
                let mut connection = expecting(bench, &request, "100-continue")?;
                let interim = read_with_100(&mut connection);
                match interim {
                    Ok(answer) if answer.status == 100 => {}
                    Ok(answer) => return Err(bench.failed("100", answer.status)),
                    Err(none) => return Err(bench.late("100", none)),
                }
                let _ = connection.send(&request.body());
                let reply = read(bench, &mut connection)?;
                bench.judge(&reply, &want)
            },
        ));
    }
    type Made = fn(&Channel) -> Request;
    let refusals: [(&str, &str, Made); 4] = [
        ("unauthorized", "unauthorized", |channel| {
            channel.write(Cell::Answer).without("Authorization")
        }),
        ("not-found", "not-found", |channel| {
            let mut put = channel.write(Cell::Answer);
            put.target.push('x');
            put
        }),
        ("method", "method-not-allowed", |channel| {
            let mut put = channel.write(Cell::Answer);
            put.method = "POST".to_owned();
            put
        }),
        ("too-large", "too-large", |channel| {
            channel.claim(&channel.claimant).with(" ".repeat(1_025))
        }),
    ];
    for (id, token, make) in refusals {
        let title = format!(
            "with Expect: 100-continue, `{token}` comes at once, or after a 100 and the body"
        );
        cases.push(RelayCase::new(
            SUITE,
            format!("expect-refused-{id}"),
            title,
            clauses,
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let request = make(&channel);
                let mut connection = expecting(bench, &request, "100-continue")?;
                let first = read_with_100(&mut connection);
                let answer = match first {
                    Ok(answer) if answer.status == 100 => {
                        let _ = connection.send(&request.body());
                        read(bench, &mut connection)?.answer
                    }
                    Ok(answer) => answer,
                    Err(none) => return Err(bench.late("100 or a refusal", none)),
                };
                let now = Instant::now();
                bench.judge(
                    &Reply {
                        answer,
                        sent: now,
                        read: now,
                    },
                    &Want::token(token),
                )
            },
        ));
    }
    let title = "Expect: 100-Continue is taken in any case";
    cases.push(RelayCase::new(
        SUITE,
        "expect-case",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel.write(Cell::Answer);
            let mut connection = expecting(bench, &request, "100-Continue")?;
            match read_with_100(&mut connection) {
                Ok(answer) if answer.status == 100 => {}
                Ok(answer) => return Err(bench.failed("100", answer.status)),
                Err(none) => return Err(bench.late("100", none)),
            }
            let _ = connection.send(&request.body());
            let reply = read(bench, &mut connection)?;
            bench.judge(&reply, &Want::Status(200))
        },
    ));
    let title = "an expectation in HTTP/1.0 is ignored, and gets no 100";
    cases.push(RelayCase::new(
        SUITE,
        "expect-in-1.0",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel.write(Cell::Answer).version("HTTP/1.0");
            let mut connection = expecting(bench, &request, "100-continue")?;
            bench.settle();
            let _ = connection.send(&request.body());
            match read_with_100(&mut connection) {
                Ok(answer) => bench.check(
                    answer.status == 200,
                    "200 without a 100 before it",
                    answer.status,
                ),
                Err(none) => Err(bench.late("200", none)),
            }
        },
    ));
    let title = "other expectations are ignored";
    cases.push(RelayCase::new(
        SUITE,
        "expect-other",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel.write(Cell::Answer).header("Expect", "a-miracle");
            bench.expect(&put, &Want::Status(200))?;
            Ok(())
        },
    ));
    let title = "an expectation whose body is there already, or that has none, does no harm";
    cases.push(RelayCase::new(
        SUITE,
        "expect-needless",
        title,
        clauses,
        |bench| {
            let channel = bench.channel(State::Claimed)?;
            let put = channel.write(Cell::Answer).header("Expect", "100-continue");
            bench.expect(&put, &Want::Status(200))?;
            let get = channel
                .read(Cell::Answer, 0)
                .header("Expect", "100-continue");
            bench.expect(&get, &Want::cell(Cell::Answer.content()))?;
            Ok(())
        },
    ));
    cases
}

/// Sends the head of a request that expects a 100.
pub(super) fn expecting(
    bench: &Bench<'_>,
    request: &Request,
    value: &str,
) -> Result<HttpConnection, Fault> {
    let request = request.clone().header("Expect", value);
    bench.note(format!("{request} (its head alone)"));
    let mut connection = bench.connect()?;
    let _ = connection.send(&request.head(&bench.address.host, &bench.address.path));
    Ok(connection)
}
