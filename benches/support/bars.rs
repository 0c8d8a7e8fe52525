//! The bars, each with its limit, its measurement and its verdict.

use std::fmt;
use std::time::Duration;

use super::pairs::{Pairs, Quartiles, micros};
use super::{bare, cpu, exchange, load, memory, pake, suite};

/// A bar, as one line of the table.
pub(crate) struct Bar {
    pub(crate) name: &'static str,
    pub(crate) measured: String,
    pub(crate) limit: String,
    pub(crate) verdict: BarVerdict,
    /// More about the measurement.
    pub(crate) detail: String,
}

/// The verdict on a measurement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BarVerdict {
    Met,
    Missed,
    /// The line has no limit.
    Measured,
    /// This machine cannot measure it.
    Skipped,
}

impl fmt::Display for BarVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Met => "met",
            Self::Missed => "MISSED",
            Self::Measured => "measured",
            Self::Skipped => "skipped",
        })
    }
}

/// One side's handshake with all checks, compared with the stock crate's without any.
pub(crate) fn handshake() -> Bar {
    const LIMIT: f64 = 1.15;
    let handshake = pake::Handshake::new();
    let pairs = Pairs::measure(
        4_000,
        || micros(|| handshake.checked()),
        || micros(|| handshake.stock()),
    );
    Bar {
        name: "handshake with all checks / stock spake2",
        measured: ratio(pairs.ratio),
        limit: format!("<= {LIMIT}"),
        verdict: at_most(pairs.ratio, LIMIT),
        detail: format!(
            "{:.0} µs / {:.0} µs, 4000 pairs",
            pairs.first.median, pairs.second.median
        ),
    }
}

/// A whole exchange over loopback HTTP by the blocking client, warm, compared with a bare round
/// trip.
///
/// One round trip is measured for each exchange. Many in a row keep client and server on one core,
/// where a round trip takes a third of the time that any request of an exchange can take.
pub(crate) fn exchange() -> Bar {
    const LIMIT: f64 = 15.0;
    const ROUNDS: usize = 900;
    let exchanges = exchange::Exchanges::start();
    let bare = bare::spawn();
    let against = |rounds, round_trips: exchange::RoundTrips| {
        let exchange = || micros(|| exchanges.run());
        Pairs::measure(rounds, exchange, || micros(|| round_trips.run()))
    };
    let pairs = against(ROUNDS, exchange::RoundTrips::to(bare));
    let gets = against(ROUNDS / 3, exchange::RoundTrips::gets(bare));
    Bar {
        name: "whole exchange / bare round trip",
        measured: ratio(pairs.ratio),
        limit: format!("<= {LIMIT}"),
        verdict: at_most(pairs.ratio, LIMIT),
        detail: format!(
            "{:.0} µs / {:.0} µs, {ROUNDS} pairs; {:.1} round trips of a GET ({:.0} µs)",
            pairs.first.median, pairs.second.median, gets.ratio.median, gets.second.median
        ),
    }
}

/// The rate of the relay, compared with that of a bare handler.
pub(crate) fn relay() -> Bar {
    const LIMIT: f64 = 0.5;
    const ROUNDS: usize = 60;
    // A round runs so many exchanges abreast, each over two connections, so many times in turn.
    const ABREAST: u64 = 32;
    const IN_TURN: usize = 8;
    let relay = super::relay();
    let mut ours = load::Load::connect(relay.addr(), ABREAST);
    let mut floor = load::Load::connect(bare::spawn(), ABREAST);
    let cpu = || Some((cpu::of_threads("relay")?, cpu::of_threads(bare::THREAD)?));
    let begun = cpu();
    let pairs = Pairs::measure(
        ROUNDS,
        || rate(&mut ours, IN_TURN),
        || rate(&mut floor, IN_TURN),
    );
    let used = begun.zip(cpu()).map_or(String::new(), |(begun, ended)| {
        let (ours, floor) = (ended.0 - begun.0, ended.1 - begun.1);
        format!(
            "; processor time of the server {:.2} times the handler's",
            ours / floor
        )
    });
    Bar {
        name: "relay / bare handler, requests per second",
        measured: ratio(pairs.ratio),
        limit: format!(">= {LIMIT}"),
        verdict: match pairs.ratio.median >= LIMIT {
            true => BarVerdict::Met,
            false => BarVerdict::Missed,
        },
        detail: format!(
            "{:.0} / {:.0}, {ROUNDS} pairs, 64 connections{used}",
            pairs.first.median, pairs.second.median
        ),
    }
}

