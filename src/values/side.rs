//! The side (sections 3.5 and 9.1).

use super::hex::{self, NotHex};
use super::secret::SecretBytes;

/// `side`: 16 random bytes by which the relay knows a client (sections 3.5 and 9.1).
///
/// A side is a bearer token for one exchange. It protects no blob, but whoever has it can act as
/// that client at the relay.
#[derive(Debug)]
pub struct Side(SecretBytes<16>);

impl Side {
    pub(crate) fn from_secret(bytes: SecretBytes<16>) -> Self {
        Self(bytes)
    }

    /// Reads a side from 32 hex digits, as in a request (RELAY-1).
    ///
    /// # Errors
    ///
    /// [`NotHex`] for any other text.
    pub fn from_hex(text: &[u8]) -> Result<Self, NotHex> {
        SecretBytes::try_filled(|bytes| hex::decode_into(text, bytes)).map(Self)
    }

    /// The side in 32 hex digits, to be sent to the relay and to nobody else (section 9.1).
    #[must_use]
    pub fn reveal_to_relay(&self) -> String {
        hex::encode(self.0.expose())
    }

    /// Whether both are the same side, compared in constant time.
    #[cfg(test)]
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_32_strict_hex_digits() {
        let text = b"000102030405060708090a0b0c0d0e0f";
        let side = Side::from_hex(text).unwrap();
        assert_eq!(side.reveal_to_relay().as_bytes(), text);
        assert!(side.is(&Side::from_hex(text).unwrap()));
        assert!(!side.is(&Side::from_hex(&[b'0'; 32]).unwrap()));
        assert!(Side::from_hex(&text[1..]).is_err());
        assert!(Side::from_hex(&text.to_ascii_uppercase()).is_err());
        assert_eq!(format!("{side:?}"), "Side([redacted])");
    }
}
