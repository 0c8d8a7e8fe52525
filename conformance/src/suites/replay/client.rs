//! The client of a replay, which runs behind an adapter.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::subject::adapter::{
    AdapterError, AdapterHandle, CallProgress, Members, Pending, Refused, Reply, members,
};

/// The time between two looks at the user's wish to give up.
const GLANCE: Duration = Duration::from_millis(5);

/// A client that can be run: an adapter, or a part of this suite's tests.
pub(crate) trait Client: Sync {
    /// Runs a whole client with the `in` of the adapter operation `run`, and gives its `ok`.
    ///
    /// When `cancel` becomes true the user gives up; `code` is called with the code of an
    /// initiator.
    ///
    /// # Errors
    ///
    /// [`RunError`], after `limit` at the latest.
    fn run(
        &self,
        input: Value,
        limit: Duration,
        cancel: &AtomicBool,
        code: &mut dyn FnMut(&str),
    ) -> Result<Value, RunError>;
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
        cancel: &AtomicBool,
    ) -> Result<CallProgress, AdapterError> {
        let mut cancelled = false;
        loop {
            if !cancelled && cancel.load(Ordering::SeqCst) {
                cancelled = true;
                self.0
                    .cancel(run, end.saturating_duration_since(Instant::now()))?;
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
        cancel: &AtomicBool,
        code: &mut dyn FnMut(&str),
    ) -> Result<Reply, AdapterError> {
        let end = Instant::now() + limit;
        let mut run = self.0.start("run", input)?;
        loop {
            match self.next(&mut run, end, cancel) {
                Ok(CallProgress::Event(event)) if event.name == "code" => {
                    code(
                        event
                            .members
                            .get("code")
                            .and_then(Value::as_str)
                            .unwrap_or_default(),
                    );
                }
                Ok(CallProgress::Event(_)) => {}
                Ok(CallProgress::Reply(reply)) => return Ok(reply),
                Err(AdapterError::TimedOut(_)) => return Err(AdapterError::TimedOut(limit)),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Client for AdapterClient<'_> {
    fn run(
        &self,
        input: Value,
        limit: Duration,
        cancel: &AtomicBool,
        code: &mut dyn FnMut(&str),
    ) -> Result<Value, RunError> {
        match self.run_to_end(members(input), limit, cancel, code) {
            Ok(Reply::Ok(result)) => Ok(Value::Object(result)),
            Ok(Reply::Refused(refused)) => Err(RunError::Refused(refused)),
            Ok(Reply::Error(text)) => Err(RunError::CannotTry(text)),
            Err(error) => Err(RunError::NoReply(error)),
        }
    }
}
