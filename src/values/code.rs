//! The invitation code (section 4).

use core::fmt;
use core::str::FromStr;

use zeroize::Zeroizing;

use super::channel::ChannelId;
use super::code_error::CodeError;
use super::code_words::{WordCount, Words};
use super::words;

/// `code = channel "-" word 1*7("-" word)`: an invitation code such as `7-crossover-clockwork`
/// (section 4).
///
/// A code is a secret that is shown once, to its user (CODE-3, RAND-2). So that no log shows it by
/// accident, it has no `Display` and its `Debug` redacts; only [`reveal`](Self::reveal) gives the
/// text.
#[derive(Debug)]
pub struct Code {
    channel: ChannelId,
    words: Words,
}

impl Code {
    /// Makes the code of a channel and the initiator's words.
    #[must_use]
    pub fn new(channel: ChannelId, words: Words) -> Self {
        Self { channel, words }
    }

    /// Reads the code that a user typed, in any case and with any separators (CODE-4 to CODE-7).
    ///
    /// # Errors
    ///
    /// [`CodeError`], the first fault in the order of the requirements. The client then sends
    /// nothing (CODE-8), so that a typing error uses up no code.
    pub fn parse(typed: impl AsRef<[u8]>) -> Result<Self, CodeError> {
        let text = normalise(typed.as_ref())?;
        // CODE-6: A receiver MUST then split at `-` and refuse as `bad-code` when the first part
        // does not match `channel` (`bad-channel`)
        let (channel, rest) = match text.split_once('-') {
            Some((channel, rest)) => (channel, Some(rest)),
            None => (text.as_str(), None),
        };
        let channel = ChannelId::parse(channel.as_bytes()).ok_or(CodeError::BadChannel)?;
        let parts: Vec<&str> = rest.into_iter().flat_map(|rest| rest.split('-')).collect();
        let count = WordCount::new(parts.len())?;
        let words = Words::try_filled(count, |bytes| {
            bytes
                .iter_mut()
                .zip(&parts)
                .enumerate()
                .try_for_each(|(position, (byte, part))| {
                    *byte =
                        words::byte(position, part).ok_or_else(|| word_fault(&parts, position))?;
                    Ok(())
                })
        })?;
        Ok(Self { channel, words })
    }

    /// Whether this character separates the parts of a typed code (CODE-5).
    pub(crate) fn is_separator(character: char) -> bool {
        matches!(read_as(character), '\t' | ' ' | '-' | '_')
    }

    /// The channel id, the one part that may be sent (CODE-9).
    #[must_use]
    pub fn channel(&self) -> ChannelId {
        self.channel
    }

    /// The words, for the PAKE.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The code as text, to be shown to its user and to nobody else.
    // CODE-3: An initiator MUST show the code, once the relay has allocated the channel and before
    // its first get answer, as the channel id in decimal without leading zeros, then each word in
    // lowercase, joined by single hyphens.
    #[must_use]
    pub fn reveal(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            write!(f, "{}", self.channel)?;
            self.words.iter().try_for_each(|word| write!(f, "-{word}"))
        })
    }
}

/// Reads a code as [`Code::parse`] does.
impl FromStr for Code {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Self, CodeError> {
        Self::parse(typed)
    }
}

/// The space or hyphen that this character looks like; any other character is read as itself.
///
/// A closed list of section 4 and no property of Unicode: programs whose libraries have different
/// versions of Unicode would read two codes in one text.
fn read_as(character: char) -> char {
    match character {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => '-',
        itself => itself,
    }
}

/// Checks the bytes of a typed code and brings them to the form `part-part-part` (CODE-4, CODE-5).
fn normalise(typed: &[u8]) -> Result<Zeroizing<String>, CodeError> {
    let typed = characters(typed)?;
    // CODE-5: remove all HT, LF, CR and SP from both ends, turn `A` to `Z` into `a` to `z`, and
    // replace each run of HT, SP, `-` and `_` by one `-`
    let mut text = Zeroizing::new(String::with_capacity(typed.len()));
    for character in typed.trim_matches(['\t', '\n', '\r', ' ']).chars() {
        if !Code::is_separator(character) {
            text.push(character.to_ascii_lowercase());
        } else if !text.ends_with('-') {
            text.push('-');
        }
    }
    Ok(text)
}

/// The typed text, without a byte order mark and with each character as what it is read as.
fn characters(typed: &[u8]) -> Result<Zeroizing<String>, CodeError> {
    // CODE-4: A receiver MUST refuse input of more than 1 024 bytes, counted as it was typed
    // (`too-long`), or else with anything but HT (U+0009), LF (U+000A), CR (U+000D), U+0020 to
    // U+007E, the characters of the list above and, as the very first character alone, a byte order
    // mark (U+FEFF) (`bad-character`), as `bad-code`.
    if typed.len() > 1024 {
        return Err(CodeError::TooLong);
    }
    // CODE-5: remove a byte order mark, replace each character of the list above by the SP or `-`
    // that it is read as
    let typed = typed.strip_prefix("\u{feff}".as_bytes()).unwrap_or(typed);
    let mut text = Zeroizing::new(String::with_capacity(typed.len()));
    for chunk in typed.utf8_chunks() {
        for character in chunk.valid().chars() {
            match read_as(character) {
                allowed @ ('\t' | '\n' | '\r' | ' '..='~') => text.push(allowed),
                _ => return Err(CodeError::BadCharacter { character }),
            }
        }
        if let Some(&byte) = chunk.invalid().first() {
            return Err(CodeError::NotUtf8 { byte });
        }
    }
    Ok(text)
}

