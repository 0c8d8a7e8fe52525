//! A relay that goes down, and one that was started again (sections 9.2 and 10.4).

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Cell, State};
use super::fault::Fault;
use super::reply::Want;

const SUITE: &str = "relay-down";

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    vec![
        RelayCase::new(SUITE, "waiting", "a relay that goes down answers GETs that wait with `unavailable`", &["RELAY-4"], |bench| {
            let channel = bench.channel(State::Claimed)?;
            let waiting = [
                bench.begin(&channel.read(Cell::Answer, 20))?,
                bench.begin(&channel.read(Cell::Finish, 20))?,
                bench.begin(&channel.read(Cell::Receipt, 20))?,
            ];
            bench.settle();
            down(bench)?;
            for one in waiting {
                let reply = one.reply()?;
                bench.judge(&reply, &Want::token("unavailable"))?;
            }
            Ok(())
        }).ending().waits(100),
        RelayCase::new(SUITE, "new", "a relay that goes down answers a new request, refuses it as `unavailable` or has closed", &["RELAY-4", "RELAY-8"], |bench| {
            let channel = bench.channel(State::Answered)?;
            let request = channel.read(Cell::Answer, 0);
            down(bench)?;
            let want = Want::Either(vec![
                Want::token("unavailable"),
                Want::cell(Cell::Answer.content()),
            ]);
            for _ in 0..5 {
                let Ok(mut pending) = bench.begin(&request) else {
                    return Ok(());
                };
                if let Ok(reply) = pending.try_reply() {
                    bench.judge(&reply, &want)?;
                }
            }
            Ok(())
        }).ending(),
        RelayCase::new(SUITE, "restarted", "after a restart all channels are absent", &["RELAY-11"], |bench| {
            let channel = bench.channel(State::Answered)?;
            let ended = bench.channel(State::Ended)?;
            down(bench)?;
            let again = (bench.start_another)()
                .map_err(|error| bench.failed("a relay that starts again", format!("{error:#}")))?;
            let newer = Bench::new(&again, bench.settings.clone(), bench.checker, bench.start_another)
                .map_err(|error| bench.failed("an address", format!("{error:#}")))?;
            let absent = Want::token("no-such-channel");
            newer.expect(&channel.read(Cell::Answer, 0), &absent)?;
            newer.expect(&channel.claim(&channel.claimant), &absent)?;
            newer.expect(&ended.read(Cell::Answer, 0), &absent)?;
            Ok(())
        }).ending(),
    ]
}

fn down(bench: &Bench<'_>) -> Result<(), Fault> {
    bench.note("the relay is asked to go down (SIGTERM)");
    let asked = bench.relay.go_down();
    asked.map_err(|error| Fault::Skipped(format!("{error:#}")))
}
