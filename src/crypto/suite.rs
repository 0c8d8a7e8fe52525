//! All the cryptography that the protocol needs, as one trait.

use core::fmt;

use super::opened::{Opened, Receipt};
use super::peer_fault::PeerFault;
use super::schedule::KeyContext;
use crate::values::Blob;

/// What the state machine of the protocol asks of cryptography (sections 5 to 7), message by
/// message.
///
/// [`Standard`](super::Standard) is the one to use. The trait is there so that a model checker can
/// drive the same state machine with symbolic terms: whatever its types are, messages are bytes,
/// and each state is consumed by the one message that it waits for (PAKE-10).
///
/// ```text
/// initiator, offer sent:  read_answer -> AnswerRead { blob, finish, .. }, then read_receipt
/// receiver:               read_offer -> OfferRead { answer, .. },
///                         then read_finish -> FinishRead { blob, receipt, .. }
/// ```
pub trait Suite: Sized + fmt::Debug {
    /// An initiator that waits for the answer.
    type InitiatorPake: fmt::Debug;
    /// A receiver that waits for the offer.
    type ReceiverPake: fmt::Debug;
    /// A receiver that waits for the finish.
    type FinishOpener: fmt::Debug;
    /// An initiator that waits for the receipt.
    type ReceiptOpener: fmt::Debug;
    /// Eight words for two users to compare (section 6.1).
    type Verifier: fmt::Debug;
    /// Keys for the application (section 6.2).
    type Exporter: fmt::Debug;

    /// The receiver reads the offer, and seals its blob (SEAL-5).
    ///
    /// # Errors
    ///
    /// [`PeerFault::MalformedMessage`] or [`PeerFault::BadElement`].
    fn read_offer(
        pake: Self::ReceiverPake,
        place: &KeyContext,
        own: &Blob,
        offer: &[u8],
    ) -> Result<OfferRead<Self>, PeerFault>;

    /// The initiator reads the answer, and seals its blob once the answer's seal has opened
    /// (SEAL-6, SEAL-10).
    ///
    /// # Errors
    ///
    /// [`PeerFault`]. The initiator's own blob has not been sealed then, nor ever will be.
    fn read_answer(
        pake: Self::InitiatorPake,
        place: &KeyContext,
        own: &Blob,
        answer: &[u8],
    ) -> Result<AnswerRead<Self>, PeerFault>;

    /// The receiver reads the finish, and seals the receipt (SEAL-7).
    ///
    /// # Errors
    ///
    /// [`PeerFault::MalformedMessage`] or [`PeerFault::WrongCode`].
    fn read_finish(
        opener: Self::FinishOpener,
        finish: &[u8],
    ) -> Result<FinishRead<Self>, PeerFault>;

    /// The initiator reads the receipt; what does not open is none (SEAL-8).
    fn read_receipt(opener: Self::ReceiptOpener, receipt: &[u8]) -> Option<Opened<Receipt>>;
}

/// What a receiver has when it has read the offer. It knows nothing of its peer yet.
#[derive(Debug)]
pub struct OfferRead<S: Suite> {
    /// The answer to send: B's SPAKE2 message, then the sealed blob.
    pub answer: Vec<u8>,
    /// For users who compare it.
    pub verifier: S::Verifier,
    /// Waits for the finish.
    pub finish: S::FinishOpener,
}

/// What an initiator has when the answer's seal has opened.
#[derive(Debug)]
pub struct AnswerRead<S: Suite> {
    /// The receiver's blob.
    pub blob: Opened<Blob>,
    /// The finish to send: the sealed blob.
    pub finish: Vec<u8>,
    /// For users who compare it.
    pub verifier: S::Verifier,
    /// Keys for the application (KEY-5).
    pub exporter: Opened<S::Exporter>,
    /// Waits for the receipt.
    pub receipt: S::ReceiptOpener,
}

/// What a receiver has when the finish's seal has opened.
#[derive(Debug)]
pub struct FinishRead<S: Suite> {
    /// The initiator's blob.
    pub blob: Opened<Blob>,
    /// The receipt to send.
    pub receipt: Vec<u8>,
    /// Keys for the application (KEY-5).
    pub exporter: Opened<S::Exporter>,
}
