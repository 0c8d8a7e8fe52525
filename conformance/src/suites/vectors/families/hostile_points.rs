//! Elements of 32 bytes that an attacker may send, and harmless ones that look like them (PAKE-5,
//! PAKE-6).

use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::traits::IsIdentity;

use crate::suites::vectors::derive::{decode, encode};

/// p = 2^255 - 19, little-endian.
const P: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed;
    bytes[31] = 0x7f;
    bytes
};

/// The sign bit, in the last byte.
const SIGN: u8 = 0x80;

/// The encoding of y = k with a sign bit.
pub(super) fn small(k: u8, sign: bool) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = k;
    bytes[31] = if sign { SIGN } else { 0 };
    bytes
}

/// The encoding of y = p + k, for k below 19: y again as a number of 255 bits.
pub(super) fn above_p(k: u8, sign: bool) -> [u8; 32] {
    let mut bytes = P;
    bytes[0] = bytes[0].wrapping_add(k);
    bytes[31] |= if sign { SIGN } else { 0 };
    bytes
}

/// The encoding of y = p - k, for k from 1 to 237.
pub(super) fn below_p(k: u8, sign: bool) -> [u8; 32] {
    let mut bytes = P;
    bytes[0] = bytes[0].wrapping_sub(k);
    bytes[31] |= if sign { SIGN } else { 0 };
    bytes
}

/// Whether these are the bytes of an element that has to be accepted, as far as the bytes alone
/// tell.
pub(super) fn is_good(bytes: [u8; 32]) -> bool {
    decode(bytes).is_some_and(|point| {
        encode(point) == bytes && point.is_torsion_free() && !point.is_identity()
    })
}

/// The torsion points with their orders and names.
pub(super) fn torsion() -> Vec<(String, EdwardsPoint)> {
    EIGHT_TORSION
        .into_iter()
        .enumerate()
        .map(|(index, point)| {
            let order = match index {
                0 => 1,
                4 => 2,
                2 | 6 => 4,
                _ => 8,
            };
            (format!("order-{order}-t{index}"), point)
        })
        .collect()
}

/// Acceptable elements that an over-eager check refuses: id, comment, bytes.
pub(super) fn unusual() -> Vec<(String, String, [u8; 32])> {
    let mut all = vec![
        (
            "base-point".to_owned(),
            "The base point".to_owned(),
            encode(B),
        ),
        (
            "base-point-negative".to_owned(),
            "The base point with its sign flipped".to_owned(),
            encode(-B),
        ),
    ];
    let found = |make: fn(u8, bool) -> [u8; 32]| (2..=60).filter(move |k| is_good(make(*k, false)));
    for k in found(small).take(3) {
        for (sign, word) in [(false, ""), (true, "-signed")] {
            all.push((
                format!("y-{k}{word}"),
                format!("y = {k}: nearly all bytes are zero"),
                small(k, sign),
            ));
        }
    }
    for k in found(below_p).take(3) {
        for (sign, word) in [(false, ""), (true, "-signed")] {
            all.push((
                format!("y-p-minus-{k}{word}"),
                format!("y = p - {k}: nearly all bits are one, and it is canonical"),
                below_p(k, sign),
            ));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_as_named() {
        for (name, mut point) in torsion() {
            let mut order = 1;
            while !point.is_identity() {
                point = point + point;
                order *= 2;
            }
            assert!(
                name.starts_with(&format!("order-{order}-")),
                "{name}: {order}"
            );
        }
    }

    #[test]
    fn there_are_unusual_points_on_both_rims() {
        assert_eq!(unusual().len(), 14);
        assert!(unusual().iter().all(|(_, _, bytes)| is_good(*bytes)));
        assert!((0..19).all(|k| !is_good(above_p(k, false)) && !is_good(above_p(k, true))));
    }
}
