//! Life, end and grace (RELAY-12, RELAY-14 to RELAY-17), with short seconds.
//!
//! The relay's moments are known only up to the time that a request took, so each end lies between
//! two moments. What is answered before the earlier must find the channel alive, and what is asked
//! after the later must find it ended. A busy machine makes that gap longer, and fails nobody.

use std::time::{Duration, Instant};

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{By, Cell, Channel, State, allocate, fresh};
use super::fault::Fault;
use super::reply::{Reply, Want};
use super::request::Request;
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-life";
/// The rounding of two clocks.
const ROUNDING: Duration = Duration::from_millis(3);

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = lives();
    cases.extend(ttls());
    cases.extend(reasons());
    cases.extend(grace());
    cases.extend(numbers());
    cases.extend(allocates());
    cases
}

/// Asks what must be answered so until `end` seconds after the earliest moment of a span.
fn until(
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
fn from(
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

fn lives() -> Vec<RelayCase> {
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

/// What remains of a life, in answers.
fn ttls() -> Vec<RelayCase> {
    let plain = |ttl: u32| {
        let title = format!("allocated says the relay's ttl of {ttl} seconds");
        RelayCase::new(
            SUITE,
            format!("ttl-{ttl}"),
            title,
            &["RELAY-15"],
            move |bench| {
                let mut channel = Channel::new();
                let reply = bench.expect(&channel.allocate(), &Want::Status(201))?;
                channel.allocated = (reply.sent, reply.read);
                remains(bench, &reply, channel.allocated, f64::from(ttl))
            },
        )
        .told(RelaySettings::default().living(ttl))
    };
    vec![
        plain(1),
        plain(600),
        plain(86_400),
        RelayCase::new(
            SUITE,
            "ttl-claimed",
            "claimed says at most 600 seconds",
            &["RELAY-15"],
            |bench| {
                let channel = bench.channel(State::Open)?;
                let claim = channel.claim(&channel.claimant);
                let reply = bench.expect(&claim, &Want::Status(200))?;
                remains(bench, &reply, (reply.sent, reply.read), 600.0)
            },
        ),
        RelayCase::new(
            SUITE,
            "ttl-claimed-short",
            "claimed says what remains of a shorter life",
            &["RELAY-15"],
            |bench| {
                let channel = bench.channel(State::Open)?;
                bench.sleep_until(channel.allocated.0, 20.5);
                let claim = channel.claim(&channel.claimant);
                let reply = bench.expect(&claim, &Want::Status(200))?;
                remains(bench, &reply, channel.allocated, 100.0)
            },
        )
        .told(RelaySettings::second(20).living(100))
        .waits(400),
        RelayCase::new(
            SUITE,
            "ttl-again",
            "a repeated allocate says what remains, rounded up",
            &["RELAY-14", "RELAY-15"],
            |bench| {
                let channel = bench.channel(State::Open)?;
                for seconds in [1.3, 2.6, 4.2] {
                    bench.sleep_until(channel.allocated.0, seconds);
                    let reply = bench.expect(&channel.allocate(), &Want::Status(201))?;
                    remains(bench, &reply, channel.allocated, 50.0)?;
                }
                Ok(())
            },
        )
        .told(RelaySettings::second(100).living(50))
        .waits(420)
        .starts(4),
        RelayCase::new(
            SUITE,
            "ttl-claimed-again",
            "a repeated claim says what remains, rounded up",
            &["RELAY-15"],
            |bench| {
                let channel = bench.channel(State::Claimed)?;
                for seconds in [1.3, 2.6, 4.2] {
                    bench.sleep_until(channel.claimed.0, seconds);
                    let claim = channel.claim(&channel.claimant);
                    let reply = bench.expect(&claim, &Want::Status(200))?;
                    remains(bench, &reply, channel.claimed, 600.0)?;
                }
                Ok(())
            },
        )
        .told(RelaySettings::second(100))
        .waits(420)
        .starts(5),
        RelayCase::new(
            SUITE,
            "ttl-after-claim",
            "a repeated allocate of a claimed channel says what remains of 600 seconds",
            &["RELAY-15", "RELAY-14"],
            |bench| {
                let channel = bench.channel(State::Claimed)?;
                let reply = bench.expect(&channel.allocate(), &Want::Status(201))?;
                remains(bench, &reply, channel.claimed, 600.0)
            },
        )
        .starts(3),
    ]
}

/// Checks the `ttl` of an answer, whose channel lives for so many seconds from within a span.
fn remains(
    bench: &Bench<'_>,
    reply: &Reply,
    span: (Instant, Instant),
    life: f64,
) -> Result<(), Fault> {
    let ttl = reply.number("ttl").unwrap_or(0);
    let least = reply.sent.saturating_duration_since(span.1 + ROUNDING);
    let most = reply.read.saturating_duration_since(span.0) + ROUNDING;
    let left = |passed: Duration| (life - bench.in_seconds(passed)).ceil().max(0.0) as u64;
    let (low, high) = (left(most), left(least));
    let expected = match low == high {
        true => format!("a ttl of {low}"),
        false => format!("a ttl of {low} to {high}"),
    };
    bench.check((low..=high).contains(&ttl), expected, reply)
}

/// The reasons of a close (RELAY-16).
fn reasons() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    let given = [
        "done",
        "wrong-code",
        "bad-element",
        "malformed-message",
        "verifier-mismatch",
        "not-taken",
        "cancelled",
        "timeout",
        "relay-misbehaved",
    ];
    let others = [
        ("expired", "expired"),
        ("other", "other"),
        ("lost", "lost"),
        ("none", ""),
        ("uppercase", "Done"),
        ("space-after", "done "),
        ("space-before", " done"),
        ("underscore", "wrong_code"),
        ("longer", "done-done"),
        ("begin", "don"),
        ("wide", "dоne"),
        ("nul", "done\0"),
    ];
    let all = given.map(|reason| (reason, reason, reason));
    let others = others.map(|(id, reason)| (id, reason, "other"));
    for (index, (id, reason, want)) in all.into_iter().chain(others).enumerate() {
        let title = format!("a close for {reason:?} ends the channel for `{want}`");
        let by_owner = index % 2 == 0;
        let id = match want == reason {
            true => format!("reason-{id}"),
            false => format!("reason-other-{id}"),
        };
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-16"],
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let side = channel.side(if by_owner { By::Owner } else { By::Claimant });
                bench.given(&channel.close(side, reason), &Want::Status(200))?;
                bench.expect(&channel.read(Cell::Answer, 0), &Want::closed(want))?;
                bench.expect(&channel.read(Cell::Finish, 0), &Want::closed(want))?;
                Ok(())
            },
        ));
    }
    for (id, first, second) in [
        ("same-side", By::Owner, By::Owner),
        ("other-side", By::Owner, By::Claimant),
        ("claimant-first", By::Claimant, By::Owner),
    ] {
        let title = "a close of an ended channel changes nothing";
        let id = format!("closed-twice-{id}");
        cases.push(RelayCase::new(
            SUITE,
            id,
            title,
            &["RELAY-16"],
            move |bench| {
                let channel = bench.channel(State::Claimed)?;
                let close = |by, reason| channel.close(channel.side(by), reason);
                bench.given(&close(first, "wrong-code"), &Want::Status(200))?;
                bench.expect(&close(second, "cancelled"), &Want::Status(200))?;
                bench.expect(&channel.read(Cell::Answer, 0), &Want::closed("wrong-code"))?;
                Ok(())
            },
        ));
    }
    cases
}

