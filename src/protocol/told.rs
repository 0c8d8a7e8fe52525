//! A suite for tests, in which each message says how it is to be read.

use crate::crypto::{
    Answered, BadElement, Finished, Malformed, Offered, Opened, PakeScalar, PeerFault, Place,
    Receipt, Suite,
};
use crate::values::{Blob, Words};

/// `opened`, `malformed`, `bad-element`; anything else does not open.
#[derive(Debug)]
pub(super) enum Told {}

fn blob() -> Opened<Blob> {
    Opened::vouch(Blob::new(*b"theirs").unwrap())
}

fn told(message: &[u8]) -> Result<(), PeerFault> {
    match message {
        b"opened" | b"good" => Ok(()),
        b"malformed" => Err(PeerFault::MalformedMessage(Malformed::Length)),
        b"bad-element" => Err(PeerFault::BadElement(BadElement::Identity)),
        _ => Err(PeerFault::WrongCode),
    }
}

impl Suite for Told {
    type InitiatorPake = ();
    type ReceiverPake = ();
    type FinishOpener = ();
    type ReceiptOpener = ();
    type Verifier = ();
    type Exporter = ();

    fn start_initiator(_: &Words, _: PakeScalar) -> ((), Vec<u8>) {
        ((), b"offer".to_vec())
    }

    fn start_receiver(_: &Words, _: PakeScalar) {}

    fn read_offer((): (), _: &Place, _: &Blob, offer: &[u8]) -> Result<Offered<Self>, PeerFault> {
        told(offer).map(|()| Offered {
            answer: b"answer".to_vec(),
            verifier: (),
            finish: (),
        })
    }

    fn read_answer(
        (): (),
        _: &Place,
        _: &Blob,
        answer: &[u8],
    ) -> Result<Answered<Self>, PeerFault> {
        told(answer).map(|()| Answered {
            blob: blob(),
            finish: b"finish".to_vec(),
            verifier: (),
            exporter: Opened::vouch(()),
            receipt: (),
        })
    }

    fn read_finish((): (), finish: &[u8]) -> Result<Finished<Self>, PeerFault> {
        told(finish).map(|()| Finished {
            blob: blob(),
            receipt: b"receipt".to_vec(),
            exporter: Opened::vouch(()),
        })
    }

    fn read_receipt((): (), receipt: &[u8]) -> Option<Opened<Receipt>> {
        told(receipt).ok().map(|()| Opened::vouch(Receipt))
    }
}
