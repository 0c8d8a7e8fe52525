//! The two word lists (section 4).

use std::sync::LazyLock;

/// The word of `byte` in the list of `position` (section 4, CODE-2).
///
/// Positions 0, 2, 4 and 6 take three-syllable words, the others two-syllable ones, so that a word
/// that is left out, doubled or swapped with its neighbour is noticed.
#[must_use]
pub fn word(position: usize, byte: u8) -> &'static str {
    list(position)[usize::from(byte)]
}

/// The byte of `word` in the list of `position`, if it is a word of that list (section 4).
#[must_use]
pub fn byte(position: usize, word: &str) -> Option<u8> {
    (0..=u8::MAX).find(|&byte| self::word(position, byte) == word)
}

/// Up to three words of the list of `position` that resemble `typed`, the most similar first.
///
/// They may be the words that the user meant; there are none if `typed` is unlike all words.
#[must_use]
pub fn nearest(position: usize, typed: &str) -> Vec<&'static str> {
    let length = typed.chars().count();
    let mut near: Vec<(usize, &'static str)> = list(position)
        .iter()
        .filter_map(|&word| {
            let most = word.len() / 2;
            // The distance is at least the difference of the lengths. Without this test, an input
            // of the greatest length costs a tenth of a second.
            let may_be_near = length.abs_diff(word.len()) <= most;
            let distance = may_be_near.then(|| strsim::damerau_levenshtein(typed, word))?;
            (distance <= most).then_some((distance, word))
        })
        .collect();
    near.sort();
    near.into_iter().take(3).map(|(_, word)| word).collect()
}

type List = [&'static str; 256];

const ODD_FILE: &str = include_str!("../../spec/words/odd.txt");
const EVEN_FILE: &str = include_str!("../../spec/words/even.txt");

static ODD: LazyLock<List> = LazyLock::new(|| lines(ODD_FILE));
static EVEN: LazyLock<List> = LazyLock::new(|| lines(EVEN_FILE));

fn list(position: usize) -> &'static List {
    if position.is_multiple_of(2) {
        &ODD
    } else {
        &EVEN
    }
}

/// The 256 lines of a word list; a test pins their number and the hash of the file.
fn lines(file: &'static str) -> List {
    let mut list = [""; 256];
    for (to, line) in list.iter_mut().zip(file.lines()) {
        *to = line;
    }
    list
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_files_are_those_of_the_specification() {
        let odd = hex!("99a86d564393464a979f9115ef6103464f56499b7e987091b9e59bdcaea00da8");
        let even = hex!("247bec0519f05acf5f8716f8515af0532676cce180409949d265f5670797c930");
        assert_eq!(Sha256::digest(ODD_FILE)[..], odd);
        assert_eq!(Sha256::digest(EVEN_FILE)[..], even);
    }

    #[test]
    fn each_file_has_256_lowercase_words() {
        for file in [ODD_FILE, EVEN_FILE] {
            assert_eq!(file.lines().count(), 256);
            assert!(file.ends_with('\n') && !file.contains('\r'));
            assert!(
                file.lines()
                    .all(|word| word.bytes().all(|c| c.is_ascii_lowercase()))
            );
            assert!(file.lines().all(|word| !word.is_empty()));
        }
    }

    #[test]
    fn each_word_means_one_byte_in_one_list() {
        for position in 0..8 {
            for value in 0..=255 {
                let word = word(position, value);
                assert_eq!(byte(position, word), Some(value));
                assert_eq!(byte(position + 1, word), None);
            }
        }
    }

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest(1, "clokwork"), ["clockwork"]);
        assert_eq!(nearest(1, "klokwrk").first(), Some(&"clockwork"));
        assert_eq!(nearest(0, "crosover").first(), Some(&"crossover"));
        assert_eq!(nearest(0, "qqqqqqqqqqqqqqqqqqqqqqqq"), [""; 0]);
        assert!(nearest(0, "a").len() <= 3);
    }

    #[test]
    fn leaves_out_by_its_length_only_what_is_not_near() {
        let text = "crossoverclockworkcrossover";
        for typed in (0..text.len()).map(|length| &text[..length]) {
            let distance = |word: &&str| strsim::damerau_levenshtein(typed, word);
            let near = |word: &&&str| distance(word) <= word.len() / 2;
            let all = list(0).iter().filter(near).count();
            assert_eq!(nearest(0, typed).len(), all.min(3), "{typed}");
        }
    }
}