/// The fault of the first part that is not a word of its list (CODE-7).
fn word_fault(parts: &[&str], position: usize) -> CodeError {
    let in_list = |list: usize, index: usize| {
        parts
            .get(index)
            .and_then(|part| words::byte(list, part).map(|byte| words::word(list, byte)))
    };
    // CODE-7: if it is in the other list, and part i + 1 exists, and that part is in the list of
    // position i, the fault is `swapped-words`; else it is `unknown-word`
    match (
        in_list(position + 1, position),
        in_list(position, position + 1),
    ) {
        (Some(first), Some(second)) => CodeError::SwappedWords {
            position,
            first,
            second,
        },
        _ => {
            let word = parts.get(position).copied().unwrap_or_default();
            CodeError::unknown_word(position, word)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(typed: &str) -> Result<String, &'static str> {
        Code::parse(typed)
            .map(|code| code.reveal().to_string())
            .map_err(|error| error.fault())
    }

    #[test]
    fn reads_codes_as_people_type_them() {
        for typed in [
            "7-crossover-clockwork",
            " 7 Crossover CLOCKWORK\r\n",
            "7_crossover - \t_clockwork\t",
            "7--crossover--clockwork",
            "\u{feff}\u{a0}\n7\u{2013}crossover \u{2212}\u{3000}clockwork\u{2009}\r\n",
        ] {
            assert_eq!(
                shown(typed).as_deref(),
                Ok("7-crossover-clockwork"),
                "{typed}"
            );
        }
    }

    /// The list of section 4, as it stands there.
    #[test]
    fn the_separators_are_those_of_ascii_and_of_the_list() {
        let separators: Vec<u32> = (char::MIN..=char::MAX)
            .filter(|character| Code::is_separator(*character))
            .map(u32::from)
            .collect();
        let text = include_str!("../../spec/wormhole-sync.md");
        let listed = |row: &str| -> Vec<u32> {
            let (_, cell) = text.split_once(row).unwrap();
            let cell = cell.lines().next().unwrap().trim_end_matches(" |");
            let point = |text: &str| u32::from_str_radix(&text[2..], 16).unwrap();
            cell.split(", ")
                .flat_map(|range| match range.split_once(" to ") {
                    Some((first, last)) => point(first)..=point(last),
                    None => point(range)..=point(range),
                })
                .collect()
        };
        let spaces = listed("\n| SP | ");
        let hyphens = listed("\n| `-` | ");
        assert_eq!((spaces.len(), hyphens.len()), (15, 8));
        let mut expected = [&[0x09, 0x20, 0x2d, 0x5f][..], &spaces, &hyphens].concat();
        expected.sort_unstable();
        assert_eq!(separators, expected);
        for (points, read) in [(spaces, ' '), (hyphens, '-')] {
            for point in points {
                assert_eq!(read_as(char::from_u32(point).unwrap()), read, "{point:x}");
            }
        }
    }

    #[test]
    fn names_the_first_fault() {
        let long = " ".repeat(1025);
        for (typed, fault) in [
            (long.as_str(), "too-long"),
            (&long[1..], "bad-channel"),
            ("7-crossover-clockwork\0", "bad-character"),
            ("7-crossover-clockwörk", "bad-character"),
            (" \u{feff}7-crossover-clockwork", "bad-character"),
            ("\u{feff}\u{feff}7-crossover-clockwork", "bad-character"),
            ("\u{2013}7-crossover-clockwork", "bad-channel"),
            ("\u{feff}", "bad-channel"),
            ("", "bad-channel"),
            ("-7-crossover-clockwork", "bad-channel"),
            ("07-crossover-clockwork", "bad-channel"),
            ("7\n-crossover-clockwork", "bad-channel"),
            ("crossover-clockwork", "bad-channel"),
            ("7", "word-count"),
            ("7-", "word-count"),
            ("7-crossover", "word-count"),
            ("7-a-b-c-d-e-f-g-h-i", "word-count"),
            ("7-crossover-clockwork-", "unknown-word"),
            ("7-crossover-clockwrk", "unknown-word"),
            ("7-crossover-crossover", "unknown-word"),
            ("7-crossover\n-clockwork", "unknown-word"),
            ("7-clockwork-crossover", "swapped-words"),
            ("7-clockwork-clockwork", "unknown-word"),
            ("7-crossover-crossover-clockwork", "swapped-words"),
        ] {
            assert_eq!(shown(typed), Err(fault), "{typed:?}");
        }
    }

    #[test]
    fn the_password_is_the_words_alone() {
        let words = Words::dangerously_from_bytes(&[0, 0, 255]).unwrap();
        assert_eq!(words.password().expose(), b"adroitness-aardvark-yucatan");
        let code = Code::new(ChannelId::new(12).unwrap(), words);
        let read: Code = code.reveal().to_string().parse().unwrap();
        assert_eq!(read.reveal().to_string(), code.reveal().to_string());
        assert_eq!(code.reveal().to_string(), "12-adroitness-aardvark-yucatan");
        assert_eq!(
            format!("{code:?}"),
            "Code { channel: ChannelId(12), words: [redacted] }"
        );
    }
}
