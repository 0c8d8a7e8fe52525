//! Padding (section 7.1).

use core::fmt;

use zeroize::Zeroizing;

use crate::values::Blob;

/// The buckets: the lengths that a padded blob can have, in bytes (section 7.1).
pub const BUCKETS: [usize; 9] = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];

/// `padded`: a blob with its padding, ready to be sealed (section 7.1).
pub struct Padded(Zeroizing<Vec<u8>>);

/// Pads a blob: `padded = blob || 0x80 || zero bytes up to the bucket` (SEAL-1).
///
/// The padding hides which of the bucket's lengths the blob has.
// SEAL-1: A sender MUST pad its blob so before it seals it
#[must_use]
pub fn pad(blob: &Blob) -> Padded {
    let bucket = bucket_of(blob.len());
    // There is room for the tag too, so that sealing in place leaves no unwiped copy behind.
    let mut padded = Zeroizing::new(Vec::with_capacity(bucket + 16));
    padded.extend_from_slice(blob.expose());
    padded.push(0x80);
    padded.resize(bucket, 0);
    Padded(padded)
}

/// Takes the padding off a blob. Each blob has exactly one right padding (SEAL-2).
///
/// # Errors
///
/// [`BadPadding`] for any other padding: the peer then breaks the protocol.
// SEAL-2: An opener MUST take a padded text apart so, and refuse it as `malformed-message`
// otherwise
pub fn unpad(Padded(mut bytes): Padded) -> Result<Blob, BadPadding> {
    let bucket = bytes.len();
    let last = bytes
        .iter()
        .rposition(|&byte| byte != 0)
        .ok_or(BadPadding)?;
    if bytes.get(last) != Some(&0x80) || !is_bucket(bucket) || bucket_of(last) != bucket {
        return Err(BadPadding);
    }
    bytes.truncate(last);
    Blob::new(core::mem::take(&mut *bytes)).map_err(|_| BadPadding)
}

/// Whether a padded blob can have this length, in bytes.
#[must_use]
pub fn is_bucket(length: usize) -> bool {
    BUCKETS.contains(&length)
}

impl Padded {
    /// Takes these bytes as a padded blob; [`unpad`] checks them.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The padded bytes, as secret as the blob.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl fmt::Debug for Padded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Padded([redacted])")
    }
}

/// The padding is not that of section 7.1: `malformed-message` (SEAL-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPadding;

impl fmt::Display for BadPadding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the padding is wrong")
    }
}

impl core::error::Error for BadPadding {}

/// The smallest bucket that holds `length` bytes and one more.
fn bucket_of(length: usize) -> usize {
    (length + 1).next_power_of_two().max(256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded(length: usize) -> Padded {
        pad(&Blob::new(vec![0x80; length]).unwrap())
    }

    #[test]
    fn buckets_change_where_they_should() {
        for (length, bucket) in [
            (0, 256),
            (255, 256),
            (256, 512),
            (511, 512),
            (32_768, 65_536),
            (65_535, 65_536),
        ] {
            assert_eq!(padded(length).expose().len(), bucket, "{length}");
            assert!(is_bucket(bucket));
            assert_eq!(unpad(padded(length)).unwrap().expose(), vec![0x80; length]);
        }
    }

    #[test]
    fn debug_redacts() {
        assert_eq!(format!("{:?}", padded(3)), "Padded([redacted])");
    }

    #[test]
    fn a_blob_may_end_in_zeros() {
        let blob = Blob::new([1, 0x80, 0, 0]).unwrap();
        assert_eq!(unpad(pad(&blob)).unwrap().expose(), [1, 0x80, 0, 0]);
    }

    #[test]
    fn refuses_other_padding() {
        let with = |length: usize, at: usize, byte: u8| {
            let mut bytes = vec![0; length];
            bytes[at] = byte;
            unpad(Padded::new(bytes)).map(|blob| blob.len())
        };
        assert_eq!(with(256, 0, 0x80), Ok(0));
        assert_eq!(with(512, 256, 0x80), Ok(256));
        for (length, at, byte) in [
            (256, 0, 0),             // nothing remains
            (256, 0, 0x81),          // another byte
            (256, 255, 0x01),        // none at the end
            (512, 255, 0x80),        // fits a smaller bucket
            (255, 0, 0x80),          // no bucket
            (768, 700, 0x80),        // no bucket
            (131_072, 65_536, 0x80), // larger than the largest
        ] {
            assert_eq!(
                with(length, at, byte),
                Err(BadPadding),
                "{length} {at} {byte}"
            );
        }
        assert!(unpad(Padded::new([])).is_err());
    }
}
