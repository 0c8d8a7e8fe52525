//! The specification's formulas once more, from primitives alone.
//!
//! The results that vectors expect come from here, so that the reference is not judged by itself.
//! Nothing here is constant in time or wiped, because all values are public.

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT as B;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::Scalar;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};

use super::bytes::from_hex_32;

/// The role of a client, and its side in SPAKE2. It is the reference's `Role` once more, since
/// nothing here rests on the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The initiator is side A.
    Initiator,
    /// The receiver is side B.
    Receiver,
}

impl Role {
    /// Both roles.
    pub(crate) const BOTH: [Self; 2] = [Self::Initiator, Self::Receiver];

    /// The name of the role, as in `ADAPTER.md`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Receiver => "receiver",
        }
    }

    /// The other role.
    pub(crate) fn peer(self) -> Self {
        match self {
            Self::Initiator => Self::Receiver,
            Self::Receiver => Self::Initiator,
        }
    }

    /// The first byte of this role's message.
    pub(crate) fn side_byte(self) -> u8 {
        match self {
            Self::Initiator => 0x41,
            Self::Receiver => 0x42,
        }
    }

    /// The constant that masks this role's element: M for A, N for B.
    pub(crate) fn mask(self) -> EdwardsPoint {
        const M: &str = "15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312";
        const N: &str = "f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3";
        let text = match self {
            Self::Initiator => M,
            Self::Receiver => N,
        };
        decode(from_hex_32(text)).expect("M and N are points of the curve")
    }
}

/// SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The scalar w of a password (section 5.2).
pub(crate) fn password_scalar(password: &[u8]) -> Scalar {
    let mut big_endian = expand(&extract(&[], password), b"SPAKE2 pw", 48);
    big_endian.reverse();
    let mut wide = [0; 64];
    for (to, from) in wide.iter_mut().zip(big_endian) {
        *to = from;
    }
    Scalar::from_bytes_mod_order_wide(&wide)
}

/// The element X or Y of a role, encoded (section 5.3).
pub(crate) fn element(role: Role, scalar: Scalar, w: Scalar) -> [u8; 32] {
    encode(B * scalar + role.mask() * w)
}

/// The message of an element: the side byte and the element, 33 bytes (section 5.3).
pub(crate) fn message(role: Role, element: [u8; 32]) -> Vec<u8> {
    [&[role.side_byte()][..], &element].concat()
}

/// The element Z, from the peer's element (section 5.4).
pub(crate) fn unmasked(role: Role, scalar: Scalar, w: Scalar, peer: EdwardsPoint) -> EdwardsPoint {
    (peer - role.peer().mask() * w) * scalar
}

/// The encoding of a point, enc(P).
pub(crate) fn encode(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

/// The point of these bytes, if there is one. The check is not strict: other encodings than enc(P)
/// are taken as well.
pub(crate) fn decode(bytes: [u8; 32]) -> Option<EdwardsPoint> {
    CompressedEdwardsY(bytes).decompress()
}

/// The identities of section 5.4.
pub(crate) const IDENTITIES: (&str, &str) =
    ("wormhole-sync/1/initiator", "wormhole-sync/1/receiver");

/// The key K of SPAKE2 (section 5.4).
pub(crate) fn pake_key(
    password: &[u8],
    (id_a, id_b): (&str, &str),
    x: [u8; 32],
    y: [u8; 32],
    z: [u8; 32],
) -> [u8; 32] {
    let hashes = [password, id_a.as_bytes(), id_b.as_bytes()].map(sha256);
    sha256(&[hashes[0], hashes[1], hashes[2], x, y, z].concat())
}

/// The key schedule of section 6, in its order.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) context: Vec<u8>,
    pub(crate) th: [u8; 32],
    pub(crate) prk: Vec<u8>,
    pub(crate) receiver_blob: Vec<u8>,
    pub(crate) initiator_blob: Vec<u8>,
    pub(crate) receipt: Vec<u8>,
    pub(crate) verifier: Vec<u8>,
    pub(crate) exporter: Vec<u8>,
}

