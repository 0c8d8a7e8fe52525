//! The first value in which two results differ, in the specification's words.

use serde_json::Value;
use wormhole_sync::values::hex;

use super::display::short;
use crate::subject::adapter::Members;

/// The first member of a result that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberDifference {
    /// The difference in words.
    pub(crate) text: String,
    /// The member as it should be; of a long one, the part around the difference.
    pub(crate) expected: String,
    /// The member as it is.
    pub(crate) actual: String,
    /// The known mistake that the difference looks like.
    pub(crate) mistake: Option<String>,
}

/// The first member that differs, in the order of the specification's formulas.
pub(crate) fn first_difference(wanted: &Members, got: &Members) -> Option<MemberDifference> {
    let (name, value) = wanted
        .iter()
        .find(|(name, value)| got.get(*name) != Some(value))?;
    let is = got.get(name);
    let differs = |text: String, mistake: Option<String>| {
        let (expected, actual) = match is {
            Some(is) => around(value, is),
            None => (short(value), "missing".to_owned()),
        };
        Some(MemberDifference {
            text,
            expected: format!("{name} = {expected}"),
            actual: format!("{name} = {actual}"),
            mistake,
        })
    };
    match (value, is) {
        (_, None) => differs(format!("{name}: missing"), None),
        (Value::String(value_text), Some(Value::String(is_text))) => {
            let bytes = |text: &str| hex::decode(text.as_bytes()).ok();
            match (bytes(value_text), bytes(is_text)) {
                (None, _) => differs(format!("{name}: another text"), None),
                (Some(_), None) => {
                    let mistake = mistake(name, value_text, is_text, wanted);
                    differs(format!("{name}: not lowercase hex"), mistake)
                }
                (Some(value), Some(is)) => {
                    let mistake = mistake(name, value_text, is_text, wanted);
                    differs(explain_bytes(name, &value, &is), mistake)
                }
            }
        }
        (_, Some(is)) => differs(explain_other(name, value, is), None),
    }
}

/// Two values, cut to the part where they begin to differ if they are long.
fn around(wanted: &Value, got: &Value) -> (String, String) {
    const BEFORE: usize = 24;
    let (Value::String(wanted), Value::String(got)) = (wanted, got) else {
        return (short(wanted), short(got));
    };
    let same = wanted
        .chars()
        .zip(got.chars())
        .take_while(|(wanted, got)| wanted == got)
        .count();
    let skipped = same.saturating_sub(BEFORE);
    let cut = |text: &str| {
        let rest: String = text.chars().skip(skipped).collect();
        let dots = if skipped > 0 { ".." } else { "" };
        format!("{dots}{}", short(&Value::String(rest)))
    };
    (cut(wanted), cut(got))
}

fn explain_other(name: &str, wanted: &Value, got: &Value) -> String {
    if let (Value::Array(wanted), Value::Array(got)) = (wanted, got) {
        if wanted.len() != got.len() {
            return format!("{name}: {} of them, expected {}", got.len(), wanted.len());
        }
        let differing = wanted
            .iter()
            .zip(got)
            .position(|(wanted, got)| wanted != got);
        if let Some((index, (wanted, got))) =
            differing.and_then(|index| Some((index, (wanted.get(index)?, got.get(index)?))))
        {
            return format!(
                "{name}: position {index} is {}, expected {}",
                short(got),
                short(wanted)
            );
        }
    }
    let (wanted_type, got_type) = (json_type(wanted), json_type(got));
    if wanted_type != got_type {
        return format!("{name}: {got_type}, expected {wanted_type}");
    }
    format!("{name}: {}, expected {}", short(got), short(wanted))
}

/// The type of a value in words.
fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction or an exponent",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn explain_bytes(name: &str, wanted: &[u8], got: &[u8]) -> String {
    if name == "context"
        && let Some(text) = explain_context(wanted, got)
    {
        return text;
    }
    if wanted.len() != got.len() {
        return format!("{name}: {} bytes, expected {}", got.len(), wanted.len());
    }
    let differing = || {
        let pairs = wanted.iter().zip(got).enumerate();
        pairs.filter(|(_, (wanted, got))| wanted != got)
    };
    let Some((at, (wanted_byte, got_byte))) = differing().next() else {
        return format!("{name}: the same bytes, written otherwise");
    };
    let part = part(name, wanted.len(), at).map_or_else(String::new, |part| format!(", in {part}"));
    format!(
        "{name}: byte {at}{part}, is {got_byte:02x}, expected {wanted_byte:02x}; {} of {} bytes differ",
        differing().count(),
        wanted.len()
    )
}

/// The part of a composed value that a byte belongs to.
fn part(name: &str, length: usize, at: usize) -> Option<&'static str> {
    let tag = length.saturating_sub(16);
    match name {
        "message" if at == 0 => Some("the side byte"),
        "message" => Some("the element"),
        "answer" if at == 0 => Some("the side byte"),
        "answer" if at < 33 => Some("the element"),
        "answer" | "finish" | "sealed" | "receipt" if at >= tag => Some("the seal's tag"),
        "answer" | "finish" | "sealed" => Some("the seal's ciphertext"),
        _ => None,
    }
}

