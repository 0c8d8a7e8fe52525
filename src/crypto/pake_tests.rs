//! SPAKE2 against published values and hostile messages (section 5).

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use hex_literal::hex;
use sha2::{Digest, Sha256};
use spake2::Group;

use super::BadElement;
use super::dangerous_values::pake_values;
use super::group::{self, StrictGroup};
use super::pake::{Pake, PakeMessage, key_of};
use super::random::PakeScalar;
use crate::values::secret::SecretBytes;
use crate::values::{Password, Role};

// These values, in little-endian, are those of `test_asymmetric` in python-spake2 0.9,
// test_compat.py, and in spake2 0.4, src/lib.rs.
const X: [u8; 32] = hex!("25184061a70b1142f1a9f043a52cf7033dc308b5a0a32e42b003ecd59c2ac605");
const Y: [u8; 32] = hex!("9fb5e845084e0cbe27ac8b4d3af139b33f3f8a047d4234e2d45d33c5cd367b0f");
const MESSAGE_A: PakeMessage =
    hex!("41 6fc960df73c9cf8ed7198b0c9534e2e96a5984bfc5edc023fd24dacf371f2af9");
const MESSAGE_B: PakeMessage =
    hex!("42 354e97b88406922b1df4bea1d7870f17aed3dba7c720b313edae315b00959309");

fn scalar(bytes: [u8; 32]) -> PakeScalar {
    PakeScalar::dangerously_from_le_bytes(bytes).unwrap()
}

fn password() -> Password {
    Password::dangerously_from_bytes(b"password")
}

fn start(role: Role) -> Pake {
    match role {
        Role::Initiator => Pake::start(role, &password(), scalar(X)),
        Role::Receiver => Pake::start(role, &password(), scalar(Y)),
    }
}

fn fault(role: Role, message: &PakeMessage) -> BadElement {
    start(role).finish(message).unwrap_err()
}

fn message(side: u8, element: [u8; 32]) -> PakeMessage {
    let mut message = [side; 33];
    message[1..].copy_from_slice(&element);
    message
}

#[test]
fn the_published_exchanges() {
    for (ids, key) in [
        (
            [&b""[..], b""],
            hex!("a480bca13fa04464bb644f10e340125e96c9494f7399fef7c2bda67eb0fdf06d"),
        ),
        (
            [b"idA", b"idB"],
            hex!("712295de7219c675ddd31942184aa26e0a957cf216bc230d165b215047b520c1"),
        ),
    ] {
        let a = Pake::start_as(Role::Initiator, ids, &password(), scalar(X));
        let b = Pake::start_as(Role::Receiver, ids, &password(), scalar(Y));
        assert_eq!((a.message(), b.message()), (&MESSAGE_A, &MESSAGE_B));
        assert_eq!(a.finish(&MESSAGE_B).unwrap().dangerously_reveal(), key);
        assert_eq!(b.finish(&MESSAGE_A).unwrap().dangerously_reveal(), key);
    }
}

/// The hash is that of `test_hash_ab` in spake2 0.4 and `Finalize.test_asymmetric` in
/// python-spake2.
#[test]
fn the_published_transcript_hash() {
    let password_hash = SecretBytes::take(&mut Sha256::digest(b"pw").into());
    let key = key_of(
        &password_hash,
        [b"idA", b"idB"],
        &[b'X'; 32],
        &[b'Y'; 32],
        &[b'K'; 32],
    );
    assert_eq!(
        *key.expose(),
        hex!("d59d9ba920f7092565cec747b08d5b2e981d553ac32fde0f25e5b4a4cfca3efd")
    );
}

#[test]
fn the_formulas_give_what_the_crate_gives() {
    let a = pake_values(Role::Initiator, &password(), X, &MESSAGE_B).unwrap();
    let b = pake_values(Role::Receiver, &password(), Y, &MESSAGE_A).unwrap();
    assert_eq!(
        a.z,
        hex!("6f15f4010172c97e13325bcdc970cf6eb2c849d69b067e7ac6aa1335eb0ab454")
    );
    assert_eq!(
        a.password_scalar,
        hex!("471b4e67302ba4f03b095c8acdfadf9f32977a1baac193085aa11b161b97c507")
    );
    assert_eq!((a.z, &a.transcript, a.key), (b.z, &b.transcript, b.key));
    assert_eq!(a.key[..], Sha256::digest(&a.transcript)[..]);
}

#[test]
fn other_words_other_key() {
    let other = Pake::start(
        Role::Receiver,
        &Password::dangerously_from_bytes(b"Password"),
        scalar(Y),
    );
    let peer = *other.message();
    let a = start(Role::Initiator).finish(&peer).unwrap();
    assert_ne!(
        a.dangerously_reveal(),
        other.finish(&MESSAGE_A).unwrap().dangerously_reveal()
    );
}

#[test]
fn refuses_the_wrong_side() {
    for side in [0x00, 0x41, 0x53, 0x62, 0xff] {
        assert_eq!(
            fault(Role::Initiator, &message(side, Y)),
            BadElement::WrongSide
        );
    }
    assert_eq!(fault(Role::Receiver, &MESSAGE_B), BadElement::WrongSide);
    assert_eq!(
        fault(Role::Receiver, start(Role::Receiver).message()),
        BadElement::WrongSide
    );
}

#[test]
fn refuses_its_own_element() {
    let own = MESSAGE_A[1..].try_into().unwrap();
    assert_eq!(
        fault(Role::Initiator, &message(0x42, own)),
        BadElement::Reflected
    );
}

#[test]
fn says_why_an_element_is_refused() {
    let refused = |element| fault(Role::Initiator, &message(0x42, element));
    assert_eq!(refused(group::IDENTITY), BadElement::Identity);
    assert_eq!(
        refused(hex!(
            "0200000000000000000000000000000000000000000000000000000000000000"
        )),
        BadElement::NotAPoint
    );
    assert_eq!(refused([0xff; 32]), BadElement::NotCanonical);
    assert_eq!(
        refused(hex!(
            "0100000000000000000000000000000000000000000000000000000000000080"
        )),
        BadElement::NotCanonical
    );
    for torsion in &EIGHT_TORSION[1..] {
        assert_eq!(refused(torsion.compress().0), BadElement::NotPrimeOrder);
        assert_eq!(
            refused((ED25519_BASEPOINT_POINT + torsion).compress().0),
            BadElement::NotPrimeOrder
        );
    }
}

/// Both Y = w·N and a scalar of zero give Z = identity.
#[test]
fn refuses_a_shared_identity() {
    let w = StrictGroup::hash_to_scalar(b"password");
    let masks = [
        (
            Role::Initiator,
            0x42,
            StrictGroup::scalarmult(&StrictGroup::const_n(), &w),
        ),
        (
            Role::Receiver,
            0x41,
            StrictGroup::scalarmult(&StrictGroup::const_m(), &w),
        ),
    ];
    for (role, side, element) in masks {
        assert_eq!(
            fault(role, &message(side, group::encode(&element))),
            BadElement::SharedIdentity
        );
    }
    let zero = Pake::start(Role::Initiator, &password(), scalar([0; 32]));
    assert_eq!(
        zero.finish(&MESSAGE_B).unwrap_err(),
        BadElement::SharedIdentity
    );
}

#[test]
fn debug_shows_no_secret() {
    assert_eq!(
        format!("{:?}", start(Role::Initiator)),
        "Pake { role: Initiator, .. }"
    );
}
