//! The word lists of section 4, out of the specification's own files.

const ODD: &str = include_str!("../../../../spec/words/odd.txt");
const EVEN: &str = include_str!("../../../../spec/words/even.txt");

/// The word of a byte at a position (CODE-2).
pub(crate) fn word(position: usize, byte: u8) -> &'static str {
    list(position)
        .lines()
        .nth(usize::from(byte))
        .unwrap_or_default()
}

/// The byte of a word at a position, if the list of that position has it.
pub(crate) fn byte(position: usize, word: &str) -> Option<u8> {
    let mut words = list(position).lines();
    let place = words.position(|listed| listed == word)?;
    u8::try_from(place).ok()
}

/// The words of bytes, from position 0.
pub(crate) fn words(bytes: &[u8]) -> Vec<&'static str> {
    let numbered = bytes.iter().enumerate();
    numbered
        .map(|(position, byte)| word(position, *byte))
        .collect()
}

fn list(position: usize) -> &'static str {
    if position.is_multiple_of(2) {
        ODD
    } else {
        EVEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_are_whole() {
        for position in [0, 1] {
            let there = (0..=255).all(|value| byte(position, word(position, value)) == Some(value));
            assert!(there, "{position}");
        }
        assert_eq!(words(&[0x3c, 0x3b]), ["crossover", "clockwork"]);
    }
}
