//! A strict edwards25519 behind the trait `Group` of the crate `spake2` (section 5.1).
//!
//! This group computes the same as the crate's own, and differs in three ways. It refuses elements
//! by PAKE-5 and PAKE-6, where the crate takes every encoding of every curve point. It wipes
//! scalars and points. It multiplies the base point by a table and decompresses M and N only once,
//! which makes up for the time of the checks.

use std::sync::LazyLock;

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, IsIdentity};
use hkdf::Hkdf;
use rand_core::{CryptoRng, RngCore};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::bad_element::BadElement;

/// The group of section 5.1.
pub(super) struct StrictGroup;

/// A scalar modulo L, wiped on drop.
///
/// It lives on the heap, so that moving the owner leaves no copy behind (KEY-2).
pub(super) struct SecretScalar(Box<Scalar>);

/// An element of order L, wiped on drop. A computed one, unlike a decoded one, may be the identity.
pub(super) struct Element(EdwardsPoint);

impl spake2::Group for StrictGroup {
    type Scalar = SecretScalar;
    type Element = Element;
    type TranscriptHash = Sha256;

    fn name() -> &'static str {
        "edwards25519, strict"
    }

    fn const_m() -> Element {
        Element(*M)
    }

    fn const_n() -> Element {
        Element(*N)
    }

    /// The constant of symmetric SPAKE2. The trait wants it, but this protocol never uses it.
    fn const_s() -> Element {
        Element(EdwardsPoint::identity())
    }

    // PAKE-2: A client MUST compute the password scalar as w = OS2IP(HKDF-SHA256(salt = empty, IKM
    // = pw, info = "SPAKE2 pw", length 48)) mod L
    fn hash_to_scalar(password: &[u8]) -> SecretScalar {
        let mut wide = Zeroizing::new([0; 64]);
        let mut okm = Zeroizing::new([0; 48]);
        Hkdf::<Sha256>::new(Some(b""), password)
            .expand(b"SPAKE2 pw", okm.as_mut_slice())
            .expect("48 bytes are within the limit of HKDF");
        for (to, from) in wide.iter_mut().zip(okm.iter().rev()) {
            *to = *from;
        }
        SecretScalar::take(Scalar::from_bytes_mod_order_wide(&wide))
    }

    fn random_scalar<T: RngCore + CryptoRng>(source: &mut T) -> SecretScalar {
        let mut wide = Zeroizing::new([0; 64]);
        source.fill_bytes(wide.as_mut_slice());
        SecretScalar::take(Scalar::from_bytes_mod_order_wide(&wide))
    }

    fn scalar_neg(scalar: &SecretScalar) -> SecretScalar {
        SecretScalar::take(-&*scalar.0)
    }

    fn element_to_bytes(element: &Element) -> Vec<u8> {
        // The element may be Z. The crate does not wipe the vector (KEY-2).
        let mut compressed = element.0.compress();
        let bytes = compressed.as_bytes().to_vec();
        compressed.zeroize();
        bytes
    }

    fn bytes_to_element(bytes: &[u8]) -> Option<Element> {
        decode(bytes.try_into().ok()?).ok()
    }

    fn element_length() -> usize {
        32
    }

    fn basepoint_mult(scalar: &SecretScalar) -> Element {
        Element(EdwardsPoint::mul_base(&scalar.0))
    }

    fn scalarmult(element: &Element, scalar: &SecretScalar) -> Element {
        Element(element.0 * scalar.0.as_ref())
    }

    fn add(a: &Element, b: &Element) -> Element {
        Element(a.0 + b.0)
    }
}

/// Decodes and checks an element of 32 bytes (PAKE-5, PAKE-6).
pub(super) fn decode(bytes: &[u8; 32]) -> Result<Element, BadElement> {
    let compressed = CompressedEdwardsY(*bytes);
    // PAKE-5: A client MUST refuse 32 bytes that are not the canonical encoding of a curve point as
    // `bad-element`: y is not below p, or no x exists, or x is 0 with its sign bit set.
    let point = compressed.decompress().ok_or(BadElement::NotAPoint)?;
    // The library accepts any y and any sign of a zero x, but writes the canonical form.
    if point.compress() != compressed {
        return Err(BadElement::NotCanonical);
    }
    // PAKE-6: A client MUST refuse the identity element, and every point P with L·P different from
    // the identity (points outside the prime-order subgroup), as `bad-element`.
    if point.is_identity() {
        return Err(BadElement::Identity);
    }
    if !is_of_order_l(&point) {
        return Err(BadElement::NotPrimeOrder);
    }
    Ok(Element(point))
}

