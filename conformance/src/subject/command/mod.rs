//! Programs as they are, behind a template of a command line for each role. This module puts them
//! behind the adapter protocol, so that the live tests judge them from outside.

mod exit_statuses;
pub(crate) mod lacks;
mod output;
mod process;
mod program;
mod template;

pub(crate) use exit_statuses::{ExitStatuses, FAILED};

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::{Value, json};
use wormhole_sync::values::hex;

use super::adapter::{Hello, Members, NOT_SAID, Operations, Reply, Task, members};
use output::read_bounded;
use process::End;
use template::{Template, Values};

/// The runs at once; each is a process of its own.
const RUNS_AT_ONCE: usize = 8;
/// The deadline of a run that has none, in seconds.
const NO_DEADLINE: u64 = 3600;
/// The words of a code, unless the run asks for another number.
const USUAL_WORDS: u64 = 2;

/// The parts of a run that no command line is told, and the results that none tells.
const LACKS: [&str; 7] = [
    "look",
    "take",
    "order-of-checks",
    "verifier",
    "exported",
    "delivered",
    "reason",
];

/// The command lines of a program in both roles.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CommandTemplates {
    /// A program as it is: the command that makes a code. {relay} stands for the relay's
    /// address, {appid} or {appid_hex} for the application, {blob} for the file that is handed in,
    /// {output} for the file that the other side's blob goes to (else it follows the code on
    /// standard output), {words} for the number of words, {deadline} for seconds
    #[arg(long, value_name = "COMMAND")]
    pub(crate) initiator: Option<Template>,
    /// A program as it is: the command that takes a code, with the same placeholders and
    /// {code}; without {code}, the code is the first line of standard input
    #[arg(long, value_name = "COMMAND")]
    pub(crate) receiver: Option<Template>,
    /// The exit status of each outcome that the program tells apart, such as
    /// done=0,wrong-code=18 [default: done=0]; any other status is a failure
    #[arg(long, value_name = "OUTCOME=STATUS,...", default_value_t)]
    pub(crate) exit: ExitStatuses,
}

impl CommandTemplates {
    /// The roles that have a command.
    pub(crate) fn roles(&self) -> Vec<&'static str> {
        let roles = [("initiator", &self.initiator), ("receiver", &self.receiver)];
        let named = roles.into_iter().filter(|(_, template)| template.is_some());
        named.map(|(role, _)| role).collect()
    }

    /// Refuses templates by which nothing could be judged.
    ///
    /// # Errors
    ///
    /// A sentence about a placeholder that is missing, unknown or in the wrong command, or about a
    /// program that is not there.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        if let Some(initiator) = &self.initiator {
            initiator.check("--initiator", false)?;
        }
        if let Some(receiver) = &self.receiver {
            receiver.check("--receiver", true)?;
        }
        Ok(())
    }

    /// The arguments by which this program is the adapter in front of the commands, with a folder
    /// for their files.
    pub(crate) fn arguments(&self, folder: &Path) -> Vec<String> {
        let mut arguments = vec!["adapter".to_owned()];
        let named = [
            ("--initiator", &self.initiator),
            ("--receiver", &self.receiver),
        ];
        for (name, template) in named {
            if let Some(template) = template {
                arguments.extend([name.to_owned(), template.to_string()]);
            }
        }
        arguments.extend(["--exit".to_owned(), self.exit.to_string()]);
        arguments.extend(["--folder".to_owned(), folder.display().to_string()]);
        arguments
    }
}

/// The commands as an adapter.
#[derive(Debug)]
pub(crate) struct Commands {
    templates: CommandTemplates,
    folder: PathBuf,
}

impl Commands {
    /// Puts commands behind the adapter protocol; their files are made in a folder.
    pub(crate) fn new(templates: CommandTemplates, folder: PathBuf) -> Self {
        Self { templates, folder }
    }

