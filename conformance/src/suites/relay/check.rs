//! The kinds of checks that hold for every answer.

/// A check of every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Check {
    CacheControl,
    ContentType,
    Message,
    Listed,
    ProblemType,
    ProblemToken,
    ProblemMembers,
    ProblemStatus,
    Challenge,
    Allow,
    RetryAfter,
    RetryAfterValue,
}

impl Check {
    /// All checks: those of the simplest things first.
    pub(crate) const ALL: [Self; 12] = [
        Self::CacheControl,
        Self::ContentType,
        Self::Message,
        Self::Listed,
        Self::ProblemType,
        Self::ProblemToken,
        Self::ProblemMembers,
        Self::ProblemStatus,
        Self::Challenge,
        Self::Allow,
        Self::RetryAfter,
        Self::RetryAfterValue,
    ];

    /// The end of the test's id, its title and its requirements.
    pub(crate) fn about(self) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::CacheControl => (
                "cache-control",
                "every answer has Cache-Control: no-store, no-transform",
                &["RELAY-6"],
            ),
            Self::ContentType => (
                "content-type",
                "every message has the content type application/json, and a 204 has no body",
                &["RELAY-3"],
            ),
            Self::Message => (
                "message",
                "every message is as the schema of its kind says",
                &["RELAY-3", "JSON-4"],
            ),
            Self::Listed => (
                "listed",
                "no answer has a status that is not listed for its request",
                &["RELAY-3", "RELAY-8"],
            ),
            Self::ProblemType => (
                "problem-type",
                "every refusal has the content type application/problem+json",
                &["RELAY-8"],
            ),
            Self::ProblemToken => (
                "problem-token",
                "every refusal has a type of the closed list",
                &["RELAY-8"],
            ),
            Self::ProblemMembers => (
                "problem-members",
                "every refusal has the members type, title and status, and a closed one a reason of the list",
                &["RELAY-8", "RELAY-16"],
            ),
            Self::ProblemStatus => (
                "problem-status",
                "every refusal has the status of its token, twice",
                &["RELAY-8"],
            ),
            Self::Challenge => (
                "challenge",
                "every 401 has WWW-Authenticate: Bearer",
                &["RELAY-8", "RELAY-1"],
            ),
            Self::Allow => (
                "allow",
                "every 405 has Allow with the methods of its target",
                &["RELAY-8", "RELAY-3"],
            ),
            Self::RetryAfter => (
                "retry-after",
                "every 429 has Retry-After",
                &["RELAY-8", "RELAY-20"],
            ),
            Self::RetryAfterValue => (
                "retry-after-value",
                "every Retry-After is a whole number of seconds, at least 1",
                &["RELAY-20", "RELAY-8"],
            ),
        }
    }
}
