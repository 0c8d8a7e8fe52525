//! GETs that wait, as they are watched.

use std::time::{Duration, Instant};

use super::super::bench::{Bench, Pending};
use super::super::channel::{Cell, State};
use super::super::fault::Fault;
use super::super::reply::{Reply, Want};

pub(super) const SUITE: &str = "relay-waits";

/// The time for which a GET is watched that must go on waiting.
pub(super) const WATCHED: Duration = Duration::from_millis(60);

/// The rounding of clocks, by which a wait may seem shorter.
pub(super) const ROUNDING: Duration = Duration::from_millis(3);

/// The state in which a cell is the next to be written.
pub(super) fn before(cell: Cell) -> State {
    match cell {
        Cell::Answer => State::Claimed,
        Cell::Finish => State::Answered,
        Cell::Receipt => State::Finished,
    }
}

/// Reads an answer that must have come soon after a moment.
pub(super) fn soon(
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
pub(super) fn still_waits(
    bench: &Bench<'_>,
    pending: &mut Pending<'_>,
    what: &str,
) -> Result<(), Fault> {
    match pending.is_silent(WATCHED) {
        true => Ok(()),
        false => match pending.try_reply() {
            Ok(reply) => Err(bench.failed(format!("a wait that goes on, {what}"), reply)),
            Err(none) => Err(pending.silence(&none)),
        },
    }
}
