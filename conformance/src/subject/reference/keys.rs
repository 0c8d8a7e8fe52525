//! SPAKE2, keys, padding and seals, piece by piece (sections 5 to 7).

use serde_json::{Value, json};
use wormhole_sync::crypto::dangerous_values::{pake_values, schedule_values};
use wormhole_sync::crypto::padding::{self, Padded};
use wormhole_sync::crypto::{
    Exporter, KeyContext, Label, Pake, PakeScalar, ReceiverBlob, SealKey, Verifier,
};
use wormhole_sync::values::{AppId, Blob, Mode, Password, Role};

use super::input::{OperationError, OperationInput, hex, lacks};

pub(super) fn spake2_start(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let (role, password, scalar) = own(input)?;
    let message = *Pake::start(role, &password, scalar).message();
    // The hook shows w after a whole run. The other scalars are arbitrary, because w does not
    // depend on them.
    let scalar = |number: u8| {
        let mut bytes = [0; 32];
        bytes[0] = number;
        bytes
    };
    let peer = PakeScalar::dangerously_from_le_bytes(scalar(2)).map_err(|_| bad_scalar())?;
    let peer = *Pake::start(role.peer(), &password, peer).message();
    let values = pake_values(role, &password, scalar(1), &peer)
        .map_err(|fault| OperationError::CannotTry(fault.to_string()))?;
    Ok(json!({"w": hex(values.password_scalar), "message": hex(message)}))
}

pub(super) fn spake2_finish(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let (role, password, _) = own(input)?;
    let peer = input.array("peer")?;
    let values = pake_values(role, &password, input.array("pake_scalar")?, &peer)
        .map_err(|_| OperationError::refused("bad-element"))?;
    Ok(json!({"Z": hex(values.z), "K": hex(values.key)}))
}

pub(super) fn key_schedule(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let key_context = key_context(input)?;
    let (offer, answer_message) = (input.array("offer")?, input.array("answer_message")?);
    let values = schedule_values(input.array("K")?, &key_context, &offer, &answer_message);
    let mut result = json!({
        "context": hex(&values.context),
        "th": hex(values.th),
        "PRK": hex(values.prk),
    });
    for (label, key) in values.keys {
        let name = match label {
            Label::ReceiverBlob => "key_receiver_blob",
            Label::InitiatorBlob => "key_initiator_blob",
            Label::Receipt => "key_receipt",
            Label::Verifier => "key_verifier",
            Label::Exporter => "key_exporter",
        };
        if let Some(members) = result.as_object_mut() {
            members.insert(name.to_owned(), hex(key));
        }
    }
    Ok(result)
}

pub(super) fn pad(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let padded = padding::pad(&blob(input)?);
    Ok(json!({"padded": hex(padded.expose())}))
}

pub(super) fn unpad(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let blob = padding::unpad(Padded::new(input.bytes("padded")?))
        .map_err(|_| OperationError::refused("malformed-message"))?;
    Ok(json!({"blob": hex(blob.expose())}))
}

pub(super) fn seal(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let sealed = seal_key(input)?.dangerously_seal_plaintext(&input.bytes("plaintext")?);
    Ok(json!({"sealed": hex(sealed)}))
}

pub(super) fn open(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let plaintext = seal_key(input)?
        .dangerously_open_plaintext(&input.bytes("sealed")?)
        .ok_or_else(|| OperationError::refused("wrong-code"))?;
    Ok(json!({"plaintext": hex(plaintext)}))
}

pub(super) fn verifier(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let verifier = Verifier::dangerously_from_key(input.array("key_verifier")?);
    Ok(json!({"words": words(&verifier)}))
}

pub(super) fn export(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let exporter = Exporter::dangerously_from_key(input.array("key_exporter")?);
    let refused = || OperationError::refused("bad-export");
    let length = input.number("length")?.as_u64();
    let length = length
        .and_then(|length| usize::try_from(length).ok())
        .ok_or_else(refused)?;
    let key = exporter
        .export(&input.bytes("label")?, length)
        .map_err(|_| refused())?;
    Ok(json!({"key": hex(key.expose())}))
}

/// The verifier as an array of words.
pub(super) fn words(verifier: &Verifier) -> Vec<String> {
    let shown = verifier.reveal().to_string();
    shown.split(' ').map(str::to_owned).collect()
}

/// The key context of an exchange: mode, appid and channel.
pub(super) fn key_context(input: &OperationInput<'_>) -> Result<KeyContext, OperationError> {
    Ok(KeyContext {
        mode: Mode::Transcribe,
        app_id: AppId::new(input.bytes("appid")?)
            .map_err(|_| OperationError::refused("bad-appid"))?,
        channel: input.channel()?,
    })
}

/// This side's blob.
pub(super) fn blob(input: &OperationInput<'_>) -> Result<Blob, OperationError> {
    Blob::new(input.bytes("blob")?).map_err(|_| OperationError::refused("blob-too-large"))
}

/// This side's scalar.
pub(super) fn scalar(input: &OperationInput<'_>) -> Result<PakeScalar, OperationError> {
    PakeScalar::dangerously_from_le_bytes(input.array("pake_scalar")?).map_err(|_| bad_scalar())
}

fn own(input: &OperationInput<'_>) -> Result<(Role, Password, PakeScalar), OperationError> {
    let role = match input.text("role")? {
        "initiator" => Role::Initiator,
        "receiver" => Role::Receiver,
        _ => return Err(lacks("role", "a role")),
    };
    let password = Password::dangerously_from_bytes(input.text("password")?.as_bytes());
    Ok((role, password, scalar(input)?))
}

fn seal_key(input: &OperationInput<'_>) -> Result<SealKey<ReceiverBlob>, OperationError> {
    let (key, th) = (input.array("key")?, input.array("th")?);
    Ok(SealKey::dangerously_from_bytes(key, th))
}

fn bad_scalar() -> OperationError {
    lacks("pake_scalar", "below L")
}
