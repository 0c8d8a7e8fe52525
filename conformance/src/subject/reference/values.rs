//! Codes, application identifiers and addresses (sections 3 and 4).

use serde_json::{Value, json};
use wormhole_sync::values::{AppId, Code, Rendezvous, Words};

use super::input::{OperationError, OperationInput};

pub(super) fn code_parse(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let code = Code::parse(input.bytes("input")?)
        .map_err(|error| OperationError::refused_for("bad-code", error.fault()))?;
    let shown = code.reveal().to_string();
    let words: Vec<&str> = shown.split('-').skip(1).collect();
    Ok(json!({"channel": code.channel().get(), "words": words}))
}

pub(super) fn code_print(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let words = Words::dangerously_from_bytes(&input.bytes("words")?)
        .map_err(|_| OperationError::refused("bad-code"))?;
    let code = Code::new(input.channel()?, words);
    Ok(json!({"code": code.reveal().to_string()}))
}

pub(super) fn appid(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let appid =
        AppId::new(input.bytes("appid")?).map_err(|_| OperationError::refused("bad-appid"))?;
    Ok(json!({"hex": appid.to_hex()}))
}

pub(super) fn rendezvous(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let allow_plain_http = input.flag("allow_plain_http")?;
    let address = Rendezvous::parse(input.text("address")?, allow_plain_http)
        .map_err(|_| OperationError::refused("bad-rendezvous"))?;
    Ok(json!({"base": address.base()}))
}