/// The memory for each idle channel, and for each client that waits.
pub(crate) fn memory() -> [Bar; 2] {
    let memory = memory::measure();
    let bar = |name, measured: Option<f64>, detail| Bar {
        name,
        measured: measured.map_or("-".to_owned(), |bytes| format!("{bytes:.0} bytes")),
        limit: "-".to_owned(),
        verdict: match measured {
            Some(_) => BarVerdict::Measured,
            None => BarVerdict::Skipped,
        },
        detail,
    };
    let Some(memory) = memory else {
        let why = || "needs /proc".to_owned();
        return [
            bar("memory for an idle channel", None, why()),
            bar("memory for a waiting client", None, why()),
        ];
    };
    [
        bar(
            "memory for an idle channel",
            Some(memory.channel),
            format!(
                "{} of them, 10 to an appid; alone in its appid {:.0} bytes",
                memory.channels, memory.lone_channel
            ),
        ),
        bar(
            "memory for a waiting client",
            Some(memory.waiter),
            format!(
                "{} connections with a GET that waits, without the kernel's buffers",
                memory.waiters
            ),
        ),
    ]
}

/// Runs of the conformance suite, each with the longest time that it may take.
pub(crate) fn conformance() -> Vec<Bar> {
    const EVERYTHING: [&[&str]; 3] = [&[], &["--relay-kept", "reference"], &["interop"]];
    let suite = match suite::Suite::build() {
        Ok(suite) => suite,
        Err(why) => return vec![within("conformance", 0, Err(why))],
    };
    // The first run installs what the others need.
    let warm = suite.run(&["--external", "--filter", "code-canonical"]);
    let vectors = suite.vectors_and_replay().and_then(|options| {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        suite.run(&options)
    });
    let everything = EVERYTHING
        .iter()
        .map(|arguments| suite.run(arguments))
        .sum();
    let python = warm.and_then(|_| suite.run(&["--external"]));
    vec![
        within("conformance: vectors and replay", 4, vectors),
        within("conformance: all, relay and interop", 20, everything),
        within("conformance: all against Python", 45, python),
        within(
            "conformance: faults of the client",
            180,
            suite.run(&["mutants"]),
        ),
    ]
}

/// A bar that a run meets when it takes at most so many seconds.
fn within(name: &'static str, seconds: u64, took: Result<Duration, String>) -> Bar {
    Bar {
        name,
        measured: match &took {
            Ok(took) => format!("{:.1} s", took.as_secs_f64()),
            Err(_) => "-".to_owned(),
        },
        limit: format!("<= {seconds} s"),
        verdict: match &took {
            Ok(took) if took.as_secs() < seconds => BarVerdict::Met,
            _ => BarVerdict::Missed,
        },
        detail: took.err().unwrap_or_default(),
    }
}

/// Requests per second.
fn rate(load: &mut load::Load, in_turn: usize) -> f64 {
    let mut requests = 0;
    let took = micros(|| requests = load.run(in_turn));
    requests as f64 / took * 1e6
}

fn at_most(ratio: Quartiles, limit: f64) -> BarVerdict {
    match ratio.median <= limit {
        true => BarVerdict::Met,
        false => BarVerdict::Missed,
    }
}

fn ratio(quartiles: Quartiles) -> String {
    let Quartiles { low, median, high } = quartiles;
    format!("{median:.3} ({low:.3} to {high:.3})")
}
