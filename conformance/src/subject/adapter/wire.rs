//! The messages of the adapter protocol, taken apart and checked.

use anyhow::{anyhow, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::PROTOCOL;

/// The members of a JSON object, in their order.
pub(crate) type Members = serde_json::Map<String, Value>;

/// The version of the text in a hello that says none, as of a program from outside.
pub(crate) const NOT_SAID: &str = "(not said)";

/// The adapter's hello: its description of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// The name of the adapter.
    pub(crate) name: String,
    /// The version of the adapter.
    pub(crate) version: String,
    /// The version of the specification's text that it follows.
    pub(crate) spec: String,
    /// The roles that it has, of `initiator`, `receiver` and `relay` (the reader of requests).
    pub(crate) roles: Vec<String>,
    /// The operations that it can do.
    pub(crate) operations: Vec<String>,
    /// The named values that it takes (HOOK-2, HOOK-3).
    pub(crate) inject: Vec<String>,
    /// The number of runs that it takes at once without making any of them late; 1 unless said.
    pub(crate) runs_at_once: usize,
    /// The parts of a run that it cannot be asked for, and the results that it cannot tell, as an
    /// adapter in front of a whole program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) lacks: Vec<String>,
    /// The outcomes that it tells apart, where it does not tell all of them: any other is `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcomes: Option<Vec<String>>,
}

impl Hello {
    /// Reads the adapter's first line.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with the line.
    pub(crate) fn from_line(line: &Members) -> anyhow::Result<Self> {
        let Some(Value::Object(hello)) = line.get("hello") else {
            bail!("its first line has no object \"hello\"");
        };
        match hello.get("protocol") {
            Some(version) if version.as_u64() == Some(PROTOCOL) => {}
            Some(version) => {
                bail!("its hello chooses protocol {version}, where only {PROTOCOL} was offered");
            }
            None => bail!("its hello has no \"protocol\""),
        }
        Ok(Self {
            name: string(hello, "name")?,
            version: string(hello, "version")?,
            spec: string(hello, "spec")?,
            roles: strings(hello, "roles")?,
            operations: strings(hello, "operations")?,
            inject: strings(hello, "inject")?,
            runs_at_once: number(hello, "runs_at_once", 1)?,
            lacks: match hello.contains_key("lacks") {
                true => strings(hello, "lacks")?,
                false => Vec::new(),
            },
            outcomes: match hello.contains_key("outcomes") {
                true => Some(strings(hello, "outcomes")?),
                false => None,
            },
        })
    }

    /// Whether it can do, or tell, this part of a run.
    pub(crate) fn can(&self, part: &str) -> bool {
        !self.lacks.iter().any(|lacking| lacking == part)
    }

    /// Whether it stands in front of a whole program, of which it cannot tell all.
    pub(crate) fn is_outside(&self) -> bool {
        !self.lacks.is_empty() || self.outcomes.is_some()
    }

    /// The line of this hello.
    pub(crate) fn to_line(&self) -> Members {
        let mut hello = members(json!({
            "protocol": PROTOCOL,
            "name": self.name,
            "version": self.version,
            "spec": self.spec,
            "roles": self.roles,
            "operations": self.operations,
            "inject": self.inject,
            "runs_at_once": self.runs_at_once,
        }));
        if !self.lacks.is_empty() {
            hello.insert("lacks".to_owned(), json!(self.lacks));
        }
        if let Some(outcomes) = &self.outcomes {
            hello.insert("outcomes".to_owned(), json!(outcomes));
        }
        members(json!({"hello": hello}))
    }
}

/// The end of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    /// The operation worked, with this result.
    Ok(Members),
    /// The implementation refuses the input.
    Refused(Refused),
    /// The adapter could not try: never a pass.
    Error(String),
}

/// The reason why an input is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// An outcome of section 12, or one of the few others that `ADAPTER.md` names.
    pub(crate) outcome: String,
    /// The fault, where the operation has such.
    pub(crate) fault: Option<String>,
}

/// An event that a request reports before its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AdapterEvent {
    /// The name of the event, such as `code`.
    pub(crate) name: String,
    /// All members of its line.
    pub(crate) members: Members,
}

/// A line of the adapter after its hello.
#[derive(Debug)]
pub(crate) enum AdapterMessage {
    Reply(String, Reply),
    Event(String, AdapterEvent),
}

impl AdapterMessage {
    /// Reads a line and tells events from replies.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with the line.
    pub(crate) fn from_line(line: Members) -> anyhow::Result<Self> {
        let id = string(&line, "id")?;
        let kinds = ["ok", "refused", "error", "event"];
        let found: Vec<&str> = kinds
            .into_iter()
            .filter(|kind| line.contains_key(*kind))
            .collect();
        match found.as_slice() {
            ["ok"] => match line.get("ok") {
                Some(Value::Object(result)) => Ok(Self::Reply(id, Reply::Ok(result.clone()))),
                _ => Err(anyhow!("\"ok\" of the reply to {id} is not an object")),
            },
            ["refused"] => match line.get("refused") {
                Some(Value::Object(refused)) => {
                    let outcome = string(refused, "outcome")?;
                    let fault = refused.contains_key("fault");
                    let fault = fault.then(|| string(refused, "fault")).transpose()?;
                    Ok(Self::Reply(id, Reply::Refused(Refused { outcome, fault })))
                }
                _ => Err(anyhow!("\"refused\" of the reply to {id} is not an object")),
            },
            ["error"] => Ok(Self::Reply(id, Reply::Error(string(&line, "error")?))),
            ["event"] => {
                let name = string(&line, "event")?;
                let members = line;
                Ok(Self::Event(id, AdapterEvent { name, members }))
            }
            [] => Err(anyhow!(
                "the line of id {id} has none of \"ok\", \"refused\", \"error\", \"event\""
            )),
            _ => Err(anyhow!(
                "the line of id {id} has {} at once",
                found.join(" and ")
            )),
        }
    }
}

impl Reply {
    /// The line that gives this reply.
    pub(crate) fn to_line(&self, id: &str) -> Members {
        members(match self {
            Self::Ok(result) => json!({"id": id, "ok": result}),
            Self::Refused(refused) => json!({"id": id, "refused": refused.to_value()}),
            Self::Error(text) => json!({"id": id, "error": text}),
        })
    }
}

impl Refused {
    /// Writes the refusal as a JSON object.
    pub(crate) fn to_value(&self) -> Value {
        match &self.fault {
            Some(fault) => json!({"outcome": self.outcome, "fault": fault}),
            None => json!({"outcome": self.outcome}),
        }
    }
}

/// The members of a value that is known to be an object.
pub(crate) fn members(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        _ => Members::new(),
    }
}

fn string(object: &Members, name: &str) -> anyhow::Result<String> {
    match object.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(anyhow!("\"{name}\" is not a string")),
        None => Err(anyhow!("\"{name}\" is missing")),
    }
}

fn number(hello: &Members, name: &str, unless_said: usize) -> anyhow::Result<usize> {
    let Some(value) = hello.get(name) else {
        return Ok(unless_said);
    };
    let number = value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok());
    let number = number.filter(|number| *number > 0);
    number.ok_or_else(|| anyhow!("{name:?} of its hello is no number from 1"))
}

fn strings(object: &Members, name: &str) -> anyhow::Result<Vec<String>> {
    let not = || anyhow!("\"{name}\" is not an array of strings");
    match object.get(name) {
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| value.as_str().map(str::to_owned).ok_or_else(not))
            .collect(),
        Some(_) => Err(not()),
        None => Err(anyhow!("\"{name}\" is missing")),
    }
}
