//! Codes, application identifiers and addresses (sections 3 and 4).

use serde_json::{Value, json};
use wormhole_sync::values::{AppId, Code, Link, Rendezvous, Words};

use super::input::{OperationError, OperationInput, hex, lacks};

pub(super) fn code_parse(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let code = Code::parse(input.bytes("input")?)
        .map_err(|error| OperationError::refused_for("bad-code", error.fault()))?;
    Ok(json!({"channel": code.channel().get(), "words": words_of(&code)}))
}

pub(super) fn code_print(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let words = Words::dangerously_from_bytes(&input.bytes("words")?)
        .map_err(|_| OperationError::refused("bad-code"))?;
    let code = Code::new(input.channel()?, words);
    Ok(json!({"code": code.reveal().to_string()}))
}

pub(super) fn link_parse(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    // An own appid or relay that is empty is none: then the user is asked.
    let own_appid = match input.bytes("own_appid")? {
        empty if empty.is_empty() => None,
        bytes => {
            Some(AppId::new(bytes).map_err(|_| lacks("own_appid", "an application identifier"))?)
        }
    };
    let own_relay = match input.text("own_relay")? {
        "" => None,
        _ => Some(rendezvous_of(input, "own_relay")?),
    };
    let link = Link::parse(input.bytes("link")?, input.flag("allow_plain_http")?)
        .map_err(|error| OperationError::refused_for("bad-link", error.fault()))?;
    let ask_appid = own_appid.is_none_or(|own| link.asks_about_app_id(&own));
    let ask_relay = own_relay.is_none_or(|own| link.asks_about_relay(&own));
    let (code, appid, relay) = link.agreed_by_user();
    Ok(json!({
        "channel": code.channel().get(),
        "words": words_of(&code),
        "appid": hex(appid.as_bytes()),
        "relay": relay.as_str(),
        "ask_appid": ask_appid,
        "ask_relay": ask_relay,
    }))
}

pub(super) fn link_print(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let words = Words::dangerously_from_bytes(&input.bytes("words")?)
        .map_err(|_| lacks("words", "2 to 8 bytes"))?;
    let appid = AppId::new(input.bytes("appid")?)
        .map_err(|_| lacks("appid", "an application identifier"))?;
    let code = Code::new(input.channel()?, words);
    let link = Link::new(code, appid, rendezvous_of(input, "relay")?);
    Ok(json!({"link": link.reveal().to_string()}))
}

/// An address that somebody uses already, perhaps with plain `http`.
fn rendezvous_of(input: &OperationInput<'_>, name: &str) -> Result<Rendezvous, OperationError> {
    Rendezvous::parse(input.text(name)?, true).map_err(|_| lacks(name, "a rendezvous address"))
}

fn words_of(code: &Code) -> Vec<String> {
    let shown = code.reveal().to_string();
    shown.split('-').skip(1).map(str::to_owned).collect()
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
