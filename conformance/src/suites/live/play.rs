//! One live run, played by a client behind an adapter.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::Runtime;

use super::relay::{LiveRelay, World};
use super::script::Script;
use crate::stage::listener::listen;
use crate::subject::adapter::{
    AdapterError, AdapterEvent, AdapterHandle, CallProgress, Hello, Pending, Reply, UserEvent,
    members,
};

/// The time between two looks at what the user says.
const GLANCE: Duration = Duration::from_millis(2);
/// The time for which a request too many is waited for after the run's end.
const EXTRA: Duration = Duration::from_millis(20);
/// The time that a run has to end by a cancel, once it is late.
const LAST: Duration = Duration::from_secs(5);

/// A run that was played.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) script: Script,
    /// The client's description of itself.
    pub(crate) hello: Hello,
    /// The members of the run's `ok`.
    pub(crate) result: Result<Value, String>,
    /// The reason why there is no reply at all.
    pub(crate) broke: Option<AdapterError>,
    /// Whether the run had to be ended.
    pub(crate) stopped: bool,
    pub(crate) world: World,
    pub(crate) looking: Vec<Value>,
    pub(crate) taking: Vec<Value>,
    /// Whether the blob was handed over before the user who looks first had agreed.
    pub(crate) taken_early: bool,
    /// The time from the request to the reply.
    pub(crate) took: Duration,
    /// The number of requests that came by the reply, and the moment of the reply.
    pub(crate) ended: Instant,
    pub(crate) stderr: String,
    /// The part of it that is of this run alone, where the adapter tells it.
    pub(crate) own_stderr: Option<String>,
}

/// Plays a script to the end of the client's run, which has `limit` to end. `expected` are the
/// names of the requests in their order; any other makes the run end by a cancel.
///
/// # Errors
///
/// A sentence, when the suite itself has no port.
pub(crate) fn play(
    adapter: &AdapterHandle,
    runtime: &Runtime,
    script: &Script,
    expected: &[String],
    limit: Duration,
) -> Result<Played, String> {
    let script = &script.for_client(adapter.hello());
    let relay = Arc::new(LiveRelay::new(script, expected));
    let server = runtime
        .block_on(listen(Arc::clone(&relay)))
        .map_err(|error| format!("no port for a relay: {error}"))?;
    Ok(play_at(adapter, &server.url(), script, &relay, limit))
}

/// Plays a script at a relay that listens already.
pub(crate) fn play_at(
    adapter: &AdapterHandle,
    url: &str,
    script: &Script,
    relay: &LiveRelay,
    limit: Duration,
) -> Played {
    let mark = adapter.stderr_mark();
    let begun = Instant::now();
    let mut played = Played {
        script: script.clone(),
        hello: adapter.hello().clone(),
        result: Err("the run did not begin".to_owned()),
        broke: None,
        stopped: false,
        world: World::default(),
        looking: Vec::new(),
        taking: Vec::new(),
        taken_early: false,
        took: Duration::ZERO,
        ended: begun,
        stderr: String::new(),
        own_stderr: None,
    };
    match run(adapter, url, script, relay, limit, &mut played) {
        Ok(Reply::Ok(result)) => played.result = Ok(Value::Object(result)),
        Ok(Reply::Refused(refused)) => {
            let outcome = refused.outcome;
            played.result = Err(format!("`refused` ({outcome}), where a run ends with `ok`"));
        }
        Ok(Reply::Error(text)) => played.result = Err(format!("`error`: {text}")),
        Err(error) => {
            played.result = Err(error.to_string());
            played.broke = Some(error);
        }
    }
    played.ended = Instant::now();
    played.took = played.ended - begun;
    thread::sleep(EXTRA);
    played.stderr = adapter.stderr_since(mark);
    played.world = std::mem::take(&mut *relay.world());
    played
}

fn run(
    adapter: &AdapterHandle,
    url: &str,
    script: &Script,
    relay: &LiveRelay,
    limit: Duration,
    played: &mut Played,
) -> Result<Reply, AdapterError> {
    let mut end = Instant::now() + limit;
    let mut run = adapter.start("run", members(script.input(url)))?;
    loop {
        while let Some(event) = relay.user.next() {
            say(adapter, &run, event)?;
            relay.user.heard();
        }
        match run.next(GLANCE) {
            Ok(CallProgress::Event(event)) => heard(&event, script, relay, played),
            Ok(CallProgress::Reply(reply)) => return Ok(reply),
            Err(AdapterError::TimedOut(_))
                if Instant::now() < end && (played.stopped || !relay.world().waits_in_vain()) => {}
            Err(AdapterError::TimedOut(_)) if !played.stopped && hears(adapter) => {
                played.stopped = true;
                end = Instant::now() + LAST;
                say(adapter, &run, UserEvent::Cancel)?;
            }
            Err(AdapterError::TimedOut(_)) => return Err(AdapterError::TimedOut(limit)),
            Err(error) => return Err(error),
        }
    }
}

fn hears(adapter: &AdapterHandle) -> bool {
    let mut operations = adapter.hello().operations.iter();
    operations.any(|op| op == "user-event")
}

fn say(adapter: &AdapterHandle, run: &Pending, event: UserEvent) -> Result<(), AdapterError> {
    if hears(adapter) {
        adapter.say(run, event, LAST)?;
    }
    Ok(())
}

fn heard(event: &AdapterEvent, script: &Script, relay: &LiveRelay, played: &mut Played) {
    let member = |name: &str| event.members.get(name).cloned().unwrap_or_default();
    match event.name.as_str() {
        "code" => relay.shown(member("code").as_str().unwrap_or_default()),
        "stderr" => played.own_stderr = member("stderr").as_str().map(str::to_owned),
        "looking" => played.looking.push(member("verifier")),
        "taking" => {
            played.taken_early |= script.look && relay.user.said(UserEvent::Release) == 0;
            played.taking.push(member("blob"));
        }
        // An adapter may report more.
        _ => {}
    }
    relay.say_later(&event.name);
    if event.name == "taking" {
        let deadline = Duration::from_secs(script.deadline.unwrap_or(0));
        relay.say_after("after the deadline", deadline + Duration::from_millis(300));
    }
}
