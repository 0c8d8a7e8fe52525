//! Values that hide nothing: each comes from a printed seed and a label that says its purpose.

use curve25519_dalek::scalar::Scalar;
use hkdf::Hkdf;
use sha2::Sha256;

/// The seed of the committed vectors.
pub(crate) const COMMITTED: &str = "wormhole-sync/1 vectors";

/// The seed that values come from.
#[derive(Debug, Clone)]
pub(crate) struct Seeds(String);

impl Seeds {
    /// The source of this seed's values.
    pub(crate) fn new(seed: &str) -> Self {
        Self(seed.to_owned())
    }

    /// The text of the seed.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// `HKDF-SHA256(salt = empty, IKM = seed, info = label, L = length)`. After 8 160 bytes, the
    /// most that HKDF gives, they begin again.
    pub(crate) fn bytes(&self, label: &str, length: usize) -> Vec<u8> {
        let hkdf = Hkdf::<Sha256>::new(None, self.0.as_bytes());
        let mut block = vec![0; length.min(8160)];
        hkdf.expand(label.as_bytes(), &mut block)
            .expect("8 160 bytes are within the limit of HKDF");
        block.into_iter().cycle().take(length).collect()
    }

    /// The bytes of this label, as many as the array holds.
    pub(crate) fn array<const N: usize>(&self, label: &str) -> [u8; N] {
        let bytes = self.bytes(label, N);
        bytes.try_into().expect("`bytes` gives what is asked for")
    }

    /// The scalar of this label: 64 bytes, little-endian, modulo L.
    pub(crate) fn scalar(&self, label: &str) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&self.array(label))
    }
}
