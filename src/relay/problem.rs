//! Refusals and their problem documents (RFC 9457).
//!
//! By spec section 9.3, a refusal is one token of a closed list, and each token has one status.
//! Titles are for a human who looks at the traffic; no client shows them (CLIENT-6).

use std::fmt;

use crate::values::{Problem, ProblemToken};

/// The reason of a channel's end, as its other side gets it (RELAY-15, RELAY-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The initiator has read the receipt.
    Done,
    /// A seal did not open.
    WrongCode,
    /// A SPAKE2 element was refused.
    BadElement,
    /// A message had the wrong form.
    MalformedMessage,
    /// A user said that the other side shows other words.
    VerifierMismatch,
    /// A receiver's application could not keep the blob.
    NotTaken,
    /// A user gave up.
    Cancelled,
    /// A client's own deadline passed.
    Timeout,
    /// A client took the relay's answer for wrong.
    RelayMisbehaved,
    /// The relay ended the channel, because its life was over.
    Expired,
    /// A close gave a reason that is none of the above.
    Other,
}

impl EndReason {
    /// Every reason, in the order of the specification.
    pub const ALL: [Self; 11] = [
        Self::Done,
        Self::WrongCode,
        Self::BadElement,
        Self::MalformedMessage,
        Self::VerifierMismatch,
        Self::NotTaken,
        Self::Cancelled,
        Self::Timeout,
        Self::RelayMisbehaved,
        Self::Expired,
        Self::Other,
    ];

    /// Reads the reason that a close gives.
    ///
    /// `expired` is the relay's own word: from a client it counts as `other`.
    // RELAY-16: or `other` when that is none of `done`, `wrong-code`, `bad-element`,
    // `malformed-message`, `verifier-mismatch`, `not-taken`, `cancelled`, `timeout` and
    // `relay-misbehaved`
    #[must_use]
    pub fn of_close(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|reason| *reason != Self::Expired && reason.as_str() == text)
            .unwrap_or(Self::Other)
    }

    /// The reason as it is written in a problem document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::WrongCode => "wrong-code",
            Self::BadElement => "bad-element",
            Self::MalformedMessage => "malformed-message",
            Self::VerifierMismatch => "verifier-mismatch",
            Self::NotTaken => "not-taken",
            Self::Cancelled => "cancelled",
            Self::Timeout => "timeout",
            Self::RelayMisbehaved => "relay-misbehaved",
            Self::Expired => "expired",
            Self::Other => "other",
        }
    }
}

/// The closed list of refusals (spec section 9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The query or the JSON is not as sections 8 and 9.2 say.
    Malformed,
    /// The request names no side, or not in the form of RELAY-1.
    Unauthorized,
    /// This side may not do this to this channel.
    Forbidden,
    /// No channel of this number is live in this appid.
    NoSuchChannel,
    /// The target does not exist.
    NotFound,
    /// The target exists, but does not allow the method.
    MethodNotAllowed,
    /// Another side has claimed the channel.
    Crowded,
    /// The cell is already written, with other bytes.
    Conflict,
    /// The cell before this one is not written.
    OutOfOrder,
    /// The channel has ended.
    Closed(EndReason),
    /// A body or a cell is over its bound.
    TooLarge,
    /// This address has made too many requests, or has too many channels or connections.
    RateLimited {
        /// Seconds after which another attempt may succeed, at least 1.
        retry_after: u32,
    },
    /// The relay is full or shuts down.
    Unavailable,
}

impl Refusal {
    /// The token in the document's `type`, which also determines the status.
    #[must_use]
    pub const fn token(self) -> ProblemToken {
        match self {
            Self::Malformed => ProblemToken::Malformed,
            Self::Unauthorized => ProblemToken::Unauthorized,
            Self::Forbidden => ProblemToken::Forbidden,
            Self::NoSuchChannel => ProblemToken::NoSuchChannel,
            Self::NotFound => ProblemToken::NotFound,
            Self::MethodNotAllowed => ProblemToken::MethodNotAllowed,
            Self::Crowded => ProblemToken::Crowded,
            Self::Conflict => ProblemToken::Conflict,
            Self::OutOfOrder => ProblemToken::OutOfOrder,
            Self::Closed(_) => ProblemToken::Closed,
            Self::TooLarge => ProblemToken::TooLarge,
            Self::RateLimited { .. } => ProblemToken::RateLimited,
            Self::Unavailable => ProblemToken::Unavailable,
        }
    }

