//! The judgement of a live run, by its effects: the requests that came, the client's end, and what
//! the other side has.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use wormhole_sync::values::hex;

use super::expect::Expect;
use super::outside;
use super::play::Played;
use super::script::{KEY_LENGTH, LABEL};
use super::seen::{Seen, order};
use crate::suites::case::{Failure, Outcome};
use crate::suites::vectors::derive::{self, Role};

/// The real time by which a busy machine may be late, beside the text's own times.
const LAG: Duration = Duration::from_secs(8);
/// Rounding of milliseconds.
const ROUNDING: Duration = Duration::from_millis(2);

/// Something that is not as expected.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    pub(crate) clause: &'static str,
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
}

impl Difference {
    pub(crate) fn new(
        clause: &'static str,
        what: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self {
            clause,
            what: what.into(),
            expected: expected.into(),
            actual: actual.into(),
        }
    }
}

/// Judges a run; the first difference counts.
pub(crate) fn judge(expect: &Expect, played: &Played) -> Result<(), Difference> {
    requests(expect, played)?;
    let result = result(played)?;
    let role = played.script.role;
    let blob = expect.blob.then(|| hex::encode(&played.script.peer_blob));
    let fields = [
        ("OUT-1", "outcome", json!(outside::outcome(expect, played))),
        ("OUT-4", "reason", json!(expect.reason)),
        (delivery(role), "delivered", json!(expect.delivered)),
        (handing_over(role), "blob", json!(blob)),
    ];
    for (clause, name, expected) in fields {
        if outside::tells(name, expect, played) && result[name] != expected {
            let actual = match name {
                "outcome" => outside::came(result, shown(&result[name])),
                _ => shown(&result[name]),
            };
            return Err(Difference::new(clause, name, shown(&expected), actual));
        }
    }
    keys(expect, played, result)?;
    early(played)?;
    other_side(expect, played)?;
    repeats(&played.world.seen)?;
    if expect.pace {
        pace(&played.world.seen)?;
    }
    time(expect, played)
}

/// The outcome of a case that played one run.
pub(crate) fn outcome(judged: Result<(), Difference>, played: &Played) -> Outcome {
    let Err(difference) = judged else {
        return Outcome::Passed;
    };
    let failure = failure(difference, Some(played));
    match &played.broke {
        Some(error) => Outcome::Broke(error.clone(), failure),
        None => Outcome::Failed(failure),
    }
}

/// A difference as a failure, with the run in which it showed.
pub(crate) fn failure(difference: Difference, played: Option<&Played>) -> Failure {
    let Difference {
        clause,
        what,
        expected,
        actual,
    } = difference;
    Failure {
        given: played
            .map(|played| format!("run, role {}, nothing injected", played.script.role.name()))
            .into_iter()
            .collect(),
        expected,
        actual,
        difference: Some(format!("{what} ({clause})")),
        clause: Some(clause.to_owned()),
        mistake: None,
        detail: played.map(ladder).unwrap_or_default(),
        stderr: played.and_then(|played| played.own_stderr.clone()),
    }
}

/// The members of the run's `ok`.
pub(crate) fn result(played: &Played) -> Result<&Value, Difference> {
    let ended = "the end of the run";
    match &played.result {
        Ok(result) => Ok(result),
        Err(text) => Err(Difference::new("OUT-1", ended, "an outcome", text)),
    }
}

fn table(role: Role) -> &'static str {
    match role {
        Role::Initiator => "INIT-1",
        Role::Receiver => "RECV-1",
    }
}

fn delivery(role: Role) -> &'static str {
    match role {
        Role::Initiator => "INIT-5",
        Role::Receiver => "RECV-2",
    }
}

fn handing_over(role: Role) -> &'static str {
    match role {
        Role::Initiator => "INIT-3",
        Role::Receiver => "OUT-2",
    }
}

