//! The relay's errors (section 9.3).

use super::json::{self, JsonFault};
use super::messages::{self, string};

/// `problem`: the relay's reason for refusing a request (sections 8 and 9.3).
///
/// The relay chooses the texts in it, and so they are shown to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// `closed`: the channel has ended.
    Closed {
        /// The reason as the relay gave it, which need not be a known one.
        reason: String,
    },
    /// Another type of the list in section 9.3.
    Known(ProblemToken),
    /// A type that is not in the list.
    Unknown,
}

impl Problem {
    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`JsonFault`] for any other text.
    pub fn decode(text: &[u8]) -> Result<Self, JsonFault> {
        let object = json::parse(text)?;
        let token = object
            .string("type")?
            .strip_prefix(TYPE_PREFIX)
            .and_then(ProblemToken::from_token);
        Ok(match token {
            Some(ProblemToken::Closed) => Self::Closed {
                reason: messages::reason(&object)?,
            },
            Some(token) => Self::Known(token),
            None => Self::Unknown,
        })
    }

    /// Writes the message, with the members of RFC 9457 that section 9.3 names.
    #[must_use]
    pub fn encode(token: ProblemToken, closed_reason: Option<&str>) -> String {
        let name = token.token();
        let title = name.replace('-', " ");
        let status = token.status();
        let reason = closed_reason.map_or_else(String::new, |reason| {
            format!(",\"reason\":{}", string(reason))
        });
        format!(
            "{{\"type\":\"{TYPE_PREFIX}{name}\",\"title\":\"{title}\",\"status\":{status}{reason}}}"
        )
    }

    /// The problem's token, if its type is in the list.
    #[must_use]
    pub const fn token(&self) -> Option<ProblemToken> {
        match self {
            Self::Closed { .. } => Some(ProblemToken::Closed),
            Self::Known(token) => Some(*token),
            Self::Unknown => None,
        }
    }
}

/// The token in which a problem's `type` ends (section 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemToken {
    /// `malformed`, 400.
    Malformed,
    /// `unauthorized`, 401.
    Unauthorized,
    /// `forbidden`, 403.
    Forbidden,
    /// `no-such-channel`, 404.
    NoSuchChannel,
    /// `not-found`, 404.
    NotFound,
    /// `method-not-allowed`, 405.
    MethodNotAllowed,
    /// `crowded`, 409.
    Crowded,
    /// `conflict`, 409.
    Conflict,
    /// `out-of-order`, 409.
    OutOfOrder,
    /// `closed`, 410.
    Closed,
    /// `too-large`, 413.
    TooLarge,
    /// `rate-limited`, 429.
    RateLimited,
    /// `unavailable`, 503.
    Unavailable,
}

impl ProblemToken {
    /// All tokens, in the order of section 9.3.
    pub const ALL: [Self; 13] = [
        Self::Malformed,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NoSuchChannel,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Crowded,
        Self::Conflict,
        Self::OutOfOrder,
        Self::Closed,
        Self::TooLarge,
        Self::RateLimited,
        Self::Unavailable,
    ];

    /// The token's text.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NoSuchChannel => "no-such-channel",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Crowded => "crowded",
            Self::Conflict => "conflict",
            Self::OutOfOrder => "out-of-order",
            Self::Closed => "closed",
            Self::TooLarge => "too-large",
            Self::RateLimited => "rate-limited",
            Self::Unavailable => "unavailable",
        }
    }

    /// The HTTP status that goes with the token.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NoSuchChannel | Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Crowded | Self::Conflict | Self::OutOfOrder => 409,
            Self::Closed => 410,
            Self::TooLarge => 413,
            Self::RateLimited => 429,
            Self::Unavailable => 503,
        }
    }

    fn from_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.token() == token)
    }
}

const TYPE_PREFIX: &str = "tag:wormhole-sync.example,2026:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for token in ProblemToken::ALL {
            let text = Problem::encode(token, (token == ProblemToken::Closed).then_some("a\"b"));
            let problem = Problem::decode(text.as_bytes()).unwrap();
            assert_eq!(problem.token(), Some(token), "{text}");
        }
        assert_eq!(
            Problem::encode(ProblemToken::Closed, Some("done")),
            r#"{"type":"tag:wormhole-sync.example,2026:closed","title":"closed","status":410,"reason":"done"}"#
        );
    }

    // RELAY-8: A relay MUST report each refusal as such a document with the token and status of
    // this list.
    #[test]
    fn tokens_and_statuses_are_those_of_the_specification() {
        let spec = include_str!("../../spec/wormhole-sync.md");
        let (_, section) = spec.split_once("\n### 9.3 Errors\n").unwrap();
        let rows = section
            .lines()
            .skip_while(|line| !line.starts_with("| `"))
            .take_while(|line| line.starts_with("| `"));
        let listed: Vec<String> = rows
            .map(|row| row.split('|').take(3).collect::<Vec<_>>().join("|"))
            .collect();
        let known =
            ProblemToken::ALL.map(|known| format!("| `{}` | {} ", known.token(), known.status()));
        assert_eq!(listed, known);
    }

    #[test]
    fn closed_needs_a_reason_and_others_none() {
        let decode = |text: &str| Problem::decode(text.as_bytes());
        let closed = r#"{"type":"tag:wormhole-sync.example,2026:closed"}"#;
        assert_eq!(decode(closed), Err(JsonFault::Missing("reason")));
        let crowded = r#"{"type":"tag:wormhole-sync.example,2026:crowded","reason":7}"#;
        assert_eq!(decode(crowded), Ok(Problem::Known(ProblemToken::Crowded)));
        assert_eq!(decode(r#"{"type":"about:blank"}"#), Ok(Problem::Unknown));
        assert_eq!(decode("{}"), Err(JsonFault::Missing("type")));
        assert_eq!(decode(r#"{"type":1}"#), Err(JsonFault::WrongType("type")));
    }
}
