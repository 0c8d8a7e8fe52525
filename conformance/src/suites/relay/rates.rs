//! The rate of allocates and claims (RELAY-20), at relays that are told it.

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Cell, Channel, State, allocate, fresh};
use super::fault::Fault;
use super::reply::{Reply, Want};
use super::request::Request;
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-rates";
/// The starts of an address in a minute.
const RATE: u64 = 6;

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let clauses = &["RELAY-20"];
    let counted = &["RELAY-20", "RELAY-9"];
    let settings = || RelaySettings::bound("starts_per_minute", RATE);
    type Start = fn() -> Request;
    let starts: [(&str, &str, Start); 3] = [
        ("allocates", "allocates", || {
            allocate(&fresh(12), &fresh(16), &fresh(33))
        }),
        ("claims", "claims, refused ones too,", || {
            let channel = Channel::new();
            channel.claim(&channel.another)
        }),
        ("longest-value", "allocates of the longest body", || {
            allocate(&fresh(12), &fresh(16), &fresh(64))
        }),
    ];
    let mut cases: Vec<RelayCase> = starts
        .into_iter()
        .map(|(id, what, start)| {
            let title = format!("of {what} no more than twice the rate go through in a minute");
            RelayCase::new(SUITE, id, title, counted, move |bench| {
                limited(bench, |_| start())?;
                Ok(())
            })
            .told(settings())
            .alone()
        })
        .collect();
    let title = "repeated allocates count";
    cases.push(
        RelayCase::new(SUITE, "repeated-allocates", title, counted, |bench| {
            let channel = bench.channel(State::Open)?;
            limited(bench, |_| channel.allocate())?;
            Ok(())
        })
        .told(settings())
        .alone(),
    );
    let title = "repeated claims count";
    cases.push(
        RelayCase::new(SUITE, "repeated-claims", title, counted, |bench| {
            let channel = bench.channel(State::Claimed)?;
            limited(bench, |_| channel.claim(&channel.claimant))?;
            Ok(())
        })
        .told(settings())
        .alone(),
    );
    let title = "allocates that conflict count";
    cases.push(
        RelayCase::new(SUITE, "conflicts", title, counted, |bench| {
            let channel = bench.channel(State::Open)?;
            limited(bench, |_| {
                allocate(&channel.app, &channel.owner, &fresh(33))
            })?;
            Ok(())
        })
        .told(settings())
        .alone(),
    );
    let title = "allocates and claims count together";
    cases.push(
        RelayCase::new(SUITE, "together", title, clauses, |bench| {
            let nobody = Channel::new();
            limited(bench, |index| match index % 2 {
                0 => allocate(&fresh(12), &fresh(16), &fresh(33)),
                _ => nobody.claim(&nobody.another),
            })?;
            Ok(())
        })
        .told(settings())
        .alone(),
    );
    let title = "all appids and sides of an address count together";
    cases.push(
        RelayCase::new(SUITE, "appids-together", title, clauses, |bench| {
            limited(bench, |_| allocate(&fresh(3), &fresh(16), &fresh(33)))?;
            Ok(())
        })
        .told(settings())
        .alone(),
    );
    let title = "writes, reads and closes are not rated";
    cases.push(
        RelayCase::new(SUITE, "others-free", title, clauses, |bench| {
            let mut channel = bench.channel(State::Claimed)?;
            limited(bench, |_| channel.claim(&channel.claimant)).map_err(Fault::of_setup)?;
            let as_failed = |fault| match fault {
                Fault::Setup(failure) => Fault::Failed(failure),
                other => other,
            };
            bench
                .bring(&mut channel, State::Receipted)
                .map_err(as_failed)?;
            for _ in 0..2 * RATE {
                bench.expect(
                    &channel.read(Cell::Answer, 0),
                    &Want::cell(Cell::Answer.content()),
                )?;
                bench.expect(&channel.write(Cell::Answer), &Want::Status(200))?;
            }
            bench.expect(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
            bench.expect(
                &channel.close(&channel.claimant, "done"),
                &Want::Status(200),
            )?;
            Ok(())
        })
        .told(settings())
        .alone(),
    );
    let title = "the starts of an exchange go through within the rate";
    cases.push(
        RelayCase::new(SUITE, "within", title, clauses, |bench| {
            let channel = Channel::new();
            bench.expect(&channel.allocate(), &Want::Status(201))?;
            bench.expect(
                &Channel::new().claim(&channel.claimant),
                &Want::token("no-such-channel"),
            )?;
            Ok(())
        })
        .told(settings())
        .alone(),
    );
    let title = "starts go through again when Retry-After, or a minute, is over";
    cases.push(
        RelayCase::new(SUITE, "again", title, clauses, |bench| {
            let start = || allocate(&fresh(12), &fresh(16), &fresh(33));
            let refused = limited(bench, |_| start()).map_err(Fault::of_setup)?;
            let after = refused
                .answer
                .one("retry-after")
                .and_then(|text| text.parse().ok());
            let seconds: f64 = after.unwrap_or(60.0);
            bench.check(
                seconds <= 60.0,
                "a Retry-After of at most a minute",
                seconds,
            )?;
            bench.sleep_until(refused.read, 60.5);
            bench.expect(&start(), &Want::Status(201))?;
            Ok(())
        })
        .told(RelaySettings::second(20).and_bound("starts_per_minute", RATE))
        .alone()
        .waits(1_300),
    );
    cases
}

/// Makes starts until one is refused: twice the rate goes through at most.
fn limited(bench: &Bench<'_>, start: impl Fn(u64) -> Request) -> Result<Reply, Fault> {
    for index in 0..=2 * RATE {
        let reply = bench.ask(&start(index))?;
        if Want::token("rate-limited").fits(&reply) {
            return Ok(reply);
        }
    }
    let expected = format!("`rate-limited` after {} starts at most", 2 * RATE);
    Err(bench.failed(expected, format!("{} went through", 2 * RATE + 1)))
}
