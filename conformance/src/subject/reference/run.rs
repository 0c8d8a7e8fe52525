//! The operation `run`: a whole blocking client with its test hooks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::{Value, json};
use wormhole_sync::blocking::{Blocking, Canceller, Initiator, Receiver};
use wormhole_sync::client::{Builder, Error, Hooks, Named, Received, Verifier};
use wormhole_sync::crypto::PakeScalar;
use wormhole_sync::protocol::Outcome;
use wormhole_sync::values::{Side, Words, hex};

use crate::subject::adapter::{Members, Reply, Task, members};

/// The operations of this module; `serve` carries out `cancel`.
pub(super) const OPERATIONS: &[&str] = &["run", "cancel"];

/// Runs one client to its end, reports its code, and gives up when the task is cancelled.
pub(super) fn run(task: &Task<'_>) -> Reply {
    let input = Value::Object(task.input.clone());
    let code = |code: &str| {
        let mut members = Members::new();
        members.insert("code".to_owned(), json!(code));
        task.report("code", members);
    };
    match run_watched(&input, &task.cancelled, &code) {
        Ok(result) => Reply::Ok(members(result)),
        Err(fault) => Reply::Error(format!("{fault:#}")),
    }
}

/// The time between two looks at the user's wish to give up.
const GLANCE: Duration = Duration::from_millis(2);

fn run_watched(
    input: &Value,
    cancelled: &AtomicBool,
    code: &dyn Fn(&str),
) -> anyhow::Result<Value> {
    let canceller = Canceller::new();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                if cancelled.load(Ordering::SeqCst) {
                    canceller.cancel();
                    return;
                }
                thread::sleep(GLANCE);
            }
        });
        let end = run_to_end(input, &canceller, code);
        over.store(true, Ordering::SeqCst);
        end?.to_value(input)
    })
}

/// The end of a run, as an adapter reports it.
struct End {
    outcome: Outcome,
    received: Option<Received>,
}

fn run_to_end(input: &Value, canceller: &Canceller, code: &dyn Fn(&str)) -> anyhow::Result<End> {
    let (appid, blob) = (bytes(input, "appid")?, bytes(input, "blob")?);
    if input["role"] == "receiver" {
        let receiver = Receiver::new(appid, bytes(input, "code")?, blob);
        let receiver = common(receiver, input)?.canceller(canceller);
        return Ok(receiver.finish().into());
    }
    let words = input["words"].as_u64().context("`words` is no number")?;
    let words = usize::try_from(words)?;
    let initiator = Initiator::new(appid, blob).words(words);
    let waiting = match common(initiator, input)?.canceller(canceller).start() {
        Ok(waiting) => waiting,
        Err(error) => return Ok(Err(error).into()),
    };
    code(&waiting.code().to_string());
    let Some(user) = input["hold"].as_str() else {
        return Ok(waiting.finish().into());
    };
    let holding = match waiting.hold() {
        Ok(holding) => holding,
        Err(error) => return Ok(Err(error).into()),
    };
    match user {
        "agree" => Ok(holding.release().into()),
        "refuse" => Ok(Err(holding.refuse()).into()),
        // The user says nothing until it is too late.
        "silent" => {
            thread::sleep(holding.time_left().unwrap_or_default());
            Ok(holding.release().into())
        }
        other => Err(anyhow!("`hold` is {other:?}")),
    }
}

fn common<R>(builder: Builder<R, Blocking>, input: &Value) -> anyhow::Result<Builder<R, Blocking>> {
    let hooks = Hooks {
        side: named(input, "side", |bytes| {
            Side::from_hex(hex::encode(bytes).as_bytes()).ok()
        })?,
        words: named(input, "words", |bytes| {
            Words::dangerously_from_bytes(bytes).ok()
        })?,
        pake_scalar: named(input, "pake_scalar", |bytes| {
            PakeScalar::dangerously_from_le_bytes(bytes.try_into().ok()?).ok()
        })?,
        second: Some(second(input)),
    };
    let address = input["rendezvous"]
        .as_str()
        .context("`rendezvous` is no string")?;
    let builder = builder.rendezvous(address).hooks_for_testing_only(hooks);
    Ok(match number(input, "deadline")? {
        Some(seconds) => builder.deadline(second(input) * seconds),
        None => builder,
    })
}

fn second(input: &Value) -> Duration {
    Duration::from_millis(input["second_ms"].as_u64().unwrap_or(1000))
}

fn number(input: &Value, name: &str) -> anyhow::Result<Option<u32>> {
    let Some(value) = input.get(name) else {
        return Ok(None);
    };
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number
        .map(Some)
        .with_context(|| format!("`{name}` is no number"))
}

fn bytes(input: &Value, name: &str) -> anyhow::Result<Vec<u8>> {
    let text = input[name]
        .as_str()
        .with_context(|| format!("`{name}` is no string"))?;
    hex::decode(text.as_bytes()).map_err(|_| anyhow!("`{name}` is no hex"))
}

fn named<T>(
    input: &Value,
    name: &str,
    value: impl FnOnce(&[u8]) -> Option<T>,
) -> anyhow::Result<Named<T>> {
    match input["inject"].get(name) {
        None => Ok(Named::Drawn),
        Some(Value::Null) => Ok(Named::Unavailable),
        Some(_) => value(&bytes(&input["inject"], name)?)
            .map(Named::Fixed)
            .with_context(|| format!("`{name}` is no such value")),
    }
}

fn words_of(verifier: &Verifier) -> Vec<String> {
    verifier
        .reveal()
        .to_string()
        .split(' ')
        .map(str::to_owned)
        .collect()
}

impl From<Result<Received, Error>> for End {
    fn from(end: Result<Received, Error>) -> Self {
        match end {
            Ok(received) => Self {
                outcome: Outcome::Done,
                received: Some(received),
            },
            Err(error) => Self {
                outcome: error.outcome(),
                received: error.into_received(),
            },
        }
    }
}

impl End {
    fn to_value(&self, input: &Value) -> anyhow::Result<Value> {
        let Self { outcome, received } = self;
        let blob = received
            .as_ref()
            .map(|received| hex::encode(received.blob()));
        let verifier = received
            .as_ref()
            .map(|received| words_of(received.verifier()));
        let exported = match (received, input.get("export")) {
            (Some(received), Some(export)) => {
                let length = number(export, "length")?.unwrap_or_default() as usize;
                let key = received.export_key(bytes(export, "label")?, length);
                let key = key?;
                Some(hex::encode(key.expose()))
            }
            _ => None,
        };
        let reason = match outcome {
            Outcome::Closed(reason) => Some(reason.token()),
            _ => None,
        };
        Ok(json!({
            "outcome": outcome.token(),
            "reason": reason,
            "delivered": received.as_ref().is_some_and(Received::delivered),
            "blob": blob,
            "verifier": verifier,
            "exported": exported,
        }))
    }
}
