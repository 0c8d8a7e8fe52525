//! HKDF-Expand over SHA-256 (RFC 5869): the step from a key to further keys (section 6).

use hkdf::Hkdf;
use sha2::Sha256;

use crate::values::secret::SecretBytes;

/// Writes `HKDF-Expand(key, info, L = length of out)` to `out`, of at most 8 160 bytes. `info` is
/// given in parts.
pub(super) fn expand(key: &SecretBytes<32>, info: &[&[u8]], out: &mut [u8]) {
    Hkdf::<Sha256>::from_prk(key.expose())
        .expect("32 bytes are a key of HKDF-SHA256")
        .expand_multi_info(info, out)
        .expect("callers ask for at most 255 blocks");
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    /// The expansion of RFC 5869, appendix A.1; every key here comes from this primitive.
    #[test]
    fn the_primitive_is_rfc_5869() {
        let salt = hex!("000102030405060708090a0b0c");
        let (prk, _) = Hkdf::<Sha256>::extract(Some(&salt), &[0x0b; 22]);
        let published = hex!("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        assert_eq!(prk[..], published);
        let mut okm = [0; 42];
        expand(
            &SecretBytes::take(&mut published.clone()),
            &[&hex!("f0f1f2"), &hex!("f3f4f5f6f7f8f9")],
            &mut okm,
        );
        assert_eq!(
            okm,
            hex!(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            )
        );
    }
}
