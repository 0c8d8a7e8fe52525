//! The cryptographic suite of version 1.

use super::opened::{Opened, Receipt};
use super::output::{Exporter, Verifier};
use super::pake::{Pake, PakeMessage};
use super::peer_fault::{Malformed, PeerFault};
use super::random::PakeScalar;
use super::schedule::{KeyContext, Keys};
use super::seal::{self, InitiatorBlob, SealKey};
use super::suite::{AnswerRead, FinishRead, OfferRead, Suite};
use crate::values::{Blob, Role, Words};

/// The suite of SPAKE2 on edwards25519, HKDF-SHA256 and ChaCha20-Poly1305 (sections 5 to 7).
#[derive(Debug)]
pub enum Standard {}

/// An initiator's PAKE, which waits for the answer.
#[derive(Debug)]
pub struct InitiatorPake(Pake);

/// A receiver's PAKE, which waits for the offer.
#[derive(Debug)]
pub struct ReceiverPake(Pake);

/// The receiver's keys from the answer to the finish.
#[derive(Debug)]
pub struct FinishOpener {
    initiator_blob: SealKey<InitiatorBlob>,
    receipt: SealKey<Receipt>,
    exporter: Exporter,
}

impl Standard {
    /// Starts SPAKE2 as A, and returns the state and the offer of 33 bytes (PAKE-3).
    #[must_use]
    pub fn start_initiator(words: &Words, scalar: PakeScalar) -> (InitiatorPake, Vec<u8>) {
        let pake = Pake::start(Role::Initiator, &words.password(), scalar);
        let offer = pake.message().to_vec();
        (InitiatorPake(pake), offer)
    }

    /// Starts SPAKE2 as B (PAKE-3).
    #[must_use]
    pub fn start_receiver(words: &Words, scalar: PakeScalar) -> ReceiverPake {
        ReceiverPake(Pake::start(Role::Receiver, &words.password(), scalar))
    }
}

impl Suite for Standard {
    type InitiatorPake = InitiatorPake;
    type ReceiverPake = ReceiverPake;
    type FinishOpener = FinishOpener;
    type ReceiptOpener = SealKey<Receipt>;
    type Verifier = Verifier;
    type Exporter = Exporter;

    fn read_offer(
        ReceiverPake(pake): ReceiverPake,
        key_context: &KeyContext,
        own: &Blob,
        offer: &[u8],
    ) -> Result<OfferRead<Self>, PeerFault> {
        // SEAL-5: A receiver MUST refuse an offer that is not 33 bytes long as `malformed-message`,
        // then check its element (PAKE-4 to PAKE-8).
        let offer: &PakeMessage = offer.try_into().map_err(|_| MALFORMED)?;
        let message = *pake.message();
        let keys = Keys::derive(pake.finish(offer)?, &key_context.encode(offer, &message));
        // SEAL-3: A sender MUST form its messages by this table
        let answer = [message.as_slice(), &keys.receiver_blob.seal(own)].concat();
        let finish = FinishOpener {
            initiator_blob: keys.initiator_blob,
            receipt: keys.receipt,
            exporter: keys.exporter,
        };
        Ok(OfferRead {
            answer,
            verifier: keys.verifier,
            finish,
        })
    }

    fn read_answer(
        InitiatorPake(pake): InitiatorPake,
        key_context: &KeyContext,
        own: &Blob,
        answer: &[u8],
    ) -> Result<AnswerRead<Self>, PeerFault> {
        // SEAL-6: An initiator MUST check an answer in this order, and refuse with the first that
        // fails: its length is 33 + bucket + 16 for some bucket, else `malformed-message`; the
        // element in its first 33 bytes (PAKE-4 to PAKE-8), else `bad-element`; the seal opens,
        // else `wrong-code`; the padding (SEAL-2), else `malformed-message`.
        let (message, sealed): (&PakeMessage, _) = answer.split_first_chunk().ok_or(MALFORMED)?;
        seal::check_length(sealed)?;
        let offer = *pake.message();
        let keys = Keys::derive(pake.finish(message)?, &key_context.encode(&offer, message));
        let blob = keys.receiver_blob.open(sealed)?;
        // SEAL-10: An initiator MUST NOT send its finish before the answer's seal has opened
        Ok(AnswerRead {
            blob,
            finish: keys.initiator_blob.seal(own),
            verifier: keys.verifier,
            exporter: Opened::vouch(keys.exporter),
            receipt: keys.receipt,
        })
    }

    fn read_finish(opener: FinishOpener, finish: &[u8]) -> Result<FinishRead<Self>, PeerFault> {
        let blob = opener.initiator_blob.open(finish)?;
        // KEY-5: A client MUST give exported keys only once the peer's seal has opened
        Ok(FinishRead {
            blob,
            receipt: opener.receipt.seal(),
            exporter: Opened::vouch(opener.exporter),
        })
    }

    fn read_receipt(opener: SealKey<Receipt>, receipt: &[u8]) -> Option<Opened<Receipt>> {
        opener.open(receipt)
    }
}

const MALFORMED: PeerFault = PeerFault::MalformedMessage(Malformed::Length);
