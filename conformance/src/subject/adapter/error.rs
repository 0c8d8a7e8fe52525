//! The error for an adapter that gave no reply.

use std::fmt;
use std::time::Duration;

/// The reason why an adapter gave no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AdapterError {
    /// The process did not start, or said no hello.
    CouldNotStart(String),
    /// The adapter ended, or broke the protocol; it takes no more requests.
    Broke(String),
    /// The adapter did not reply in time.
    TimedOut(Duration),
    /// The suite's own fault.
    Misuse(&'static str),
}

impl AdapterError {
    /// Says whether this adapter must be replaced before the next request.
    pub(crate) fn needs_another_process(&self) -> bool {
        !matches!(self, Self::Misuse(_))
    }
}

impl fmt::Display for AdapterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CouldNotStart(text) => write!(f, "the adapter could not be started: {text}"),
            Self::Broke(text) => write!(f, "the adapter broke: {text}"),
            Self::TimedOut(after) => {
                write!(
                    f,
                    "the adapter did not reply within {} s",
                    after.as_secs_f32()
                )
            }
            Self::Misuse(text) => write!(f, "the suite went wrong: {text}"),
        }
    }
}

impl std::error::Error for AdapterError {}
