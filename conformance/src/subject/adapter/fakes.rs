//! Good and bad adapters in this process, for tests of the suite.

use std::io::{self, BufReader, Write};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::line::{read_line, to_line};
use super::wire::{Hello, Members, members};
use super::{AdapterError, AdapterHandle, Operations, within};

/// The time that a test waits for something that is meant not to come.
pub(crate) const SHORT: Duration = Duration::from_millis(200);
/// The time that a test waits for something that is meant to come, on however busy a machine.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// The reaction of a fake to a request.
pub(crate) enum Does {
    /// The fake writes these bytes.
    Say(Vec<u8>),
    /// The fake keeps silent.
    Nothing,
    /// The fake ends.
    End,
}

/// Serves these operations like a real adapter, on a thread.
pub(crate) fn serving(
    operations: impl Operations + Send + 'static,
) -> Result<AdapterHandle, AdapterError> {
    within(operations, LONG)
}

/// A fake that says a good hello with these operations, and then treats each request like this.
pub(crate) fn fake(
    operations: &[&str],
    mut does: impl FnMut(&Members) -> Does + Send + 'static,
) -> Result<AdapterHandle, AdapterError> {
    let hello = hello(operations);
    over(move |input, mut output| {
        let mut input = BufReader::new(input);
        let _ = read_line(&mut input);
        let mut next = Does::Say(to_line(&hello.to_line()));
        loop {
            match next {
                Does::Say(bytes) => {
                    if output.write_all(&bytes).is_err() {
                        return;
                    }
                }
                Does::Nothing => {}
                Does::End => return,
            }
            next = match read_line(&mut input) {
                Ok(Some(request)) => does(&request),
                _ => Does::End,
            };
        }
    })
}

/// A fake whose first line is this text.
pub(crate) fn first_line(line: &'static [u8]) -> Result<AdapterHandle, AdapterError> {
    over(move |input, mut output| {
        let _ = read_line(&mut BufReader::new(input));
        let _ = output.write_all(line);
    })
}

/// The line with this reply to a request.
pub(crate) fn reply(request: &Members, kind: &str, value: serde_json::Value) -> Vec<u8> {
    to_line(&members(json!({"id": request.get("id"), kind: value})))
}

fn hello(operations: &[&str]) -> Hello {
    Hello {
        name: "fake".to_owned(),
        version: "1".to_owned(),
        spec: "1.0.0".to_owned(),
        roles: Vec::new(),
        operations: operations.iter().map(|op| (*op).to_owned()).collect(),
        inject: Vec::new(),
        runs_at_once: 1,
        lacks: Vec::new(),
        outcomes: None,
    }
}

fn over(
    adapter: impl FnOnce(io::PipeReader, io::PipeWriter) + Send + 'static,
) -> Result<AdapterHandle, AdapterError> {
    let (input, to_adapter) = io::pipe().unwrap();
    let (from_adapter, output) = io::pipe().unwrap();
    thread::spawn(move || adapter(input, output));
    AdapterHandle::over(from_adapter, to_adapter, LONG)
}
