//! Bytes in vector files: hex, or where most of it repeats, parts.
//!
//! `["68656c6c6f80", {"repeat": "00", "times": 250}]` is readable and short where 512 digits are neither.

use serde_json::{Value, json};

/// Lowercase hex.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(wormhole_sync::values::hex::encode(bytes.as_ref()))
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
        let byte = run.first().copied().unwrap_or_default();
        parts.push(json!({"repeat": hex([byte]), "times": run.len()}));
    }
    if parts.is_empty() {
        return hex(bytes);
    }
    if !plain.is_empty() {
        parts.push(hex(&plain));
    }
    Value::Array(parts)
}

/// The hex of a value of a vector file.
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
