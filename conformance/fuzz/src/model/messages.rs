//! The table of section 8 as data: what each message needs.

use super::json::{Object, Value, read};

/// What a member is, and its bound.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// 1 to so many bytes in hex.
    Binary(usize),
    /// 1 to so much.
    Integer(u32),
    /// A string of at most so many bytes.
    Text(usize),
}

/// Each message with its members; `problem` has its own rule.
pub(crate) const MESSAGES: [(&str, &[(&str, Kind)]); 13] = [
    ("allocate", &[("body", Kind::Binary(64))]),
    ("claim", &[]),
    ("write-answer", &[("body", Kind::Binary(65_600))]),
    ("write-finish", &[("body", Kind::Binary(65_600))]),
    ("write-receipt", &[("body", Kind::Binary(64))]),
    ("close", &[("reason", Kind::Text(64))]),
    (
        "allocated",
        &[
            ("channel", Kind::Integer(999_999_999)),
            ("ttl", Kind::Integer(86_400)),
        ],
    ),
    (
        "claimed",
        &[("body", Kind::Binary(64)), ("ttl", Kind::Integer(600))],
    ),
    ("cell-answer", &[("body", Kind::Binary(65_600))]),
    ("cell-finish", &[("body", Kind::Binary(65_600))]),
    ("cell-receipt", &[("body", Kind::Binary(64))]),
    ("empty", &[]),
    ("problem", &[("type", Kind::Text(usize::MAX))]),
];

/// A member's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    Bytes(Vec<u8>),
    Integer(u32),
    Text(String),
}

/// Why a text is not the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Malformed,
    /// Well-formed, but for a binary value over its bound (RELAY-9).
    TooLarge,
}

/// The members of a message, in the order of the table.
pub(crate) fn message(name: &str, text: &[u8]) -> Result<Vec<Member>, Fault> {
    of_object(name, read(text).as_ref())
}

/// The same of a text that is read already.
pub(crate) fn of_object(name: &str, object: Option<&Object>) -> Result<Vec<Member>, Fault> {
    let (_, members) = MESSAGES
        .iter()
        .find(|(message, _)| *message == name)
        .expect("the name of a message");
    let object = object.ok_or(Fault::Malformed)?;
    let mut values = Vec::new();
    let mut over = false;
    for (name, kind) in *members {
        let value = object.get(*name).ok_or(Fault::Malformed)?;
        let value = member(*kind, value).ok_or(Fault::Malformed)?;
        over |= matches!((&value, kind), (Member::Bytes(bytes), Kind::Binary(most)) if bytes.len() > *most);
        values.push(value);
    }
    match over {
        true => Err(Fault::TooLarge),
        false => Ok(values),
    }
}

fn member(kind: Kind, value: &Value) -> Option<Member> {
    match (kind, value) {
        (Kind::Binary(_), Value::String(text)) => unhex(text.as_bytes())
            .filter(|bytes| !bytes.is_empty())
            .map(Member::Bytes),
        (Kind::Integer(most), Value::Number(text)) => {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number: u64 = text.parse().ok().filter(|_| digits)?;
            let number = u32::try_from(number).ok()?;
            (1..=most)
                .contains(&number)
                .then_some(Member::Integer(number))
        }
        (Kind::Text(most), Value::String(text)) => {
            (text.len() <= most).then(|| Member::Text(text.clone()))
        }
        _ => None,
    }
}

/// The bytes of hex (HEX-1).
pub(crate) fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |c: u8| b"0123456789abcdef".iter().position(|digit| *digit == c);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((16 * digit(*high)? + digit(*low)?) as u8),
        _ => None,
    };
    text.chunks(2).map(pair).collect()
}

/// A problem document: its token, if it is one of the list, and the reason of a `closed`.
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
    let reason = member(Kind::Text(64), object?.get("reason")?)?;
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
