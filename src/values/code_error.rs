//! The faults of an invitation code (section 4).

use core::fmt;

use super::words;

/// The reason why a text is refused as `bad-code`; each variant is a fault of CODE-1, CODE-4,
/// CODE-6 or CODE-7.
///
/// `Display` shows the user the typed word, and suggestions from the public list; `Debug`, which
/// goes to logs, shows neither (RAND-2).
#[derive(Clone, PartialEq, Eq)]
pub enum CodeError {
    /// `too-long`: more than 1 024 bytes (CODE-4).
    TooLong,
    /// `bad-character`: a character that no code has (CODE-4).
    BadCharacter {
        /// The first such character.
        character: char,
    },
    /// `bad-character`: a byte that is not UTF-8 (CODE-4).
    NotUtf8 {
        /// The first such byte.
        byte: u8,
    },
    /// `bad-channel`: the first part is not a channel id (CODE-6).
    BadChannel,
    /// `word-count`: not 2 to 8 words (CODE-1, CODE-6).
    WordCount {
        /// The number of words that the code has.
        found: usize,
    },
    /// `unknown-word`: a word that is not in the list of its position (CODE-7).
    UnknownWord {
        /// The position of the word, counted from 0.
        position: usize,
        /// The typed word, normalised; of any length, and empty if it is missing.
        word: String,
        /// Up to three words of the list that resemble the typed one, the likeliest first.
        suggestions: Vec<&'static str>,
    },
    /// `swapped-words`: two neighbours would be right the other way round (CODE-7).
    SwappedWords {
        /// The position of the first word, counted from 0.
        position: usize,
        /// The word that came first.
        first: &'static str,
        /// The word that came second.
        second: &'static str,
    },
}

impl CodeError {
    /// The token of the fault in section 4.
    #[must_use]
    pub const fn fault(&self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::BadCharacter { .. } | Self::NotUtf8 { .. } => "bad-character",
            Self::BadChannel => "bad-channel",
            Self::WordCount { .. } => "word-count",
            Self::UnknownWord { .. } => "unknown-word",
            Self::SwappedWords { .. } => "swapped-words",
        }
    }

    /// The position of the word at fault, counted from 0.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        match self {
            Self::UnknownWord { position, .. } | Self::SwappedWords { position, .. } => {
                Some(*position)
            }
            Self::TooLong
            | Self::BadCharacter { .. }
            | Self::NotUtf8 { .. }
            | Self::BadChannel
            | Self::WordCount { .. } => None,
        }
    }

    pub(crate) fn unknown_word(position: usize, word: &str) -> Self {
        Self::UnknownWord {
            position,
            word: word.to_owned(),
            suggestions: words::nearest(position, word),
        }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the code is longer than 1024 bytes"),
            // CODE-10: A receiver MUST name in its message for `bad-character` the first character
            // that it refuses by its code point, such as `U+00F6`, or, where the bytes there are no
            // UTF-8, the first of them, such as `0xF6`
            Self::BadCharacter { character } => write!(
                f,
                "the code has the character U+{:04X}, which no code has",
                u32::from(*character)
            ),
            Self::NotUtf8 { byte } => {
                write!(
                    f,
                    "the code has the byte 0x{byte:02X}, which is no UTF-8 there"
                )
            }
            Self::BadChannel => {
                f.write_str("the code does not begin with a number from 1 to 999999999")
            }
            Self::WordCount { found: 1 } => f.write_str("the code has 1 word; a code has 2 to 8"),
            Self::WordCount { found } => write!(f, "the code has {found} words; a code has 2 to 8"),
            Self::UnknownWord { position, word, .. } if word.is_empty() => {
                write!(f, "word {} is missing", position + 1)
            }
            Self::UnknownWord {
                position,
                word,
                suggestions,
            } => {
                write!(
                    f,
                    "word {}, \"{}\", cannot stand there",
                    position + 1,
                    OneLine(word)
                )?;
                match suggestions.split_last() {
                    None => Ok(()),
                    Some((last, [])) => write!(f, "; did you mean {last}?"),
                    Some((last, rest)) => {
                        write!(f, "; did you mean {} or {last}?", rest.join(", "))
                    }
                }
            }
            Self::SwappedWords { first, second, .. } => {
                write!(f, "\"{first}\" and \"{second}\" are swapped")
            }
        }
    }
}

