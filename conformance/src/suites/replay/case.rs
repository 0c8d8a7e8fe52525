//! A transcript as a test, played to one client.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::anyhow;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wormhole_sync::values::hex;

use super::client::{AdapterClient, Client, RunError};
use super::compare::Divergence;
use super::judgement::{self, Judgement, RunEnd, Shown};
use super::server::Server;
use super::transcript::{ClientRole, RunInput, Transcript};
use super::user::ScriptedUser;
use crate::stage::listener::listen;
use crate::subject::adapter::{AdapterEvent, AdapterHandle, UserEvent};
use crate::suites::case::{Case, Failure, Outcome};

/// The time for which a missing request is waited for after the run's end.
const MISSING: Duration = Duration::from_millis(200);
/// The time for which a request too many is waited for after the run's end.
const EXTRA: Duration = Duration::from_millis(20);

/// The factor by which a second is longer when something came too late.
const SLOWER: u64 = 4;

/// Lets one transcript be played without any other beside it.
static ALONE: RwLock<()> = RwLock::new(());

/// A transcript as a test.
#[derive(Debug, Clone)]
pub(crate) struct TranscriptCase {
    pub(crate) transcript: Arc<Transcript>,
    /// Runs the servers of all transcripts.
    pub(crate) runtime: Arc<Runtime>,
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

    fn role(&self) -> Option<&str> {
        Some(self.transcript.role.token())
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

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        let client = AdapterClient(adapter);
        let first = {
            let _with_others = ALONE.read().unwrap_or_else(PoisonError::into_inner);
            self.play(&client, timeout)
        };
        let is_late = first.divergence.as_ref().is_some_and(|one| one.is_late);
        let judgement = match is_late {
            true => {
                let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
                self.slower().play(&client, timeout)
            }
            false => first,
        };
        let Judgement {
            divergence,
            ladder,
            no_reply,
        } = judgement;
        let Some(Divergence {
            clause,
            what,
            expected,
            actual,
            ..
        }) = divergence
        else {
            return Outcome::Passed;
        };
        let failure = Failure {
            given: vec![format!("run, role {}", self.transcript.role.token())],
            expected,
            actual,
            difference: Some(format!("{what} ({clause})")),
            clause: Some(clause.to_owned()),
            mistake: None,
            detail: ladder.lines().map(str::to_owned).collect(),
        };
        match no_reply {
            Some(error) => Outcome::Broke(error, failure),
            None => Outcome::Failed(failure),
        }
    }
}

impl TranscriptCase {
    /// This test with a longer second (HOOK-3).
    fn slower(&self) -> Self {
        let mut transcript = Transcript::clone(&self.transcript);
        let second = transcript.input.second_ms;
        transcript.input.second_ms = second.saturating_mul(SLOWER);
        Self {
            transcript: Arc::new(transcript),
            runtime: Arc::clone(&self.runtime),
        }
    }

    /// Plays the transcript to a client and judges it. Many may be played at once.
    pub(crate) fn play(&self, client: &dyn Client, timeout: Duration) -> Judgement {
        let (transcript, runtime) = (&self.transcript, &self.runtime);
        let user = Arc::new(ScriptedUser::default());
        let server = Arc::new(Server::new(Arc::clone(transcript), Arc::clone(&user)));
        let shown = Mutex::new(Shown::default());
        let started = Instant::now();
        let played = runtime
            .block_on(listen(Arc::clone(&server)))
            .map(|listening| {
                let input = run_input(transcript.role, &transcript.input, &listening.url());
                let mut on_event = |event: &AdapterEvent| {
                    let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
                    shown.note(event);
                    if event.name == "taking" {
                        let agreed = user.has_said(UserEvent::Release);
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
        };
        judgement::judge(transcript, server.seen(), ended)
    }

    /// Lets the application say what the transcript has it say in `taking`.
    fn answer_taking(&self, user: &Arc<ScriptedUser>) {
        let Some(take) = self.transcript.input.take else {
            return;
        };
        let wait = Duration::from_millis(self.transcript.input.second_ms)
            .saturating_mul(take.after.unwrap_or(0));
        let user = Arc::clone(user);
        self.runtime.spawn(async move {
            tokio::time::sleep(wait).await;
            user.say(take.says);
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
