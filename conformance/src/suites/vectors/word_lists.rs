//! The word lists, read from the specification's own files.

use anyhow::Error;

use crate::data::data;
use crate::root::{Root, read};

/// Both word lists of section 4.
#[derive(Debug, Clone)]
pub(crate) struct WordLists {
    odd: Box<[String; 256]>,
    even: Box<[String; 256]>,
}

impl WordLists {
    /// Reads both lists.
    ///
    /// # Errors
    ///
    /// A sentence when one is not 256 words long.
    pub(crate) fn load(root: &Root) -> Result<Self, String> {
        Self::of(|name| read(&root.path().join("spec/words").join(name)))
    }

    /// Takes the lists of this program.
    ///
    /// # Errors
    ///
    /// A sentence, if the program is damaged.
    pub(super) fn packed() -> anyhow::Result<Self> {
        let data = data()?;
        let list = |name: &str| {
            let text = data.text(&format!("spec/words/{name}"));
            text.map(str::to_owned).map_err(|error| error.to_string())
        };
        Self::of(list).map_err(Error::msg)
    }

    fn of(text: impl Fn(&str) -> Result<String, String>) -> Result<Self, String> {
        let list = |name: &str| {
            let words: Box<[String]> = text(name)?.lines().map(str::to_owned).collect();
            words.try_into().map_err(|words: Box<[String]>| {
                format!("{name} has {} words, not 256", words.len())
            })
        };
        Ok(Self {
            odd: list("odd.txt")?,
            even: list("even.txt")?,
        })
    }

    /// The word of a byte at a position (CODE-2).
    pub(crate) fn word(&self, position: usize, byte: u8) -> &str {
        let list = match position % 2 {
            0 => &self.odd,
            _ => &self.even,
        };
        &list[usize::from(byte)]
    }

    /// The words of bytes, from position 0.
    pub(crate) fn shown(&self, bytes: &[u8]) -> Vec<String> {
        bytes
            .iter()
            .enumerate()
            .map(|(position, byte)| self.word(position, *byte).to_owned())
            .collect()
    }
}