/// Writes the token and the position only, because logs must not contain words.
// RAND-2: A client MUST keep `side`, `words`, `pake_scalar` and all that is derived from them (but
// what section 9 sends) out of logs, error texts and every other output
impl fmt::Debug for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeError({}", self.fault())?;
        if let Some(position) = self.position() {
            write!(f, " at position {position}")?;
        }
        f.write_str(")")
    }
}

impl core::error::Error for CodeError {}

/// The first 32 characters of a typed word, escaped so that they stay on one line.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(32).collect();
        let more = if shown.len() < self.0.len() {
            "..."
        } else {
            ""
        };
        write!(f, "{}{more}", shown.escape_default())
    }
}

#[cfg(test)]
mod tests {
    use super::super::code::Code;

    fn message(typed: impl AsRef<[u8]>) -> String {
        Code::parse(typed).unwrap_err().to_string()
    }

    #[test]
    fn the_first_character_that_no_code_has_is_named() {
        for (typed, named) in [
            (
                &b"7-cr\xc3\xb6ssover-cl\xc3\xa4ckwork"[..],
                "character U+00F6,",
            ),
            (b"7-crossover\x1b", "character U+001B,"),
            (b"7-\xf0\x9f\x9a\x80-clockwork", "character U+1F680,"),
            (b"7\xe2\x80\x91crossover\xe2\x80\x8b", "character U+200B,"),
            (b" \xef\xbb\xbf7", "character U+FEFF,"),
            (b"7-cr\xf6ssover-\xc3\xa4", "byte 0xF6,"),
            (b"7\xe2\x80-crossover", "byte 0xE2,"),
            (b"7\xed\xa0\x80", "byte 0xED,"),
            (b"7\xc0\x80", "byte 0xC0,"),
            (b"\xff\xfe7\0", "byte 0xFF,"),
        ] {
            assert!(message(typed).contains(named), "{}", message(typed));
        }
        let error = Code::parse("7-cr\u{f6}ssover").unwrap_err();
        assert_eq!(format!("{error:?}"), "CodeError(bad-character)");
    }

    #[test]
    fn messages_say_what_to_look_at() {
        assert_eq!(
            message("7-crossover-clokwork"),
            "word 2, \"clokwork\", cannot stand there; did you mean clockwork?"
        );
        assert_eq!(
            message("7-clockwork-crossover"),
            "\"clockwork\" and \"crossover\" are swapped"
        );
        assert_eq!(message("7-crossover-"), "word 2 is missing");
        assert_eq!(
            message("7-crossover"),
            "the code has 1 word; a code has 2 to 8"
        );
    }

    #[test]
    fn messages_stay_on_one_short_line() {
        let typed = format!("7-crossover-{}\n{}", "x".repeat(8), "y".repeat(900));
        let message = message(typed);
        assert!(message.len() < 100 && !message.contains('\n'), "{message}");
        assert!(message.contains("yyy...\", cannot"), "{message}");
    }

    #[test]
    fn the_position_is_that_of_the_word_at_fault() {
        for (typed, position) in [
            ("7-crosover-clockwork", Some(0)),
            ("7-crossover-clokwork", Some(1)),
            ("7-crossover-clockwork-clockwork", Some(2)),
            ("7-crossover-clockwork-clockwork-crossover", Some(2)),
            ("7-crossover", None),
            ("x", None),
        ] {
            let error = Code::parse(typed).unwrap_err();
            assert_eq!(error.position(), position, "{typed}");
        }
    }

    #[test]
    fn debug_shows_no_word() {
        let error = Code::parse("7-crossover-clokwork").unwrap_err();
        assert_eq!(
            format!("{error:?}"),
            "CodeError(unknown-word at position 1)"
        );
    }
}
