//! A transcript as a test, played to one client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wormhole_sync::values::hex;

use super::client::{AdapterClient, Client, RunError};
use super::compare::Divergence;
use super::jitter;
use super::judgement::{self, Judgement, RunEnd, Shown};
use super::ladder;
use super::server::Server;
use super::transcript::{ClientRole, RunInput, Transcript};
use super::user::ScriptedUser;
use crate::stage::lag;
use crate::stage::listener::listen;
use crate::subject::adapter::{AdapterEvent, AdapterHandle, UserEvent};
use crate::suites::case::{Case, Failure, Outcome};
use crate::suites::vectors::short;

/// The time for which a missing request is waited for after the run's end.
const MISSING: Duration = Duration::from_millis(200);
/// The time for which a request too many is waited for after the run's end.
const EXTRA: Duration = Duration::from_millis(20);

/// A transcript as a test.
#[derive(Debug, Clone)]
pub(crate) struct TranscriptCase {
    pub(crate) transcript: Arc<Transcript>,
    /// The values that all transcripts share.
    pub(crate) shared: Arc<Shared>,
}

/// The most runs of one transcript at once.
const MOST_AT_ONCE: usize = 8;

/// The client that a transcript is played to.
pub(super) struct Playing<'a> {
    pub(super) client: &'a dyn Client,
    pub(super) timeout: Duration,
    /// The number of runs that it takes at once.
    pub(super) at_once: u32,
}

/// The values that all transcripts share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Runs the servers of all transcripts.
    pub(crate) runtime: Runtime,
    /// The number of failures that were seen again with a longer second, by requirement.
    pub(super) confirmed: Mutex<HashMap<String, usize>>,
}

impl Shared {
    pub(crate) fn new(runtime: Runtime) -> Self {
        let confirmed = Mutex::default();
        Self { runtime, confirmed }
    }
}

impl Case for TranscriptCase {
    fn id(&self) -> &str {
        &self.transcript.id
    }

    fn suite(&self) -> &str {
        "replay"
    }

    fn title(&self) -> &str {
        &self.transcript.title
    }

    fn clauses(&self) -> &[String] {
        &self.transcript.clauses
    }

    fn operations(&self) -> Vec<&str> {
        let mut exchanges = self.transcript.exchanges.iter();
        let takes = self.transcript.input.take.is_some();
        match takes || exchanges.any(|one| one.user.is_some() || one.then_user.is_some()) {
            true => vec!["run", "user-event"],
            false => vec!["run"],
        }
    }

    fn roles(&self) -> Vec<&str> {
        vec![self.transcript.role.token()]
    }

    fn injects(&self) -> Vec<&str> {
        let input = &self.transcript.input;
        let second = (input.second_ms != 1000).then_some("second");
        input
            .inject
            .keys()
            .map(String::as_str)
            .chain(second)
            .collect()
    }

    fn parts(&self) -> Vec<&str> {
        let input = &self.transcript.input;
        let asked = [(input.look, "look"), (input.take.is_some(), "take")];
        let asked = asked.into_iter().filter(|(is_asked, _)| *is_asked);
        asked.map(|(_, part)| part).collect()
    }

    fn shares_a_process(&self) -> bool {
        true
    }

    fn content(&self) -> Vec<(&'static str, String)> {
        let Transcript { input, expect, .. } = &*self.transcript;
        let given = json!(input);
        let given = given.as_object().into_iter().flatten();
        let given = given.map(|(name, value)| ("given", format!("{name} = {}", short(value))));
        let drawn = ladder::of(&self.transcript);
        let drawn = drawn.lines().map(|line| ("plays", line.to_owned()));
        let end = json!(expect);
        let end = end.as_object().into_iter().flatten();
        let end = end.map(|(name, value)| ("expected", format!("{name} = {}", short(value))));
        given.chain(drawn.collect::<Vec<_>>()).chain(end).collect()
    }

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        let begin = Instant::now();
        let at_once = adapter.hello().runs_at_once.min(MOST_AT_ONCE);
        let judgement = self.judge(&Playing {
            client: &AdapterClient(adapter),
            timeout,
            at_once: u32::try_from(at_once).unwrap_or(1),
        });
        let Some(found) = judgement.divergence.clone() else {
            return Outcome::Passed;
        };
        let clause = judgement.blamed(&found, &self.transcript).to_owned();
        let Judgement {
            ladder, no_reply, ..
        } = judgement;
        let Divergence {
            what,
            expected,
            actual,
            is_late,
            excess,
            ..
        } = found;
        // Client and relay wait in turns, each once for a request.
        let waits = 2 * (self.transcript.exchanges.len() + 2);
        let lag = lag::longest_since(begin);
        if is_late && no_reply.is_none() && lag::explains(lag, excess, waits) {
            return Outcome::Inconclusive(format!(
                "{what} ({clause}) was {actual} instead of {expected}, also when it was played alone and slower, while this machine was late by up to {} ms",
                lag.as_millis()
            ));
        }
        let failure = Failure {
            given: vec![format!("run, role {}", self.transcript.role.token())],
            expected,
            actual,
            difference: Some(format!("{what} ({clause})")),
            clause: Some(clause.to_owned()),
            detail: ladder.lines().map(str::to_owned).collect(),
            ..Failure::default()
        };
        match no_reply {
            Some(error) => Outcome::Broke(error, failure),
            None => Outcome::Failed(failure),
        }
    }
}

