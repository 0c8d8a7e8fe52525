//! Values that a seal has proved (section 7).

/// A value of a seal that opened, so that its sender knows the words (SEAL-9, KEY-5).
///
/// The type is the proof: a value that must not be used before a seal has opened exists in this
/// form only.
#[derive(Debug)]
pub struct Opened<T>(T);

impl<T> Opened<T> {
    /// Vouches that the value may be used. Only this folder does so, once tag and padding of the
    /// peer's first sealed message have been checked.
    pub(super) fn vouch(value: T) -> Self {
        Self(value)
    }

    /// Forges the proof, for a suite of symbols.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_vouch(value: T) -> Self {
        Self(value)
    }

    /// The proved value, borrowed.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The proved value, without its proof.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// `receipt`: a proof that the receiver's library opened the finish (section 1.1, *Delivery*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt;
