//! The members of an operation's `in`, read as the types that the operation needs.

use serde_json::{Number, Value};
use wormhole_sync::values::{ChannelId, hex as hex_digits};

use crate::subject::adapter::{Members, Refused};

/// The reason why an operation has no result.
pub(super) enum OperationError {
    /// The implementation refuses.
    Refused(Refused),
    /// The request is malformed, so the adapter cannot try.
    CannotTry(String),
}

impl OperationError {
    pub(super) fn refused(outcome: &str) -> Self {
        Self::Refused(Refused {
            outcome: outcome.to_owned(),
            fault: None,
        })
    }

    pub(super) fn refused_for(outcome: &str, fault: &str) -> Self {
        Self::Refused(Refused {
            outcome: outcome.to_owned(),
            fault: Some(fault.to_owned()),
        })
    }
}

/// The members of `in`.
pub(super) struct OperationInput<'a>(pub(super) &'a Members);

impl OperationInput<'_> {
    pub(super) fn text(&self, name: &str) -> Result<&str, OperationError> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| lacks(name, "a string"))
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, OperationError> {
        hex_digits::decode(self.text(name)?.as_bytes()).map_err(|_| lacks(name, "lowercase hex"))
    }

    pub(super) fn array<const N: usize>(&self, name: &str) -> Result<[u8; N], OperationError> {
        let bytes = self.bytes(name)?;
        bytes
            .try_into()
            .map_err(|_| lacks(name, &format!("{N} bytes in hex")))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, OperationError> {
        self.0
            .get(name)
            .and_then(Value::as_bool)
            .ok_or_else(|| lacks(name, "true or false"))
    }

    pub(super) fn number(&self, name: &str) -> Result<&Number, OperationError> {
        match self.0.get(name) {
            Some(Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(number),
            _ => Err(lacks(name, "an integer")),
        }
    }

    pub(super) fn channel(&self) -> Result<ChannelId, OperationError> {
        self.number("channel")?
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .and_then(ChannelId::new)
            .ok_or_else(|| lacks("channel", "a channel id"))
    }
}

pub(super) fn lacks(name: &str, kind: &str) -> OperationError {
    OperationError::CannotTry(format!("\"{name}\" is missing or not {kind}"))
}

/// Bytes, as a reply shows them.
pub(super) fn hex(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(hex_digits::encode(bytes.as_ref()))
}
