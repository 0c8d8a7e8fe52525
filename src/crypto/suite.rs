//! The trait of all cryptography that the protocol needs.

use core::fmt;

use super::opened::{Opened, Receipt};
use super::peer_fault::PeerFault;
use super::schedule::KeyContext;
use crate::values::Blob;

/// The cryptography of the state machines, message by message (sections 5 to 7).
///
/// Clients use [`Standard`](super::Standard). The trait exists so that a model checker can drive
/// the same state machines with symbols. In every suite, messages are bytes, and each state is
/// consumed by the one message that it waits for (PAKE-10).
///
/// ```text
/// initiator, offer sent:  read_answer -> AnswerRead { blob, finish, .. }, then read_receipt
/// receiver:               read_offer -> OfferRead { answer, .. },
///                         then read_finish -> FinishRead { blob, receipt, .. }
/// ```
pub trait Suite: Sized + fmt::Debug {
    /// The state of an initiator that waits for the answer.
    type InitiatorPake: fmt::Debug;
    /// The state of a receiver that waits for the offer.
    type ReceiverPake: fmt::Debug;
    /// The state of a receiver that waits for the finish.
    type FinishOpener: fmt::Debug;
    /// The state of an initiator that waits for the receipt.
    type ReceiptOpener: fmt::Debug;
    /// Eight words for two users to compare (section 6.1).
    type Verifier: fmt::Debug;
    /// Keys for the application (section 6.2).
    type Exporter: fmt::Debug;

    /// Reads the offer at the receiver, and seals its blob (SEAL-5).
    ///
    /// # Errors
    ///
    /// [`PeerFault::MalformedMessage`] or [`PeerFault::BadElement`].
    fn read_offer(
        pake: Self::ReceiverPake,
        key_context: &KeyContext,
        own: &Blob,
        offer: &[u8],
    ) -> Result<OfferRead<Self>, PeerFault>;

    /// Reads the answer at the initiator, and seals its blob once the answer's seal has opened
    /// (SEAL-6, SEAL-10).
    ///
    /// # Errors
    ///
    /// [`PeerFault`]; the initiator's own blob is then never sealed.
    fn read_answer(
        pake: Self::InitiatorPake,
        key_context: &KeyContext,
        own: &Blob,
        answer: &[u8],
    ) -> Result<AnswerRead<Self>, PeerFault>;

    /// Reads the finish at the receiver, and seals the receipt (SEAL-7).
    ///
    /// # Errors
    ///
    /// [`PeerFault::MalformedMessage`] or [`PeerFault::WrongCode`].
    fn read_finish(
        opener: Self::FinishOpener,
        finish: &[u8],
    ) -> Result<FinishRead<Self>, PeerFault>;

    /// Reads the receipt at the initiator; bytes that do not open are no receipt (SEAL-8).
    fn read_receipt(opener: Self::ReceiptOpener, receipt: &[u8]) -> Option<Opened<Receipt>>;
}

/// The results of reading the offer, which proves nothing of the peer yet.
#[derive(Debug)]
pub struct OfferRead<S: Suite> {
    /// The answer to send: B's SPAKE2 message, then the sealed blob.
    pub answer: Vec<u8>,
    /// The words that both users may compare.
    pub verifier: S::Verifier,
    /// The state that waits for the finish.
    pub finish: S::FinishOpener,
}

/// The results of reading an answer whose seal opened.
#[derive(Debug)]
pub struct AnswerRead<S: Suite> {
    /// The receiver's blob.
    pub blob: Opened<Blob>,
    /// The finish to send: the sealed blob.
    pub finish: Vec<u8>,
    /// The words that both users may compare.
    pub verifier: S::Verifier,
    /// Keys for the application (KEY-5).
    pub exporter: Opened<S::Exporter>,
    /// The state that waits for the receipt.
    pub receipt: S::ReceiptOpener,
}

/// The results of reading a finish whose seal opened.
#[derive(Debug)]
pub struct FinishRead<S: Suite> {
    /// The initiator's blob.
    pub blob: Opened<Blob>,
    /// The receipt to send.
    pub receipt: Vec<u8>,
    /// Keys for the application (KEY-5).
    pub exporter: Opened<S::Exporter>,
}
