//! The reference as an adapter, the first that the suite can judge.

mod exchange;
mod input;
mod keys;
mod messages;
mod run;
mod run_asynchronously;
mod values;

#[cfg(test)]
mod session_tests;

use crate::subject::adapter::{Hello, Operations, Reply, Task, members};
use input::{OperationError, OperationInput};

/// The reference's operations, with one of its two clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    /// The blocking client.
    Blocking,
    /// The asynchronous client.
    Asynchronous,
}

impl Reference {
    /// The arguments by which this program is the adapter in front of the client.
    pub(crate) fn arguments(self) -> Vec<String> {
        let arguments: &[&str] = match self {
            Self::Blocking => &["adapter"],
            Self::Asynchronous => &["adapter", "--asynchronous"],
        };
        arguments.iter().map(|it| (*it).to_owned()).collect()
    }
}

impl Operations for Reference {
    fn hello(&self) -> Hello {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let mut operations: Vec<String> = TABLE.iter().map(|(op, _)| (*op).to_owned()).collect();
        operations.extend(run::OPERATIONS.iter().map(|op| (*op).to_owned()));
        Hello {
            name: match self {
                Self::Blocking => "wormhole-sync (the reference, in Rust)",
                Self::Asynchronous => "wormhole-sync (the reference, its asynchronous client)",
            }
            .to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            spec: "1.1.0".to_owned(),
            roles: list(&["initiator", "receiver", "relay"]),
            operations,
            inject: list(&["side", "words", "pake_scalar", "second", "ca"]),
            runs_at_once: 64,
            lacks: Vec::new(),
            outcomes: None,
        }
    }

    fn perform(&self, task: &Task<'_>) -> Reply {
        if run::OPERATIONS.contains(&task.op) {
            return match self {
                Self::Blocking => run::run(task),
                Self::Asynchronous => run_asynchronously::run(task),
            };
        }
        let operation = TABLE.iter().find(|(op, _)| *op == task.op);
        let result = match operation {
            Some((_, operation)) => operation(&OperationInput(task.input)),
            None => Err(OperationError::CannotTry("no such operation".to_owned())),
        };
        match result {
            Ok(result) => Reply::Ok(members(result)),
            Err(OperationError::Refused(refused)) => Reply::Refused(refused),
            Err(OperationError::CannotTry(text)) => Reply::Error(text),
        }
    }
}

type OperationFn = fn(&OperationInput<'_>) -> Result<serde_json::Value, OperationError>;

/// All operations but `run`, in the order of `ADAPTER.md`.
const TABLE: &[(&str, OperationFn)] = &[
    ("code-parse", values::code_parse),
    ("code-print", values::code_print),
    ("link-parse", values::link_parse),
    ("link-print", values::link_print),
    ("appid", values::appid),
    ("rendezvous", values::rendezvous),
    ("spake2-start", keys::spake2_start),
    ("spake2-finish", keys::spake2_finish),
    ("key-schedule", keys::key_schedule),
    ("pad", keys::pad),
    ("unpad", keys::unpad),
    ("seal", keys::seal),
    ("open", keys::open),
    ("verifier", keys::verifier),
    ("export", keys::export),
    ("json", messages::json),
    ("read-offer", exchange::read_offer),
    ("read-answer", exchange::read_answer),
    ("read-finish", exchange::read_finish),
    ("read-receipt", exchange::read_receipt),
];
