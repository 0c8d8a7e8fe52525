//! The verifier for users and the keys for applications (sections 6.1 and 6.2).

use core::fmt;

use zeroize::Zeroizing;

use super::expand::expand;
use crate::values::secret::SecretBytes;
use crate::values::words;

/// The verifier: eight words that two users compare to make sure that nobody guessed the code
/// (section 6.1).
///
/// It is shown in full or not at all: a man in the middle could find keys that match a part.
#[derive(Debug)]
pub struct Verifier(SecretBytes<8>);

impl Verifier {
    /// The eight words, joined by single spaces, to be shown to the user.
    // KEY-3: A client that shows the verifier MUST show all eight words: byte i of
    // key_verifier[0..8] gives the word of that byte in the list of position i
    #[must_use]
    pub fn reveal(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            self.0
                .expose()
                .iter()
                .enumerate()
                .try_for_each(|(position, &byte)| {
                    let space = if position > 0 { " " } else { "" };
                    write!(f, "{space}{}", words::word(position, byte))
                })
        })
    }

    /// Whether both are the same verifier, compared in constant time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0)
    }

    pub(super) fn from_key(key: &SecretBytes<32>) -> Self {
        Self(SecretBytes::filled(|words| {
            words
                .iter_mut()
                .zip(key.expose())
                .for_each(|(to, byte)| *to = *byte);
        }))
    }

    /// Makes the verifier of a vector's `key_verifier`.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_from_key(mut key: [u8; 32]) -> Self {
        Self::from_key(&SecretBytes::take(&mut key))
    }
}

/// `key_exporter`: makes further keys for the application (section 6.2).
#[derive(Debug)]
pub struct Exporter(SecretBytes<32>);

impl Exporter {
    /// Derives n bytes:
    /// `export(label, n) = HKDF-Expand(key_exporter, info = u16be(n) || label, L = n)` (KEY-6).
    ///
    /// Both sides get the same key for a label and a length. A key of another length has nothing
    /// in common with it: none is the beginning of another.
    ///
    /// # Errors
    ///
    /// [`ExportError`] for a label of another length than 1 to 255 and for an n outside 1 to 8 160.
    // KEY-4: A client MUST refuse a label that is not 1 to 255 bytes long and a length n outside 1
    // to 8 160, with an error of the call that leaves the exchange as it was.
    pub fn export(&self, label: &[u8], n: usize) -> Result<ExportedKey, ExportError> {
        if !(1..=255).contains(&label.len()) {
            return Err(ExportError::Label);
        }
        let length = u16::try_from(n)
            .ok()
            .filter(|n| (1..=8160).contains(n))
            .ok_or(ExportError::Length)?;
        let mut key = Zeroizing::new(vec![0; n]);
        // KEY-6: A client MUST compute an exported key by this formula
        expand(&self.0, &[&length.to_be_bytes(), label], &mut key);
        Ok(ExportedKey(key))
    }

    pub(super) fn new(key: SecretBytes<32>) -> Self {
        Self(key)
    }

    /// Makes the exporter of a vector's `key_exporter`.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_from_key(mut key: [u8; 32]) -> Self {
        Self(SecretBytes::take(&mut key))
    }
}

/// A key for the application (section 6.2), wiped on drop.
pub struct ExportedKey(Zeroizing<Vec<u8>>);

impl ExportedKey {
    /// The key's bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for ExportedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExportedKey([redacted])")
    }
}

/// The reason why no key is exported (KEY-4). The exchange itself goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportError {
    /// The label is not 1 to 255 bytes long.
    Label,
    /// The length is not 1 to 8 160.
    Length,
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Label => "the label of an exported key is not 1 to 255 bytes long",
            Self::Length => "an exported key is not 1 to 8160 bytes long",
        })
    }
}

impl core::error::Error for ExportError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_is_eight_words() {
        let verifier = Verifier::dangerously_from_key([0; 32]);
        let shown = verifier.reveal().to_string();
        assert_eq!(shown, "adroitness aardvark ".repeat(4).trim_end());
        assert_eq!(format!("{verifier:?}"), "Verifier([redacted])");
    }

    #[test]
    fn an_exported_key_is_not_shown() {
        let exporter = Exporter::dangerously_from_key([1; 32]);
        let key = exporter.export(b"label", 32).unwrap();
        assert_eq!(format!("{key:?}"), "ExportedKey([redacted])");
        assert_eq!(format!("{exporter:?}"), "Exporter([redacted])");
    }

    #[test]
    fn exports_within_bounds_only() {
        let exporter = Exporter::dangerously_from_key([1; 32]);
        let export = |label: usize, n: usize| {
            exporter
                .export(&vec![0; label], n)
                .map(|key| key.expose().len())
        };
        assert_eq!((export(1, 1), export(255, 8160)), (Ok(1), Ok(8160)));
        assert_eq!(
            (export(0, 1), export(256, 1)),
            (Err(ExportError::Label), Err(ExportError::Label))
        );
        assert_eq!(
            (export(1, 0), export(1, 8161)),
            (Err(ExportError::Length), Err(ExportError::Length))
        );
    }
}
