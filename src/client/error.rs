//! How an exchange fails, as the user's program sees it.

use std::fmt;

use super::Received;
use crate::crypto::NoRandomness;
use crate::protocol::{Detail, Outcome};
use crate::values::{BadAppId, BadRendezvous, BlobTooLarge, CodeError};

/// An exchange that ended with another outcome than `done`.
///
/// `Display` is one line that says what happened; [`hint`](Error::hint) says what to do next.
#[derive(Debug)]
pub struct Error {
    pub(super) outcome: Outcome,
    pub(super) cause: Option<Cause>,
    pub(super) received: Option<Box<Received>>,
}

/// What is known beside the outcome.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The code that the receiver's user typed cannot be one: `bad-code`.
    Code(CodeError),
    /// No code can have the number of words that the initiator's user asked for: `bad-code`.
    Words(CodeError),
    /// The caller's appid cannot be one: `bad-appid`.
    AppId(BadAppId),
    /// The caller's blob is too large: `blob-too-large`.
    Blob(BlobTooLarge),
    /// The rendezvous address cannot be used: `bad-rendezvous`.
    Rendezvous(BadRendezvous),
    /// The system gives no randomness: `internal`.
    Randomness(NoRandomness),
    /// What the relay, the peer or the way there did.
    Exchange(Detail),
}

impl Error {
    /// The outcome, one of the closed list of section 12.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What is known beside the outcome.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        self.cause.as_ref()
    }

    /// What the user should do next (OUT-3).
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.cause {
            // There is no other user to ask yet.
            Some(Cause::Words(_)) => "A code has 2 to 8 words.",
            _ => self.outcome.sentence(),
        }
    }

    /// What the peer had already proved and sent: an initiator gets it with whatever outcome
    /// follows (INIT-3).
    #[must_use]
    pub fn received(&self) -> Option<&Received> {
        self.received.as_deref()
    }

    /// [`received`](Error::received), by value.
    #[must_use]
    pub fn into_received(self) -> Option<Received> {
        self.received.map(|received| *received)
    }

    pub(super) fn local(outcome: Outcome, cause: Cause) -> Error {
        Error {
            outcome,
            cause: Some(cause),
            received: None,
        }
    }
}

impl From<BlobTooLarge> for Error {
    fn from(cause: BlobTooLarge) -> Error {
        Error::local(Outcome::BlobTooLarge, Cause::Blob(cause))
    }
}

impl From<BadAppId> for Error {
    fn from(cause: BadAppId) -> Error {
        Error::local(Outcome::BadAppid, Cause::AppId(cause))
    }
}

impl From<BadRendezvous> for Error {
    fn from(cause: BadRendezvous) -> Error {
        Error::local(Outcome::BadRendezvous, Cause::Rendezvous(cause))
    }
}

impl From<CodeError> for Error {
    fn from(cause: CodeError) -> Error {
        Error::local(Outcome::BadCode, Cause::Code(cause))
    }
}

impl From<NoRandomness> for Error {
    fn from(cause: NoRandomness) -> Error {
        Error::local(Outcome::Internal, Cause::Randomness(cause))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(f)?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Code(cause) | Cause::Words(cause) => cause.fmt(f),
            Cause::AppId(cause) => cause.fmt(f),
            Cause::Blob(cause) => cause.fmt(f),
            Cause::Rendezvous(cause) => cause.fmt(f),
            Cause::Randomness(cause) => cause.fmt(f),
            Cause::Exchange(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Some(Cause::Code(cause) | Cause::Words(cause)) => Some(cause),
            Some(Cause::AppId(cause)) => Some(cause),
            Some(Cause::Blob(cause)) => Some(cause),
            Some(Cause::Rendezvous(cause)) => Some(cause),
            Some(Cause::Randomness(cause)) => Some(cause),
            Some(Cause::Exchange(_)) | None => None,
        }
    }
}
