//! The order of the checks (RELAY-9): each check alone, and each pair of two. A request that breaks
//! both must be refused by the earlier one.

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{By, Cell, Channel, State, fresh};
use super::fault::Fault;
use super::reply::Want;
use super::request::Request;
use crate::subject::relay_settings::RelaySettings;

const SUITE: &str = "relay-order";
/// The rate of the relays at which the check of the rate fails.
const RATE: u64 = 4;

/// The checks in their order; `Host` comes before all (RELAY-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Host,
    Target,
    Method,
    Size,
    Authorization,
    Query,
    Json,
    Value,
    Rate,
    Channel,
}

const STEPS: [Step; 10] = [
    Step::Host,
    Step::Target,
    Step::Method,
    Step::Size,
    Step::Authorization,
    Step::Query,
    Step::Json,
    Step::Value,
    Step::Rate,
    Step::Channel,
];

/// A request that is then broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Allocate,
    Claim,
    Put(Cell),
    Get(Cell),
    Close,
}

const BASES: [Base; 7] = [
    Base::Allocate,
    Base::Claim,
    Base::Put(Cell::Answer),
    Base::Put(Cell::Finish),
    Base::Put(Cell::Receipt),
    Base::Get(Cell::Answer),
    Base::Close,
];

impl Base {
    fn name(self) -> String {
        match self {
            Self::Allocate => "allocate".to_owned(),
            Self::Claim => "claim".to_owned(),
            Self::Put(cell) => format!("put-{}", cell.name()),
            Self::Get(cell) => format!("get-{}", cell.name()),
            Self::Close => "close".to_owned(),
        }
    }

    /// Whether the request can fail this check.
    fn has(self, step: Step) -> bool {
        match step {
            Step::Size | Step::Json => !matches!(self, Self::Get(_)),
            Step::Value => matches!(self, Self::Allocate | Self::Put(_)),
            Step::Rate => matches!(self, Self::Allocate | Self::Claim),
            Step::Host
            | Step::Target
            | Step::Method
            | Step::Authorization
            | Step::Query
            | Step::Channel => true,
        }
    }

    /// The most bytes of its body (RELAY-10).
    fn body_bound(self) -> usize {
        match self {
            Self::Put(Cell::Answer | Cell::Finish) => 139_264,
            _ => 1_024,
        }
    }

    fn value_bound(self) -> usize {
        match self {
            Self::Put(cell) => cell.bound(),
            _ => 64,
        }
    }
}

impl Step {
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    fn want(self, base: Base) -> Want {
        Want::token(match (self, base) {
            (Self::Host | Self::Query | Self::Json, _) => "malformed",
            (Self::Target, _) => "not-found",
            (Self::Method, _) => "method-not-allowed",
            (Self::Size | Self::Value, _) => "too-large",
            (Self::Authorization, _) => "unauthorized",
            (Self::Rate, _) => "rate-limited",
            (Self::Channel, Base::Allocate) => "conflict",
            (Self::Channel, _) => "no-such-channel",
        })
    }

    /// The requirement that is broken when the check does not refuse.
    fn clauses(self) -> &'static [&'static str] {
        match self {
            Self::Host => &["RELAY-23"],
            Self::Target | Self::Method => &["RELAY-3"],
            Self::Size => &["RELAY-10"],
            Self::Authorization => &["RELAY-1"],
            Self::Query => &["RELAY-5"],
            Self::Json => &["JSON-1"],
            Self::Value => &["RELAY-9", "JSON-4"],
            Self::Rate => &["RELAY-20"],
            Self::Channel => &["RELAY-11", "RELAY-14"],
        }
    }
}

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    for base in BASES {
        let steps = || STEPS.into_iter().filter(move |step| base.has(*step));
        for step in steps() {
            let title = format!("{} that fails the check {}", base.name(), step.name());
            let id = format!("{}-{}", base.name(), step.name());
            cases.push(case(base, &[step], &id, title, step.clauses()));
        }
        for first in steps() {
            for second in steps().filter(|second| *second > first) {
                if first.want(base) == second.want(base) {
                    // Nobody can tell by which of them it was refused.
                    continue;
                }
                let title = format!(
                    "{}: the check {} comes before {}",
                    base.name(),
                    first.name(),
                    second.name()
                );
                let id = format!("{}-{}-before-{}", base.name(), first.name(), second.name());
                let clauses: &[&str] = match first {
                    Step::Host => &["RELAY-23", "RELAY-9"],
                    _ => &["RELAY-9"],
                };
                cases.push(case(base, &[first, second], &id, title, clauses));
            }
        }
    }
    cases
}

