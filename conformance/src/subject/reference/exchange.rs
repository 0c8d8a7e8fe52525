//! Reading a peer's messages, as a client does (section 7.3).

use serde_json::{Value, json};
use wormhole_sync::crypto::{AnswerRead, OfferRead, PeerFault, Standard, Suite};
use wormhole_sync::values::Code;

use super::input::{OperationError, OperationInput, hex, lacks};
use super::keys::{blob, key_context, scalar, words};

pub(super) fn read_offer(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let offered = offered(input)?;
    Ok(json!({"answer": hex(&offered.answer), "verifier": words(&offered.verifier)}))
}

pub(super) fn read_answer(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let answered = answered(input)?;
    Ok(json!({
        "peer_blob": hex(answered.blob.get().expose()),
        "finish": hex(&answered.finish),
        "verifier": words(&answered.verifier),
    }))
}

pub(super) fn read_finish(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let finish = input.bytes("finish")?;
    let finished = Standard::read_finish(offered(input)?.finish, &finish).map_err(refused)?;
    Ok(json!({
        "peer_blob": hex(finished.blob.get().expose()),
        "receipt": hex(&finished.receipt),
    }))
}

pub(super) fn read_receipt(input: &OperationInput<'_>) -> Result<Value, OperationError> {
    let receipt = input.bytes("receipt")?;
    let opened = Standard::read_receipt(answered(input)?.receipt, &receipt);
    Ok(json!({"delivered": opened.is_some()}))
}

fn offered(input: &OperationInput<'_>) -> Result<OfferRead<Standard>, OperationError> {
    let pake = Standard::start_receiver(code(input)?.words(), scalar(input)?);
    let offer = input.bytes("offer")?;
    Standard::read_offer(pake, &key_context(input)?, &blob(input)?, &offer).map_err(refused)
}

fn answered(input: &OperationInput<'_>) -> Result<AnswerRead<Standard>, OperationError> {
    let (pake, _) = Standard::start_initiator(code(input)?.words(), scalar(input)?);
    let answer = input.bytes("answer")?;
    Standard::read_answer(pake, &key_context(input)?, &blob(input)?, &answer).map_err(refused)
}

/// The code of an input, which holds the words as a password; the implementation takes a code.
fn code(input: &OperationInput<'_>) -> Result<Code, OperationError> {
    let text = format!("{}-{}", input.channel()?, input.text("words")?);
    Code::parse(text).map_err(|_| lacks("words", "words of a code"))
}

fn refused(fault: PeerFault) -> OperationError {
    OperationError::refused(fault.outcome())
}
