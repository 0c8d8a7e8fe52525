//! Moments between which a channel ends, and what is asked before and after them.

use std::time::{Duration, Instant};

use super::super::bench::Bench;
use super::super::fault::Fault;
use super::super::reply::{Reply, Want};
use super::super::request::Request;

pub(super) const SUITE: &str = "relay-life";

/// The rounding of two clocks.
pub(super) const ROUNDING: Duration = Duration::from_millis(3);

/// Asks what must be answered so until `end` seconds after the earliest moment of a span.
pub(super) fn until(
    bench: &Bench<'_>,
    request: &Request,
    want: &Want,
    span: (Instant, Instant),
    end: f64,
) -> Result<Reply, Fault> {
    let reply = bench.ask(request)?;
    if want.fits(&reply) {
        return Ok(reply);
    }
    let is_over = reply.read + ROUNDING >= span.0 + bench.seconds(end);
    match is_over {
        true => Err(Fault::Undecided(format!("no answer within {end} s"))),
        false => {
            let at = bench.in_seconds(reply.read.duration_since(span.0));
            Err(bench.failed(
                format!("{want} until {end} s have passed"),
                format!("{reply} at {at:.1} s"),
            ))
        }
    }
}

/// Asks what must be answered so from `end` seconds after the latest moment of a span.
pub(super) fn from(
    bench: &Bench<'_>,
    request: &Request,
    want: &Want,
    span: (Instant, Instant),
    end: f64,
) -> Result<Reply, Fault> {
    bench.sleep_until(span.1 + ROUNDING, end);
    let reply = bench.ask(request)?;
    match want.fits(&reply) {
        true => Ok(reply),
        false => {
            let at = bench.in_seconds(reply.sent.duration_since(span.1));
            Err(bench.failed(
                format!("{want} once {end} s have passed"),
                format!("{reply} at {at:.1} s"),
            ))
        }
    }
}
