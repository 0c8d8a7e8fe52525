//! The state `closing`, of either role (sections 11.4 and 11.5).

use super::event::{Event, Impossible, Next, Proof};
use super::{CloseReason, Detail, Ended, Outcome, Request};
use crate::crypto::{PeerFault, Suite};
use crate::values::ChannelId;

/// The state in which the outcome is fixed and the close is tried, whose result changes nothing
/// (TIME-7).
#[derive(Debug)]
pub struct Closing<S: Suite> {
    pub(super) channel: ChannelId,
    pub(super) reason: CloseReason,
    pub(super) end: Ended<S>,
}

impl<S: Suite> Closing<S> {
    /// Closes with the reason that belongs to the outcome.
    pub(super) fn new(channel: ChannelId, end: Ended<S>) -> Closing<S> {
        let reason = match end.outcome {
            Outcome::Done => CloseReason::Done,
            Outcome::WrongCode => CloseReason::WrongCode,
            Outcome::BadElement => CloseReason::BadElement,
            Outcome::MalformedMessage => CloseReason::MalformedMessage,
            Outcome::RelayMisbehaved => CloseReason::RelayMisbehaved,
            Outcome::Timeout => CloseReason::Timeout,
            Outcome::VerifierMismatch => CloseReason::VerifierMismatch,
            Outcome::NotTaken => CloseReason::NotTaken,
            // The user gave up, or no state closes with this outcome.
            Outcome::Cancelled
            | Outcome::BadCode
            | Outcome::BadAppid
            | Outcome::BlobTooLarge
            | Outcome::BadRendezvous
            | Outcome::NoSuchChannel
            | Outcome::Crowded
            | Outcome::Closed(_)
            | Outcome::Expired
            | Outcome::RelayUnreachable
            | Outcome::Internal => CloseReason::Cancelled,
        };
        Closing {
            channel,
            reason,
            end,
        }
    }

    /// Closes because the peer's message was refused (SEAL-5 to SEAL-7).
    pub(super) fn of_fault(channel: ChannelId, fault: PeerFault) -> Closing<S> {
        let outcome = match fault {
            PeerFault::MalformedMessage(_) => Outcome::MalformedMessage,
            PeerFault::BadElement(_) => Outcome::BadElement,
            PeerFault::WrongCode => Outcome::WrongCode,
        };
        Closing::new(channel, Ended::with(outcome).detail(Detail::Peer(fault)))
    }

    pub(super) fn request(&self) -> Request<'static> {
        Request::Close {
            channel: self.channel,
            reason: self.reason,
        }
    }

    /// The rows of the state `closing` in both tables.
    pub(super) fn on<M>(
        self,
        event: Event,
        same: impl FnOnce(Closing<S>) -> M,
        next: impl FnOnce(Ended<S>) -> M,
    ) -> Next<M> {
        match event {
            Event::CloseTried | Event::Cancel => Ok(next(self.end)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Stored
            | Event::Cell(_)
            | Event::Empty
            | Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_) => impossible(same(self), Proof::OtherRequest),
            Event::Deadline | Event::ReceiptWaitOver => impossible(same(self), Proof::TimerNotSet),
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(same(self), Proof::NotAsked)
            }
        }
    }
}

/// Refuses an event that the tables call impossible, and leaves the state as it is.
pub(super) fn impossible<M>(state: M, proof: Proof) -> Next<M> {
    Err(Impossible { state, proof })
}