fn requests(expect: &Expect, played: &Played) -> Result<(), Difference> {
    let clause = table(played.script.role);
    let expected = expect.requests.join(", ");
    let names = order(&played.world.seen);
    let differs = |actual| Err(Difference::new(clause, "the requests", &expected, actual));
    let is_as_expected = names == expect.requests && !played.stopped;
    if !is_as_expected && played.world.shows_no_code() {
        let (what, expected) = ("the code shown", "before the first get answer");
        return Err(Difference::new("CODE-3", what, expected, "not by then"));
    }
    if names != expect.requests {
        let outcome = match &played.result {
            Ok(result) => outside::ending(result, &shown(&result["outcome"])),
            Err(text) => text.clone(),
        };
        let names = match names.as_slice() {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        return differs(format!("{names}; {outcome}"));
    }
    if played.stopped {
        return differs(format!("{}, and no end", names.join(", ")));
    }
    for (name, wanted) in &expect.attempts {
        let came = (played.world.seen.iter())
            .filter(|seen| seen.name == *name)
            .count();
        if came != *wanted {
            let what = format!("the attempts of {name}");
            let (wanted, came) = (wanted.to_string(), came.to_string());
            return Err(Difference::new("TIME-1", what, wanted, came));
        }
    }
    Ok(())
}

/// Verifier and exported key come with the blob, and are those of the exchange.
fn keys(expect: &Expect, played: &Played, result: &Value) -> Result<(), Difference> {
    let agreement = played.world.agreement.as_ref();
    let key = agreement
        .filter(|_| expect.blob)
        .map(|agreement| hex::encode(&agreement.export(LABEL, KEY_LENGTH)));
    let actual = &result["exported"];
    if played.hello.can("exported") && *actual != json!(key) {
        let (expected, actual) = (shown(&json!(key)), shown(actual));
        return Err(Difference::new("KEY-5", "exported", expected, actual));
    }
    let words = result["verifier"].as_array().map(Vec::len);
    let expected = expect.blob.then_some(8);
    if played.hello.can("verifier") && words != expected {
        let actual = shown(&result["verifier"]);
        let expected = format!("{expected:?} words");
        return Err(Difference::new("KEY-3", "verifier", expected, actual));
    }
    Ok(())
}

/// The steps that wait for a user, or an application.
fn early(played: &Played) -> Result<(), Difference> {
    let before = |clause, what: &str| {
        let expected = "not before its user, or its application, has said so";
        Err(Difference::new(clause, what, expected, "before"))
    };
    match played.world.early.as_deref() {
        Some("put finish") => before("INIT-2", "the finish"),
        Some(receipt) => before("RECV-6", receipt),
        None if played.taken_early => before("RECV-5", "the blob in `taking`"),
        None => Ok(()),
    }
}

/// The other side's possessions: an initiator's blob in a finish that opens, or a receiver's blob
/// in an answer and its receipt.
fn other_side(expect: &Expect, played: &Played) -> Result<(), Difference> {
    let world = &played.world;
    let sealed = |cell: &Option<Vec<u8>>, right: Option<Vec<u8>>, clause, what| match cell {
        Some(cell) if Some(cell) != right.as_ref() => Err(Difference::new(
            clause,
            what,
            "a message that opens to the blob",
            format!("{} other bytes", cell.len()),
        )),
        _ => Ok(()),
    };
    let agreement = world.agreement.as_ref();
    let blob = &played.script.blob;
    let arrived = match played.script.role {
        Role::Initiator => {
            let right = agreement.map(|agreement| agreement.finish(blob));
            sealed(&world.finish, right, "SEAL-3", "the finish")?;
            world.finish.is_some()
        }
        Role::Receiver => {
            let right = agreement.map(|agreement| agreement.answer(blob));
            sealed(&world.answer, right, "SEAL-3", "the answer")?;
            let right = agreement.map(super::peer::Agreement::receipt);
            sealed(&world.receipt, right, "SEAL-3", "the receipt")?;
            world.receipt.is_some()
        }
    };
    if arrived != expect.arrived {
        let (clause, what) = match played.script.role {
            Role::Initiator => ("SEAL-10", "the finish at the other side"),
            Role::Receiver => ("RECV-6", "the receipt at the other side"),
        };
        let word = |there| if there { "there" } else { "not there" };
        return Err(Difference::new(
            clause,
            what,
            word(expect.arrived),
            word(arrived),
        ));
    }
    Ok(())
}

/// A repeat is the same request (TIME-1), and the same bytes (SEAL-4).
fn repeats(seen: &[Seen]) -> Result<(), Difference> {
    for pair in seen.windows(2) {
        let [one, next] = pair else { continue };
        if one.name != next.name || one.name.starts_with("get ") {
            continue;
        }
        let what = format!("the repeat of {}", one.name);
        if one.request.target != next.request.target {
            let (one, next) = (&one.request.target, &next.request.target);
            return Err(Difference::new("TIME-1", what, one, next));
        }
        let (body, again) = (
            super::seen::body_of(&one.request),
            super::seen::body_of(&next.request),
        );
        if body != again {
            return Err(Difference::new("SEAL-4", what, "the same body", "another"));
        }
        let header = |seen: &Seen| seen.request.header("authorization").join(", ");
        if header(one) != header(next) {
            return Err(Difference::new("TIME-1", what, header(one), header(next)));
        }
    }
    Ok(())
}

/// Lower bounds, which hold whatever the lag is: from the writing of a response to the arrival of a
/// later request.
fn pace(seen: &[Seen]) -> Result<(), Difference> {
    let mut failures = 0;
    let mut polls: Option<(std::time::Instant, u32)> = None;
    for pair in seen.windows(2) {
        let [before, next] = pair else { continue };
        let Some(since) = before.answered else {
            continue;
        };
        let same = before.name == next.name;
        let too_early = |clause, since: std::time::Instant, wait: Duration| {
            let waited = next.request.at.saturating_duration_since(since);
            let what = format!("the wait before {}", next.name);
            let text = |time: Duration| format!("{:.2} s", time.as_secs_f64());
            match waited + ROUNDING < wait {
                true => Err(Difference::new(
                    clause,
                    what,
                    format!("at least {}", text(wait)),
                    text(waited),
                )),
                false => Ok(()),
            }
        };
        failures = if before.failed { failures + 1 } else { 0 };
        if before.failed && same {
            // d = min(8, 0.5 * 2^(k-1)) seconds; the random wait is at least d/2.
            let half = (0.25 * 2_f64.powi(failures - 1)).min(4.0);
            too_early("TIME-1", since, Duration::from_secs_f64(half))?;
        }
        if next.name.starts_with("get ") {
            let (first, count) = match polls {
                Some((first, count)) if same => (first, count + 1),
                _ => (since, 0),
            };
            polls = Some((first, count));
            too_early("TIME-4", first, Duration::from_secs(u64::from(count)))?;
        } else {
            polls = None;
        }
    }
    Ok(())
}

fn time(expect: &Expect, played: &Played) -> Result<(), Difference> {
    let Some((least, most)) = expect.seconds.filter(|_| played.hello.can("time")) else {
        return Ok(());
    };
    let (least, most) = (
        Duration::from_secs_f64(least),
        Duration::from_secs_f64(most),
    );
    if played.took + ROUNDING >= least && played.took <= most + LAG {
        return Ok(());
    }
    let expected = format!("{:?} to {:?}, and {LAG:?} of a busy machine", least, most);
    let actual = format!("{:.2} s", played.took.as_secs_f64());
    Err(Difference::new(
        "TIME-5",
        "the time of the run",
        expected,
        actual,
    ))
}

/// A value in one line, cut where it is long.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
    match text.char_indices().nth(120) {
        Some((at, _)) => {
            let start = text.get(..at).unwrap_or_default();
            format!("{start}... ({} characters)", text.len())
        }
        None => text,
    }
}

