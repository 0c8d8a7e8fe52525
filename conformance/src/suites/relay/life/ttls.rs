//! Times that remain, and the reasons of ends (RELAY-15, RELAY-16).

use std::time::{Duration, Instant};

use super::super::bench::Bench;
use super::super::case::RelayCase;
use super::super::channel::{By, Cell, Channel, State};
use super::super::fault::Fault;
use super::super::reply::{Reply, Want};
use super::moments::*;
use crate::subject::relay_settings::RelaySettings;

/// The rest of a life, in answers.
pub(super) fn ttls() -> Vec<RelayCase> {
    let plain = |ttl: u32| {
        let title = format!("allocated says the relay's ttl of {ttl} seconds");
        RelayCase::new(
            SUITE,
            format!("ttl-{ttl}"),
            title,
            &["RELAY-15", "RELAY-3"],
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
            &["RELAY-15", "RELAY-3"],
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
            &["RELAY-15", "RELAY-3"],
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
            &["RELAY-14", "RELAY-15", "RELAY-3"],
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
            &["RELAY-15", "RELAY-3"],
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
            &["RELAY-15", "RELAY-14", "RELAY-3"],
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
pub(super) fn remains(
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
pub(super) fn reasons() -> Vec<RelayCase> {
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
