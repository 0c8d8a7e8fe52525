//! The specification: its requirements, one by one.

use std::collections::BTreeMap;

use super::source::read;

pub(crate) const TEXT: &str = "spec/wormhole-sync.md";

/// Each requirement, by its identifier: its whole text, up to the next empty line, table or list.
pub(crate) fn requirements() -> BTreeMap<String, String> {
    let text = read(TEXT);
    let mut requirements = BTreeMap::new();
    for paragraph in text.split("\n\n") {
        let Some((id, rest)) = paragraph
            .strip_prefix("**")
            .and_then(|p| p.split_once("** "))
        else {
            continue;
        };
        if !is_id(id) {
            continue;
        }
        let before = requirements.insert(id.to_owned(), rest.to_owned());
        assert!(before.is_none(), "{id} stands twice");
    }
    assert!(requirements.len() > 80, "{}", requirements.len());
    requirements
}

/// Whether a text is the identifier of a requirement, such as `PAKE-10`.
pub(crate) fn is_id(text: &str) -> bool {
    text.split_once('-').is_some_and(|(name, number)| {
        name.len() >= 3
            && name.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[test]
fn each_requirement_has_one_must() {
    for (id, text) in requirements() {
        assert_eq!(text.matches("MUST").count(), 1, "{id}: {text}");
    }
}

/// Nobody could cite a MUST outside a requirement.
#[test]
fn every_must_is_in_a_requirement() {
    let text = read(TEXT);
    let in_requirements: usize = requirements()
        .values()
        .map(|t| t.matches("MUST").count())
        .sum();
    // Section 2 names the key words, and says what a requirement has.
    let (_, section) = text.split_once("## 2. Conventions").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let in_section = section.matches("MUST").count();
    assert_eq!(text.matches("MUST").count(), in_requirements + in_section);
}

#[test]
fn identifiers_are_counted_without_gaps() {
    let mut numbers: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for id in requirements().keys() {
        let (name, number) = id.split_once('-').unwrap();
        numbers
            .entry(name.to_owned())
            .or_default()
            .push(number.parse().unwrap());
    }
    for (name, mut numbers) in numbers {
        numbers.sort_unstable();
        let expected: Vec<u32> = (1..=numbers.len() as u32).collect();
        assert_eq!(numbers, expected, "{name}");
    }
}

/// The requirements and sections that the text refers to exist.
#[test]
fn references_within_the_text_hold() {
    let requirements = requirements();
    let text = read(TEXT);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    for word in words.filter(|word| is_id(word) && !is_of_others(word)) {
        assert!(requirements.contains_key(word), "{word}");
    }
}

/// Whether a word is a name that only looks like an identifier: `SHA-256`, `UTF-8`.
pub(crate) fn is_of_others(word: &str) -> bool {
    ["SHA-", "UTF-", "HMAC-", "SSH-"]
        .iter()
        .any(|name| word.starts_with(name))
}