impl Schedule {
    /// The schedule of K and the six fields of the context.
    ///
    /// # Panics
    ///
    /// When a field is longer than 65 535 bytes.
    pub(crate) fn new(key: &[u8], fields: &[&[u8]; 6]) -> Self {
        let mut context = Vec::new();
        for field in fields {
            let length = u16::try_from(field.len()).unwrap_or_else(|_| {
                panic!(
                    "a field of the context has {} bytes, and its length 16 bits",
                    field.len()
                )
            });
            context.extend(length.to_be_bytes());
            context.extend(*field);
        }
        let th = sha256(&context);
        let prk = extract(&th, key);
        let key = |label: &str| expand(&prk, format!("wormhole-sync/1 {label}").as_bytes(), 32);
        Self {
            receiver_blob: key("receiver-blob"),
            initiator_blob: key("initiator-blob"),
            receipt: key("receipt"),
            verifier: key("verifier"),
            exporter: key("exporter"),
            context,
            th,
            prk,
        }
    }
}

/// Version and mode, the first two fields of the context.
pub(crate) const VERSION_AND_MODE: [&[u8]; 2] = [b"wormhole-sync/1", b"transcribe"];

/// HKDF-Extract.
pub(crate) fn extract(salt: &[u8], ikm: &[u8]) -> Vec<u8> {
    Hkdf::<Sha256>::extract(Some(salt), ikm).0.to_vec()
}

/// HKDF-Expand, of a PRK of at least 32 bytes to at most 8 160 bytes.
///
/// # Panics
///
/// When the PRK is shorter, or more is asked for.
pub(crate) fn expand(prk: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    Hkdf::<Sha256>::from_prk(prk)
        .unwrap_or_else(|_| panic!("a PRK of {} bytes is too short for HKDF", prk.len()))
        .expand(info, &mut out)
        .unwrap_or_else(|_| panic!("HKDF gives at most 8 160 bytes, and not {length}"));
    out
}

/// A key for the application: both its label and its length go into info (section 6.2).
pub(crate) fn export(key_exporter: &[u8], label: &[u8], length: u16) -> Vec<u8> {
    let info = [&length.to_be_bytes(), label].concat();
    expand(key_exporter, &info, usize::from(length))
}

/// A padded blob: blob || 0x80 || zeros (section 7.1).
pub(crate) fn pad(blob: &[u8]) -> Vec<u8> {
    let mut bucket = 256;
    while bucket < blob.len() + 1 {
        bucket *= 2;
    }
    let mut padded = blob.to_vec();
    padded.push(0x80);
    padded.resize(bucket, 0);
    padded
}

/// ChaCha20-Poly1305 with any nonce and associated data.
///
/// # Panics
///
/// When the key does not have 32 bytes.
pub(crate) fn aead(key: &[u8], nonce: [u8; 12], associated: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let cipher = ChaCha20Poly1305::new(Key::from_slice(key));
    let mut sealed = plaintext.to_vec();
    cipher
        .encrypt_in_place(Nonce::from_slice(&nonce), associated, &mut sealed)
        .expect("a plaintext of a builder is far below the limit of ChaCha20-Poly1305");
    sealed
}

/// The seal of section 7.2.
pub(crate) fn seal(key: &[u8], th: &[u8], plaintext: &[u8]) -> Vec<u8> {
    aead(key, [0; 12], th, plaintext)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a field of the context has 65536 bytes")]
    fn a_field_longer_than_its_length_can_say_stops_the_builder() {
        let long = vec![0; 65_536];
        Schedule::new(&[0; 32], &[b"", b"", &long, b"", b"", b""]);
    }

    #[test]
    #[should_panic(expected = "HKDF gives at most 8 160 bytes, and not 8161")]
    fn more_than_hkdf_gives_stops_the_builder() {
        expand(&[0; 32], b"", 8161);
    }

    #[test]
    #[should_panic(expected = "a PRK of 31 bytes is too short")]
    fn a_short_prk_stops_the_builder() {
        expand(&[0; 31], b"", 32);
    }
}
