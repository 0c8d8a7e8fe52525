//! The time in which a request must arrive (RELAY-21), with a short second.

use std::time::Instant;

use super::super::bench::Bench;
use super::super::case::RelayCase;
use super::super::channel::{Cell, State};
use super::super::fault::Fault;
use super::super::reply::{Reply, Want};
use super::super::request::Request;
use super::wire::*;
use crate::stage::http_connection::HttpConnection;
use crate::subject::relay_settings::RelaySettings;

/// The time in which a request must arrive (RELAY-21), with a short second.
pub(super) fn times() -> Vec<RelayCase> {
    let clauses = &["RELAY-21"];
    let settings = || RelaySettings::second(25);
    let mut cases = Vec::new();
    for (id, what, slow) in [
        ("head", "the first half of a head", false),
        ("body", "a head and half of its body", false),
        ("slow-head", "a head byte by byte, without end", true),
        ("slow-body", "a body byte by byte, without end", true),
    ] {
        let title = format!(
            "a request that does not arrive within 30 seconds is dropped without an answer: {what}"
        );
        cases.push(
            RelayCase::new(SUITE, format!("late-{id}"), title, clauses, move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let request = channel
                    .write(Cell::Answer)
                    .header("X-Long", "x".repeat(400));
                let request = match id.contains("body") {
                    true => request.with(format!("{{\"body\":\"{}\"}}", "ab".repeat(400))),
                    false => request,
                };
                let (host, path) = (&bench.address.host, &bench.address.path);
                let (head, body) = (request.head(host, path), request.body());
                let first = match id.contains("body") {
                    true => [&head[..], body.get(..20).unwrap_or_default()].concat(),
                    false => head.get(..head.len() / 2).unwrap_or_default().to_vec(),
                };
                let rest = match id.contains("body") {
                    true => body.get(20..300).unwrap_or_default(),
                    false => head.get(head.len() / 2..head.len() - 4).unwrap_or_default(),
                };
                bench.note(what);
                let mut connection = bench.connect()?;
                let begun = Instant::now();
                let _ = connection.send(&first);
                if slow {
                    dribble(bench, &mut connection, rest, begun, 40.0);
                }
                let latest = if slow { 41.0 } else { 30.0 };
                ends_unanswered(bench, &mut connection, begun, latest)
            })
            .told(settings())
            .waits(750),
        );
    }
    let title = "a request that needs 24 seconds to arrive is answered";
    cases.push(
        RelayCase::new(SUITE, "in-time", title, clauses, |bench| {
            let channel = bench.channel(State::Claimed)?;
            let request = channel
                .write(Cell::Answer)
                .header("X-Long", "x".repeat(200));
            let connection = bench.connect()?;
            let (reply, _) = slowly(bench, connection, &request, 24.0)?;
            bench.judge(&reply, &Want::Status(200))
        })
        .told(settings())
        .waits(600),
    );
    let title = "the time of a later request on a kept connection begins with its own first byte";
    cases.push(
        RelayCase::new(SUITE, "in-time-kept", title, clauses, |bench| {
            let channel = bench.channel(State::Claimed)?;
            let first = channel.read(Cell::Answer, 0);
            let (reply, connection) = bench.begin(&first)?.reply_and_connection()?;
            if !reply.answer.keeps() {
                return Ok(());
            }
            bench.sleep_until(reply.read, 20.0);
            if reply.sent.elapsed() > bench.seconds(28.0) {
                return Err(Fault::Undecided(
                    "the connection was idle too long".to_owned(),
                ));
            }
            let request = channel
                .write(Cell::Answer)
                .header("X-Long", "x".repeat(200));
            let (reply, _) = slowly(bench, connection, &request, 20.0)?;
            bench.judge(&reply, &Want::Status(200))
        })
        .told(settings())
        .waits(1_000),
    );
    for (id, what) in [
        ("head", "the first half of a head"),
        ("body", "a head and half of its body"),
    ] {
        let title = format!(
            "a later request on a kept connection that does not arrive is dropped as well: {what}"
        );
        let id = format!("late-kept-{id}");
        cases.push(
            RelayCase::new(SUITE, id, title, clauses, move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let first = channel.read(Cell::Answer, 0);
                let (reply, mut connection) = bench.begin(&first)?.reply_and_connection()?;
                if !reply.answer.keeps() {
                    return Ok(());
                }
                let request = channel.write(Cell::Answer);
                let bytes = bench.bytes(&request);
                let sent = match what.contains("body") {
                    true => bytes.len() - 4,
                    false => 30,
                };
                bench.note(what);
                let begun = Instant::now();
                let _ = connection.send(bytes.get(..sent).unwrap_or_default());
                ends_unanswered(bench, &mut connection, begun, 30.0)
            })
            .told(settings())
            .waits(750),
        );
    }
    let title =
        "the time of a request that was begun behind a waiting GET begins with that one's answer";
    cases.push(
        RelayCase::new(SUITE, "in-time-behind-wait", title, clauses, |bench| {
            let channel = bench.channel(State::Claimed)?;
            let get = channel.read(Cell::Answer, 20);
            let request = channel
                .write(Cell::Answer)
                .header("X-Long", "x".repeat(200));
            let bytes = bench.bytes(&request);
            let (front, back) = bytes.split_at(bytes.len() / 2);
            let mut connection = bench.connect()?;
            bench.note(format!("{get}, and behind it the first half of {request}"));
            let _ = connection.send(&[&bench.bytes(&get)[..], front].concat());
            let sent = Instant::now();
            let first = read(bench, &mut connection)?;
            bench.judge(&first, &Want::Status(204))?;
            if !first.answer.keeps() {
                return Ok(());
            }
            let answered = Instant::now();
            bench.sleep_until(answered, 20.0);
            let _ = connection.send(back);
            // The relay may have answered long before the answer was read, but not before
            // the wait was over.
            if sent.elapsed() > bench.seconds(20.0 + 28.0) {
                return Err(Fault::Undecided("the request was sent too late".to_owned()));
            }
            let reply = read(bench, &mut connection)?;
            bench.judge(&reply, &Want::Status(200))
        })
        .told(settings())
        .waits(1_000),
    );
    cases
}