fn case(base: Base, steps: &[Step], id: &str, title: String, clauses: &[&str]) -> RelayCase {
    let steps = steps.to_vec();
    let is_rated = steps.contains(&Step::Rate);
    let case = RelayCase::new(SUITE, id, title, clauses, move |bench| {
        let mut channel = Channel::new();
        let Some(want) = steps.first().map(|first| first.want(base)) else {
            return Ok(());
        };
        if !is_rated {
            bench.bring(&mut channel, before(base))?;
            bench.expect(&broken(base, &channel, &steps), &want)?;
            return Ok(());
        }
        // A rate may let one more through at any moment, but not each time.
        for _ in 0..3 {
            use_up(bench)?;
            let reply = bench.ask(&broken(base, &channel, &steps))?;
            if want.fits(&reply) {
                return Ok(());
            }
        }
        Err(bench.failed(&want, "another answer, three times"))
    });
    match is_rated {
        true => case.told(RelaySettings::bound("starts_per_minute", RATE)),
        false => case,
    }
}

/// The state in which the request would do.
fn before(base: Base) -> State {
    match base {
        Base::Allocate | Base::Claim => State::Open,
        Base::Put(Cell::Finish) => State::Answered,
        Base::Put(Cell::Receipt) => State::Finished,
        Base::Put(Cell::Answer) | Base::Get(_) | Base::Close => State::Claimed,
    }
}

/// Uses the rate of this address up: no more than twice of it goes through in a minute.
fn use_up(bench: &Bench<'_>) -> Result<(), Fault> {
    let nobody = Channel::new();
    for _ in 0..=2 * RATE {
        let reply = bench.ask(&nobody.claim(&nobody.another))?;
        if Want::token("rate-limited").fits(&reply) {
            return Ok(());
        }
    }
    let expected = format!("`rate-limited` after {} claims at most", 2 * RATE);
    Err(bench.failed(expected, "none").of_setup())
}

/// The request with these faults.
fn broken(base: Base, channel: &Channel, steps: &[Step]) -> Request {
    let has = |step| steps.contains(&step);
    let side = match base {
        _ if has(Step::Channel) && base != Base::Allocate => &channel.another,
        Base::Allocate | Base::Close => channel.side(By::Owner),
        Base::Claim => channel.side(By::Claimant),
        Base::Put(cell) => channel.writer(cell),
        Base::Get(cell) => channel.reader(cell),
    };
    let mut channel = channel.clone();
    if has(Step::Channel) {
        match base {
            Base::Allocate => channel.offer = fresh(33),
            // A claim by another side would succeed, so the number is one that nobody has.
            Base::Claim => channel.number = 999_999_999,
            _ => {}
        }
    }
    let mut request = match base {
        Base::Allocate => channel.allocate(),
        Base::Claim => channel.claim(side),
        Base::Put(cell) => channel.put(cell, side, cell.content()),
        Base::Get(cell) => channel.get(cell, side, ""),
        Base::Close => channel.close(side, "done"),
    };
    if let Some(body) = body(base, &has) {
        request = request.with(body);
    }
    if has(Step::Target) {
        request.target.push('x');
    }
    if has(Step::Method) {
        request.method = "PATCH".to_owned();
    }
    if has(Step::Authorization) {
        request = request.without("Authorization");
    }
    if has(Step::Query) {
        request = request.query("?x=1");
    }
    if has(Step::Host) {
        request = request.hosts(&[]);
    }
    request
}

/// The body with its faults, if it has any.
fn body(base: Base, has: &dyn Fn(Step) -> bool) -> Option<String> {
    let pad = |text: &str| format!("{text}{}", " ".repeat(base.body_bound() + 1 - text.len()));
    let value = "ab".repeat(base.value_bound() + 1);
    let right = match base {
        Base::Claim => "{}",
        Base::Close => r#"{"reason":"done"}"#,
        Base::Allocate | Base::Put(_) | Base::Get(_) => r#"{"body":"00"}"#,
    };
    match (has(Step::Size), has(Step::Json), has(Step::Value)) {
        (true, true, _) => Some(pad("{")),
        (true, false, _) => Some(pad(right)),
        (false, true, true) => Some(format!(r#"{{"body":"{value}","x":1,"x":1}}"#)),
        (false, true, false) => Some(right.trim_end_matches('}').to_owned()),
        (false, false, true) => Some(format!(r#"{{"body":"{value}"}}"#)),
        (false, false, false) => None,
    }
}
