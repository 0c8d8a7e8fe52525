//! Strict JSON (section 8).
//!
//! The lexer is serde_json's. Each value is taken as raw text and then read by its kind, one level
//! at a time. So the written form of a number or name stays visible, and no cargo feature of
//! serde_json that another crate of the build turns on (`arbitrary_precision`, `preserve_order`,
//! ..) changes which texts are accepted.

use core::fmt;
use core::ops::RangeInclusive;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::hex;

/// The members of a message: one JSON object, checked at every depth (section 8, JSON-1 to JSON-3).
///
/// Members that nobody asks for must be valid, and are otherwise ignored (JSON-5).
#[derive(Debug)]
pub struct Object(BTreeMap<String, Value>);

/// Reads a text as strict JSON whose top level is an object (JSON-1 to JSON-3).
///
/// Texts that JSON readers understand differently are refused, so that relay and client never see
/// two different messages in one text.
///
/// # Errors
///
/// [`JsonFault`], which is *malformed* in every case.
pub fn parse(text: &[u8]) -> Result<Object, JsonFault> {
    // JSON-1: A reader MUST refuse as malformed a text that is not exactly one JSON value by RFC
    // 8259 in UTF-8, with optional white space around it
    let top: &RawValue = serde_json::from_slice(text).map_err(|_| JsonFault::NotJson)?;
    // JSON-2: A reader MUST refuse as malformed a text whose top level is not an object
    if !top.get().starts_with('{') {
        return Err(JsonFault::NotAnObject);
    }
    read_object(top.get(), 1).map(Object)
}

impl Object {
    /// The string of this name (JSON-4).
    ///
    /// # Errors
    ///
    /// [`JsonFault::Missing`], [`JsonFault::WrongType`].
    pub fn string(&self, name: &'static str) -> Result<&str, JsonFault> {
        match self.member(name)? {
            Value::String(text) => Ok(text),
            _ => Err(JsonFault::WrongType(name)),
        }
    }

