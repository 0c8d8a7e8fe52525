//! The faults of a SPAKE2 message (section 5.3).

use core::fmt;

/// The reason why the peer's SPAKE2 message is refused as `bad-element` (PAKE-4 to PAKE-8).
///
/// Each such element would let the relay or a peer learn or steer the key without the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BadElement {
    /// `wrong-side`: the first byte is not the peer's side byte (PAKE-4).
    WrongSide,
    /// `not-a-point`: there is no x for this y (PAKE-5).
    NotAPoint,
    /// `not-canonical`: y is not below p, or x is 0 with its sign bit set (PAKE-5).
    NotCanonical,
    /// `identity`: the element is the identity (PAKE-6).
    Identity,
    /// `not-prime-order`: the element is outside the prime-order subgroup (PAKE-6).
    NotPrimeOrder,
    /// `reflected`: the element is this side's own (PAKE-7).
    Reflected,
    /// `shared-identity`: Z is the identity (PAKE-8).
    SharedIdentity,
}

impl BadElement {
    /// All faults, in the order of the checks.
    pub const ALL: [Self; 7] = [
        Self::WrongSide,
        Self::NotAPoint,
        Self::NotCanonical,
        Self::Identity,
        Self::NotPrimeOrder,
        Self::Reflected,
        Self::SharedIdentity,
    ];

    /// The fault's token, as the vectors have it.
    #[must_use]
    pub const fn fault(self) -> &'static str {
        match self {
            Self::WrongSide => "wrong-side",
            Self::NotAPoint => "not-a-point",
            Self::NotCanonical => "not-canonical",
            Self::Identity => "identity",
            Self::NotPrimeOrder => "not-prime-order",
            Self::Reflected => "reflected",
            Self::SharedIdentity => "shared-identity",
        }
    }
}

impl fmt::Display for BadElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongSide => "the peer's element is for the wrong side",
            Self::NotAPoint => "the peer's element is not a point of the curve",
            Self::NotCanonical => "the peer's element is not canonically encoded",
            Self::Identity => "the peer's element is the identity",
            Self::NotPrimeOrder => "the peer's element is outside the prime-order subgroup",
            Self::Reflected => "the peer's element is this side's own",
            Self::SharedIdentity => "the shared element is the identity",
        })
    }
}

impl core::error::Error for BadElement {}
