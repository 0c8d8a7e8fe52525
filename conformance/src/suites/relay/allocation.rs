//! The numbers of channels (RELAY-19): the shortest, at random, and not so soon again.
//!
//! Chance is judged with thresholds that a right relay passes but once in 2^40 runs.

use std::collections::{BTreeSet, HashMap};

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Channel, State, fresh};
use super::fault::Fault;
use super::reply::Want;
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-allocation";
/// The draws by which the uniformity of the first number is judged.
const DRAWS: usize = 900;
/// The chi-square, of eight degrees of freedom at most, that a right relay passes but once in 2^44.
const CHI_SQUARE: f64 = 80.0;

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let clauses = &["RELAY-19"];
    let case = |id: &str, title: &str, run: fn(&Bench<'_>) -> Result<(), Fault>| {
        RelayCase::new(SUITE, id, title, clauses, run)
            .told(RelaySettings::default().and_bound("starts_per_minute", 1_000_001))
    };
    vec![
        RelayCase::new(SUITE, "one-digit", "the first nine live channels of an appid have the numbers 1 to 9", clauses, |bench| {
            let channels = live(bench, &fresh(12), 9)?;
            let numbers: BTreeSet<u64> = channels.iter().map(|one| one.number).collect();
            bench.check(numbers == (1..=9).collect(), "the numbers 1 to 9", format!("{numbers:?}"))
        }).starts(9),
        RelayCase::new(SUITE, "two-digits", "the tenth live channel of an appid has two digits", clauses, |bench| {
            let channels = live(bench, &fresh(12), 10)?;
            let last = channels.last().map_or(0, |one| one.number);
            bench.check((10..=99).contains(&last), "a number of 10 to 99", last)
        }).starts(10),
        RelayCase::new(SUITE, "one-digit-again", "a number of one digit that is free again comes before one of two", clauses, |bench| {
            let app = fresh(12);
            let channels = live(bench, &app, 10)?;
            let Some(ended) = channels.get(4) else { return Ok(()) };
            bench.given(&ended.close(&ended.owner, "done"), &Want::Status(200))?;
            let number = one(bench, &app)?.number;
            bench.check(number == ended.number, ended.number, number)
        }).starts(11),
        case("three-digits", "the hundredth live channel of an appid has three digits, and none came twice", |bench| {
            let channels = live(bench, &fresh(12), 100)?;
            let numbers: BTreeSet<u64> = channels.iter().take(99).map(|one| one.number).collect();
            bench.check(numbers == (1..=99).collect(), "the numbers 1 to 99", format!("{numbers:?}"))?;
            let last = channels.last().map_or(0, |one| one.number);
            bench.check((100..=999).contains(&last), "a number of 100 to 999", last)
        }).starts(100),
        RelayCase::new(SUITE, "appids-apart", "each appid has numbers of its own", clauses, |bench| {
            let first = live(bench, &fresh(12), 9)?;
            let number = one(bench, &fresh(12))?.number;
            bench.check(number <= 9 && first.len() == 9, "a number of one digit", number)
        }).starts(10),
        RelayCase::new(SUITE, "fresh", "a number that is free and was in no use for 600 seconds comes before those that were", clauses, |bench| {
            let numbers = used_one_by_one(bench, &fresh(12), 9)?;
            let distinct: BTreeSet<u64> = numbers.iter().copied().collect();
            bench.check(distinct.len() == 9, "nine numbers, none of them twice", format!("{numbers:?}"))
        }).starts(9),
        RelayCase::new(SUITE, "oldest", "when all were in use lately, the one whose end is longest ago comes", clauses, |bench| {
            let numbers = used_one_by_one(bench, &fresh(12), 21)?;
            let (first, later) = numbers.split_at(9);
            let wanted: Vec<u64> = first.iter().cycle().take(later.len()).copied().collect();
            bench.check(later == wanted, format!("{wanted:?}, as they ended"), format!("{later:?}"))
        }).starts(21),
        RelayCase::new(SUITE, "oldest-by-end", "the quarantine counts from the end, not from the allocation", clauses, |bench| {
            let app = fresh(12);
            let channels = live(bench, &app, 9)?;
            let order = [4, 1, 8, 0, 6, 2, 7, 3, 5];
            let mut ends = Vec::new();
            for index in order {
                let Some(channel) = channels.get(index) else { continue };
                bench.given(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
                ends.push(channel.number);
            }
            let numbers = used_one_by_one(bench, &app, 9)?;
            bench.check(numbers == ends, format!("{ends:?}, as they ended"), format!("{numbers:?}"))
        }).starts(18),
        RelayCase::new(SUITE, "quarantine-kept", "a number is not given out again within 600 seconds after its end, while others are free", clauses, |bench| {
            quarantine(bench, 570.0, |number, last| number == last, "the number that nobody had")
        }).told(RelaySettings::second(4)).waits(3_500).starts(130),
        RelayCase::new(SUITE, "quarantine-over", "a number is given out like all others 600 seconds after its end", clauses, |bench| {
            quarantine(bench, 600.5, |_, _| true, "any number")
        }).told(RelaySettings::second(4)).waits(3_600).starts(130),
        case("uniform", "the first number of an appid is drawn uniformly", |bench| {
            let mut numbers = Vec::new();
            for _ in 0..DRAWS {
                numbers.push(one(bench, &fresh(12))?.number);
            }
            judge(bench, &numbers, 1..=9, "first numbers")?;
            let steps: Vec<u64> = numbers
                .iter()
                .zip(numbers.iter().skip(1))
                .map(|(one, next)| (next + 9 - one) % 9 + 1)
                .collect();
            judge(bench, &steps, 1..=9, "steps from one appid's first number to the next one's")
        }).starts(900),
        case("uniform-second", "the second number of an appid does not follow from the first", |bench| {
            let mut steps = Vec::new();
            for _ in 0..160 {
                let channels = live(bench, &fresh(12), 2)?;
                if let [first, second] = &channels[..] {
                    steps.push((second.number + 9 - first.number) % 9);
                }
            }
            judge(bench, &steps, 1..=8, "distances from the first number to the second, modulo 9")
        }).starts(320),
        case("uniform-two-digits", "a number of two digits is drawn uniformly", |bench| {
                let mut tens = Vec::new();
            for _ in 0..5 {
                let app = fresh(12);
                let channels = live(bench, &app, 9 + 45)?;
                tens.extend(channels.iter().skip(9).map(|one| one.number / 10));
            }
            // Nothing is put back, so that the tens are more even than chi-square expects.
            judge(bench, &tens, 1..=9, "tens of numbers of two digits")?;
            let mut firsts = BTreeSet::new();
            for _ in 0..12 {
                let channels = live(bench, &fresh(12), 10)?;
                firsts.extend(channels.last().map(|one| one.number));
            }
            // That twelve draws of 90 give at most three numbers is rarer than 2^-40.
            bench.check(firsts.len() > 3, "different numbers in twelve appids", format!("{firsts:?}"))
        }).starts(500),
    ]
}

