//! A person as an adapter: starts the program that is judged by hand, and types what it shows.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use wormhole_sync::protocol::Outcome;
use wormhole_sync::values::{Code, hex};

use super::adapter::{
    AdapterError, AdapterHandle, Hello, Members, NOT_SAID, Operations, Reply, Task, members, within,
};
use crate::terminal::show;

/// The parts of a run that no person can be asked for by lines alone, and the results that none
/// types.
const LACKS: [&str; 8] = [
    "blob",
    "look",
    "take",
    "verifier",
    "exported",
    "delivered",
    "reason",
    "time",
];

/// The person at the terminal.
#[derive(Debug)]
struct ByHand {
    folder: PathBuf,
    has_left: Arc<AtomicBool>,
}

/// A person who plays the client of a test.
#[derive(Debug)]
pub(crate) struct Person {
    /// The person as an adapter.
    pub(crate) adapter: AdapterHandle,
    has_left: Arc<AtomicBool>,
}

impl Person {
    /// Whether standard input has ended before it was typed how the program ended.
    pub(crate) fn has_left(&self) -> bool {
        self.has_left.load(Ordering::SeqCst)
    }
}

/// Lets a person play the client of a test; files of its runs are made in a folder.
///
/// # Errors
///
/// [`AdapterError::CouldNotStart`].
pub(crate) fn by_hand(folder: &Path, timeout: Duration) -> Result<Person, AdapterError> {
    let has_left = Arc::default();
    let by_hand = ByHand {
        folder: folder.to_owned(),
        has_left: Arc::clone(&has_left),
    };
    Ok(Person {
        adapter: within(by_hand, timeout)?,
        has_left,
    })
}

impl Operations for ByHand {
    fn hello(&self) -> Hello {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Hello {
            name: "a program, by hand".to_owned(),
            version: String::new(),
            spec: NOT_SAID.to_owned(),
            roles: strings(&["initiator", "receiver"]),
            operations: strings(&["run", "user-event"]),
            inject: strings(&["side", "words", "pake_scalar", "second"]),
            runs_at_once: 1,
            lacks: strings(&LACKS),
            outcomes: None,
        }
    }

    fn perform(&self, task: &Task<'_>) -> Reply {
        match self.run(task) {
            Ok(outcome) => Reply::Ok(members(json!({"outcome": outcome}))),
            Err(fault) => Reply::Error(format!("{fault:#}")),
        }
    }
}

impl ByHand {
    fn run(&self, task: &Task<'_>) -> anyhow::Result<String> {
        let input = task.input;
        task.user
            .listen(|event| show(format_args!("  >> now: {}", event.told())));
        self.ask(input)?;
        let mut lines = io::stdin().lock().lines();
        let mut next = || {
            let line = lines.next();
            self.has_left.store(line.is_none(), Ordering::SeqCst);
            line.context("standard input has ended")?.context("no line")
        };
        if input.get("role") == Some(&json!("initiator")) {
            show("Type the code that it shows:");
            loop {
                let line = next()?;
                match Code::parse(line.trim()) {
                    Ok(code) => {
                        let code = code.reveal().to_string();
                        task.report("code", members(json!({"code": code})));
                        break;
                    }
                    Err(_) if ended(&line).is_some() => return Ok(line.trim().to_owned()),
                    Err(fault) => show(format_args!("That is no code: {fault}. Once more:")),
                }
            }
        }
        show("When it has ended, type how, such as: done");
        loop {
            match ended(&next()?) {
                Some(outcome) => return Ok(outcome.to_owned()),
                None => show(format_args!(
                    "Type one of: {}",
                    Outcome::ALL.map(Outcome::token).join(", ")
                )),
            }
        }
    }

    /// Says how the program is to be started.
    fn ask(&self, input: &Members) -> anyhow::Result<()> {
        let text = |name: &str| input.get(name).map(shown).unwrap_or_default();
        let blob = self.folder.join("blob");
        let bytes = hex::decode(text("blob").as_bytes()).unwrap_or_default();
        std::fs::write(&blob, bytes).context("the blob's file cannot be written")?;
        show(format_args!(
            "Start your program now, as the {}:",
            text("role")
        ));
        let mut lines = vec![
            ("relay", text("rendezvous")),
            ("appid", plain(&text("appid"))),
        ];
        if input.contains_key("code") {
            lines.push(("code", plain(&text("code"))));
        }
        lines.push(("blob", format!("the file {}", blob.display())));
        for (name, what) in [("words", "words"), ("deadline", "deadline, in seconds")] {
            if input.contains_key(name) {
                lines.push((what, text(name)));
            }
        }
        let named = input.get("inject").and_then(Value::as_object);
        for (name, value) in named.into_iter().flatten() {
            lines.push(("named value", format!("{name} = {} (HOOK-2)", shown(value))));
        }
        let second = input
            .get("second_ms")
            .filter(|second| **second != json!(1000));
        if let Some(second) = second {
            lines.push(("named value", format!("a second of {second} ms (HOOK-3)")));
        }
        for (name, value) in lines {
            show(format_args!("  {name:12} {value}"));
        }
        Ok(())
    }
}

/// The outcome that was typed, if it is one.
fn ended(line: &str) -> Option<&'static str> {
    let mut all = Outcome::ALL.into_iter().map(Outcome::token);
    all.find(|token| *token == line.trim())
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Bytes in hex as the text that they are, or as they stand.
fn plain(digits: &str) -> String {
    let bytes = hex::decode(digits.as_bytes()).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    match text.filter(|text| !text.contains(char::is_control)) {
        Some(text) => text,
        None => format!("the bytes {digits} (hex)"),
    }
}
