//! `published`: values that others have published, as far as an operation gives them.
//!
//! The sources name the packages and their files; only the values are copied. Values that no
//! operation gives (K with other identities, HKDF and the AEAD by themselves) are checked by the
//! tests below. An adapter's HKDF is checked by `spake2-pw-to-scalar`, whose w is 48 bytes of it.

use curve25519_dalek::scalar::Scalar;
use serde_json::json;

use super::{Sources, spake2};
use crate::suites::vectors::builder::BugType::WrongPrimitive;
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{from_hex_32, hex};
use crate::suites::vectors::derive::{self, Role};
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "published",
        2,
        &sources.seeds,
        "Values that others have published",
    );
    family.note_with_links(
        "PythonSpake2",
        WrongPrimitive,
        "From python-spake2 0.9, src/spake2/test/test_compat.py (MIT); the Rust crate spake2 0.4.0, src/lib.rs, publishes the same messages (MIT OR Apache-2.0).",
        "It is SPAKE2, but not that of the specification: RFC 9382, say.",
        &["https://github.com/warner/python-spake2", "https://docs.rs/spake2/0.4.0/spake2/"],
    );
    family.op("spake2-start");
    for (role, scalar) in [(Role::Initiator, X), (Role::Receiver, Y)] {
        let comment = format!(
            "The {}'s message for the password \"password\"",
            role.name()
        );
        spake2::start(
            &mut family,
            "spake2-password",
            &comment,
            ("PAKE-3 PAKE-2", "PythonSpake2"),
            role,
            "password",
            scalar_of(scalar),
        );
    }
    // The source has the scalar and the message as literals, which are not computed here.
    let pw = own_scalar_vector();
    family.accept(
        "spake2-pw-to-scalar",
        "The password \"pw\" as a scalar; its message with the scalar 1",
        ("PAKE-2", "PythonSpake2"),
        pw.0,
        pw.1,
    );
    family.finish(&sources.spec)
}

/// `x_scalar` and `y_scalar` of `SPAKE2.test_asymmetric`: decimal there, little-endian here.
const X: &str = "25184061a70b1142f1a9f043a52cf7033dc308b5a0a32e42b003ecd59c2ac605";
const Y: &str = "9fb5e845084e0cbe27ac8b4d3af139b33f3f8a047d4234e2d45d33c5cd367b0f";

fn own_scalar_vector() -> (serde_json::Value, serde_json::Value) {
    const W: &str = "cf090b60384cb818b12c8d972dfbaf910c0c7295c5cfe560e508f5f062f3960f";
    let message = derive::message(
        Role::Initiator,
        derive::element(Role::Initiator, Scalar::ONE, scalar_of(W)),
    );
    let input =
        json!({"role": "initiator", "password": "pw", "pake_scalar": hex(Scalar::ONE.to_bytes())});
    (input, json!({"w": W, "message": hex(message)}))
}

fn scalar_of(text: &str) -> Scalar {
    Scalar::from_bytes_mod_order(from_hex_32(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::vectors::bytes::from_hex;
    use crate::suites::vectors::derive::{
        aead, decode, element, extract, message, pake_key, password_scalar, sha256, unmasked,
    };

    #[test]
    fn spake2_of_the_rust_crate_and_of_python() {
        let (x, y) = (scalar_of(X), scalar_of(Y));
        let w = password_scalar(b"password");
        assert_eq!(
            w.to_bytes().to_vec(),
            from_hex("471b4e67302ba4f03b095c8acdfadf9f32977a1baac193085aa11b161b97c507")
        );
        let (a, b) = (
            element(Role::Initiator, x, w),
            element(Role::Receiver, y, w),
        );
        assert_eq!(
            message(Role::Initiator, a),
            from_hex("416fc960df73c9cf8ed7198b0c9534e2e96a5984bfc5edc023fd24dacf371f2af9")
        );
        assert_eq!(
            message(Role::Receiver, b),
            from_hex("42354e97b88406922b1df4bea1d7870f17aed3dba7c720b313edae315b00959309")
        );
        let z = unmasked(Role::Initiator, x, w, decode(b).unwrap());
        assert_eq!(z, unmasked(Role::Receiver, y, w, decode(a).unwrap()));
        let key = |ids| pake_key(b"password", ids, a, b, derive::encode(z)).to_vec();
        assert_eq!(
            key(("", "")),
            from_hex("a480bca13fa04464bb644f10e340125e96c9494f7399fef7c2bda67eb0fdf06d")
        );
        assert_eq!(
            key(("idA", "idB")),
            from_hex("712295de7219c675ddd31942184aa26e0a957cf216bc230d165b215047b520c1")
        );
    }

    #[test]
    fn spake2_transcript_of_the_rust_crate() {
        let key = pake_key(b"pw", ("idA", "idB"), [b'X'; 32], [b'Y'; 32], [b'K'; 32]);
        assert_eq!(
            key.to_vec(),
            from_hex("d59d9ba920f7092565cec747b08d5b2e981d553ac32fde0f25e5b4a4cfca3efd")
        );
        let scalar = password_scalar(&from_hex("0001feff")).to_bytes().to_vec();
        assert_eq!(
            scalar,
            from_hex("e86622bb57ea0f6f9f963354f2973a43a9e981901a478e6478682374441b0c04")
        );
    }

    /// RFC 5869, appendix A, test cases 1 and 2: PRK, info, OKM.
    const HKDF: [(&str, &str, &str); 2] = [
        (
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
    ];

    #[test]
    fn hkdf_of_rfc_5869() {
        let prk = extract(&from_hex("000102030405060708090a0b0c"), &[0x0b; 22]);
        assert_eq!(prk, from_hex(HKDF[0].0));
        for (prk, info, okm) in HKDF {
            assert_eq!(
                derive::expand(&from_hex(prk), &from_hex(info), from_hex(okm).len()),
                from_hex(okm)
            );
        }
        // Test case 3: neither salt nor info.
        let prk = extract(&[], &[0x0b; 22]);
        assert_eq!(
            derive::expand(&prk, &[], 42),
            from_hex(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            )
        );
    }

    #[test]
    fn aead_of_rfc_8439() {
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let nonce: [u8; 12] = from_hex("070000004041424344454647").try_into().unwrap();
        let plaintext = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let sealed = aead(
            &key,
            nonce,
            &from_hex("50515253c0c1c2c3c4c5c6c7"),
            plaintext,
        );
        assert_eq!(sealed[..16], from_hex("d31a8d34648e60db7b86afbc53ef7ec2"));
        assert_eq!(
            sealed[plaintext.len()..],
            from_hex("1ae10b594f09e26a7e902ecbd0600691")
        );
    }

    #[test]
    fn sha256_of_fips_180() {
        assert_eq!(
            sha256(b"abc").to_vec(),
            from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
    }
}
