//! The invitation code (section 4).

use core::fmt;

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
        matches!(character, '\t' | ' ' | '-' | '_')
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

/// Checks the bytes of a typed code and brings them to the form `part-part-part` (CODE-4, CODE-5).
fn normalise(typed: &[u8]) -> Result<Zeroizing<String>, CodeError> {
    // CODE-4: A receiver MUST refuse input of more than 1 024 bytes (`too-long`), or else with any
    // byte outside HT (0x09), LF (0x0A), CR (0x0D) and 0x20 to 0x7E (`bad-character`), as
    // `bad-code`.
    if typed.len() > 1024 {
        return Err(CodeError::TooLong);
    }
    if !typed
        .iter()
        .all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e))
    {
        return Err(CodeError::BadCharacter);
    }
    // CODE-5: A receiver MUST then remove all HT, LF, CR and SP from both ends, turn `A` to `Z`
    // into `a` to `z`, and replace each run of HT, SP, `-` and `_` by one `-`
    let is_space = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' ');
    let start = typed
        .iter()
        .position(|byte| !is_space(byte))
        .unwrap_or(typed.len());
    let end = typed
        .iter()
        .rposition(|byte| !is_space(byte))
        .map_or(start, |last| last + 1);
    let mut text = Zeroizing::new(String::with_capacity(typed.len()));
    for byte in typed.get(start..end).unwrap_or_default() {
        let character = char::from(byte.to_ascii_lowercase());
        if !Code::is_separator(character) {
            text.push(character);
        } else if !text.ends_with('-') {
            text.push('-');
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
        ] {
            assert_eq!(
                shown(typed).as_deref(),
                Ok("7-crossover-clockwork"),
                "{typed}"
            );
        }
    }

    #[test]
    fn four_characters_separate() {
        let separators: String = (0..=0x7f_u8)
            .map(char::from)
            .filter(|character| Code::is_separator(*character))
            .collect();
        assert_eq!(separators, "\t -_");
    }

    #[test]
    fn names_the_first_fault() {
        let long = " ".repeat(1025);
        for (typed, fault) in [
            (long.as_str(), "too-long"),
            (&long[1..], "bad-channel"),
            ("7-crossover-clockwork\0", "bad-character"),
            ("7-crossover-clockwörk", "bad-character"),
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
        assert_eq!(code.reveal().to_string(), "12-adroitness-aardvark-yucatan");
        assert_eq!(
            format!("{code:?}"),
            "Code { channel: ChannelId(12), words: [redacted] }"
        );
    }
}
