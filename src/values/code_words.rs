//! The words of a code, and the password that they make (sections 3.5, 4 and 5.2).

use core::fmt;

use zeroize::Zeroizing;

use super::code_error::CodeError;
use super::words;

/// The number of words of a code, 2 to 8 (CODE-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WordCount(usize);

impl WordCount {
    /// Makes a count of 2 to 8.
    ///
    /// # Errors
    ///
    /// [`CodeError::WordCount`] outside 2 to 8.
    // CODE-1: An initiator MUST make a code of n words, 2 unless its user asks for another number;
    // a number outside 2 to 8 is refused as `bad-code`, before any request.
    pub fn new(count: usize) -> Result<Self, CodeError> {
        match count {
            2..=8 => Ok(Self(count)),
            found => Err(CodeError::WordCount { found }),
        }
    }

    /// The count as a number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// Two words: 16 bits, at which an attacker gets one guess.
impl Default for WordCount {
    fn default() -> Self {
        Self(2)
    }
}

/// `words`: one random byte for each word of a code (section 3.5).
pub struct Words(Zeroizing<Vec<u8>>);

impl Words {
    /// Makes words of these bytes instead of random ones (HOOK-2).
    ///
    /// # Errors
    ///
    /// [`CodeError::WordCount`] unless there are 2 to 8.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    pub fn dangerously_from_bytes(bytes: &[u8]) -> Result<Self, CodeError> {
        Self::try_filled(WordCount::new(bytes.len())?, |words| {
            words.copy_from_slice(bytes);
            Ok(())
        })
    }

    /// Makes words of the bytes that `fill` writes in place, so that no other copy ever exists.
    pub(crate) fn try_filled<E>(
        count: WordCount,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut words = Zeroizing::new(vec![0; count.get()]);
        fill(&mut words)?;
        Ok(Self(words))
    }

    /// `pw`: the words alone, joined by single hyphens (section 5.2, PAKE-1).
    // PAKE-1: A client MUST use as the password `pw` the ASCII bytes of the words alone, lowercase,
    // in order, joined by single hyphens
    #[must_use]
    pub fn password(&self) -> Password {
        let length: usize = self.iter().map(|word| word.len() + 1).sum();
        // The whole capacity is reserved at once: growing would leave unwiped copies behind.
        let mut text = Zeroizing::new(Vec::with_capacity(length));
        for (position, word) in self.iter().enumerate() {
            if position > 0 {
                text.push(b'-');
            }
            text.extend_from_slice(word.as_bytes());
        }
        Password(text)
    }

    // CODE-2: An initiator MUST take as word i of the code the word of byte `words[i]` in the list
    // of position i
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0
            .iter()
            .enumerate()
            .map(|(position, &byte)| words::word(position, byte))
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// `pw`: the password of the PAKE (section 5.2, PAKE-1).
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Makes any password, such as one of the published test vectors; the protocol's comes from
    /// [`Words::password`].
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_from_bytes(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_2_to_8_words() {
        for (count, good) in [(0, false), (1, false), (2, true), (8, true), (9, false)] {
            assert_eq!(
                Words::dangerously_from_bytes(&vec![0; count]).is_ok(),
                good,
                "{count}"
            );
        }
        assert_eq!(WordCount::default().get(), 2);
    }

    #[test]
    fn debug_shows_no_word() {
        let words = Words::dangerously_from_bytes(&[0, 255]).unwrap();
        assert_eq!(format!("{words:?}"), "[redacted]");
        let password = words.password();
        assert_eq!(format!("{password:?}"), "Password([redacted])");
    }
}
