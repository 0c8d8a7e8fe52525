//! Programs that are judged from outside: what they tell is less than what an adapter tells, and
//! what they may do with it is more.

use serde_json::{Value, json};

use super::expect::Expect;
use super::judge::shown;
use super::play::Played;
use crate::subject::command::FAILED;

/// The reason, or the outcome, of users whose words differ.
const MISMATCH: &str = "verifier-mismatch";

/// The expected outcome, as far as the client tells outcomes apart.
pub(super) fn outcome<'a>(expect: &'a Expect, played: &'a Played) -> &'a str {
    let Some(told) = &played.hello.outcomes else {
        return &expect.outcome;
    };
    let is_told = |name: &str| told.iter().any(|its| its == name);
    let said = played
        .result
        .as_ref()
        .map_or(&Value::Null, |result| &result["outcome"]);
    // A status may tell of `done` without delivery by its reason.
    if let Some(reason) = expect.reason.as_deref().filter(|reason| is_told(reason))
        && *said == json!(reason)
    {
        return reason;
    }
    // What begins no run may be refused as an argument that the program does not take.
    let is_argument = expect.requests.is_empty() && *said == json!(FAILED);
    match is_argument || !is_told(&expect.outcome) {
        true => FAILED,
        false => &expect.outcome,
    }
}

/// The outcome that came, with the words of a program about it, such as its exit status.
pub(super) fn came(result: &Value) -> String {
    let outcome = shown(&result["outcome"]);
    match &result["ending"] {
        Value::String(_) => format!("{outcome}: {}", shown(&result["ending"])),
        _ => outcome,
    }
}

/// The outcome that came, with its reason or with those words.
pub(super) fn end(result: &Value) -> String {
    match &result["ending"] {
        Value::String(_) => came(result),
        _ => format!("{} {}", came(result), shown(&result["reason"])),
    }
}

/// The end that came, as a sentence.
pub(super) fn ending(result: &Value) -> String {
    match &result["ending"] {
        Value::String(_) => shown(&result["ending"]),
        _ => format!("it ended as {}", shown(&result["outcome"])),
    }
}

/// Whether a member of the result can be judged.
pub(super) fn tells(name: &str, expect: &Expect, played: &Played) -> bool {
    // A program may keep from its user what somebody in between may have sent.
    let differs = expect.outcome == MISMATCH || expect.reason.as_deref() == Some(MISMATCH);
    let withholds = name == "blob" && differs && played.hello.is_outside();
    played.hello.can(name) && !withholds
}
