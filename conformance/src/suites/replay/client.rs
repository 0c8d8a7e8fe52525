//! The client of a replay, which runs behind an adapter.

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::user::ScriptedUser;
use crate::subject::adapter::{
    AdapterError, AdapterEvent, AdapterHandle, CallProgress, Members, Pending, Refused, Reply,
    UserEvent, members,
};

/// The time between two looks at what the user says.
const GLANCE: Duration = Duration::from_millis(5);

/// A client that can be run: an adapter, or a part of this suite's tests.
pub(crate) trait Client: Sync {
    /// Runs a whole client with the `in` of the adapter operation `run`, and gives its `ok`.
    ///
    /// The client hears what the `user` says; `on_event` is called with what the client reports.
    ///
    /// # Errors
    ///
    /// [`RunError`], after `limit` at the latest.
    fn run(
        &self,
        input: Value,
        limit: Duration,
        user: &ScriptedUser,
        on_event: &mut dyn FnMut(&AdapterEvent),
    ) -> Result<Value, RunError>;

    /// The results that the client cannot tell.
    fn lacks(&self) -> &[String] {
        &[]
    }
}

/// The reason why a run has no result.
#[derive(Debug)]
pub(crate) enum RunError {
    /// The suite could not set it up.
    Suite(anyhow::Error),
    /// The client refused, where every run ends with `ok`.
    Refused(Refused),
    /// The adapter could not try.
    CannotTry(String),
    /// The adapter gave no reply.
    NoReply(AdapterError),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suite(error) => write!(f, "{error:#}"),
            Self::Refused(Refused { outcome, .. }) => {
                write!(f, "`refused` ({outcome}), where a run ends with `ok`")
            }
            Self::CannotTry(text) => write!(f, "`error`: {text}"),
            Self::NoReply(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

/// The client behind an adapter.
pub(crate) struct AdapterClient<'a>(pub(crate) &'a AdapterHandle);

impl AdapterClient<'_> {
    fn next(
        &self,
        run: &mut Pending,
        end: Instant,
        user: &ScriptedUser,
    ) -> Result<CallProgress, AdapterError> {
        loop {
            if let Some(event) = user.next() {
                // What a user gives up for is known already.
                let heard = |op: &String| op == "user-event";
                if event == UserEvent::Cancel && !self.0.hello().operations.iter().any(heard) {
                    continue;
                }
                let left = end.saturating_duration_since(Instant::now());
                self.0.say(run, event, left)?;
                user.heard();
            }
            match run.next(GLANCE) {
                Err(AdapterError::TimedOut(_)) if Instant::now() < end => {}
                next => return next,
            }
        }
    }

    fn run_to_end(
        &self,
        input: Members,
        limit: Duration,
        user: &ScriptedUser,
        on_event: &mut dyn FnMut(&AdapterEvent),
    ) -> Result<Reply, AdapterError> {
        let end = Instant::now() + limit;
        let mut run = self.0.start("run", input)?;
        loop {
            match self.next(&mut run, end, user) {
                Ok(CallProgress::Event(event)) => on_event(&event),
                Ok(CallProgress::Reply(reply)) => return Ok(reply),
                Err(AdapterError::TimedOut(_)) => return Err(AdapterError::TimedOut(limit)),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Client for AdapterClient<'_> {
    fn lacks(&self) -> &[String] {
        &self.0.hello().lacks
    }

    fn run(
        &self,
        input: Value,
        limit: Duration,
        user: &ScriptedUser,
        on_event: &mut dyn FnMut(&AdapterEvent),
    ) -> Result<Value, RunError> {
        match self.run_to_end(members(input), limit, user, on_event) {
            Ok(Reply::Ok(result)) => Ok(Value::Object(result)),
            Ok(Reply::Refused(refused)) => Err(RunError::Refused(refused)),
            Ok(Reply::Error(text)) => Err(RunError::CannotTry(text)),
            Err(error) => Err(RunError::NoReply(error)),
        }
    }
}
