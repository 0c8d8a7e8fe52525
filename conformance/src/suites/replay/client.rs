//! The client that is run: behind an adapter.

use crate::subject::adapter::{AdapterError, AdapterHandle, CallProgress, Members, Pending, Reply};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the wish to give up is looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// A client that can be run: an adapter, or a part of this suite's tests.
pub(crate) trait Client: Sync {
    /// Runs a whole client with the `in` of the adapter operation `run`, and gives its `ok`.
    ///
    /// When `cancel` becomes true the user gives up; `code` hears the code of an initiator.
    ///
    /// # Errors
    ///
    /// Why there is no result, after `limit` at the latest.
    fn run(
        &self,
        input: Value,
        limit: Duration,
        cancel: &AtomicBool,
        code: &mut dyn FnMut(&str),
    ) -> Result<Value, String>;
}

/// The client behind an adapter.
pub(crate) struct AdapterClient<'a> {
    adapter: &'a AdapterHandle,
    broke: Mutex<Option<AdapterError>>,
}

impl<'a> AdapterClient<'a> {
    pub(crate) fn new(adapter: &'a AdapterHandle) -> Self {
        Self {
            adapter,
            broke: Mutex::default(),
        }
    }

    /// Whether the adapter has replied to everything.
    pub(crate) fn is_whole(&self) -> bool {
        self.broke
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_none()
    }

    /// Why the adapter gave no reply, if it was that.
    pub(crate) fn broke(self) -> Option<AdapterError> {
        self.broke
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

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
                self.adapter
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
        let mut run = self.adapter.start("run", input)?;
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
    ) -> Result<Value, String> {
        let Value::Object(input) = input else {
            return Err("the `in` is no object".to_owned());
        };
        match self.run_to_end(input, limit, cancel, code) {
            Ok(Reply::Ok(result)) => Ok(Value::Object(result)),
            Ok(Reply::Refused(refused)) => Err(format!(
                "`refused` ({}), where a run ends with `ok`",
                refused.outcome
            )),
            Ok(Reply::Error(text)) => Err(format!("`error`: {text}")),
            Err(error) => {
                let text = error.to_string();
                *self.broke.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Err(text)
            }
        }
    }
}
