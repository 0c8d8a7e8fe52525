//! Numbers that are used again (RELAY-12), and repeated allocates (RELAY-14).

use super::super::bench::Bench;
use super::super::case::RelayCase;
use super::super::channel::{Cell, Channel, State, allocate, fresh};
use super::super::fault::Fault;
use super::super::reply::Want;
use super::moments::*;
use crate::subject::relay_settings::RelaySettings;

/// Nine channels of a new appid, so that no other number of one digit is free.
pub(super) fn nine(bench: &Bench<'_>) -> Result<Vec<Channel>, Fault> {
    let app = fresh(12);
    let mut channels = Vec::new();
    for _ in 0..9 {
        let mut channel = Channel::new();
        channel.app = app.clone();
        bench.bring(&mut channel, State::Open)?;
        channels.push(channel);
    }
    Ok(channels)
}

/// An ended channel, and its successor of the same number.
pub(super) fn succession(bench: &Bench<'_>) -> Result<(Channel, Channel), Fault> {
    let mut channels = nine(bench)?;
    let Some(mut ended) = channels.pop() else {
        return Err(Fault::Skipped("no channel".to_owned()));
    };
    bench.bring(&mut ended, State::Claimed)?;
    let close = ended.close(&ended.owner, "cancelled");
    bench.given(&close, &Want::Status(200))?;
    let mut newer = Channel::new();
    newer.app = ended.app.clone();
    bench.bring(&mut newer, State::Open)?;
    match newer.number == ended.number {
        true => Ok((ended, newer)),
        false => Err(bench
            .failed("the only free number of one digit", newer.number)
            .of_setup()),
    }
}

/// Numbers that are used again (RELAY-12).
pub(super) fn numbers() -> Vec<RelayCase> {
    let closed = || Want::closed("cancelled");
    let clauses = &["RELAY-12"];
    vec![
        RelayCase::new(
            SUITE,
            "number-old-owner",
            "the owner of an ended channel meets that one, not its successor of the same number",
            clauses,
            move |bench| {
                let (ended, _) = succession(bench)?;
                bench.expect(&ended.read(Cell::Answer, 0), &closed())?;
                bench.expect(&ended.claim(&ended.owner), &closed())?;
                bench.expect(&ended.close(&ended.owner, "done"), &Want::Status(200))?;
                Ok(())
            },
        )
        .starts(14),
        RelayCase::new(
            SUITE,
            "number-old-claimant",
            "the claimant of an ended channel meets that one, not its successor of the same number",
            clauses,
            move |bench| {
                let (ended, newer) = succession(bench)?;
                bench.expect(&ended.claim(&ended.claimant), &closed())?;
                bench.expect(&ended.read(Cell::Finish, 0), &closed())?;
                bench.expect(&newer.claim(&newer.claimant), &Want::Status(200))?;
                Ok(())
            },
        )
        .starts(15),
        RelayCase::new(
            SUITE,
            "number-new-sides",
            "the sides of the successor meet the successor",
            clauses,
            move |bench| {
                let (ended, newer) = succession(bench)?;
                let reply = bench.expect(&newer.claim(&newer.claimant), &Want::Status(200))?;
                let body = reply.text("body").unwrap_or_default();
                bench.check(body == newer.offer, &newer.offer, &body)?;
                bench.expect(&newer.write(Cell::Answer), &Want::Status(200))?;
                bench.expect(
                    &newer.read(Cell::Answer, 0),
                    &Want::cell(Cell::Answer.content()),
                )?;
                bench.expect(&ended.read(Cell::Answer, 0), &closed())?;
                Ok(())
            },
        )
        .starts(15),
        RelayCase::new(
            SUITE,
            "number-close-old",
            "a late close of an ended channel does not end its successor",
            clauses,
            move |bench| {
                let (ended, newer) = succession(bench)?;
                bench.expect(&ended.close(&ended.owner, "done"), &Want::Status(200))?;
                bench.expect(&ended.close(&ended.claimant, "done"), &Want::Status(200))?;
                bench.expect(&newer.read(Cell::Answer, 0), &Want::Status(204))?;
                Ok(())
            },
        )
        .starts(14),
        RelayCase::new(
            SUITE,
            "number-own-live",
            "a side with an ended and a live channel of one number meets the live one",
            clauses,
            move |bench| {
                let mut channels = nine(bench)?;
                let Some(mut ended) = channels.pop() else {
                    return Ok(());
                };
                bench.bring(&mut ended, State::Claimed)?;
                let close = ended.close(&ended.owner, "cancelled");
                bench.given(&close, &Want::Status(200))?;
                // The claimant of the ended channel allocates, and gets its number.
                let mut newer = Channel::new();
                newer.app = ended.app.clone();
                newer.owner = ended.claimant.clone();
                bench.bring(&mut newer, State::Open)?;
                bench
                    .check(
                        newer.number == ended.number,
                        "the number again",
                        newer.number,
                    )
                    .map_err(Fault::of_setup)?;
                bench.expect(&newer.read(Cell::Answer, 0), &Want::Status(204))?;
                bench.expect(&newer.claim(&newer.owner), &Want::token("forbidden"))?;
                Ok(())
            },
        )
        .starts(14),
        RelayCase::new(
            SUITE,
            "number-two-ended",
            "a side with two ended channels of one number meets the later one",
            clauses,
            move |bench| {
                let mut channels = nine(bench)?;
                let Some(mut first) = channels.pop() else {
                    return Ok(());
                };
                bench.bring(&mut first, State::Claimed)?;
                bench.given(&first.close(&first.owner, "cancelled"), &Want::Status(200))?;
                let mut second = Channel::new();
                second.app = first.app.clone();
                second.owner = first.claimant.clone();
                bench.bring(&mut second, State::Open)?;
                bench
                    .check(
                        second.number == first.number,
                        "the number again",
                        second.number,
                    )
                    .map_err(Fault::of_setup)?;
                bench.given(&second.close(&second.owner, "timeout"), &Want::Status(200))?;
                bench.expect(&second.read(Cell::Answer, 0), &Want::closed("timeout"))?;
                bench.expect(&first.read(Cell::Answer, 0), &Want::closed("cancelled"))?;
                Ok(())
            },
        )
        .starts(14),
    ]
}