    /// The problem document.
    // RELAY-8: A relay MUST report each refusal as such a document with the token and status of
    // this list.
    #[must_use]
    pub fn document(self) -> String {
        let reason = match self {
            Self::Closed(reason) => Some(reason.as_str()),
            _ => None,
        };
        Problem::encode(self.token(), reason)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.token().token())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts by reason are kept by the place in the list.
    #[test]
    fn reasons_stand_in_the_order_of_their_list() {
        for (place, reason) in EndReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, place, "{reason:?}");
        }
    }

    #[test]
    fn reasons_read_back_except_expired() {
        for reason in EndReason::ALL {
            let read = EndReason::of_close(reason.as_str());
            match reason {
                EndReason::Expired => assert_eq!(read, EndReason::Other),
                _ => assert_eq!(read, reason),
            }
        }
        for text in ["", "Done", "done ", "nonsense"] {
            assert_eq!(EndReason::of_close(text), EndReason::Other);
        }
    }

    // RELAY-16: A relay MUST end a channel on a close with the reason that it gives
    #[test]
    fn the_reasons_of_a_close_are_those_of_the_specification() {
        let spec = include_str!("../../spec/wormhole-sync.md");
        let (_, list) = spec.split_once("or `other` when that is none of ").unwrap();
        let (list, _) = list.split_once(';').unwrap();
        let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        let own = [EndReason::Expired, EndReason::Other];
        let known = EndReason::ALL.into_iter().filter(|one| !own.contains(one));
        assert_eq!(known.map(EndReason::as_str).collect::<Vec<_>>(), listed);
    }

    /// The tokens and statuses are exactly those of the table in spec section 9.3.
    #[test]
    fn the_list_is_that_of_the_specification() {
        let all = [
            Refusal::Malformed,
            Refusal::Unauthorized,
            Refusal::Forbidden,
            Refusal::NoSuchChannel,
            Refusal::NotFound,
            Refusal::MethodNotAllowed,
            Refusal::Crowded,
            Refusal::Conflict,
            Refusal::OutOfOrder,
            Refusal::Closed(EndReason::Done),
            Refusal::TooLarge,
            Refusal::RateLimited { retry_after: 1 },
            Refusal::Unavailable,
        ];
        let spec = include_str!("../../spec/wormhole-sync.md");
        let written: Vec<(String, u16)> = spec
            .lines()
            .skip_while(|line| *line != "| token | status | meaning |")
            .skip(2)
            .map_while(|line| line.strip_prefix("| `"))
            .map(|line| {
                let mut parts = line.split(" | ");
                let token = parts.next().unwrap().trim_end_matches('`').to_owned();
                (token, parts.next().unwrap().parse().unwrap())
            })
            .collect();
        let ours: Vec<(String, u16)> = all
            .iter()
            .map(|refusal| (refusal.to_string(), refusal.token().status()))
            .collect();
        assert_eq!(written, ours);
    }

    #[test]
    fn a_document_is_json_with_the_members_of_its_type() {
        let document: serde_json::Value =
            serde_json::from_str(&Refusal::Closed(EndReason::WrongCode).document()).unwrap();
        assert_eq!(document["type"], "tag:wormhole-sync.example,2026:closed");
        assert_eq!(document["status"], 410);
        assert_eq!(document["reason"], "wrong-code");
        let document: serde_json::Value =
            serde_json::from_str(&Refusal::Crowded.document()).unwrap();
        assert_eq!(document.as_object().unwrap().len(), 3);
    }
}