/// Checks that a connection ends without an answer, after 30 seconds from a moment on and not much
/// later than the latest ones.
fn ends_unanswered(
    bench: &Bench<'_>,
    connection: &mut HttpConnection,
    begun: Instant,
    latest: f64,
) -> Result<(), Fault> {
    const WANTED: &str = "the end of the connection after 30 s";
    let came = connection.end(begun + bench.seconds(30.0) + ANSWERING);
    let took = begun.elapsed();
    let after = || format!("after {:.1} s", bench.in_seconds(took));
    let Some(bytes) = came else {
        return Err(bench.late(WANTED, "none"));
    };
    bench.check(bytes == 0, "no answer", format!("{bytes} bytes"))?;
    bench.check(took + ROUNDING >= bench.seconds(30.0), WANTED, after())?;
    match took <= bench.seconds(latest) + bench.lag() {
        true => Ok(()),
        false => Err(bench.late(WANTED, after())),
    }
}

/// Sends bytes one by one for so many seconds, or until they are all sent.
pub(super) fn dribble(
    bench: &Bench<'_>,
    connection: &mut HttpConnection,
    bytes: &[u8],
    since: Instant,
    seconds: f64,
) {
    let steps = 40;
    let size = bytes.len() / steps + 1;
    for (index, piece) in bytes.chunks(size).enumerate() {
        bench.sleep_until(since, seconds * index as f64 / steps as f64);
        if connection.send(piece).is_err() {
            return;
        }
    }
}

/// Sends a request within so many seconds, and gives its answer.
pub(super) fn slowly(
    bench: &Bench<'_>,
    mut connection: HttpConnection,
    request: &Request,
    seconds: f64,
) -> Result<(Reply, HttpConnection), Fault> {
    bench.note(format!("{request} (within {seconds} s)"));
    let bytes = bench.bytes(request);
    let begun = Instant::now();
    let (last, rest) = bytes.split_last().unwrap_or((&b'\n', &[]));
    dribble(bench, &mut connection, rest, begun, seconds);
    let _ = connection.send(&[*last]);
    if begun.elapsed() > bench.seconds(29.0) {
        return Err(Fault::Undecided("the request was sent too late".to_owned()));
    }
    let reply = read(bench, &mut connection)?;
    Ok((reply, connection))
}
