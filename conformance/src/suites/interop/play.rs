//! One meeting, played by two clients over a relay, and judged.

use std::fmt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use wormhole_sync::values::hex;

use super::meeting::{End, KEY_LENGTH, Meeting, Side};
use crate::stage::bytes::TranscriptBytes;
use crate::subject::adapter::{AdapterEvent, AdapterHandle};
use crate::suites::replay::case::run_input;
use crate::suites::replay::client::{AdapterClient, Client, RunError};
use crate::suites::replay::transcript::ClientRole;
use crate::suites::replay::user::ScriptedUser;

/// The time that a meeting may last. The longest wait of a right one is a poll's distance of a
/// second.
const LIMIT: Duration = Duration::from_secs(15);

/// A fault that a meeting showed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    /// The side that ended otherwise, if one alone did.
    pub(crate) side: Option<ClientRole>,
    what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.side {
            Some(side) => write!(f, "the {}: {}", side.token(), self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// Lets two clients meet, and gives the first thing that is wrong.
pub(crate) fn play(
    meeting: &Meeting,
    initiator: &AdapterHandle,
    receiver: &AdapterHandle,
    relay: &str,
) -> Result<(), Fault> {
    let (show, shown) = mpsc::channel::<String>();
    let (initiated, received) = thread::scope(|scope| {
        let initiating = scope.spawn(move || {
            run(
                ClientRole::Initiator,
                &meeting.initiator,
                initiator,
                relay,
                None,
                &|code| {
                    // The receiver may have given up waiting.
                    let _ = show.send(code.to_owned());
                },
            )
        });
        let receiving = scope.spawn(move || {
            let code = shown
                .recv_timeout(LIMIT)
                .map_err(|_| "there was no code to type".to_owned())?;
            let code = if meeting.mistyped {
                mistype(&code)
            } else {
                code
            };
            run(
                ClientRole::Receiver,
                &meeting.receiver,
                receiver,
                relay,
                Some(&code),
                &|_| {},
            )
        });
        (initiating.join(), receiving.join())
    });
    let ends = |role, side: &Side, result: thread::Result<Result<Value, String>>, other: &Side| {
        let fault = |what| Fault {
            side: Some(role),
            what,
        };
        let result = result
            .map_err(|_| fault("the suite failed".to_owned()))?
            .map_err(fault)?;
        ended_as(&side.ends, &result, &other.input.blob).map_err(fault)?;
        Ok(result)
    };
    let one = ends(
        ClientRole::Initiator,
        &meeting.initiator,
        initiated,
        &meeting.receiver,
    )?;
    let other = ends(
        ClientRole::Receiver,
        &meeting.receiver,
        received,
        &meeting.initiator,
    )?;
    for name in ["verifier", "exported"] {
        let differ = one[name] != other[name];
        if differ && meeting.initiator.ends.has_blob && meeting.receiver.ends.has_blob {
            let what = format!(
                "`{name}` is {} at one and {} at the other",
                one[name], other[name]
            );
            return Err(Fault { side: None, what });
        }
    }
    Ok(())
}

/// The code with another last word.
fn mistype(code: &str) -> String {
    let (rest, last) = code.rsplit_once('-').unwrap_or_default();
    let other = if last == "clockwork" {
        "tycoon"
    } else {
        "clockwork"
    };
    format!("{rest}-{other}")
}

fn run(
    role: ClientRole,
    side: &Side,
    adapter: &AdapterHandle,
    relay: &str,
    code: Option<&str>,
    on_code: &dyn Fn(&str),
) -> Result<Value, String> {
    let mut input = side.input.clone();
    input.code = code.map(|code| TranscriptBytes::hex(code.as_bytes()));
    let input = run_input(role, &input, relay).map_err(|error| format!("{error:#}"))?;
    let user = ScriptedUser::default();
    let (mut looked, mut took) = (false, false);
    let mut on_event = |event: &AdapterEvent| match event.name.as_str() {
        "code" => {
            let code = event.members.get("code").and_then(Value::as_str);
            on_code(code.unwrap_or_default());
        }
        "looking" => {
            looked = true;
            side.on_looking.into_iter().for_each(|says| user.say(says));
        }
        "taking" => {
            took = true;
            side.input
                .take
                .iter()
                .for_each(|take| user.say_all(&take.says));
        }
        // An adapter may report more.
        _ => {}
    };
    let result = AdapterClient(adapter)
        .run(input, LIMIT, &user, &mut on_event)
        .map_err(|error: RunError| error.to_string())?;
    if looked != side.input.look || took != side.input.take.is_some() {
        return Err("it does not ask whom it should, or asks whom it should not".to_owned());
    }
    Ok(result)
}

fn ended_as(end: &End, result: &Value, blob: &TranscriptBytes) -> Result<(), String> {
    let blob = blob.expand().map_err(|error| format!("{error:#}"))?;
    let expected = [
        ("outcome", json!(end.outcome)),
        ("reason", json!(end.reason)),
        ("delivered", json!(end.delivered)),
        ("blob", json!(end.has_blob.then(|| hex::encode(&blob)))),
    ];
    for (name, expected) in expected {
        if result[name] != expected {
            let short = |value: &Value| value.to_string().chars().take(120).collect::<String>();
            return Err(format!(
                "`{name}` is {}, expected {}",
                short(&result[name]),
                short(&expected)
            ));
        }
    }
    let words = result["verifier"].as_array().map(Vec::len);
    let key = result["exported"].as_str().map(str::len);
    let digits = 2 * KEY_LENGTH as usize;
    if (words, key) != (end.has_blob.then_some(8), end.has_blob.then_some(digits)) {
        return Err(
            "the words and the exported key come with the blob, and not without".to_owned(),
        );
    }
    Ok(())
}