/// Allocates a channel of an appid.
fn one(bench: &Bench<'_>, app: &str) -> Result<Channel, Fault> {
    let mut channel = Channel::new();
    app.clone_into(&mut channel.app);
    bench.bring(&mut channel, State::Open)?;
    Ok(channel)
}

/// Allocates so many channels of an appid, and leaves them open.
fn live(bench: &Bench<'_>, app: &str, count: usize) -> Result<Vec<Channel>, Fault> {
    (0..count).map(|_| one(bench, app)).collect()
}

/// Allocates and closes so many channels of an appid, one after the other, and gives their numbers.
fn used_one_by_one(bench: &Bench<'_>, app: &str, count: usize) -> Result<Vec<u64>, Fault> {
    let mut numbers = Vec::new();
    for _ in 0..count {
        let channel = one(bench, app)?;
        bench.given(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
        numbers.push(channel.number);
    }
    Ok(numbers)
}

/// Uses eight of the nine numbers of some appids, holds their channels for 300 seconds, ends them,
/// and looks `after` seconds later which number comes.
fn quarantine(
    bench: &Bench<'_>,
    after: f64,
    may_be: fn(u64, u64) -> bool,
    wanted: &str,
) -> Result<(), Fault> {
    // That all of thirteen draws of nine are the one that a longer quarantine leaves is rarer than
    // 2^-40.
    const APPIDS: usize = 13;
    let mut appids = Vec::new();
    for _ in 0..APPIDS {
        let app = fresh(12);
        appids.push((live(bench, &app, 8)?, app));
    }
    let Some(begun) = appids.first().and_then(|(channels, _)| channels.first()) else {
        return Ok(());
    };
    bench.sleep_until(begun.allocated.1, 250.0);
    let (mut first, mut last) = (None, begun.allocated.1);
    for (channels, _) in &appids {
        for channel in channels {
            let close = channel.close(&channel.owner, "done");
            let reply = bench.given(&close, &Want::Status(200))?;
            first.get_or_insert(reply.sent);
            last = reply.read;
        }
    }
    let first = first.unwrap_or(last);
    let is_within = after < 600.0;
    bench.sleep_until(if is_within { first } else { last }, after);
    let mut never_used = 0;
    for (channels, app) in &appids {
        let used: BTreeSet<u64> = channels.iter().map(|channel| channel.number).collect();
        let left = (1..=9).find(|number| !used.contains(number)).unwrap_or(0);
        let channel = one(bench, app)?;
        if is_within && channel.allocated.1 >= first + bench.seconds(599.0) {
            return Err(Fault::Undecided(
                "the quarantine was over too soon".to_owned(),
            ));
        }
        bench.check(
            may_be(channel.number, left),
            format!("{left}, {wanted}"),
            channel.number,
        )?;
        never_used += usize::from(channel.number == left);
    }
    bench.check(
        is_within || never_used < APPIDS,
        "numbers that were in use 600 seconds ago as well",
        format!("in all of {APPIDS} appids the one that was not"),
    )
}

/// Judges draws by chi-square.
fn judge(
    bench: &Bench<'_>,
    draws: &[u64],
    values: std::ops::RangeInclusive<u64>,
    what: &str,
) -> Result<(), Fault> {
    let mut counts: HashMap<u64, f64> = HashMap::new();
    for draw in draws {
        *counts.entry(*draw).or_default() += 1.0;
    }
    let kinds = values.clone().count() as f64;
    let each = draws.len() as f64 / kinds;
    let counts: Vec<f64> = values
        .map(|value| counts.get(&value).copied().unwrap_or(0.0))
        .collect();
    let chi_square: f64 = counts
        .iter()
        .map(|count| (count - each).powi(2) / each)
        .sum();
    bench.check(
        counts.iter().sum::<f64>() as usize == draws.len() && chi_square < CHI_SQUARE,
        format!("{} {what}, uniform", draws.len()),
        format!("the counts {counts:?} (chi-square {chi_square:.1})"),
    )
}