/// Allocates of a side that has a channel (RELAY-14).
pub(super) fn allocates() -> Vec<RelayCase> {
    let clauses = &["RELAY-14"];
    let mut cases = Vec::new();
    for state in [
        State::Open,
        State::Claimed,
        State::Answered,
        State::Finished,
        State::Receipted,
    ] {
        let name = format!("{state:?}").to_lowercase();
        let title = format!(
            "an allocate with the same body of a channel that is {name} gives the same channel"
        );
        cases.push(
            RelayCase::new(
                SUITE,
                format!("allocate-same-{name}"),
                title,
                clauses,
                move |bench| {
                    let channel = bench.channel(state)?;
                    let reply = bench.expect(&channel.allocate(), &Want::Status(201))?;
                    let number = reply.number("channel").unwrap_or(0);
                    bench.check(
                        number == channel.number,
                        format!("the channel {}", channel.number),
                        &reply,
                    )
                },
            )
            .starts(3),
        );
        let title =
            format!("an allocate with another body of a channel that is {name} is a conflict");
        cases.push(
            RelayCase::new(
                SUITE,
                format!("allocate-other-{name}"),
                title,
                clauses,
                move |bench| {
                    let channel = bench.channel(state)?;
                    let other = allocate(&channel.app, &channel.owner, &fresh(33));
                    bench.expect(&other, &Want::token("conflict"))?;
                    let longer = allocate(
                        &channel.app,
                        &channel.owner,
                        &format!("{}00", channel.offer),
                    );
                    bench.expect(&longer, &Want::token("conflict"))?;
                    Ok(())
                },
            )
            .starts(4),
        );
    }
    cases.push(
        RelayCase::new(
            SUITE,
            "allocate-ended",
            "an allocate in the grace of the side's channel is `closed`",
            clauses,
            |bench| {
                let channel = bench.channel(State::Claimed)?;
                bench.given(
                    &channel.close(&channel.claimant, "bad-element"),
                    &Want::Status(200),
                )?;
                bench.expect(&channel.allocate(), &Want::closed("bad-element"))?;
                let other = allocate(&channel.app, &channel.owner, &fresh(33));
                bench.expect(&other, &Want::closed("bad-element"))?;
                Ok(())
            },
        )
        .starts(4),
    );
    cases.push(
        RelayCase::new(
            SUITE,
            "allocate-after-grace",
            "an allocate after the grace makes a new channel",
            &["RELAY-14", "RELAY-17"],
            |bench| {
                let channel = bench.channel(State::Open)?;
                let reply =
                    bench.given(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
                let other = allocate(&channel.app, &channel.owner, &fresh(33));
                from(
                    bench,
                    &other,
                    &Want::Status(201),
                    (reply.sent, reply.read),
                    60.0,
                )?;
                Ok(())
            },
        )
        .told(RelaySettings::second(10))
        .waits(600),
    );
    cases.push(RelayCase::new(
        SUITE,
        "allocate-other-appid",
        "an allocate of the same side in another appid makes a channel of its own",
        clauses,
        |bench| {
            let channel = bench.channel(State::Open)?;
            let other = allocate(&fresh(12), &channel.owner, &fresh(33));
            bench.expect(&other, &Want::Status(201))?;
            Ok(())
        },
    ));
    cases.push(
        RelayCase::new(
            SUITE,
            "allocate-by-claimant",
            "a channel that a side has claimed does not count for its allocate",
            clauses,
            |bench| {
                let channel = bench.channel(State::Claimed)?;
                let own = allocate(&channel.app, &channel.claimant, &fresh(33));
                let reply = bench.expect(&own, &Want::Status(201))?;
                let number = reply.number("channel").unwrap_or(0);
                bench.check(number != channel.number, "another channel", &reply)
            },
        )
        .starts(3),
    );
    cases.push(
        RelayCase::new(
            SUITE,
            "claim-two",
            "a side may claim several channels of an appid, and own one",
            clauses,
            |bench| {
                let first = bench.channel(State::Claimed)?;
                let mut second = Channel::new();
                second.app = first.app.clone();
                second.claimant = first.claimant.clone();
                bench.bring(&mut second, State::Open)?;
                let reply = bench.expect(&second.claim(&second.claimant), &Want::Status(200))?;
                let body = reply.text("body").unwrap_or_default();
                bench.check(body == second.offer, &second.offer, &body)?;
                // An owner may be the claimant of another's channel too.
                let mut third = Channel::new();
                third.app = first.app.clone();
                third.claimant = first.owner.clone();
                bench.bring(&mut third, State::Open)?;
                bench.expect(&third.claim(&third.claimant), &Want::Status(200))?;
                Ok(())
            },
        )
        .starts(6),
    );
    cases
}