/// The first field of the context (section 6) that differs, if the fields can be told apart.
fn explain_context(wanted: &[u8], got: &[u8]) -> Option<String> {
    const NAMES: [&str; 6] = [
        "version",
        "mode",
        "appid",
        "channel id",
        "offer",
        "answer message",
    ];
    let (mut wanted, mut got) = (wanted, got);
    for (index, name) in NAMES.into_iter().enumerate() {
        let field = format!("context field {}, {name}", index + 1);
        let (wanted_field, wanted_rest) = split_field(wanted)?;
        let Some((got_field, got_rest)) = split_field(got) else {
            return Some(match got.len() {
                0 => format!("{field}: missing"),
                _ => format!(
                    "{field}: not two bytes of length, most significant first, and then so many bytes"
                ),
            });
        };
        if wanted_field != got_field {
            let show = |bytes: &[u8]| bytes.escape_ascii().to_string();
            return Some(if wanted_field.len() == got_field.len() {
                format!(
                    "{field}: {}, expected {}",
                    show(got_field),
                    show(wanted_field)
                )
            } else {
                format!(
                    "{field}: {} bytes, expected {}",
                    got_field.len(),
                    wanted_field.len()
                )
            });
        }
        (wanted, got) = (wanted_rest, got_rest);
    }
    Some(format!("context: {} bytes after its last field", got.len()))
}

fn split_field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// The known mistake that a value looks like.
fn mistake(name: &str, wanted: &str, got: &str, all: &Members) -> Option<String> {
    if got.to_ascii_lowercase() == wanted {
        return Some("uppercase hex; hex is lowercase (HEX-1)".to_owned());
    }
    let bytes = hex::decode(wanted.as_bytes()).ok()?;
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    if got == hex::encode(&reversed) {
        return Some(
            "the bytes are in reverse order: scalars are written little-endian (section 5.2)"
                .to_owned(),
        );
    }
    if got == hex::encode(wanted.as_bytes()) {
        return Some("hex of hex: encoded twice".to_owned());
    }
    if let Some((other, _)) = all
        .iter()
        .find(|(other, value)| *other != name && value.as_str() == Some(got))
    {
        return Some(format!("this is the right value of {other}: swapped?"));
    }
    let tag_first = wanted.len().checked_sub(32).map(|at| wanted.split_at(at));
    if tag_first.is_some_and(|(text, tag)| !text.is_empty() && *got == format!("{tag}{text}")) {
        return Some("the tag stands before the ciphertext (section 7.2)".to_owned());
    }
    if name == "message" && wanted.get(2..) == Some(got) {
        return Some("the side byte is missing: a message is 33 bytes (section 5.3)".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn difference(wanted: Value, got: Value) -> MemberDifference {
        let object = crate::suites::vectors::builder::object;
        first_difference(&object(wanted), &object(got)).unwrap()
    }

    #[test]
    fn names_the_field_of_the_context() {
        let field = |bytes: &[u8]| [&[0, u8::try_from(bytes.len()).unwrap()][..], bytes].concat();
        let context = |channel: &[u8]| {
            let fields: [&[u8]; 6] = [b"v", b"m", b"a", channel, b"o", b"b"];
            json!({"context": hex::encode(&fields.map(field).concat())})
        };
        let text = difference(context(b"1234"), context(b"12")).text;
        assert_eq!(text, "context field 4, channel id: 2 bytes, expected 4");
        let text = difference(context(b"12"), context(b"21")).text;
        assert_eq!(text, "context field 4, channel id: 21, expected 12");
    }

    #[test]
    fn names_the_type() {
        let text = difference(json!({"n": 7}), json!({"n": "7"})).text;
        assert_eq!(text, "n: a string, expected an integer");
        let text = difference(json!({"n": 7}), json!({"n": 7.0})).text;
        assert!(text.starts_with("n: a number with a fraction"), "{text}");
    }

    #[test]
    fn names_the_byte_and_the_known_mistake() {
        let found = difference(
            json!({"w": "0102", "message": "41ff"}),
            json!({"w": "0201"}),
        );
        assert_eq!(
            found.text,
            "w: byte 0, is 02, expected 01; 2 of 2 bytes differ"
        );
        assert!(
            found
                .mistake
                .is_some_and(|text| text.contains("little-endian"))
        );
        let found = difference(json!({"th": "ab"}), json!({"th": "AB"}));
        assert!(found.mistake.is_some_and(|text| text.contains("uppercase")));
        let found = difference(json!({"words": ["a", "b"]}), json!({"words": ["a", "c"]}));
        assert_eq!(found.text, "words: position 1 is c, expected b");
        let found = difference(json!({"K": "01", "Z": "02"}), json!({"Z": "02"}));
        assert_eq!(found.text, "K: missing");
    }
}
