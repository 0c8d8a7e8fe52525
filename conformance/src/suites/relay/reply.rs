//! Answers as tests read them, and what they want of them.

use std::fmt;
use std::time::Instant;

use serde_json::Value;

use super::request::short;
use crate::stage::http_connection::HttpAnswer;

/// An answer to a request, with the times between which the relay worked on it.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// The answer itself.
    pub(crate) answer: HttpAnswer,
    /// The time before the request was sent.
    pub(crate) sent: Instant,
    /// The time after the answer was read.
    pub(crate) read: Instant,
}

impl Reply {
    /// The status.
    pub(crate) fn status(&self) -> u16 {
        self.answer.status
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.answer.body).ok()
    }

    /// A member of the body.
    pub(crate) fn member(&self, name: &str) -> Option<Value> {
        self.json()?.get(name).cloned()
    }

    /// A member that is text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.member(name)?.as_str().map(str::to_owned)
    }

    /// A member that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.member(name)?.as_u64()
    }

    /// The token of a refusal: what stands behind the last colon of its type.
    pub(crate) fn token(&self) -> Option<String> {
        if self.status() < 400 {
            return None;
        }
        let kind = self.text("type")?;
        kind.rsplit(':').next().map(str::to_owned)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status())?;
        if !self.answer.body.is_empty() {
            write!(f, " {}", short(&self.answer.body, 160))?;
        }
        Ok(())
    }
}

/// The answer that a test wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Want {
    /// An answer of this status that is no refusal.
    Status(u16),
    /// A refusal with this token.
    Token(String),
    /// The refusal `closed` with this reason.
    Closed(String),
    /// One of these.
    Either(Vec<Want>),
    /// 200 with this binary value.
    Cell(String),
}

impl Want {
    /// Whether the answer is as wanted. A refusal is known by its token, or by its status when it
    /// has none: other tests judge the form of refusals.
    pub(crate) fn fits(&self, reply: &Reply) -> bool {
        match self {
            Self::Status(status) => reply.status() == *status,
            Self::Cell(body) => reply.status() == 200 && reply.text("body").as_ref() == Some(body),
            Self::Token(token) => match reply.token() {
                Some(given) => given == *token,
                None => status_of(token) == Some(reply.status()),
            },
            Self::Closed(reason) => {
                Self::token("closed").fits(reply) && reply.text("reason").as_ref() == Some(reason)
            }
            Self::Either(wants) => wants.iter().any(|want| want.fits(reply)),
        }
    }

    /// A refusal with this token.
    pub(crate) fn token(token: &str) -> Self {
        Self::Token(token.to_owned())
    }

    /// The refusal `closed` with this reason.
    pub(crate) fn closed(reason: &str) -> Self {
        Self::Closed(reason.to_owned())
    }

    /// 200 with this binary value.
    pub(crate) fn cell(body: &str) -> Self {
        Self::Cell(body.to_owned())
    }
}

impl fmt::Display for Want {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Token(token) => match status_of(token) {
                Some(status) => write!(f, "{status} `{token}`"),
                None => write!(f, "`{token}`"),
            },
            Self::Closed(reason) => write!(f, "410 `closed` with the reason `{reason}`"),
            Self::Cell(body) => write!(f, "200 with the body {}", short(body.as_bytes(), 60)),
            Self::Either(wants) => {
                let wants: Vec<String> = wants.iter().map(Self::to_string).collect();
                f.write_str(&wants.join(" or "))
            }
        }
    }
}

/// The tokens of section 9.3 with their statuses.
pub(crate) const TOKENS: [(&str, u16); 13] = [
    ("malformed", 400),
    ("unauthorized", 401),
    ("forbidden", 403),
    ("no-such-channel", 404),
    ("not-found", 404),
    ("method-not-allowed", 405),
    ("crowded", 409),
    ("conflict", 409),
    ("out-of-order", 409),
    ("closed", 410),
    ("too-large", 413),
    ("rate-limited", 429),
    ("unavailable", 503),
];

/// The status of a token.
pub(crate) fn status_of(token: &str) -> Option<u16> {
    let known = TOKENS.iter().find(|(known, _)| *known == token)?;
    Some(known.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokens_are_those_of_the_specification() {
        let spec = include_str!("../../../../spec/wormhole-sync.md");
        let (_, table) = spec.split_once("| token | status | meaning |").unwrap();
        let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
        let rows: Vec<(String, u16)> = rows
            .map(|row| {
                let cells: Vec<&str> = row.split('|').map(str::trim).collect();
                (cells[1].replace('`', ""), cells[2].parse().unwrap())
            })
            .collect();
        assert_eq!(
            rows,
            TOKENS.map(|(token, status)| (token.to_owned(), status))
        );
    }
}
