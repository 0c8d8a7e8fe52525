//! The adapter's end of the protocol, over any table of operations.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::anyhow;
use serde_json::{Value, json};

use super::line::{LineError, read_line, to_line};
use super::user::{User, UserEvent};
use super::wire::{Hello, Members, Reply, members};

/// The operations of an adapter.
pub(crate) trait Operations: Sync {
    /// The adapter's hello.
    fn hello(&self) -> Hello;

    /// Does one operation; `run` gets a thread of its own.
    fn perform(&self, task: &Task<'_>) -> Reply;
}

/// One request, as an operation sees it.
pub(crate) struct Task<'a> {
    /// The operation.
    pub(crate) op: &'a str,
    /// The input of the operation.
    pub(crate) input: &'a Members,
    /// The user, for `run`.
    pub(crate) user: Arc<User>,
    report: &'a (dyn Fn(&str, Members) + Sync),
}

impl Task<'_> {
    /// Reports an event, such as `code`, with its members.
    pub(crate) fn report(&self, event: &str, members: Members) {
        (self.report)(event, members);
    }
}

/// Serves requests until the input ends, then cancels the runs that are under way and waits for
/// them.
///
/// # Errors
///
/// A sentence about the first line that is no request, or about a broken pipe.
pub(crate) fn serve(
    mut input: impl BufRead,
    output: impl Write + Send,
    operations: &impl Operations,
) -> anyhow::Result<()> {
    let output = Mutex::new(output);
    let runs: Runs = Mutex::default();
    let Some(first) = next_line(&mut input)? else {
        return Ok(());
    };
    check_hello(&first)?;
    say(&output, &operations.hello().to_line())?;
    thread::scope(|scope| {
        let served = loop {
            let line = match next_line(&mut input) {
                Ok(Some(line)) => line,
                Ok(None) => break Ok(()),
                Err(fault) => break Err(fault),
            };
            let request = match AdapterRequest::from_line(line) {
                Ok(request) => request,
                Err(fault) => break Err(fault),
            };
            let said = match request.op.as_str() {
                "run" => {
                    let user = Arc::default();
                    lock(&runs).insert(request.id.clone(), Arc::clone(&user));
                    let (output, runs) = (&output, &runs);
                    scope.spawn(move || {
                        // If the pipe breaks under a run, it breaks under the loop as well, which
                        // reports it.
                        let _ = perform(output, operations, &request, user);
                        lock(runs).remove(&request.id);
                    });
                    Ok(())
                }
                "user-event" => say(&output, &heard(&runs, &request).to_line(&request.id)),
                _ => perform(&output, operations, &request, Arc::default()),
            };
            if let Err(error) = said {
                break Err(anyhow!("standard output: {error}"));
            }
        };
        for user in lock(&runs).values() {
            user.say(UserEvent::Cancel);
        }
        served
    })
}

/// The next line of the suite; `None` at the end of the input, behind the last LF.
fn next_line(input: &mut impl BufRead) -> anyhow::Result<Option<Members>> {
    match read_line(input) {
        Ok(line) => Ok(line),
        Err(LineError::WithoutLf(_)) => Ok(None),
        Err(fault) => Err(anyhow!("a line of standard input: {}", fault.reason())),
    }
}

type Runs = Mutex<HashMap<String, Arc<User>>>;

struct AdapterRequest {
    id: String,
    op: String,
    input: Members,
}

impl AdapterRequest {
    fn from_line(mut line: Members) -> anyhow::Result<Self> {
        match (line.remove("id"), line.remove("op"), line.remove("in")) {
            (Some(Value::String(id)), Some(Value::String(op)), Some(Value::Object(input))) => {
                Ok(Self { id, op, input })
            }
            _ => Err(anyhow!(
                "a request has not the string \"id\", the string \"op\" and the object \"in\""
            )),
        }
    }
}

fn check_hello(line: &Members) -> anyhow::Result<()> {
    let range = line.get("hello").and_then(|hello| hello.get("protocol"));
    let bound = |index| {
        range
            .and_then(|range| range.get(index))
            .and_then(Value::as_u64)
    };
    match (bound(0), bound(1)) {
        (Some(low), Some(high)) if low <= super::PROTOCOL && super::PROTOCOL <= high => Ok(()),
        (Some(_), Some(_)) => Err(anyhow!("the suite does not speak protocol 1")),
        _ => Err(anyhow!("the suite's first line is no hello")),
    }
}

fn perform(
    output: &Mutex<impl Write + Send>,
    operations: &impl Operations,
    request: &AdapterRequest,
    user: Arc<User>,
) -> io::Result<()> {
    let report = |event: &str, more: Members| {
        let mut line = members(json!({"id": request.id, "event": event}));
        line.extend(more);
        // The reply that follows meets the same broken pipe and reports it.
        let _ = say(output, &line);
    };
    let reply = operations.perform(&Task {
        op: &request.op,
        input: &request.input,
        user,
        report: &report,
    });
    say(output, &reply.to_line(&request.id))
}

/// Lets a run hear a `user-event`.
fn heard(runs: &Runs, request: &AdapterRequest) -> Reply {
    let Some(Value::String(target)) = request.input.get("target") else {
        return Reply::Error("\"target\" is missing or not a string".to_owned());
    };
    let event = request.input.get("event").and_then(UserEvent::from_value);
    let Some(event) = event else {
        return Reply::Error("\"event\" is missing or no event of a user".to_owned());
    };
    // A run that has just ended hears nothing any more, and that is no fault.
    let user = lock(runs).get(target).cloned();
    if let Some(user) = user {
        user.say(event);
    }
    Reply::Ok(Members::new())
}

fn say(output: &Mutex<impl Write>, line: &Members) -> io::Result<()> {
    let mut output = lock(output);
    output.write_all(&to_line(line))?;
    output.flush()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
