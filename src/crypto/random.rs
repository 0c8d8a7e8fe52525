//! The named random values (section 3.5).

use core::fmt;

use zeroize::Zeroizing;

use super::group;
use crate::values::secret::SecretBytes;
use crate::values::{Side, WordCount, Words};

/// `pake_scalar`: the secret scalar of SPAKE2, an integer in [0, L) (sections 3.5 and 5.2).
#[derive(Debug)]
pub struct PakeScalar(SecretBytes<32>);

// RAND-1: A client MUST draw fresh named values for each exchange from a cryptographically secure
// source, and never use one for a second exchange
// Each value has a type of its own that cannot be cloned, and an exchange consumes it.

impl PakeScalar {
    /// Draws a fresh scalar from the system.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] when the system has none.
    pub fn draw() -> Result<Self, NoRandomness> {
        let mut wide = Zeroizing::new([0; 64]);
        fill(wide.as_mut_slice())?;
        Ok(Self(SecretBytes::filled(|scalar| {
            group::reduce_wide(&wide, scalar)
        })))
    }

    /// Takes an injected scalar: 32 bytes, little-endian, below L (HOOK-2).
    ///
    /// # Errors
    ///
    /// [`ScalarTooLarge`] when the scalar is not below L.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    pub fn dangerously_from_le_bytes(mut bytes: [u8; 32]) -> Result<Self, ScalarTooLarge> {
        let scalar = SecretBytes::take(&mut bytes);
        if group::is_below_l(scalar.expose()) {
            Ok(Self(scalar))
        } else {
            Err(ScalarTooLarge)
        }
    }

    pub(super) fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

impl Side {
    /// Draws a fresh side from the system.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] when the system has none.
    pub fn draw() -> Result<Self, NoRandomness> {
        SecretBytes::try_filled(|bytes| fill(bytes)).map(Self::from_secret)
    }
}

impl Words {
    /// Draws fresh words from the system, each uniformly among the 256 of its list.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] when the system has none.
    pub fn draw(count: WordCount) -> Result<Self, NoRandomness> {
        Self::try_filled(count, fill)
    }
}

/// The system gives no random bytes: `internal` (RAND-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the system gives no random bytes")
    }
}

impl core::error::Error for NoRandomness {}

/// An injected scalar is not below L (HOOK-2).
#[cfg(any(test, feature = "test-hooks-dangerous"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScalarTooLarge;

#[cfg(any(test, feature = "test-hooks-dangerous"))]
impl fmt::Display for ScalarTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the scalar is not below L")
    }
}

#[cfg(any(test, feature = "test-hooks-dangerous"))]
impl core::error::Error for ScalarTooLarge {}

// RAND-1: when the source fails, it refuses as `internal`, before any request.
fn fill(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::getrandom(bytes).map_err(|_| NoRandomness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_differ_and_scalars_are_below_l() {
        let (one, two) = (PakeScalar::draw().unwrap(), PakeScalar::draw().unwrap());
        assert!(group::is_below_l(one.expose()) && !one.0.ct_eq(&two.0));
        assert!(!Side::draw().unwrap().is(&Side::draw().unwrap()));
    }

    #[test]
    fn an_injected_scalar_is_below_l() {
        assert!(PakeScalar::dangerously_from_le_bytes([0; 32]).is_ok());
        assert_eq!(
            PakeScalar::dangerously_from_le_bytes([0xff; 32]).err(),
            Some(ScalarTooLarge)
        );
    }
}
