//! Bytes in vector files: hex or, where most of it repeats, parts.
//!
//! `["68656c6c6f80", {"repeat": "00", "times": 250}]` is short and readable; its 512 digits would
//! be neither.

use serde_json::{Value, json};

/// Bytes as lowercase hex.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(wormhole_sync::values::hex::encode(bytes.as_ref()))
}

/// The bytes of a literal in a builder.
///
/// # Panics
///
/// When it is not lowercase hex.
pub(crate) fn from_hex(literal: &str) -> Vec<u8> {
    wormhole_sync::values::hex::decode(literal.as_bytes())
        .unwrap_or_else(|fault| panic!("the literal {literal:?} of a builder is {fault}"))
}

/// The 32 bytes of a literal in a builder: a scalar or an element.
///
/// # Panics
///
/// When it is not lowercase hex of 32 bytes.
pub(crate) fn from_hex_32(literal: &str) -> [u8; 32] {
    from_hex(literal)
        .try_into()
        .unwrap_or_else(|bytes: Vec<u8>| {
            panic!(
                "the literal {literal:?} of a builder has {} bytes, not 32",
                bytes.len()
            )
        })
}

/// Hex, with long runs of one byte written as parts.
pub(crate) fn parts(bytes: impl AsRef<[u8]>) -> Value {
    const LONG: usize = 33;
    let bytes = bytes.as_ref();
    let mut parts = Vec::new();
    let mut plain: Vec<u8> = Vec::new();
    for run in bytes.chunk_by(|left, right| left == right) {
        if run.len() < LONG {
            plain.extend(run);
            continue;
        }
        if !plain.is_empty() {
            parts.push(hex(&plain));
            plain.clear();
        }
        parts.push(json!({"repeat": hex([run[0]]), "times": run.len()}));
    }
    if parts.is_empty() {
        return hex(bytes);
    }
    if !plain.is_empty() {
        parts.push(hex(&plain));
    }
    Value::Array(parts)
}

/// Whether a value is bytes in parts, and not a list of words.
pub(crate) fn is_parts(value: &Value) -> bool {
    let parts = value.as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().any(Value::is_object)
}

/// The bytes of a value in a vector file, written out as hex.
///
/// # Errors
///
/// A sentence when it is neither hex nor parts.
pub(crate) fn expand(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => checked(text),
        Value::Array(parts) => parts.iter().map(expand_part).collect(),
        _ => Err(format!("{value} is neither hex nor parts")),
    }
}

fn expand_part(part: &Value) -> Result<String, String> {
    match part {
        Value::String(text) => checked(text),
        Value::Object(repeat) => {
            let text = repeat.get("repeat").and_then(Value::as_str);
            let times = repeat.get("times").and_then(Value::as_u64);
            match (text, times.and_then(|times| usize::try_from(times).ok())) {
                (Some(text), Some(times)) if times <= 1 << 20 => Ok(checked(text)?.repeat(times)),
                _ => Err(format!("{part} is no repeat")),
            }
        }
        _ => Err(format!("{part} is neither hex nor a repeat")),
    }
}

fn checked(text: &str) -> Result<String, String> {
    wormhole_sync::values::hex::decode(text.as_bytes())
        .map(|_| text.to_owned())
        .map_err(|fault| format!("{text:?} is {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "the literal \"4g\" of a builder is")]
    fn a_literal_with_an_unknown_letter_stops_the_builder() {
        from_hex("4g");
    }

    #[test]
    #[should_panic(expected = "has 31 bytes, not 32")]
    fn a_literal_without_its_last_byte_stops_the_builder() {
        from_hex_32(&"00".repeat(31));
    }

    #[test]
    fn parts_expand_to_what_they_were_made_of() {
        for bytes in [
            vec![],
            vec![1, 2, 3],
            vec![0; 300],
            [vec![7; 40], vec![1], vec![0; 33]].concat(),
        ] {
            assert_eq!(Value::String(expand(&parts(&bytes)).unwrap()), hex(&bytes));
        }
        assert_eq!(parts([0; 256]), json!([{"repeat": "00", "times": 256}]));
        assert!(expand(&json!("0A")).is_err());
        assert!(expand(&json!([{"repeat": "00", "times": -1}])).is_err());
    }
}
