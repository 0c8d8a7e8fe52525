//! The end of an exchange, of either role.

use std::sync::Arc;

use super::{ChannelRefusal, CloseReason, Detail, Outcome};
use crate::crypto::{Opened, Suite};
use crate::values::Blob;

/// The results of opening the peer's seal; they are made in no other way (SEAL-9). The blob and the
/// verifier are shared with whoever shows them to the user, so that there is one copy of each.
#[derive(Debug)]
pub struct Unsealed<S: Suite> {
    /// The peer's blob.
    pub blob: Arc<Opened<Blob>>,
    /// The eight words that both users may compare (KEY-3).
    pub verifier: Arc<S::Verifier>,
    /// Further keys for the application (KEY-5).
    pub exporter: Opened<S::Exporter>,
}

/// The end: exactly one outcome (OUT-1), and the values that are handed over with it.
#[derive(Debug)]
pub struct Ended<S: Suite> {
    /// The outcome.
    pub outcome: Outcome,
    /// The peer's blob and keys: with `done`, and at the initiator whenever the answer opened
    /// (INIT-3).
    pub received: Option<Unsealed<S>>,
    /// Whether it is proved that this side's blob arrived (INIT-5, RECV-2).
    pub delivered: bool,
    /// Whether the relay says that the receiver could not keep this side's blob (INIT-8).
    pub not_taken: bool,
    /// The detail to show besides the outcome.
    pub detail: Option<Detail>,
}

impl<S: Suite> Ended<S> {
    pub(super) fn with(outcome: Outcome) -> Ended<S> {
        Ended {
            outcome,
            received: None,
            delivered: false,
            not_taken: false,
            detail: None,
        }
    }

    pub(super) fn detail(self, detail: Detail) -> Ended<S> {
        Ended {
            detail: Some(detail),
            ..self
        }
    }

    pub(super) fn received(self, received: Unsealed<S>) -> Ended<S> {
        Ended {
            received: Some(received),
            ..self
        }
    }

    pub(super) fn not_taken(self) -> Ended<S> {
        Ended {
            not_taken: true,
            ..self
        }
    }

    pub(super) fn delivered(self) -> Ended<S> {
        Ended {
            delivered: true,
            ..self
        }
    }
}

impl ChannelRefusal {
    /// The outcome of a refusal after the relay has accepted this side (sections 11.4 and 11.5);
    /// `None` for `crowded`, which is then misbehaviour of the relay.
    pub(super) fn after_acceptance(self) -> Option<Outcome> {
        match self {
            // OUT-5: A client MUST take `forbidden` and `no-such-channel`, once the relay has
            // accepted its side (answered allocate or claim with success), as `closed` with the
            // reason `lost`
            ChannelRefusal::Forbidden | ChannelRefusal::NoSuchChannel => {
                Some(Outcome::Closed(CloseReason::Lost))
            }
            // OUT-4
            ChannelRefusal::Closed(reason) => Some(Outcome::Closed(reason)),
            ChannelRefusal::Expired => Some(Outcome::Expired),
            ChannelRefusal::Crowded => None,
        }
    }
}
