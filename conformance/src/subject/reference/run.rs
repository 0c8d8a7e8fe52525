//! The operation `run`: a whole blocking client with its test hooks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver as Answers};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::{Value, json};
use wormhole_sync::blocking::{Canceller, Decider, Initiator, Receiver};
use wormhole_sync::client::{Builder, Error, Hooks, Named, Received, Verifier};
use wormhole_sync::crypto::PakeScalar;
use wormhole_sync::protocol::{CloseReason, Outcome};
use wormhole_sync::values::{Side, Words, hex};

use crate::subject::adapter::{Members, Reply, Task, User, UserEvent, members};

/// The operations of this module; `serve` carries out `user-event`.
pub(super) const OPERATIONS: &[&str] = &["run", "user-event"];

/// Runs one client to its end, reports what it shows, and does what the user says.
pub(super) fn run(task: &Task<'_>) -> Reply {
    let input = Value::Object(task.input.clone());
    let person = Person::new(&task.user);
    match run_to_end(&input, &person, task).and_then(|end| end.to_value(&input)) {
        Ok(result) => Reply::Ok(members(result)),
        Err(fault) => Reply::Error(format!("{fault:#}")),
    }
}

/// The user of a run, and its application.
struct Person {
    canceller: Canceller,
    /// Decides for the user, once there is something to decide.
    decider: Arc<Mutex<Option<Decider>>>,
    /// Whether the application is asked by now.
    asked: Arc<AtomicBool>,
    /// The events that the application decides on, and the user's cancel.
    answers: Answers<UserEvent>,
}

impl Person {
    fn new(user: &User) -> Self {
        let canceller = Canceller::new();
        let decider = Arc::<Mutex<Option<Decider>>>::default();
        let (say, answers) = mpsc::channel();
        let asked = Arc::<AtomicBool>::default();
        let (gives_up, decides) = (canceller.clone(), Arc::clone(&decider));
        let is_asked = Arc::clone(&asked);
        user.listen(move |event| {
            let decider = decides.lock().unwrap_or_else(PoisonError::into_inner);
            match (event, &*decider) {
                (UserEvent::Release, Some(decider)) => decider.agree(),
                (UserEvent::Mismatch, Some(decider)) => decider.mismatch(),
                // Nobody is asked.
                (UserEvent::Release | UserEvent::Mismatch, None) => {}
                (UserEvent::Cancel, _) => {
                    gives_up.cancel();
                    // The run may have ended.
                    let _ = say.send(event);
                }
                (UserEvent::Taken | UserEvent::NotTaken, _) => {
                    if is_asked.load(Ordering::SeqCst) {
                        let _ = say.send(event);
                    }
                }
            }
        });
        Self {
            canceller,
            decider,
            asked,
            answers,
        }
    }

    fn decides_by(&self, decider: Decider) {
        *self.decider.lock().unwrap_or_else(PoisonError::into_inner) = Some(decider);
    }

    /// Asks the application: what it said before counts for nothing.
    fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    /// Waits for what the application says in `taking`, or for the user to give up.
    fn answer(&self) -> UserEvent {
        self.answers.recv().unwrap_or(UserEvent::Cancel)
    }
}

/// The end of a run, as an adapter reports it.
pub(super) struct End {
    pub(super) outcome: Outcome,
    pub(super) received: Option<Received>,
}

fn run_to_end(input: &Value, person: &Person, task: &Task<'_>) -> anyhow::Result<End> {
    let (appid, blob) = (bytes(input, "appid")?, bytes(input, "blob")?);
    if input["role"] == "receiver" {
        let receiver = Receiver::new(appid, bytes(input, "code")?, blob);
        let receiver = common(receiver, input)?.canceller(&person.canceller);
        return Ok(receive(receiver, input, person, task).into());
    }
    let words = input["words"].as_u64().context("`words` is no number")?;
    let initiator = Initiator::new(appid, blob).words(usize::try_from(words)?);
    let initiator = common(initiator, input)?.canceller(&person.canceller);
    Ok(initiate(initiator, input, person, task).into())
}

fn initiate(
    initiator: Initiator,
    input: &Value,
    person: &Person,
    task: &Task<'_>,
) -> Result<Received, Error> {
    let waiting = initiator.start()?;
    let code = waiting.code().reveal().to_string();
    report(task, "code", json!({"code": code}));
    let holding = waiting.hold()?;
    if !flag(input, "look") {
        return holding.release();
    }
    person.decides_by(holding.decider());
    looking(task, holding.held().verifier());
    holding.wait()
}

fn receive(
    receiver: Receiver,
    input: &Value,
    person: &Person,
    task: &Task<'_>,
) -> Result<Received, Error> {
    let answered = receiver.start()?;
    let taking = if flag(input, "look") {
        person.decides_by(answered.decider());
        looking(task, answered.verifier());
        answered.wait()?
    } else {
        answered.open()?
    };
    if !flag(input, "take") {
        return taking.taken();
    }
    person.ask();
    let blob = hex::encode(taking.held().blob());
    report(task, "taking", json!({"blob": blob}));
    match person.answer() {
        UserEvent::NotTaken => Err(taking.not_taken()),
        // The canceller has given the exchange up if it was not `taken`.
        _ => taking.taken(),
    }
}

pub(super) fn flag(input: &Value, name: &str) -> bool {
    input[name].as_bool().unwrap_or(false)
}

pub(super) fn looking(task: &Task<'_>, verifier: &Verifier) {
    report(task, "looking", json!({"verifier": words_of(verifier)}));
}

pub(super) fn report(task: &Task<'_>, event: &str, with: Value) {
    let with: Members = members(with);
    task.report(event, with);
}

/// The options that both roles and both clients have.
pub(super) fn common<R, C>(builder: Builder<R, C>, input: &Value) -> anyhow::Result<Builder<R, C>> {
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
    let builder = match input.get("ca") {
        None => builder,
        Some(Value::String(pem)) => builder.trust(pem.as_bytes()).context("`ca`")?,
        Some(_) => return Err(anyhow!("`ca` is no string")),
    };
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

pub(super) fn bytes(input: &Value, name: &str) -> anyhow::Result<Vec<u8>> {
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
    pub(super) fn to_value(&self, input: &Value) -> anyhow::Result<Value> {
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
                // A key that KEY-4 refuses is `null`, and the result stays as it is.
                let key = received.export_key(bytes(export, "label")?, length);
                key.ok().map(|key| hex::encode(key.expose()))
            }
            _ => None,
        };
        let not_taken = received.as_ref().is_some_and(Received::not_taken);
        let reason = match outcome {
            Outcome::Closed(reason) => Some(reason.token()),
            // INIT-8: An initiator that ends as `done` after `closed` with the reason `not-taken`
            // MUST give that reason with the outcome
            _ => not_taken.then_some(CloseReason::NotTaken.token()),
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
