//! The bytes of secrets of a fixed length.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// N secret bytes: wiped on drop, never copied, never shown.
///
/// The bytes live on the heap, so that moving the owner leaves no copy behind (KEY-2).
pub(crate) struct SecretBytes<const N: usize>(Box<[u8; N]>);

impl<const N: usize> SecretBytes<N> {
    /// Takes the N bytes out of the caller's array, and wipes it.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    pub(crate) fn take(bytes: &mut [u8; N]) -> Self {
        let secret = Self(Box::new(*bytes));
        bytes.zeroize();
        secret
    }

    /// Makes a secret of the bytes that `fill` writes in place, so that no other copy ever exists.
    pub(crate) fn try_filled<E>(
        fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// Makes a secret like [`try_filled`](Self::try_filled), with a `fill` that cannot fail.
    pub(crate) fn filled(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0);
        secret
    }

    /// The bytes, for a computation.
    pub(crate) fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Whether both secrets have the same bytes, in a time that does not depend on them.
    // SEAL-11: A client MUST compare tags, keys and secrets in constant time
    pub(crate) fn ct_eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Drop for SecretBytes<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> fmt::Debug for SecretBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_redacts() {
        let secret = SecretBytes::take(&mut [0x41; 4]);
        assert_eq!(format!("{secret:?}"), "[redacted]");
    }

    #[test]
    fn taking_wipes_the_source() {
        let mut bytes = [7; 4];
        let secret = SecretBytes::take(&mut bytes);
        assert_eq!((bytes, secret.expose()), ([0; 4], &[7; 4]));
    }
}