    /// The integer of this name and range (JSON-4).
    ///
    /// # Errors
    ///
    /// [`JsonFault::Missing`], [`JsonFault::WrongType`], [`JsonFault::OutOfRange`].
    // JSON-4: an *integer* there is a number without fraction and exponent
    pub fn integer(
        &self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Result<u32, JsonFault> {
        match self.member(name)? {
            Value::Integer(Some(number)) if range.contains(number) => Ok(*number),
            Value::Integer(_) => Err(JsonFault::OutOfRange(name)),
            _ => Err(JsonFault::WrongType(name)),
        }
    }

    /// The binary value of this name, of 1 to `max` bytes (JSON-4).
    ///
    /// # Errors
    ///
    /// [`JsonFault::Missing`], [`JsonFault::WrongType`], [`JsonFault::NotHex`],
    /// [`JsonFault::EmptyValue`], [`JsonFault::TooLarge`]; only the last is not *malformed* in a
    /// request (RELAY-9).
    // JSON-4: a *binary value* is a string of hex (HEX-1) of at least one byte
    pub fn binary(&self, name: &'static str, max: usize) -> Result<Vec<u8>, JsonFault> {
        let bytes =
            hex::decode(self.string(name)?.as_bytes()).map_err(|_| JsonFault::NotHex(name))?;
        match bytes.len() {
            0 => Err(JsonFault::EmptyValue(name)),
            length if length > max => Err(JsonFault::TooLarge(name)),
            _ => Ok(bytes),
        }
    }

    // JSON-5: A reader MUST ignore members that the table below does not name for the message,
    // whatever their value and type
    fn member(&self, name: &'static str) -> Result<&Value, JsonFault> {
        self.0.get(name).ok_or(JsonFault::Missing(name))
    }
}

/// The reason why a text is not the expected message (section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonFault {
    /// `not-json`: the text is not exactly one JSON value in UTF-8 (JSON-1).
    NotJson,
    /// `not-an-object`: the top level is not an object (JSON-2).
    NotAnObject,
    /// `duplicate-member`: an object has two members of the same name (JSON-2).
    DuplicateMember,
    /// `too-deep`: the text has more than 16 levels (JSON-3).
    TooDeep,
    /// `number-too-large`: a number whose nearest binary64 is infinite (JSON-3).
    NumberTooLarge,
    /// `member-missing`: the message lacks this member (JSON-4).
    Missing(&'static str),
    /// `wrong-type`: the member is of another type (JSON-4).
    WrongType(&'static str),
    /// `out-of-range`: an integer or a string out of its bounds (section 8).
    OutOfRange(&'static str),
    /// `not-hex`: a binary value that is not strict hex (JSON-4, HEX-1).
    NotHex(&'static str),
    /// `empty-value`: a binary value of no bytes (JSON-4).
    EmptyValue(&'static str),
    /// `too-large`: a binary value over its bound, which a relay refuses as `too-large` (RELAY-9).
    TooLarge(&'static str),
}

impl JsonFault {
    /// The fault's token, as the vectors have it.
    #[must_use]
    pub const fn fault(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::NotAnObject => "not-an-object",
            Self::DuplicateMember => "duplicate-member",
            Self::TooDeep => "too-deep",
            Self::NumberTooLarge => "number-too-large",
            Self::Missing(_) => "member-missing",
            Self::WrongType(_) => "wrong-type",
            Self::OutOfRange(_) => "out-of-range",
            Self::NotHex(_) => "not-hex",
            Self::EmptyValue(_) => "empty-value",
            Self::TooLarge(_) => "too-large",
        }
    }

    /// Whether a relay refuses such a request as `too-large` and not as `malformed` (RELAY-9).
    #[must_use]
    pub const fn is_too_large(self) -> bool {
        matches!(self, Self::TooLarge(_))
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("not exactly one JSON value in UTF-8"),
            Self::NotAnObject => f.write_str("the top level is not an object"),
            Self::DuplicateMember => f.write_str("an object has two members of one name"),
            Self::TooDeep => f.write_str("nested deeper than 16 levels"),
            Self::NumberTooLarge => f.write_str("a number is too large"),
            Self::Missing(name) => write!(f, "the member {name} is missing"),
            Self::WrongType(name) => write!(f, "the member {name} has the wrong type"),
            Self::OutOfRange(name) => write!(f, "the member {name} is out of range"),
            Self::NotHex(name) => write!(f, "the member {name} is not lowercase hex"),
            Self::EmptyValue(name) => write!(f, "the member {name} is empty"),
            Self::TooLarge(name) => write!(f, "the member {name} is too large"),
        }
    }
}

impl core::error::Error for JsonFault {}

/// A checked value, reduced to the kinds that messages use.
#[derive(Debug)]
enum Value {
    String(String),
    /// A number without fraction and exponent; `None` if it does not fit a `u32`.
    Integer(Option<u32>),
    Other,
}

const MAX_DEPTH: usize = 16;

fn read_value(raw: &RawValue, depth: usize) -> Result<Value, JsonFault> {
    let text = raw.get();
    match text.bytes().next() {
        Some(b'{') => read_object(text, depth + 1).map(|_| Value::Other),
        Some(b'[') => read_array(text, depth + 1).map(|()| Value::Other),
        Some(b'"') => lex(text).map(Value::String),
        Some(b't' | b'f' | b'n') => Ok(Value::Other),
        _ => read_number(text),
    }
}

fn read_object(text: &str, depth: usize) -> Result<BTreeMap<String, Value>, JsonFault> {
    check_depth(depth)?;
    let Members(raw) = lex(text)?;
    let mut members = BTreeMap::new();
    for (name, value) in raw {
        let value = read_value(value, depth)?;
        // JSON-2: and one in which any object, at any depth, has two members of the same name
        // (compared after unescaping)
        if members.insert(name, value).is_some() {
            return Err(JsonFault::DuplicateMember);
        }
    }
    Ok(members)
}

fn read_array(text: &str, depth: usize) -> Result<(), JsonFault> {
    check_depth(depth)?;
    let values: Vec<&RawValue> = lex(text)?;
    values
        .into_iter()
        .try_for_each(|value| read_value(value, depth).map(|_| ()))
}

fn check_depth(depth: usize) -> Result<(), JsonFault> {
    // JSON-3: A reader MUST refuse as malformed a text that nests objects and arrays deeper than 16
    // levels, the top level being level 1
    if depth > MAX_DEPTH {
        Err(JsonFault::TooDeep)
    } else {
        Ok(())
    }
}

fn read_number(text: &str) -> Result<Value, JsonFault> {
    // JSON-3: and one with a number, in whatever place, whose nearest binary64 is infinite.
    // The standard library rounds to the nearest, and serde_json has checked the grammar.
    if !text.parse().is_ok_and(f64::is_finite) {
        return Err(JsonFault::NumberTooLarge);
    }
    // No integer of a message is 0 or less, so a number with a sign is out of range, as `None`.
    Ok(if text.contains(['.', 'e', 'E']) {
        Value::Other
    } else {
        Value::Integer(text.parse().ok())
    })
}

/// Reads one level of a text; the values inside stay raw.
fn lex<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, JsonFault> {
    serde_json::from_str(text).map_err(|_| JsonFault::NotJson)
}

/// The members of an object in their order, including duplicates.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
