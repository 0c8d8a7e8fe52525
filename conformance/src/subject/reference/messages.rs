//! Strict JSON (section 8).

use serde_json::{Value, json};
use wormhole_sync::protocol::CloseReason;
use wormhole_sync::values::json::JsonFault;
use wormhole_sync::values::messages::{
    Allocate, Allocated, CellMessage, CellName, Claim, Claimed, Close, Empty, Write,
};
use wormhole_sync::values::{Problem, ProblemToken};

use super::input::{OperationError, OperationInput, hex, lacks};

pub(super) fn json(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let message = input.text("message")?;
    let text = input.bytes("text")?;
    let is_request = message == "allocate" || message.starts_with("write-");
    read(message, &text).map_err(|fault| match fault {
        Some(fault) if fault.is_too_large() && is_request => OperationError::refused("too-large"),
        Some(_) => OperationError::refused("malformed"),
        None => lacks("message", "the name of a message"),
    })
}

fn read(message: &str, text: &[u8]) -> Result<Value, Option<JsonFault>> {
    let body = |body: Vec<u8>| json!({"body": hex(body)});
    if let Some((kind, cell)) = message.split_once('-') {
        let cell = CellName::from_name(cell).ok_or(None)?;
        return match kind {
            "write" => Ok(body(Write::decode(text, cell)?.body)),
            "cell" => Ok(body(CellMessage::decode(text, cell)?.body)),
            _ => Err(None),
        };
    }
    Ok(match message {
        "allocate" => body(Allocate::decode(text)?.body),
        "claim" => Claim::decode(text).map(|Claim| json!({}))?,
        "close" => json!({"reason": Close::decode(text)?.reason}),
        "allocated" => {
            let allocated = Allocated::decode(text)?;
            json!({"channel": allocated.channel.get(), "ttl": allocated.ttl})
        }
        "claimed" => {
            let claimed = Claimed::decode(text)?;
            json!({"body": hex(claimed.body), "ttl": claimed.ttl})
        }
        "empty" => Empty::decode(text).map(|Empty| json!({}))?,
        "problem" => problem(&Problem::decode(text)?),
        _ => return Err(None),
    })
}

fn problem(problem: &Problem) -> Value {
    let token = problem.token().map_or("unknown", ProblemToken::token);
    match problem {
        Problem::Closed { reason } => json!({"type": token, "reason": known(reason)}),
        _ => json!({"type": token}),
    }
}

/// OUT-4, save that `expired` is an event of its own.
fn known(reason: &str) -> &str {
    match reason {
        "expired" => reason,
        _ => CloseReason::from_wire(reason).token(),
    }
}
