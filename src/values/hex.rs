//! Strict lowercase hexadecimal (section 3.1).

use core::fmt;

/// `hex(bytes)`: two lowercase digits for each byte (section 2).
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |nibble: u8| DIGITS[usize::from(nibble & 0x0f)];
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// The bytes of `text`, which is strict hex (section 3.1, HEX-1).
///
/// One value has one text: were uppercase accepted as well, two readers could see
/// two messages where a third sees a repetition of one.
///
/// # Errors
///
/// [`NotHex`] for an odd length and for any character outside `0-9a-f`.
// HEX-1: A reader of hex (relay, client, adapter) MUST refuse text of odd length and text with any character outside `0-9a-f`, uppercase included
pub fn decode(text: &[u8]) -> Result<Vec<u8>, NotHex> {
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotHex);
    }
    pairs.iter().map(byte).collect()
}

/// The N bytes of `text`, written to `out`, which holds zeros after a failure in its length.
///
/// # Errors
///
/// [`NotHex`] as for [`decode`], and when `text` is not 2 N characters long.
pub(crate) fn decode_into<const N: usize>(text: &[u8], out: &mut [u8; N]) -> Result<(), NotHex> {
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != N {
        return Err(NotHex);
    }
    for (to, pair) in out.iter_mut().zip(pairs) {
        *to = byte(pair)?;
    }
    Ok(())
}

/// The text is not lowercase hex of whole bytes (HEX-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotHex;

impl fmt::Display for NotHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not lowercase hex of whole bytes")
    }
}

impl core::error::Error for NotHex {}

fn byte(&[high, low]: &[u8; 2]) -> Result<u8, NotHex> {
    Ok(nibble(high)? << 4 | nibble(low)?)
}

fn nibble(digit: u8) -> Result<u8, NotHex> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(NotHex),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_there_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(encode(&all).as_bytes()), Ok(all));
        assert_eq!(encode(&[0x00, 0x9f, 0xa0]), "009fa0");
    }

    #[test]
    fn refuses_what_is_not_hex() {
        for text in ["0", "000", "0A", "0g", "0x00", " 00", "00 ", "é"] {
            assert_eq!(decode(text.as_bytes()), Err(NotHex), "{text}");
        }
        let mut two = [0; 2];
        assert_eq!(decode_into(b"00", &mut two), Err(NotHex));
        assert_eq!(decode_into(b"0a0b", &mut two), Ok(()));
        assert_eq!(two, [0x0a, 0x0b]);
    }
}
