//! Programs that are judged from outside: what they tell is less than what an adapter tells, and
//! what they may do with it is more.

use serde_json::{Value, json};

use super::expect::Expect;
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

/// The outcome that came, `shown`, with the words of a program about it, such as its exit status.
pub(super) fn came(result: &Value, shown: String) -> String {
    words(result).map_or(shown.clone(), |words| format!("{shown}: {words}"))
}

/// The end that came, as a sentence, by its outcome as it is `shown`.
pub(super) fn ending(result: &Value, shown: &str) -> String {
    words(result).map_or_else(|| format!("it ended as {shown}"), str::to_owned)
}

/// The words of a program about its end, as far as anybody would read them.
pub(super) fn words(result: &Value) -> Option<&str> {
    let words = result["ending"].as_str()?;
    words.get(..words.floor_char_boundary(120))
}

/// Whether a member of the result can be judged.
pub(super) fn tells(name: &str, expect: &Expect, played: &Played) -> bool {
    // A program may keep from its user what somebody in between may have sent.
    let differs = expect.outcome == MISMATCH || expect.reason.as_deref() == Some(MISMATCH);
    let withholds = name == "blob" && differs && played.hello.is_outside();
    played.hello.can(name) && !withholds
}