/// Whether `L·P = identity`, computed as `(L - 1)·P = -P`, for a P that is not the identity.
///
/// It takes variable time, which is a quarter faster and reveals nothing, because the relay knows
/// the point anyway.
fn is_of_order_l(point: &EdwardsPoint) -> bool {
    let l_minus_1 = -Scalar::ONE;
    EdwardsPoint::vartime_double_scalar_mul_basepoint(&l_minus_1, point, &Scalar::ZERO) == -point
}

/// `enc` of the identity element.
pub(super) const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// Whether these little-endian bytes are a scalar below L, in a time that does not depend on them.
#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub(super) fn is_below_l(scalar: &[u8; 32]) -> bool {
    Scalar::from_canonical_bytes(*scalar).is_some().into()
}

/// Reduces 64 random bytes modulo L to a scalar, both little-endian. Its distance from a uniform
/// one is less than 2^-256.
pub(super) fn reduce_wide(wide: &[u8; 64], scalar: &mut [u8; 32]) {
    *scalar = SecretScalar::take(Scalar::from_bytes_mod_order_wide(wide))
        .0
        .to_bytes();
}

/// `enc` of an element.
#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub(super) fn encode(element: &Element) -> [u8; 32] {
    element.0.compress().0
}

/// The scalar of these bytes, little-endian, modulo L.
#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub(super) fn scalar_of(bytes: &[u8; 32]) -> SecretScalar {
    SecretScalar::take(Scalar::from_bytes_mod_order(*bytes))
}

/// The bytes of a scalar, little-endian.
#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub(super) fn scalar_bytes(scalar: &SecretScalar) -> [u8; 32] {
    scalar.0.to_bytes()
}

impl SecretScalar {
    /// Takes a scalar over, and wipes the one that was given.
    fn take(mut scalar: Scalar) -> Self {
        let secret = Self(Box::new(scalar));
        scalar.zeroize();
        secret
    }
}

