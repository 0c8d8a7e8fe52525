//! Strict lowercase hexadecimal (section 3.1).

use core::fmt;

/// `hex(bytes)`: two lowercase digits for each byte (section 2).
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    // There are no tables or branches, so that the compiler handles many digits at a time: most of
    // what a relay reads and writes is hex.
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let mut text = vec![0; 2 * bytes.len()];
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 0x0f)];
    }
    String::from_utf8(text).unwrap_or_default()
}

/// Reads the bytes of `text`, which is strict hex (section 3.1, HEX-1).
///
/// Each value has exactly one text. If uppercase were accepted too, one reader could see two
/// different messages where another sees one message twice.
///
/// # Errors
///
/// [`NotHex`] for an odd length and for any character outside `0-9a-f`.
// HEX-1: A reader of hex (relay, client, adapter) MUST refuse text of odd length and text with any
// character outside `0-9a-f`, uppercase included
pub fn decode(text: &[u8]) -> Result<Vec<u8>, NotHex> {
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotHex);
    }
    let mut bytes = vec![0; pairs.len()];
    let mut faults = 0;
    for (to, pair) in bytes.iter_mut().zip(pairs) {
        let (byte, fault) = byte(*pair);
        *to = byte;
        faults |= fault;
    }
    if faults == 0 { Ok(bytes) } else { Err(NotHex) }
}

/// Reads the N bytes of `text` into `out`, and leaves `out` alone if the length is wrong.
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
        let (byte, fault) = byte(*pair);
        if fault != 0 {
            return Err(NotHex);
        }
        *to = byte;
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

/// The byte of two characters, and a second value that is 0 only if both are hex digits.
fn byte([high, low]: [u8; 2]) -> (u8, u8) {
    let ((high, fault), (low, other)) = (nibble(high), nibble(low));
    ((high << 4) + (low & 0x0f), fault | other)
}

/// The value of a character, and a second value that is 0 only if it is a hex digit.
fn nibble(digit: u8) -> (u8, u8) {
    let decimal = digit.wrapping_sub(b'0');
    let letter = digit.wrapping_sub(b'a');
    let value = if decimal < 10 {
        decimal
    } else {
        letter.wrapping_add(10)
    };
    (value, u8::from(decimal >= 10) & u8::from(letter >= 6))
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
    fn every_character() {
        for high in 0..=255u8 {
            for low in 0..=255u8 {
                let text = [high, low];
                let digits = text.iter().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
                let parsed = str::from_utf8(&text).ok();
                let parsed = parsed.and_then(|text| u8::from_str_radix(text, 16).ok());
                let expected = parsed.filter(|_| digits).map(|byte| vec![byte]);
                assert_eq!(decode(&text).ok(), expected, "{text:?}");
            }
        }
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
