//! Many channels and sides at once, each apart from all others.

use std::collections::BTreeSet;

use super::case::RelayCase;
use super::channel::{Cell, Channel, State, fresh};
use super::reply::Want;

const SUITE: &str = "relay-many";

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    vec![
        RelayCase::new(
            SUITE,
            "appids",
            "the same number in two appids is two channels",
            &["RELAY-11"],
            |bench| {
                let first = bench.channel(State::Answered)?;
                let mut second = first.clone();
                second.app = fresh(12);
                let absent = Want::token("no-such-channel");
                bench.expect(&second.read(Cell::Answer, 0), &absent)?;
                bench.expect(&second.claim(&second.claimant), &absent)?;
                bench.expect(&second.close(&second.owner, "done"), &absent)?;
                bench.expect(
                    &first.read(Cell::Answer, 0),
                    &Want::cell(Cell::Answer.content()),
                )?;
                Ok(())
            },
        )
        .starts(3),
        RelayCase::new(
            SUITE,
            "appid-prefix",
            "an appid that begins or ends like another, or is a byte from it, is another",
            &["RELAY-11", "RELAY-3"],
            |bench| {
                let channel = bench.channel(State::Answered)?;
                let part = |from: usize, to: usize| channel.app.get(from..to).unwrap_or_default();
                for app in [
                    format!("{}00", channel.app),
                    format!("00{}", channel.app),
                    part(2, 24).to_owned(),
                    part(0, 22).to_owned(),
                    format!("{}{}", part(0, 22), near(part(22, 24))),
                    format!("{}{}", near(part(0, 2)), part(2, 24)),
                ] {
                    let mut other = channel.clone();
                    other.app = app;
                    bench.expect(
                        &other.read(Cell::Answer, 0),
                        &Want::token("no-such-channel"),
                    )?;
                }
                Ok(())
            },
        ),
        RelayCase::new(
            SUITE,
            "numbers",
            "a number that begins like another's is another",
            &["RELAY-11"],
            |bench| {
                let channel = bench.channel(State::Answered)?;
                let mut other = channel.clone();
                for number in [
                    channel.number * 10,
                    channel.number * 10 + 1,
                    channel.number + 9,
                ] {
                    other.number = number;
                    bench.expect(
                        &other.read(Cell::Answer, 0),
                        &Want::token("no-such-channel"),
                    )?;
                }
                Ok(())
            },
        ),
        RelayCase::new(
            SUITE,
            "hundred",
            "a hundred channels at once keep their own bytes",
            &["RELAY-11", "RELAY-13"],
            |bench| {
                let app = fresh(12);
                let mut channels = Vec::new();
                for index in 0..100 {
                    let mut channel = Channel::new();
                    if index % 2 == 0 {
                        channel.app.clone_from(&app);
                    }
                    bench.bring(&mut channel, State::Claimed)?;
                    let answer = fresh(40);
                    let put = channel.put(Cell::Answer, &channel.claimant, &answer);
                    bench.given(&put, &Want::Status(200))?;
                    channels.push((channel, answer));
                }
                for (channel, answer) in &channels {
                    bench.expect(&channel.read(Cell::Answer, 0), &Want::cell(answer))?;
                }
                let places: BTreeSet<(&str, u64)> = channels
                    .iter()
                    .map(|(channel, _)| (channel.app.as_str(), channel.number))
                    .collect();
                bench.check(places.len() == 100, "100 channels", places.len())
            },
        )
        .starts(200),
        RelayCase::new(
            SUITE,
            "waits",
            "fifty GETs wait at once, and each gets its own cell",
            &["RELAY-4"],
            |bench| {
                let mut waiting = Vec::new();
                for _ in 0..50 {
                    let channel = bench.channel(State::Claimed)?;
                    let get = bench.begin(&channel.read(Cell::Answer, 10))?;
                    waiting.push((channel, get, fresh(8)));
                }
                for (channel, _, answer) in &waiting {
                    let put = channel.put(Cell::Answer, &channel.claimant, answer);
                    bench.given(&put, &Want::Status(200))?;
                }
                for (_, get, answer) in waiting {
                    let reply = get.reply()?;
                    bench.judge(&reply, &Want::cell(&answer))?;
                }
                Ok(())
            },
        )
        .starts(100),
        RelayCase::new(
            SUITE,
            "one-claim",
            "of many sides that claim at once, one gets the channel",
            &["RELAY-11"],
            |bench| {
                let channel = bench.channel(State::Open)?;
                let sides: Vec<String> = (0..12).map(|_| fresh(16)).collect();
                let mut claims = Vec::new();
                for side in &sides {
                    claims.push(bench.begin(&channel.claim(side))?);
                }
                let mut taken = 0;
                for claim in claims {
                    let reply = claim.reply()?;
                    let want = Want::Either(vec![Want::Status(200), Want::token("crowded")]);
                    bench.judge(&reply, &want)?;
                    taken += usize::from(reply.status() == 200);
                }
                bench.check(taken == 1, "one claim that succeeds", taken)
            },
        )
        .starts(13),
        RelayCase::new(
            SUITE,
            "one-write",
            "of many writes of different bytes at once, one is taken and then read",
            &["RELAY-13", "RELAY-11"],
            |bench| {
                let channel = bench.channel(State::Claimed)?;
                let values: Vec<String> = (0..12).map(|_| fresh(30)).collect();
                let mut writes = Vec::new();
                for value in &values {
                    let put = channel.put(Cell::Answer, &channel.claimant, value);
                    writes.push((bench.begin(&put)?, value));
                }
                let mut taken = Vec::new();
                for (write, value) in writes {
                    let reply = write.reply()?;
                    let want = Want::Either(vec![Want::Status(200), Want::token("conflict")]);
                    bench.judge(&reply, &want)?;
                    if reply.status() == 200 {
                        taken.push(value);
                    }
                }
                match &taken[..] {
                    [value] => {
                        bench.expect(&channel.read(Cell::Answer, 0), &Want::cell(value))?;
                        Ok(())
                    }
                    _ => Err(bench.failed("one write that is taken", taken.len())),
                }
            },
        ),
        RelayCase::new(
            SUITE,
            "near-writes",
            "a write of nearly the bytes that the cell holds is no repeat",
            &["RELAY-13", "RELAY-11"],
            |bench| {
                let channel = bench.channel(State::Finished)?;
                for cell in [Cell::Answer, Cell::Finish] {
                    let held = cell.content();
                    let (first, rest) = held.split_at(2);
                    let (front, last) = held.split_at(held.len() - 2);
                    for body in [
                        format!("{held}00"),
                        format!("00{held}"),
                        rest.to_owned(),
                        front.to_owned(),
                        format!("{}{rest}", near(first)),
                        format!("{front}{}", near(last)),
                    ] {
                        let put = channel.put(cell, channel.writer(cell), &body);
                        bench.expect(&put, &Want::token("conflict"))?;
                    }
                    bench.expect(&channel.read(cell, 0), &Want::cell(held))?;
                    bench.expect(&channel.write(cell), &Want::Status(200))?;
                }
                Ok(())
            },
        ),
        RelayCase::new(
            SUITE,
            "one-allocate",
            "of many repeats of an allocate at once, all give one channel",
            &["RELAY-14"],
            |bench| {
                let channel = Channel::new();
                let mut allocates = Vec::new();
                for _ in 0..12 {
                    allocates.push(bench.begin(&channel.allocate())?);
                }
                let mut numbers = BTreeSet::new();
                for allocate in allocates {
                    let reply = allocate.reply()?;
                    bench.judge(&reply, &Want::Status(201))?;
                    numbers.extend(reply.number("channel"));
                }
                bench.check(numbers.len() == 1, "one number", format!("{numbers:?}"))
            },
        )
        .starts(12),
    ]
}

/// Another byte in hex that differs in one bit.
fn near(byte: &str) -> String {
    let value = u8::from_str_radix(byte, 16).unwrap_or_default();
    format!("{:02x}", value ^ 1)
}
