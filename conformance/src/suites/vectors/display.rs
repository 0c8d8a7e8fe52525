//! Texts and values as a report shows them.

use serde_json::Value;

/// A value as text, cut where it is too long for a line.
pub(crate) fn short(value: &Value) -> String {
    const SHOWN: usize = 96;
    let text = match value {
        Value::String(text) => printable(text),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}.. ({} characters)", &text[..cut], text.chars().count()),
        None => text,
    }
}

/// An adapter's text, with the characters escaped that could move the cursor of a terminal, turn
/// the direction of a line, or break a document.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let quoted = character.is_control()
                || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}')
                || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                || matches!(character, '\u{fffe}' | '\u{ffff}');
            let plain = (!quoted).then_some(character);
            plain.into_iter().chain(
                quoted
                    .then(|| character.escape_default())
                    .into_iter()
                    .flatten(),
            )
        })
        .collect()
}
