//! A blob as text that is safe to show. A terminal obeys control characters, and the peer chose
//! these.

use std::fmt::Write;

use zeroize::Zeroizing;

/// A blob as text.
pub(super) struct Printable {
    pub(super) text: Zeroizing<String>,
    /// Whether anything had to be escaped; backslashes are doubled then, so that nothing is lost.
    pub(super) is_escaped: bool,
}

/// Gives the blob itself, if it is harmless text, or else a text with escapes: `\xff`, `\u{202e}`,
/// `\\`.
pub(super) fn text(blob: &[u8]) -> Printable {
    let harmless = std::str::from_utf8(blob).ok().filter(|text| {
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let ends_a_line = character == '\r' && characters.peek() == Some(&'\n');
            if is_harmful(character) && !ends_a_line {
                return false;
            }
        }
        true
    });
    if let Some(text) = harmless {
        return Printable {
            text: Zeroizing::new(text.to_owned()),
            is_escaped: false,
        };
    }
    // Four bytes for each byte are enough for most blobs; a string that grows leaves a copy behind.
    let mut escaped = Zeroizing::new(String::with_capacity(blob.len() * 4));
    for chunk in blob.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => escaped.push_str(r"\\"),
                '\r' => escaped.push_str(r"\r"),
                c if c.is_ascii() && is_harmful(c) => byte(&mut escaped, c as u8),
                c if is_harmful(c) => escaped.extend(c.escape_unicode()),
                c => escaped.push(c),
            }
        }
        chunk.invalid().iter().for_each(|b| byte(&mut escaped, *b));
    }
    Printable {
        text: escaped,
        is_escaped: true,
    }
}

fn byte(to: &mut String, byte: u8) {
    // Writing to a String does not fail.
    let _ = write!(to, r"\x{byte:02x}");
}

/// Whether a character moves the cursor, changes the terminal, or shows text in another order or
/// not at all.
fn is_harmful(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        character => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(blob: &[u8]) -> (String, bool) {
        let printable = text(blob);
        (printable.text.to_string(), printable.is_escaped)
    }

    #[test]
    fn text_stays_as_it_is() {
        for harmless in ["", "a\\b\n\tc\r\n", "пароль", "👩‍🚀 e\u{301}"] {
            assert_eq!(shown(harmless.as_bytes()), (harmless.to_owned(), false));
        }
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_nothing_is_lost() {
        for (blob, text) in [
            (b"\x1b[2J\\".as_slice(), r"\x1b[2J\\"),
            (b"a\rb", r"a\rb"),
            (b"\xff\x00ok", r"\xff\x00ok"),
            ("\u{9b}2J".as_bytes(), r"\u{9b}2J"),
            ("evil\u{202e}txt".as_bytes(), r"evil\u{202e}txt"),
        ] {
            assert_eq!(shown(blob), (text.to_owned(), true));
        }
    }
}
