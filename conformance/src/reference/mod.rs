//! The reference as an adapter: number one of those that the suite can judge.

mod exchange;
mod keys;
mod messages;
mod run;
mod values;

use crate::adapter::{Hello, Operations, Refused, Reply, Task};

/// The reference's operations.
#[derive(Debug)]
pub(crate) struct Reference;

impl Operations for Reference {
    fn hello(&self) -> Hello {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let mut operations: Vec<String> = TABLE.iter().map(|(op, _)| (*op).to_owned()).collect();
        operations.extend(run::OPERATIONS.iter().map(|op| (*op).to_owned()));
        Hello {
            name: "wormhole-sync (the reference, in Rust)".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            spec: "1.0.0".to_owned(),
            roles: list(&["initiator", "receiver"]),
            operations,
            inject: list(&["side", "words", "pake_scalar", "second"]),
        }
    }

    fn perform(&self, task: &Task<'_>) -> Reply {
        if run::OPERATIONS.contains(&task.op) {
            return run::run(task);
        }
        let operation = TABLE.iter().find(|(op, _)| *op == task.op);
        let result = match operation {
            Some((_, operation)) => operation(&Input(task.input)),
            None => Err(Stop::CannotTry("no such operation".to_owned())),
        };
        match result {
            Ok(result) => Reply::Ok(crate::vectors::object(result)),
            Err(Stop::Refused(refused)) => Reply::Refused(refused),
            Err(Stop::CannotTry(text)) => Reply::Error(text),
        }
    }
}

type Operation = fn(&Input<'_>) -> Result<serde_json::Value, Stop>;

/// Everything but `run`, in the order of `ADAPTER.md`.
const TABLE: &[(&str, Operation)] = &[
    ("code-parse", values::code_parse),
    ("code-print", values::code_print),
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

/// Why an operation has no result.
enum Stop {
    /// The implementation refuses.
    Refused(Refused),
    /// The request is none: the adapter can't try.
    CannotTry(String),
}

impl Stop {
    fn refused(outcome: &str) -> Self {
        Self::Refused(Refused {
            outcome: outcome.to_owned(),
            fault: None,
        })
    }

    fn refused_for(outcome: &str, fault: &str) -> Self {
        Self::Refused(Refused {
            outcome: outcome.to_owned(),
            fault: Some(fault.to_owned()),
        })
    }
}

/// The members of `in`.
struct Input<'a>(&'a crate::adapter::Members);

impl Input<'_> {
    fn text(&self, name: &str) -> Result<&str, Stop> {
        self.0
            .get(name)
            .and_then(serde_json::Value::as_str)
            .ok_or_else(|| lacks(name, "a string"))
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, Stop> {
        wormhole_sync::values::hex::decode(self.text(name)?.as_bytes())
            .map_err(|_| lacks(name, "lowercase hex"))
    }

    fn array<const N: usize>(&self, name: &str) -> Result<[u8; N], Stop> {
        let bytes = self.bytes(name)?;
        bytes
            .try_into()
            .map_err(|_| lacks(name, &format!("{N} bytes in hex")))
    }

    fn flag(&self, name: &str) -> Result<bool, Stop> {
        self.0
            .get(name)
            .and_then(serde_json::Value::as_bool)
            .ok_or_else(|| lacks(name, "true or false"))
    }

    fn number(&self, name: &str) -> Result<&serde_json::Number, Stop> {
        match self.0.get(name) {
            Some(serde_json::Value::Number(number)) if number.is_i64() || number.is_u64() => {
                Ok(number)
            }
            _ => Err(lacks(name, "an integer")),
        }
    }

    fn channel(&self) -> Result<wormhole_sync::values::ChannelId, Stop> {
        self.number("channel")?
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .and_then(wormhole_sync::values::ChannelId::new)
            .ok_or_else(|| lacks("channel", "a channel id"))
    }
}

fn lacks(name: &str, kind: &str) -> Stop {
    Stop::CannotTry(format!("\"{name}\" is missing or not {kind}"))
}