/// The 60 seconds after the end (RELAY-17).
fn grace() -> Vec<RelayCase> {
    let absent = || Want::token("no-such-channel");
    let mut cases = Vec::new();
    let settings = || RelaySettings::second(10);
    for by in [By::Owner, By::Claimant] {
        for closer in [By::Owner, By::Claimant] {
            let name = |by: By| format!("{by:?}").to_lowercase();
            let title = format!(
                "a channel that the {} closed is kept for the {} for 60 seconds",
                name(closer),
                name(by)
            );
            let id = format!("grace-{}-closed-by-{}", name(by), name(closer));
            cases.push(
                RelayCase::new(SUITE, id, title, &["RELAY-17"], move |bench| {
                    let channel = bench.channel(State::Claimed)?;
                    let close = channel.close(channel.side(closer), "timeout");
                    let reply = bench.given(&close, &Want::Status(200))?;
                    let span = (reply.sent, reply.read);
                    let ask = match by {
                        By::Owner => channel.read(Cell::Answer, 0),
                        _ => channel.read(Cell::Finish, 0),
                    };
                    bench.sleep_until(span.0, 50.0);
                    until(bench, &ask, &Want::closed("timeout"), span, 60.0)?;
                    from(bench, &ask, &absent(), span, 60.0)?;
                    Ok(())
                })
                .told(settings())
                .waits(600),
            );
        }
    }
    let title = "what is written can be read in the grace, and not afterwards";
    cases.push(
        RelayCase::new(SUITE, "grace-written", title, &["RELAY-17"], move |bench| {
            let channel = bench.channel(State::Receipted)?;
            let reply = bench.given(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
            let span = (reply.sent, reply.read);
            bench.sleep_until(span.0, 40.0);
            for cell in Cell::ALL {
                until(
                    bench,
                    &channel.read(cell, 0),
                    &Want::cell(cell.content()),
                    span,
                    60.0,
                )?;
            }
            for cell in Cell::ALL {
                from(bench, &channel.read(cell, 0), &absent(), span, 60.0)?;
            }
            Ok(())
        })
        .told(settings())
        .waits(600),
    );
    let title = "requests in the grace do not lengthen it";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-asked",
            title,
            &["RELAY-17", "RELAY-16"],
            move |bench| {
                let channel = bench.channel(State::Answered)?;
                let close = channel.close(&channel.owner, "done");
                let reply = bench.given(&close, &Want::Status(200))?;
                let span = (reply.sent, reply.read);
                bench.sleep_until(span.0, 30.0);
                until(bench, &close, &Want::Status(200), span, 60.0)?;
                until(
                    bench,
                    &channel.write(Cell::Answer),
                    &Want::Status(200),
                    span,
                    60.0,
                )?;
                until(
                    bench,
                    &channel.claim(&channel.claimant),
                    &Want::closed("done"),
                    span,
                    60.0,
                )?;
                from(bench, &close, &absent(), span, 60.0)?;
                Ok(())
            },
        )
        .told(settings())
        .waits(600)
        .starts(3),
    );
    let short = || RelaySettings::second(10).living(20);
    let title =
        "the grace of an expired channel counts from its end, also if nobody asked meanwhile";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-unnoticed",
            title,
            &["RELAY-17", "RELAY-15"],
            move |bench| {
                let channel = bench.channel(State::Open)?;
                from(
                    bench,
                    &channel.read(Cell::Answer, 0),
                    &absent(),
                    channel.allocated,
                    80.0,
                )?;
                Ok(())
            },
        )
        .told(short())
        .waits(800),
    );
    let title = "the grace of an expired channel counts from its end, and not from the first request after it";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-noticed-late",
            title,
            &["RELAY-17"],
            move |bench| {
                let channel = bench.channel(State::Open)?;
                let ask = channel.read(Cell::Answer, 0);
                bench.sleep_until(channel.allocated.1, 60.0);
                until(
                    bench,
                    &ask,
                    &Want::closed("expired"),
                    channel.allocated,
                    80.0,
                )?;
                from(bench, &ask, &absent(), channel.allocated, 80.0)?;
                Ok(())
            },
        )
        .told(short())
        .waits(800),
    );
    let title = "an ended channel is absent for all other sides at once";
    cases.push(
        RelayCase::new(
            SUITE,
            "grace-another",
            title,
            &["RELAY-17", "RELAY-11"],
            move |bench| {
                let channel = bench.channel(State::Ended)?;
                let side = &channel.another;
                bench.expect(&channel.claim(side), &absent())?;
                bench.expect(&channel.get(Cell::Answer, side, ""), &absent())?;
                bench.expect(&channel.put(Cell::Answer, side, "00"), &absent())?;
                bench.expect(&channel.close(side, "done"), &absent())?;
                Ok(())
            },
        )
        .starts(3),
    );
    cases
}

/// Nine channels of a new appid, so that no other number of one digit is free.
fn nine(bench: &Bench<'_>) -> Result<Vec<Channel>, Fault> {
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
fn succession(bench: &Bench<'_>) -> Result<(Channel, Channel), Fault> {
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
fn numbers() -> Vec<RelayCase> {
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
fn allocates() -> Vec<RelayCase> {
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