impl TranscriptCase {
    /// Plays the transcript as often as it says, a few times at once where the client takes that.
    /// What is drawn in each run is judged over all.
    pub(super) fn play_all(&self, playing: &Playing<'_>, lag: Duration) -> Judgement {
        let play = || self.play(playing.client, playing.timeout, lag);
        let mut last = play();
        let Some(times) = self.transcript.times else {
            return last;
        };
        let mut back_offs = std::mem::take(&mut last.back_offs);
        let mut left = times.saturating_sub(1);
        while left > 0 && last.divergence.is_none() {
            let some = left.min(playing.at_once);
            let played: Vec<Judgement> = thread::scope(|scope| {
                let threads: Vec<_> = (0..some).map(|_| scope.spawn(play)).collect();
                let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
                ended.filter_map(Result::ok).collect()
            });
            for mut one in played {
                back_offs.append(&mut one.back_offs);
                if last.divergence.is_none() {
                    last = one;
                }
            }
            left -= some;
        }
        last.divergence = last.divergence.or_else(|| jitter::judge(&back_offs));
        last
    }

    /// Plays the transcript to a client and judges it. Many may be played at once.
    pub(crate) fn play(&self, client: &dyn Client, timeout: Duration, lag: Duration) -> Judgement {
        let (transcript, runtime) = (&self.transcript, &self.shared.runtime);
        let user = Arc::new(ScriptedUser::default());
        let server = Arc::new(Server::new(Arc::clone(transcript), Arc::clone(&user), lag));
        let shown = Mutex::new(Shown::default());
        let started = Instant::now();
        let played = runtime
            .block_on(listen(Arc::clone(&server)))
            .map(|listening| {
                let input = run_input(transcript.role, &transcript.input, &listening.url());
                let mut on_event = |event: &AdapterEvent| {
                    let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
                    shown.note(event);
                    if event.name == "code" {
                        user.shown_code();
                    }
                    if event.name == "taking" {
                        let releases = transcript.says(UserEvent::Release);
                        let agreed = user.said(UserEvent::Release) >= releases;
                        shown.taking_too_early |= transcript.input.look && !agreed;
                        self.answer_taking(&user);
                    }
                };
                let result = input.map_err(RunError::Suite).and_then(|input| {
                    client.run(
                        input,
                        limit(&transcript.input, timeout),
                        &user,
                        &mut on_event,
                    )
                });
                let took = started.elapsed();
                runtime.block_on(async {
                    let _ = tokio::time::timeout(MISSING, server.settled()).await;
                    tokio::time::sleep(EXTRA).await;
                    if result.is_ok() {
                        server.note(server.alone().await);
                    }
                });
                (result, took)
            });
        let (result, took) = match played {
            Ok((result, took)) => (result, took),
            Err(error) => {
                let error = RunError::Suite(anyhow!("no port: {error}"));
                (Err(error), Duration::ZERO)
            }
        };
        let shown = shown.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ended = RunEnd {
            result,
            shown,
            took,
            lag,
            lacks: client.lacks().to_vec(),
        };
        judgement::judge(transcript, server.seen(), ended)
    }

    /// Lets the application say what the transcript has it say in `taking`.
    fn answer_taking(&self, user: &Arc<ScriptedUser>) {
        let Some(take) = self.transcript.input.take.clone() else {
            return;
        };
        let wait = Duration::from_millis(self.transcript.input.second_ms)
            .saturating_mul(take.after.unwrap_or(0));
        let user = Arc::clone(user);
        self.shared.runtime.spawn(async move {
            tokio::time::sleep(wait).await;
            user.say_all(&take.says);
        });
    }
}

/// The longest time that a run may last: the longest chain of waits is less than two windows of 60
/// seconds. A second that is not scaled is for runs that wait for nothing.
pub(crate) fn limit(input: &RunInput, timeout: Duration) -> Duration {
    match input.second_ms {
        1000 => timeout,
        second_ms => timeout + Duration::from_millis(second_ms.saturating_mul(120)),
    }
}

/// The `in` of the adapter operation `run`.
pub(crate) fn run_input(role: ClientRole, input: &RunInput, relay: &str) -> anyhow::Result<Value> {
    let bytes = |bytes: &crate::stage::bytes::TranscriptBytes| {
        bytes.expand().map(|bytes| hex::encode(&bytes))
    };
    let own = || relay.to_owned() + input.path.as_deref().unwrap_or_default();
    let mut value = json!({
        "role": role.token(),
        "rendezvous": input.rendezvous.clone().unwrap_or_else(own),
        "appid": bytes(&input.appid)?,
        "blob": bytes(&input.blob)?,
        "inject": input.inject,
        "second_ms": input.second_ms,
    });
    if let Some(code) = &input.code {
        value["code"] = json!(bytes(code)?);
    }
    if let Some(words) = input.words {
        value["words"] = json!(words);
    }
    if let Some(deadline) = input.deadline {
        value["deadline"] = json!(deadline);
    }
    if input.look {
        value["look"] = json!(true);
    }
    if input.take.is_some() {
        value["take"] = json!(true);
    }
    if let Some(export) = &input.export {
        value["export"] = json!({"label": bytes(&export.label)?, "length": export.length});
    }
    Ok(value)
}
