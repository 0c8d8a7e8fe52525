//! Bytes in a transcript: hex or, for long ones, a short notation that any language expands in a
//! few lines.

use anyhow::{anyhow, bail};
use serde::{Deserialize, Serialize};
use wormhole_sync::values::hex;

/// The most bytes of a value, so that a wrong file cannot ask for all memory.
const LONGEST: usize = 1 << 20;

/// A byte string as it is written in a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum TranscriptBytes {
    /// Hex (section 3.1).
    Hex(String),
    /// `repeat`, again and again, cut off at `length` bytes.
    Repeat(Repeat),
    /// Several byte strings, one after the other.
    Parts(Vec<TranscriptBytes>),
}

/// A pattern that is repeated to a length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    repeat: String,
    length: usize,
}

impl TranscriptBytes {
    /// Writes bytes as plain hex.
    pub(crate) fn hex(bytes: &[u8]) -> Self {
        Self::Hex(hex::encode(bytes))
    }

    /// `pattern` up to `length` bytes.
    pub(crate) fn repeat(pattern: &[u8], length: usize) -> Self {
        Self::Repeat(Repeat {
            repeat: hex::encode(pattern),
            length,
        })
    }

    /// The bytes themselves, or what is wrong with the notation.
    pub(crate) fn expand(&self) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Hex(text) => {
                hex::decode(text.as_bytes()).map_err(|_| anyhow!("{text:.40?} is not hex"))
            }
            Self::Repeat(Repeat { repeat, length }) => {
                let pattern = Self::Hex(repeat.clone()).expand()?;
                if pattern.is_empty() || *length > LONGEST {
                    bail!("a repetition of {repeat:?} to {length} bytes");
                }
                Ok(pattern.into_iter().cycle().take(*length).collect())
            }
            Self::Parts(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.expand()?);
                    if all.len() > LONGEST {
                        bail!("more than {LONGEST} bytes");
                    }
                }
                Ok(all)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expands_each_form() {
        assert_eq!(TranscriptBytes::hex(b"ab").expand().unwrap(), b"ab");
        assert_eq!(
            TranscriptBytes::repeat(b"abc", 5).expand().unwrap(),
            b"abcab",
            "cut off at the length"
        );
        let parts = TranscriptBytes::Parts(vec![
            TranscriptBytes::hex(b"{"),
            TranscriptBytes::repeat(b" ", 2),
            TranscriptBytes::hex(b"}"),
        ]);
        assert_eq!(parts.expand().unwrap(), b"{  }");
    }

    #[test]
    fn refuses_what_has_no_meaning() {
        for wrong in [
            TranscriptBytes::Hex("AB".into()),
            TranscriptBytes::repeat(b"", 1),
            TranscriptBytes::repeat(b"a", LONGEST + 1),
            TranscriptBytes::Parts(vec![
                TranscriptBytes::repeat(b"a", LONGEST),
                TranscriptBytes::hex(b"b"),
            ]),
        ] {
            assert!(wrong.expand().is_err(), "{wrong:?}");
        }
    }
}