impl Drop for SecretScalar {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Drop for Element {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

const M_ENCODING: [u8; 32] = [
    0x15, 0xcf, 0xd1, 0x8e, 0x38, 0x59, 0x52, 0x98, 0x2b, 0x6a, 0x8f, 0x8c, 0x78, 0x54, 0x96, 0x3b,
    0x58, 0xe3, 0x43, 0x88, 0xc8, 0xe6, 0xda, 0xe8, 0x91, 0xdb, 0x75, 0x64, 0x81, 0xa0, 0x23, 0x12,
];
const N_ENCODING: [u8; 32] = [
    0xf0, 0x4f, 0x2e, 0x7e, 0xb7, 0x34, 0xb2, 0xa8, 0xf8, 0xb4, 0x72, 0xea, 0xf9, 0xc3, 0xc6, 0x32,
    0x57, 0x6a, 0xc6, 0x4a, 0xea, 0x65, 0x0b, 0x49, 0x6a, 0x8a, 0x20, 0xff, 0x00, 0xe5, 0x83, 0xc3,
];

static M: LazyLock<EdwardsPoint> = LazyLock::new(|| constant(&M_ENCODING));
static N: LazyLock<EdwardsPoint> = LazyLock::new(|| constant(&N_ENCODING));

fn constant(encoding: &[u8; 32]) -> EdwardsPoint {
    CompressedEdwardsY(*encoding)
        .decompress()
        .expect("M and N are points; a test decodes them")
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    use hex_literal::hex;
    use spake2::{Ed25519Group, Group};

    use super::*;

    fn fault(bytes: &[u8; 32]) -> Option<BadElement> {
        decode(bytes).err()
    }

    #[test]
    fn m_and_n_are_those_of_the_crate_and_of_order_l() {
        let m = hex!("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312");
        let n = hex!("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3");
        assert_eq!(StrictGroup::const_m().0.compress().0, m);
        assert_eq!(StrictGroup::const_n().0.compress().0, n);
        assert_eq!(StrictGroup::const_m().0, Ed25519Group::const_m());
        assert_eq!(StrictGroup::const_n().0, Ed25519Group::const_n());
        assert_eq!((fault(&m), fault(&n)), (None, None));
    }

    /// The derivation of section 5.1, so that M and N are nobody's choice.
    #[test]
    fn m_and_n_come_out_of_their_names() {
        for (name, tries, encoding) in [(b"M", 1, M_ENCODING), (b"N", 2, N_ENCODING)] {
            let mut okm = [0; 48];
            let info = b"SPAKE2 arbitrary element";
            Hkdf::<Sha256>::new(Some(b""), name)
                .expand(info, &mut okm)
                .unwrap();
            let y = |i| modulo_p(okm.iter().copied(), i);
            // The sign bit is 0, so that x is even.
            let points = (0..tries).map(|i| CompressedEdwardsY(y(i)).decompress());
            let points: Vec<_> = points.collect();
            let (first, before) = points.split_last().unwrap();
            assert!(before.iter().all(Option::is_none));
            assert_eq!(first.unwrap().mul_by_cofactor().compress().0, encoding);
        }
    }

    /// A big-endian integer plus `i`, modulo p = 2^255 - 19, little-endian.
    fn modulo_p(big_endian: impl Iterator<Item = u8>, i: u32) -> [u8; 32] {
        let mut y = [0; 32];
        let bytes = big_endian.map(u32::from).map(|byte| (256, byte));
        for (factor, mut carry) in bytes.chain([(1, i)]) {
            for byte in &mut y {
                carry += factor * u32::from(*byte);
                *byte = carry.to_le_bytes()[0];
                carry >>= 8;
            }
            // 2^255 is 19 and 2^256 is 38, until nothing is left above bit 254.
            carry = 38 * carry + 19 * u32::from(y[31] >> 7);
            y[31] &= 0x7f;
            while carry > 0 {
                for byte in &mut y {
                    carry += u32::from(*byte);
                    *byte = carry.to_le_bytes()[0];
                    carry >>= 8;
                }
                carry = 19 * u32::from(y[31] >> 7);
                y[31] &= 0x7f;
            }
        }
        assert_ne!(
            y[1..31],
            [0xff; 30],
            "less than p, but for a chance of 2^-240"
        );
        y
    }

    /// The values come from python-spake2 0.9, test_compat.py, `P2S_TEST_VECTORS`, and from the
    /// crate's own test.
    #[test]
    fn the_password_scalar_is_the_published_one() {
        for (password, scalar) in [
            (
                b"pw".as_slice(),
                hex!("cf090b60384cb818b12c8d972dfbaf910c0c7295c5cfe560e508f5f062f3960f"),
            ),
            (
                &hex!("0001feff"),
                hex!("e86622bb57ea0f6f9f963354f2973a43a9e981901a478e6478682374441b0c04"),
            ),
            (
                b"password",
                hex!("471b4e67302ba4f03b095c8acdfadf9f32977a1baac193085aa11b161b97c507"),
            ),
        ] {
            assert_eq!(StrictGroup::hash_to_scalar(password).0.to_bytes(), scalar);
        }
    }

    #[test]
    fn refuses_the_identity_in_every_form() {
        assert_eq!(fault(&IDENTITY), Some(BadElement::Identity));
        let signed = hex!("0100000000000000000000000000000000000000000000000000000000000080");
        let y_is_p_plus_1 =
            hex!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        assert_eq!(fault(&signed), Some(BadElement::NotCanonical));
        assert_eq!(fault(&y_is_p_plus_1), Some(BadElement::NotCanonical));
    }

    #[test]
    fn refuses_points_outside_the_subgroup() {
        for torsion in &EIGHT_TORSION[1..] {
            let low_order = torsion.compress().0;
            let mixed = (ED25519_BASEPOINT_POINT + torsion).compress().0;
            assert_eq!(fault(&low_order), Some(BadElement::NotPrimeOrder));
            assert_eq!(fault(&mixed), Some(BadElement::NotPrimeOrder));
        }
    }

    #[test]
    fn the_order_is_what_the_library_says() {
        let multiples = (1..20_u8).map(|n| ED25519_BASEPOINT_POINT * Scalar::from(n));
        for point in multiples.flat_map(|point| EIGHT_TORSION.map(|torsion| point + torsion)) {
            assert_eq!(is_of_order_l(&point), point.is_torsion_free());
        }
    }

    #[test]
    fn refuses_what_is_no_point_or_not_canonical() {
        let mut off_curve = [0; 32];
        off_curve[0] = 2;
        assert_eq!(fault(&off_curve), Some(BadElement::NotAPoint));
        // y goes from p to p + 18 = 2^255 - 1: these are all encodings of a y that is not below p.
        for last in 0xed..=0xff_u8 {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (last, 0x7f);
            assert!(matches!(
                fault(&bytes),
                Some(BadElement::NotAPoint | BadElement::NotCanonical)
            ));
        }
    }

    #[test]
    fn l_is_not_below_l() {
        let mut scalar = hex!("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        assert!(!is_below_l(&scalar));
        scalar[0] -= 1;
        assert!(is_below_l(&scalar) && is_below_l(&[0; 32]) && !is_below_l(&[0xff; 32]));
    }
}
