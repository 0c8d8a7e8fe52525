//! What a seal has proved (section 7).

/// T, out of a seal that opened: its sender knows the words (SEAL-9, KEY-5).
///
/// Proof by type: what must not be used before a seal has opened is to be had in this form only.
#[derive(Debug)]
pub struct Opened<T>(T);

impl<T> Opened<T> {
    /// Says that T may be used. Only the suite of this folder says so, once tag and padding of the
    /// peer's first sealed message have been checked.
    pub(super) fn vouch(value: T) -> Self {
        Self(value)
    }

    /// Forges the proof, for a suite of symbolic terms.
    #[cfg(any(test, feature = "test-hooks-dangerous"))]
    #[must_use]
    pub fn dangerously_vouch(value: T) -> Self {
        Self(value)
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The value, its proof spent.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// `receipt`: the receiver's library opened the finish (section 1.1, *Delivery*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt;
