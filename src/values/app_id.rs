//! The application identifier (section 3.2).

use core::fmt;

use super::hex;

/// `appid`: 1 to 128 bytes that separate applications (section 3.2, APP-1).
///
/// Appids are compared byte for byte: two sides that normalised them differently could not meet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppId(Vec<u8>);

impl AppId {
    /// The greatest length of an appid, in bytes.
    pub const MAX: usize = 128;

    /// Makes an appid of these bytes, by convention such as `example.com/app1`.
    ///
    /// # Errors
    ///
    /// [`BadAppId`] for 0 bytes and for more than 128.
    // APP-1: A client MUST refuse an appid of 0 bytes or of more than 128 bytes as `bad-appid`
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, BadAppId> {
        let bytes = bytes.as_ref();
        match bytes.len() {
            1..=Self::MAX => Ok(Self(bytes.to_vec())),
            length => Err(BadAppId { length }),
        }
    }

    /// Reads the hex of an appid in a request's target (section 9.2); `None` if it is not one.
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        Self::new(hex::decode(text).ok()?).ok()
    }

    /// The appid's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The appid's bytes in hex, as in a request's target (RDV-3).
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(&self.0)
    }
}

impl fmt::Debug for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppId({})", self.0.escape_ascii())
    }
}

/// The appid is not 1 to 128 bytes long: `bad-appid` (APP-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadAppId {
    /// The length of the refused appid, in bytes.
    pub length: usize,
}

impl fmt::Display for BadAppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the application identifier has {} bytes; it has 1 to 128",
            self.length
        )
    }
}

impl core::error::Error for BadAppId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_1_to_128_bytes() {
        assert_eq!(AppId::new(b""), Err(BadAppId { length: 0 }));
        assert_eq!(AppId::new([0; 129]), Err(BadAppId { length: 129 }));
        assert_eq!(AppId::new([0xff; 128]).unwrap().as_bytes(), [0xff; 128]);
        assert_eq!(AppId::from_hex(b"61").unwrap().to_hex(), "61");
        assert_eq!((AppId::from_hex(b""), AppId::from_hex(b"6A")), (None, None));
        let shown = format!("{:?}", AppId::new(b"a/\n\xff").unwrap());
        assert_eq!(shown, r"AppId(a/\n\xff)");
    }
}
