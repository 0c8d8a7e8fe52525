//! Lives (RELAY-15).

use super::super::case::RelayCase;
use super::super::channel::{Cell, Channel, State};
use super::super::reply::Want;
use super::moments::*;
use crate::subject::relay_settings::RelaySettings;

pub(super) fn lives() -> Vec<RelayCase> {
    let expired = || Want::closed("expired");
    let alive = || Want::Status(204);
    let ask = |channel: &Channel| channel.get(Cell::Answer, &channel.owner, "");
    let settings = || RelaySettings::second(20).living(20);
    vec![
        RelayCase::new(
            SUITE,
            "open",
            "a channel that nobody claims lives for the relay's ttl",
            &["RELAY-15"],
            move |bench| {
                let channel = bench.channel(State::Open)?;
                bench.sleep_until(channel.allocated.0, 15.0);
                until(bench, &ask(&channel), &alive(), channel.allocated, 20.0)?;
                from(bench, &ask(&channel), &expired(), channel.allocated, 20.0)?;
                Ok(())
            },
        )
        .told(settings())
        .waits(400),
        RelayCase::new(
            SUITE,
            "claimed-late",
            "a claim does not lengthen a life",
            &["RELAY-15"],
            move |bench| {
                let mut channel = bench.channel(State::Open)?;
                bench.sleep_until(channel.allocated.0, 10.0);
                bench.bring(&mut channel, State::Claimed)?;
                until(bench, &ask(&channel), &alive(), channel.allocated, 20.0)?;
                from(bench, &ask(&channel), &expired(), channel.allocated, 20.0)?;
                Ok(())
            },
        )
        .told(settings())
        .waits(400),
        RelayCase::new(
            SUITE,
            "written-late",
            "a write does not lengthen a life",
            &["RELAY-15"],
            move |bench| {
                let mut channel = bench.channel(State::Claimed)?;
                bench.sleep_until(channel.allocated.0, 12.0);
                bench.bring(&mut channel, State::Receipted)?;
                let claim = channel.claim(&channel.claimant);
                until(bench, &claim, &Want::Status(200), channel.allocated, 20.0)?;
                from(bench, &claim, &expired(), channel.allocated, 20.0)?;
                Ok(())
            },
        )
        .told(settings())
        .waits(400),
        RelayCase::new(
            SUITE,
            "asked-late",
            "a repeated allocate does not lengthen a life",
            &["RELAY-15", "RELAY-14"],
            move |bench| {
                let channel = bench.channel(State::Open)?;
                bench.sleep_until(channel.allocated.0, 12.0);
                until(
                    bench,
                    &channel.allocate(),
                    &Want::Status(201),
                    channel.allocated,
                    20.0,
                )?;
                from(bench, &ask(&channel), &expired(), channel.allocated, 20.0)?;
                Ok(())
            },
        )
        .told(settings())
        .waits(400),
        RelayCase::new(
            SUITE,
            "claimed",
            "a claimed channel lives for 600 seconds after its claim",
            &["RELAY-15"],
            move |bench| {
                let mut channel = bench.channel(State::Open)?;
                bench.sleep_until(channel.allocated.0, 60.0);
                bench.bring(&mut channel, State::Claimed)?;
                bench.sleep_until(channel.claimed.0, 570.0);
                until(bench, &ask(&channel), &alive(), channel.claimed, 600.0)?;
                from(bench, &ask(&channel), &expired(), channel.claimed, 600.0)?;
                Ok(())
            },
        )
        .told(RelaySettings::second(3))
        .waits(2_000),
        RelayCase::new(
            SUITE,
            "claimed-again",
            "a repeated claim does not lengthen a life",
            &["RELAY-15"],
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                bench.sleep_until(channel.claimed.0, 400.0);
                bench.given(&channel.claim(&channel.claimant), &Want::Status(200))?;
                bench.given(&channel.claim(&channel.another), &Want::token("crowded"))?;
                from(bench, &ask(&channel), &expired(), channel.claimed, 600.0)?;
                Ok(())
            },
        )
        .told(RelaySettings::second(3))
        .waits(1_800)
        .starts(4),
        RelayCase::new(
            SUITE,
            "unclaimed-long",
            "a channel that nobody claims lives for more than 600 seconds",
            &["RELAY-15"],
            move |bench| {
                let channel = bench.channel(State::Open)?;
                bench.sleep_until(channel.allocated.0, 700.0);
                until(bench, &ask(&channel), &alive(), channel.allocated, 3_600.0)?;
                Ok(())
            },
        )
        .told(RelaySettings::second(3))
        .waits(2_100),
        RelayCase::new(
            SUITE,
            "expired-all",
            "an expired channel answers all requests by the column ended",
            &["RELAY-15", "RELAY-17"],
            move |bench| {
                let mut channel = bench.channel(State::Claimed)?;
                bench.bring(&mut channel, State::Answered)?;
                from(
                    bench,
                    &channel.claim(&channel.claimant),
                    &expired(),
                    channel.allocated,
                    20.0,
                )?;
                bench.expect(&channel.claim(&channel.owner), &expired())?;
                bench.expect(&channel.allocate(), &expired())?;
                bench.expect(
                    &channel.read(Cell::Answer, 5),
                    &Want::cell(Cell::Answer.content()),
                )?;
                bench.expect(&channel.read(Cell::Finish, 5), &expired())?;
                bench.expect(&channel.write(Cell::Answer), &Want::Status(200))?;
                bench.expect(&channel.write(Cell::Finish), &expired())?;
                bench.expect(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
                bench.expect(&channel.read(Cell::Finish, 5), &expired())?;
                Ok(())
            },
        )
        .told(settings())
        .waits(400),
        RelayCase::new(
            SUITE,
            "apart",
            "each channel lives from its own allocation",
            &["RELAY-15"],
            move |bench| {
                let first = bench.channel(State::Open)?;
                bench.sleep_until(first.allocated.0, 10.0);
                let second = bench.channel(State::Open)?;
                from(bench, &ask(&first), &expired(), first.allocated, 20.0)?;
                until(bench, &ask(&second), &alive(), second.allocated, 20.0)?;
                from(bench, &ask(&second), &expired(), second.allocated, 20.0)?;
                Ok(())
            },
        )
        .told(settings())
        .waits(600),
    ]
}
