//! A suite for tests, in which the text of each message decides the result of reading it.

use crate::crypto::{
    AnswerRead, BadElement, FinishRead, KeyContext, Malformed, OfferRead, Opened, PeerFault,
    Receipt, Suite,
};
use crate::values::Blob;

/// The suite that knows the messages `opened`, `good`, `malformed` and `bad-element`; any other
/// does not open.
#[derive(Debug)]
pub(super) enum ScriptedSuite {}

fn blob() -> Opened<Blob> {
    Opened::dangerously_vouch(Blob::new(*b"theirs").unwrap())
}

fn scripted_result(message: &[u8]) -> Result<(), PeerFault> {
    match message {
        b"opened" | b"good" => Ok(()),
        b"malformed" => Err(PeerFault::MalformedMessage(Malformed::Length)),
        b"bad-element" => Err(PeerFault::BadElement(BadElement::Identity)),
        _ => Err(PeerFault::WrongCode),
    }
}

impl Suite for ScriptedSuite {
    type InitiatorPake = ();
    type ReceiverPake = ();
    type FinishOpener = ();
    type ReceiptOpener = ();
    type Verifier = ();
    type Exporter = ();

    fn read_offer(
        (): (),
        _: &KeyContext,
        _: &Blob,
        offer: &[u8],
    ) -> Result<OfferRead<Self>, PeerFault> {
        scripted_result(offer).map(|()| OfferRead {
            answer: b"answer".to_vec(),
            verifier: (),
            finish: (),
        })
    }

    fn read_answer(
        (): (),
        _: &KeyContext,
        _: &Blob,
        answer: &[u8],
    ) -> Result<AnswerRead<Self>, PeerFault> {
        scripted_result(answer).map(|()| AnswerRead {
            blob: blob(),
            finish: b"finish".to_vec(),
            verifier: (),
            exporter: Opened::dangerously_vouch(()),
            receipt: (),
        })
    }

    fn read_finish((): (), finish: &[u8]) -> Result<FinishRead<Self>, PeerFault> {
        scripted_result(finish).map(|()| FinishRead {
            blob: blob(),
            receipt: b"receipt".to_vec(),
            exporter: Opened::dangerously_vouch(()),
        })
    }

    fn read_receipt((): (), receipt: &[u8]) -> Option<Opened<Receipt>> {
        scripted_result(receipt)
            .ok()
            .map(|()| Opened::dangerously_vouch(Receipt))
    }
}
