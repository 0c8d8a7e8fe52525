//! The channel id (section 4).

use core::fmt;

/// `channel`: a channel's number, 1 to 999 999 999 (section 4).
///
/// No other part of an invitation code leaves the machine (CODE-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(u32);

impl ChannelId {
    /// The largest channel id.
    pub const MAX: u32 = 999_999_999;

    /// The channel of this number; `None` outside 1 to 999 999 999.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if 1 <= number && number <= Self::MAX {
            Some(Self(number))
        } else {
            None
        }
    }

    /// Reads a channel id in decimal, without sign or leading zeros: `%x31-39 0*8DIGIT`.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let well_formed = matches!(text, [b'1'..=b'9', rest @ ..]
            if rest.len() <= 8 && rest.iter().all(u8::is_ascii_digit));
        if !well_formed {
            return None;
        }
        Self::new(
            text.iter()
                .fold(0, |number, digit| number * 10 + u32::from(digit - b'0')),
        )
    }

    /// The channel's number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Writes ASCII decimal without leading zeros, as codes, targets and the context have it (CODE-3,
/// section 6).
impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_it_prints() {
        for number in [1, 9, 10, 999_999_999] {
            let channel = ChannelId::new(number).unwrap();
            assert_eq!(
                ChannelId::parse(channel.to_string().as_bytes()),
                Some(channel)
            );
            assert_eq!(channel.get(), number);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "0",
            "01",
            "+1",
            "-1",
            "1 ",
            "1a",
            "1000000000",
            "99999999999999999999",
        ] {
            assert_eq!(ChannelId::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(
            (ChannelId::new(0), ChannelId::new(1_000_000_000)),
            (None, None)
        );
    }
}
