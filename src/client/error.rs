//! The error with which an exchange fails.

use std::fmt;

use super::Received;
use crate::crypto::NoRandomness;
use crate::protocol::{Detail, Outcome};
use crate::values::{BadAppId, BadRendezvous, BlobTooLarge, CodeError};

/// The error of an exchange that ended with another outcome than `done`.
///
/// Match on [`outcome`](Error::outcome). `Display` is one line that says what happened, with the
/// cause; [`hint`](Error::hint) says what to do next. Since that line has the cause in it, there is
/// no `source`, by which a report would say the cause twice.
///
/// It cannot be cloned, because it may hold the peer's blob; its outcome and its cause can be.
#[derive(Debug)]
pub struct Error {
    pub(super) outcome: Outcome,
    pub(super) cause: Option<Cause>,
    pub(super) received: Option<Box<Received>>,
}

/// The cause of an outcome, where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The text that the receiver's user typed is not a code: `bad-code`.
    Code(CodeError),
    /// No code has the number of words that the initiator's user asked for: `bad-code`.
    Words(CodeError),
    /// The caller's appid is not 1 to 128 bytes long: `bad-appid`.
    AppId(BadAppId),
    /// The caller's blob is too large: `blob-too-large`.
    Blob(BlobTooLarge),
    /// The rendezvous address cannot be used: `bad-rendezvous`.
    Rendezvous(BadRendezvous),
    /// The system gives no randomness: `internal`.
    Randomness(NoRandomness),
    /// A step of the asynchronous client was polled outside of any tokio runtime: `internal`.
    NoRuntime,
    /// The relay, the peer or the network is at fault.
    Exchange(Detail),
}

impl Error {
    /// The outcome, one of the closed list of section 12.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The cause, where it is known.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        self.cause.as_ref()
    }

    /// The sentence that tells the user what to do next (OUT-3).
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.cause {
            // The sentence of the outcome speaks of another user, but there is none yet.
            Some(Cause::Words(_)) => "A code has 2 to 8 words.",
            _ => self.outcome.sentence(),
        }
    }

    /// The peer's blob and keys, if the answer had already opened: an initiator gets them with
    /// whatever outcome follows (INIT-3).
    #[must_use]
    pub fn received(&self) -> Option<&Received> {
        self.received.as_deref()
    }

    /// The value of [`received`](Error::received), owned.
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
            Cause::NoRuntime => f.write_str("the asynchronous client runs in a tokio runtime only"),
            Cause::Exchange(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl std::error::Error for Cause {}
