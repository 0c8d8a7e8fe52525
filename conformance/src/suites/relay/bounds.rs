//! The bounds of what is stored and of connections (RELAY-20), at relays that are told them.

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Cell, Channel, State, allocate, fresh};
use super::fault::Fault;
use super::reply::{Reply, Want};
use crate::stage::http_connection::HttpConnection;
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-bounds";
/// The bytes that a relay may store in the tests of that bound.
const STORED: u64 = 1_048_576;

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = channels();
    cases.extend(stored());
    cases.extend(connections());
    cases
}

fn full() -> Want {
    Want::token("unavailable")
}

/// Allocates a channel of an appid.
fn open(bench: &Bench<'_>, app: &str) -> Result<Channel, Fault> {
    let mut channel = Channel::new();
    app.clone_into(&mut channel.app);
    bench.bring(&mut channel, State::Open)?;
    Ok(channel)
}

/// The bounds of live channels.
fn channels() -> Vec<RelayCase> {
    let clauses = &["RELAY-20"];
    let new = |app: &str| allocate(app, &fresh(16), &fresh(33));
    let mut cases = Vec::new();
    for (name, want) in [
        ("channels_per_appid", full()),
        ("channels_per_address", Want::token("rate-limited")),
        ("channels", full()),
    ] {
        let settings = || RelaySettings::bound(name, 3);
        let id = |end: &str| format!("{}-{end}", name.replace('_', "-"));
        // The appid of the next channel: only one bound is for each appid.
        let next = move |app: &str| match name {
            "channels_per_appid" => app.to_owned(),
            _ => fresh(12),
        };
        let wanted = want.clone();
        let title = format!(
            "with {name} of 3, the fourth live channel is refused as {want}, and none is ended for it"
        );
        cases.push(
            RelayCase::new(SUITE, id("over"), title, clauses, move |bench| {
                let app = fresh(12);
                let three = [open(bench, &app)?, open(bench, &app)?, open(bench, &app)?];
                for _ in 0..3 {
                    bench.expect(&new(&next(&app)), &wanted)?;
                }
                for channel in three {
                    bench.expect(&channel.read(Cell::Answer, 0), &Want::Status(204))?;
                }
                Ok(())
            })
            .told(settings())
            .alone(),
        );
        let wanted = want.clone();
        let title = format!(
            "with {name} of 3, a repeated allocate is answered, and another body is a conflict"
        );
        cases.push(
            RelayCase::new(
                SUITE,
                id("repeat"),
                title,
                &["RELAY-20", "RELAY-9"],
                move |bench| {
                    let app = fresh(12);
                    let three = [open(bench, &app)?, open(bench, &app)?, open(bench, &app)?];
                    bench.given(&new(&next(&app)), &wanted)?;
                    for channel in &three {
                        bench.expect(&channel.allocate(), &Want::Status(201))?;
                        let other = allocate(&channel.app, &channel.owner, &fresh(33));
                        bench.expect(&other, &Want::token("conflict"))?;
                    }
                    Ok(())
                },
            )
            .told(settings())
            .alone(),
        );
        let wanted = want.clone();
        let title = format!(
            "with {name} of 3, a channel that ended makes room, and its grace does not count"
        );
        cases.push(
            RelayCase::new(SUITE, id("ended"), title, clauses, move |bench| {
                let app = fresh(12);
                let mut last = Vec::new();
                for _ in 0..3 {
                    last.push(open(bench, &app)?);
                }
                bench.given(&new(&next(&app)), &wanted)?;
                for channel in last {
                    bench.given(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
                    bench.expect(&new(&next(&app)), &Want::Status(201))?;
                    bench.expect(&new(&next(&app)), &wanted)?;
                }
                Ok(())
            })
            .told(settings())
            .alone(),
        );
        let title = format!("with {name} of 3, exchanges go on when it is reached");
        cases.push(
            RelayCase::new(SUITE, id("exchange"), title, clauses, move |bench| {
                let app = fresh(12);
                let mut three = [open(bench, &app)?, open(bench, &app)?, open(bench, &app)?];
                bench.given(&new(&next(&app)), &want)?;
                for channel in &mut three {
                    bench
                        .bring(channel, State::Receipted)
                        .map_err(|fault| match fault {
                            Fault::Setup(failure) => Fault::Failed(failure),
                            other => other,
                        })?;
                }
                Ok(())
            })
            .told(settings())
            .alone(),
        );
    }
    let title = "with channels_per_appid of 3, another appid has room";
    cases.push(
        RelayCase::new(
            SUITE,
            "channels-per-appid-other",
            title,
            clauses,
            move |bench| {
                let app = fresh(12);
                for _ in 0..3 {
                    open(bench, &app)?;
                }
                bench.given(&new(&app), &full())?;
                bench.expect(&new(&fresh(12)), &Want::Status(201))?;
                Ok(())
            },
        )
        .told(RelaySettings::bound("channels_per_appid", 3))
        .alone(),
    );
    let title = "an expired channel makes room";
    cases.push(
        RelayCase::new(SUITE, "channels-expired", title, clauses, move |bench| {
            let last = [
                open(bench, &fresh(12))?,
                open(bench, &fresh(12))?,
                open(bench, &fresh(12))?,
            ];
            if let Some(channel) = last.last() {
                bench.sleep_until(channel.allocated.1, 20.5);
            }
            bench.expect(&new(&fresh(12)), &Want::Status(201))?;
            Ok(())
        })
        .told(
            RelaySettings::second(20)
                .living(20)
                .and_bound("channels", 3),
        )
        .alone()
        .waits(400),
    );
    cases
}

/// Writes answers of the largest size until the relay is full; gives those that it holds.
fn fill(bench: &Bench<'_>, mut ended: bool) -> Result<(Vec<Channel>, Reply), Fault> {
    let mut held = Vec::new();
    let value = "ab".repeat(65_600);
    for _ in 0..=STORED / 65_600 + 1 {
        let mut channel = Channel::new();
        let reply = bench.ask(&channel.allocate())?;
        if full().fits(&reply) {
            return Ok((held, reply));
        }
        bench.judge(&reply, &Want::Status(201))?;
        channel.number = reply.number("channel").unwrap_or(0);
        channel.state = State::Open;
        bench.bring(&mut channel, State::Claimed)?;
        let reply = bench.ask(&channel.put(Cell::Answer, &channel.claimant, &value))?;
        if full().fits(&reply) {
            return Ok((held, reply));
        }
        bench.judge(&reply, &Want::Status(200))?;
        if ended {
            let close = channel.close(&channel.owner, "cancelled");
            bench.given(&close, &Want::Status(200))?;
            ended = false;
        }
        held.push(channel);
    }
    let expected = format!("`unavailable` once {STORED} bytes are stored");
    Err(bench.failed(
        expected,
        format!("{} answers of 65 600 bytes were stored", held.len()),
    ))
}

/// The bound of what is stored.
fn stored() -> Vec<RelayCase> {
    let clauses = &["RELAY-20"];
    let settings = || RelaySettings::bound("stored_bytes", STORED);
    let value = || "ab".repeat(65_600);
    vec![
        RelayCase::new(
            SUITE,
            "stored-bytes",
            "no more is stored than the bound says",
            clauses,
            |bench| {
                fill(bench, false)?;
                Ok(())
            },
        )
        .told(settings())
        .alone(),
        RelayCase::new(
            SUITE,
            "stored-bytes-kept",
            "a full relay keeps what it holds, and answers repeats and reads",
            clauses,
            move |bench| {
                let (held, _) = fill(bench, false).map_err(Fault::of_setup)?;
                for channel in &held {
                    bench.expect(&channel.read(Cell::Answer, 0), &Want::cell(&value()))?;
                    let again = channel.put(Cell::Answer, &channel.claimant, &value());
                    bench.expect(&again, &Want::Status(200))?;
                    bench.expect(&channel.allocate(), &Want::Status(201))?;
                    bench.expect(&channel.claim(&channel.claimant), &Want::Status(200))?;
                }
                Ok(())
            },
        )
        .told(settings())
        .alone(),
        RelayCase::new(
            SUITE,
            "stored-bytes-order",
            "a full relay checks the channel before its bound",
            &["RELAY-9", "RELAY-20"],
            |bench| {
                let (held, _) = fill(bench, false).map_err(Fault::of_setup)?;
                let Some(channel) = held.first() else {
                    return Ok(());
                };
                let value = "cd".repeat(65_600);
                let put = |side: &str| channel.put(Cell::Answer, side, &value);
                bench.expect(&put(&channel.claimant), &Want::token("conflict"))?;
                bench.expect(&put(&channel.owner), &Want::token("forbidden"))?;
                bench.expect(&put(&channel.another), &Want::token("no-such-channel"))?;
                Ok(())
            },
        )
        .told(settings())
        .alone(),
        RelayCase::new(
            SUITE,
            "stored-bytes-ended",
            "the bytes of an ended channel count in its grace, and it is not forgotten for them",
            clauses,
            move |bench| {
                let (held, _) = fill(bench, true).map_err(Fault::of_setup)?;
                let Some(channel) = held.first() else {
                    return Ok(());
                };
                bench.expect(&channel.read(Cell::Answer, 0), &Want::cell(&value()))?;
                bench.expect(&channel.read(Cell::Receipt, 0), &Want::closed("cancelled"))?;
                Ok(())
            },
        )
        .told(settings())
        .alone(),
        RelayCase::new(
            SUITE,
            "stored-bytes-freed",
            "a channel that is forgotten gives its bytes back",
            clauses,
            |bench| {
                let (held, refused) = fill(bench, false).map_err(Fault::of_setup)?;
                let mut last = refused.read;
                for channel in &held {
                    let close = channel.close(&channel.owner, "done");
                    last = bench.given(&close, &Want::Status(200))?.read;
                }
                bench.sleep_until(last, 61.0);
                let (again, _) = fill(bench, false)?;
                // What a quarantine takes is little beside an answer.
                let (first, second) = (held.len(), again.len());
                bench.check(
                    second + 1 >= first,
                    format!("room for {first} answers again"),
                    second,
                )
            },
        )
        .told(settings().and_bound("starts_per_minute", 1_000_001))
        .alone()
        .waits(700)
        .told(RelaySettings::second(10).and_bound("stored_bytes", STORED)),
    ]
}

/// The bounds of connections.
fn connections() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for (name, token) in [
        ("connections", "unavailable"),
        ("connections_per_address", "rate-limited"),
    ] {
        let id = name.replace('_', "-");
        let title = format!(
            "with {name} of 4, a fifth is not served: `{token}`, or closed without an answer"
        );
        cases.push(
            RelayCase::new(SUITE, &id, title, &["RELAY-20"], move |bench| {
                let four = served(bench, 4)?;
                turned_away(bench, token)?;
                drop(four);
                Ok(())
            })
            .told(RelaySettings::bound(name, 4))
            .alone(),
        );
        let title = format!("with {name} of 4, a connection that ended makes room");
        cases.push(
            RelayCase::new(
                SUITE,
                format!("{id}-ended"),
                title,
                &["RELAY-20"],
                move |bench| {
                    for _ in 0..3 {
                        drop(served(bench, 4)?);
                        // The relay sees the end of a connection a moment later.
                        bench.settle();
                    }
                    match served(bench, 1) {
                        Ok(_) => Ok(()),
                        Err(_) => Err(bench.late("a connection that is served", "none")),
                    }
                },
            )
            .told(RelaySettings::bound(name, 4))
            .alone()
            .waits(150),
        );
    }
    cases
}

/// So many connections, each of which has been served and is kept.
fn served(bench: &Bench<'_>, count: usize) -> Result<Vec<HttpConnection>, Fault> {
    let channel = Channel::new();
    let request = channel.read(Cell::Answer, 0);
    let mut connections = Vec::new();
    for _ in 0..count {
        let (reply, connection) = bench.begin(&request)?.reply_and_connection()?;
        bench
            .judge(&reply, &Want::token("no-such-channel"))
            .map_err(|_| bench.late("404 on a connection within the bound", &reply))?;
        if !reply.answer.keeps() {
            return Err(Fault::Skipped(
                "the relay keeps no connection open".to_owned(),
            ));
        }
        connections.push(connection);
    }
    Ok(connections)
}

/// Checks that one connection more is not served.
fn turned_away(bench: &Bench<'_>, token: &str) -> Result<(), Fault> {
    let channel = Channel::new();
    let mut pending = bench.begin(&channel.read(Cell::Answer, 0))?;
    match pending.try_reply() {
        Ok(reply) => bench.judge(&reply, &Want::token(token)),
        Err(none) => match none {
            crate::stage::http_connection::NoAnswer::TimedOut(_) => Err(pending.silence(&none)),
            _ => Ok(()),
        },
    }
}