/// The verifier of the exchange, which both sides show (KEY-3), as bytes.
pub(crate) fn verifier(played: &Played) -> Option<&[u8]> {
    played.world.agreement.as_ref()?.schedule.verifier.get(..8)
}

/// Checks an exported key, for runs whose keys are judged one by one.
pub(crate) fn export_of(key: &[u8]) -> Vec<u8> {
    derive::export(key, LABEL, KEY_LENGTH)
}

fn ladder(played: &Played) -> Vec<String> {
    let mut lines = vec![format!("  {:<14} relay", played.script.role.name())];
    for seen in &played.world.seen {
        let mut line = String::new();
        let mark = if seen.gone { " (given up)" } else { "" };
        let _ = write!(line, "    |  {} ---> {}{mark}", seen.name, seen.reply);
        lines.push(line);
    }
    let end = match &played.result {
        Ok(result) => match outside::words(result) {
            Some(words) => format!("{}: {words}", shown(&result["outcome"])),
            None => format!("{} {}", shown(&result["outcome"]), shown(&result["reason"])),
        },
        Err(text) => text.clone(),
    };
    lines.push(format!("    *  {end}"));
    for line in &mut lines {
        // A terminal shows the client's text and does not carry it out.
        line.retain(|character| !character.is_control());
    }
    lines
}