    /// The parts of a run that the commands cannot be told, and the results that they cannot tell.
    fn lacks(&self) -> Vec<String> {
        let all = [&self.templates.initiator, &self.templates.receiver];
        let has = |name: &str| all.into_iter().flatten().all(|template| template.has(name));
        let mut lacks = LACKS.to_vec();
        lacks.extend((!has("deadline")).then_some("deadline"));
        lacks.extend((!has("appid_hex")).then_some("any-appid"));
        let without = |template: &Option<Template>, name| {
            template
                .as_ref()
                .is_some_and(|template| !template.has(name))
        };
        let (initiator, receiver) = (&self.templates.initiator, &self.templates.receiver);
        lacks.extend(without(initiator, "words").then_some("words"));
        lacks.extend(without(initiator, "blob").then_some("initiator-blob"));
        lacks.extend(without(receiver, "blob").then_some("receiver-blob"));
        lacks.into_iter().map(str::to_owned).collect()
    }

    fn run(&self, task: &Task<'_>) -> anyhow::Result<Value> {
        let input = task.input;
        let template = match input.get("role").and_then(Value::as_str) {
            Some("initiator") => self.templates.initiator.as_ref(),
            Some("receiver") => self.templates.receiver.as_ref(),
            _ => None,
        };
        let template = template.context("there is no command of this role")?;
        let files = tempfile::tempdir_in(&self.folder).context("no folder for the run's files")?;
        let (blob, output) = (files.path().join("blob"), files.path().join("output"));
        fs::write(&blob, bytes(input, "blob")?).context("the blob's file cannot be written")?;
        let code = input
            .get("code")
            .map(|_| bytes(input, "code"))
            .transpose()?;
        let number = |name: &str, unless_said| {
            let number = input.get(name).and_then(Value::as_u64);
            number.unwrap_or(unless_said)
        };
        let values = Values {
            relay: text(input, "rendezvous")?.to_owned(),
            appid: bytes(input, "appid")?,
            blob,
            output: output.clone(),
            words: number("words", USUAL_WORDS),
            deadline: number("deadline", NO_DEADLINE),
            code: code.clone(),
        };
        let words: Vec<OsString> = template.fill(&values)?;
        let report = |event: &str, text: &str| task.report(event, members(json!({event: text})));
        let typed = code.clone().filter(|_| !template.has("code"));
        let typed = typed.map(|code| [code.as_slice(), b"\n"].concat());
        let end = process::run(&words, code.as_deref(), typed, &task.user, &report)?;
        self.result(template, &end, &output)
    }

    /// The members of a run's `ok`.
    fn result(&self, template: &Template, end: &End, output: &Path) -> anyhow::Result<Value> {
        let outcome = self.templates.exit.outcome(end.status);
        let blob = match template.has("output") {
            true => read_bounded(output)?,
            // Nothing on standard output may be an empty blob as well as none.
            false if end.blob.is_empty() && outcome != "done" => None,
            false => Some(end.blob.clone()),
        };
        let mut result = json!({"outcome": outcome, "blob": blob.map(|blob| hex::encode(&blob))});
        if outcome == FAILED {
            let status = end.status;
            let ending = format!("it ended with status {status}, which --exit does not name");
            result["ending"] = json!(ending);
        }
        Ok(result)
    }
}

impl Operations for Commands {
    fn hello(&self) -> Hello {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Hello {
            name: "a program, from outside".to_owned(),
            version: String::new(),
            spec: NOT_SAID.to_owned(),
            roles: strings(&self.templates.roles()),
            operations: strings(&["run", "user-event"]),
            inject: Vec::new(),
            runs_at_once: RUNS_AT_ONCE,
            lacks: self.lacks(),
            outcomes: Some(self.templates.exit.outcomes()),
        }
    }

    fn perform(&self, task: &Task<'_>) -> Reply {
        if task.op != "run" {
            return Reply::Error("no such operation".to_owned());
        }
        match self.run(task) {
            Ok(result) => Reply::Ok(members(result)),
            Err(fault) => Reply::Error(format!("{fault:#}")),
        }
    }
}

fn text<'a>(input: &'a Members, name: &str) -> anyhow::Result<&'a str> {
    let value = input.get(name).and_then(Value::as_str);
    value.with_context(|| format!("`{name}` is missing or no string"))
}

fn bytes(input: &Members, name: &str) -> anyhow::Result<Vec<u8>> {
    hex::decode(text(input, name)?.as_bytes()).map_err(|_| anyhow!("`{name}` is no hex"))
}
