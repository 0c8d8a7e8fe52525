//! The faults of a peer's message (section 7.3).

use core::fmt;

use super::bad_element::BadElement;

/// The reason why a message of the peer is refused (SEAL-5 to SEAL-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerFault {
    /// `malformed-message`: the message has the wrong form.
    MalformedMessage(Malformed),
    /// `bad-element`: the message's SPAKE2 element is not acceptable.
    BadElement(BadElement),
    /// `wrong-code`: the message's seal did not open.
    WrongCode,
}

/// The part of a message that has the wrong form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Malformed {
    /// `length`: the length is none of the table in section 7.2.
    Length,
    /// `padding`: the padding is not that of section 7.1 (SEAL-2).
    Padding,
}

impl PeerFault {
    /// The token of the outcome, which is also the reason of the close (section 12).
    #[must_use]
    pub const fn outcome(self) -> &'static str {
        match self {
            Self::MalformedMessage(_) => "malformed-message",
            Self::BadElement(_) => "bad-element",
            Self::WrongCode => "wrong-code",
        }
    }
}

impl From<BadElement> for PeerFault {
    fn from(fault: BadElement) -> Self {
        Self::BadElement(fault)
    }
}

impl fmt::Display for PeerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedMessage(Malformed::Length) => {
                f.write_str("the peer's message has a wrong length")
            }
            Self::MalformedMessage(Malformed::Padding) => {
                f.write_str("the peer's message is padded wrongly")
            }
            Self::BadElement(fault) => fault.fmt(f),
            Self::WrongCode => f.write_str("the peer's seal does not open: the words differ"),
        }
    }
}

impl core::error::Error for PeerFault {}
