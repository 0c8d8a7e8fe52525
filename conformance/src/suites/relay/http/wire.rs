//! Requests and answers below the usual ones: heads alone, raw bytes, and answers to them.

use std::time::{Duration, Instant};

use super::super::bench::Bench;
use super::super::channel::{Cell, Channel, State};
use super::super::fault::Fault;
use super::super::reply::{Reply, Want};
use super::super::request::Request;
use crate::stage::http_connection::{HttpAnswer, HttpConnection, NoAnswer};

pub(super) const SUITE: &str = "relay-http";

/// The time that an answer may take.
pub(super) const ANSWERING: Duration = Duration::from_secs(10);

/// The rounding of clocks.
pub(super) const ROUNDING: Duration = Duration::from_millis(3);

/// A kind of request, with its needs.
pub(super) fn prepared(bench: &Bench<'_>, kind: &str) -> Result<(Channel, Request, Want), Fault> {
    let state = match kind {
        "allocate" => State::Absent,
        "claim" => State::Open,
        "put-finish" => State::Answered,
        "put-receipt" => State::Finished,
        _ => State::Claimed,
    };
    let channel = match state {
        State::Absent => Channel::new(),
        state => bench.channel(state)?,
    };
    let (request, want) = match kind {
        "allocate" => (channel.allocate(), Want::Status(201)),
        "claim" => (channel.claim(&channel.claimant), Want::Status(200)),
        "put-answer" => (channel.write(Cell::Answer), Want::Status(200)),
        "put-finish" => (channel.write(Cell::Finish), Want::Status(200)),
        "put-receipt" => (channel.write(Cell::Receipt), Want::Status(200)),
        _ => (channel.close(&channel.owner, "done"), Want::Status(200)),
    };
    Ok((channel, request, want))
}

/// The kinds of requests with a body, and the most bytes of it (RELAY-10).
pub(super) const KINDS: [(&str, usize); 6] = [
    ("allocate", 1_024),
    ("claim", 1_024),
    ("put-answer", 139_264),
    ("put-finish", 139_264),
    ("put-receipt", 1_024),
    ("close", 1_024),
];

/// Reads a final answer.
pub(super) fn read(bench: &Bench<'_>, connection: &mut HttpConnection) -> Result<Reply, Fault> {
    loop {
        match connection.answer(false, Instant::now() + ANSWERING) {
            Ok(answer) if answer.status < 200 => {}
            Ok(answer) => {
                let now = Instant::now();
                let reply = Reply {
                    answer,
                    sent: now,
                    read: now,
                };
                bench.note(format!("-> {reply}"));
                return Ok(reply);
            }
            Err(none @ NoAnswer::TimedOut(_)) => return Err(bench.late("an answer", none)),
            Err(none) => return Err(bench.failed("an answer", none)),
        }
    }
}

/// Reads a 100 or a final answer; other interim answers may come before it (RFC 9110, section
/// 15.2).
pub(super) fn read_with_100(connection: &mut HttpConnection) -> Result<HttpAnswer, NoAnswer> {
    let until = Instant::now() + ANSWERING;
    loop {
        match connection.answer(false, until) {
            Ok(answer) if (101..200).contains(&answer.status) => {}
            result => return result,
        }
    }
}

/// Sends bytes on a new connection, and reads the answer.
pub(super) fn raw(bench: &Bench<'_>, bytes: &[u8], what: &str) -> Result<Reply, Fault> {
    bench.note(what);
    let mut connection = bench.connect()?;
    let _ = connection.send(bytes);
    read(bench, &mut connection)
}

/// Checks that bytes are not served: an error of whatever form, or the end of the connection.
pub(super) fn refused(bench: &Bench<'_>, bytes: &[u8]) -> Result<(), Fault> {
    bench.note(super::super::request::short(bytes, 300));
    let mut connection = bench.connect()?;
    let _ = connection.send(bytes);
    connection.half_close();
    match connection.answer(false, Instant::now() + ANSWERING) {
        Ok(answer) if answer.status < 400 => {
            Err(bench.failed("an error, or the end of the connection", answer.status))
        }
        Ok(_) => Ok(()),
        Err(none @ NoAnswer::TimedOut(_)) => {
            Err(bench.late("an error, or the end of the connection", none))
        }
        Err(_) => Ok(()),
    }
}
