//! The blob (section 3.3).

use core::fmt;

use zeroize::Zeroizing;

/// `blob`: the 0 to 65 535 secret bytes that a side gives to its peer (section 3.3, BLOB-1).
///
/// A blob is wiped on drop, cannot be cloned, and is shown by no format: its bytes come out by
/// [`expose`](Self::expose) and [`into_bytes`](Self::into_bytes) alone.
pub struct Blob(Zeroizing<Vec<u8>>);

impl Blob {
    /// The greatest length of a blob, in bytes.
    pub const MAX: usize = 65_535;

    /// Makes a blob of these bytes, which are wiped if there are too many.
    ///
    /// # Errors
    ///
    /// [`BlobTooLarge`] for more than 65 535 bytes.
    // BLOB-1: A client MUST refuse a blob of more than 65 535 bytes to send as `blob-too-large`
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, BlobTooLarge> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.len() > Self::MAX {
            return Err(BlobTooLarge {
                length: bytes.len(),
            });
        }
        Ok(Self(bytes))
    }

    /// The blob's bytes, borrowed.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Hands the bytes to the caller, who must wipe them.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        core::mem::take(&mut *self.0)
    }

    /// The length of the blob, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the blob has 0 bytes, as that of a side that only wants to receive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blob([redacted])")
    }
}

/// The blob has more than 65 535 bytes: `blob-too-large` (BLOB-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobTooLarge {
    /// The length of the refused blob, in bytes.
    pub length: usize,
}

impl fmt::Display for BlobTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the blob has {} bytes; it has at most 65535",
            self.length
        )
    }
}

impl core::error::Error for BlobTooLarge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_at_most_65535_bytes() {
        assert_eq!(
            Blob::new(vec![1; 65_536]).unwrap_err(),
            BlobTooLarge { length: 65_536 }
        );
        assert_eq!(Blob::new(vec![1; 65_535]).unwrap().len(), 65_535);
        assert!(Blob::new([]).unwrap().is_empty());
        assert!(!Blob::new([0]).unwrap().is_empty());
        assert_eq!(Blob::new(*b"x").unwrap().into_bytes(), b"x");
    }

    #[test]
    fn debug_redacts() {
        assert_eq!(
            format!("{:?}", Blob::new(*b"secret").unwrap()),
            "Blob([redacted])"
        );
    }
}
