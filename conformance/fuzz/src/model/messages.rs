//! The table of section 8 as data: the members of each message.

use super::json::{Object, Value, read};

/// The kind of a member, with its bound.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemberKind {
    /// Bytes in hex, from 1 to so many.
    Binary(usize),
    /// A whole number, from 1 to so much.
    Integer(u32),
    /// A string of at most so many bytes.
    Text(usize),
}

/// Each message with its members. The function [`problem`] has more rules for a `problem`.
pub(crate) const MESSAGES: [(&str, &[(&str, MemberKind)]); 13] = [
    ("allocate", &[("body", MemberKind::Binary(64))]),
    ("claim", &[]),
    ("write-answer", &[("body", MemberKind::Binary(65_600))]),
    ("write-finish", &[("body", MemberKind::Binary(65_600))]),
    ("write-receipt", &[("body", MemberKind::Binary(64))]),
    ("close", &[("reason", MemberKind::Text(64))]),
    (
        "allocated",
        &[
            ("channel", MemberKind::Integer(999_999_999)),
            ("ttl", MemberKind::Integer(86_400)),
        ],
    ),
    (
        "claimed",
        &[
            ("body", MemberKind::Binary(64)),
            ("ttl", MemberKind::Integer(600)),
        ],
    ),
    ("cell-answer", &[("body", MemberKind::Binary(65_600))]),
    ("cell-finish", &[("body", MemberKind::Binary(65_600))]),
    ("cell-receipt", &[("body", MemberKind::Binary(64))]),
    ("empty", &[]),
    ("problem", &[("type", MemberKind::Text(usize::MAX))]),
];

/// A member's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    Bytes(Vec<u8>),
    Integer(u32),
    Text(String),
}

/// The fault of a text that is not the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageFault {
    Malformed,
    /// The text is well-formed, but for a binary value over its bound (RELAY-9).
    TooLarge,
}

/// The members of a message, in the order of the table.
pub(crate) fn message(name: &str, text: &[u8]) -> Result<Vec<Member>, MessageFault> {
    of_object(name, read(text).as_ref())
}

/// The members of a message in a JSON object; `None` stands for a text that is no object.
pub(crate) fn of_object(name: &str, object: Option<&Object>) -> Result<Vec<Member>, MessageFault> {
    let (_, members) = MESSAGES
        .iter()
        .find(|(message, _)| *message == name)
        .expect("the name of a message");
    let object = object.ok_or(MessageFault::Malformed)?;
    let mut values = Vec::new();
    let mut over = false;
    for (name, kind) in *members {
        let value = object.get(*name).ok_or(MessageFault::Malformed)?;
        let value = member(*kind, value).ok_or(MessageFault::Malformed)?;
        over |= matches!((&value, kind), (Member::Bytes(bytes), MemberKind::Binary(most)) if bytes.len() > *most);
        values.push(value);
    }
    match over {
        true => Err(MessageFault::TooLarge),
        false => Ok(values),
    }
}

fn member(kind: MemberKind, value: &Value) -> Option<Member> {
    match (kind, value) {
        (MemberKind::Binary(_), Value::String(text)) => unhex(text.as_bytes())
            .filter(|bytes| !bytes.is_empty())
            .map(Member::Bytes),
        (MemberKind::Integer(most), Value::Number(text)) => {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number: u64 = text.parse().ok().filter(|_| digits)?;
            let number = u32::try_from(number).ok()?;
            (1..=most)
                .contains(&number)
                .then_some(Member::Integer(number))
        }
        (MemberKind::Text(most), Value::String(text)) => {
            (text.len() <= most).then(|| Member::Text(text.clone()))
        }
        _ => None,
    }
}

/// Reads bytes in hex (HEX-1).
pub(crate) fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |c: u8| b"0123456789abcdef".iter().position(|digit| *digit == c);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((16 * digit(*high)? + digit(*low)?) as u8),
        _ => None,
    };
    text.chunks(2).map(pair).collect()
}

/// Reads a problem document: its token, if that is one of section 9.3, and the reason of a `closed`.
pub(crate) fn problem(object: Option<&Object>) -> Option<(Option<&'static str>, Option<String>)> {
    let members = of_object("problem", object).ok()?;
    let [Member::Text(kind)] = &*members else {
        return None;
    };
    let token = kind.strip_prefix("tag:wormhole-sync.example,2026:");
    let token = token.and_then(|token| TOKENS.into_iter().find(|known| *known == token));
    if token != Some("closed") {
        return Some((token, None));
    }
    let reason = member(MemberKind::Text(64), object?.get("reason")?)?;
    match reason {
        Member::Text(reason) => Some((token, Some(reason))),
        _ => None,
    }
}

/// The tokens of section 9.3.
const TOKENS: [&str; 13] = [
    "malformed",
    "unauthorized",
    "forbidden",
    "no-such-channel",
    "not-found",
    "method-not-allowed",
    "crowded",
    "conflict",
    "out-of-order",
    "closed",
    "too-large",
    "rate-limited",
    "unavailable",
];
