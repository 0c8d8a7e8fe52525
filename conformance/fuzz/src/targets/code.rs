//! The target `code`: an invitation code as a user typed it (section 4).

use std::collections::HashMap;
use std::sync::OnceLock;

use wormhole_sync::values::{ChannelId, Code, WordCount, Words};

use crate::planted;

const ODD: &str = include_str!("../../../../spec/words/odd.txt");
const EVEN: &str = include_str!("../../../../spec/words/even.txt");

/// The list of section 4, written out.
const SPACES: [char; 15] = [
    '\u{00a0}', '\u{2000}', '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}',
    '\u{2007}', '\u{2008}', '\u{2009}', '\u{200a}', '\u{202f}', '\u{205f}', '\u{3000}',
];
const DASHES: [char; 8] = [
    '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}', '\u{ff0d}',
];

/// The input is what a user typed. The code, or the fault, is that of a second reading by CODE-4 to
/// CODE-7. A code that is shown reads as itself.
pub fn code(data: &[u8]) {
    let found = Code::parse(data);
    let dashes = data.iter().filter(|byte| **byte == b'-').count();
    planted::panic_if(
        dashes == 3
            && matches!(&found, Ok(code) if (1_000..10_000).contains(&code.channel().get())),
    );
    match (&found, read(data)) {
        (Ok(code), Ok((channel, words))) => {
            let shown = code.reveal().to_string();
            assert_eq!(shown, format!("{channel}-{}", words.join("-")));
            let again = Code::parse(&shown).expect("a code that was shown");
            assert_eq!(again.reveal().to_string(), shown);
            // The bytes of the words make the same code (CODE-2, CODE-3).
            let bytes: Vec<u8> = (0..).zip(&words).filter_map(|(i, w)| byte(i, w)).collect();
            let words = Words::dangerously_from_bytes(&bytes).expect("2 to 8 words");
            let channel = ChannelId::new(channel).expect("a channel");
            assert_eq!(Code::new(channel, words).reveal().to_string(), shown);
            assert_eq!(format!("{code:?}").matches("redacted").count(), 1);
        }
        (Err(error), Err((fault, position))) => {
            assert_eq!((error.fault(), error.position()), (fault, position));
            let message = error.to_string();
            // CODE-10
            let named = message.contains(&named(data));
            assert_eq!(named, fault == "bad-character", "{message:?}");
            assert!(
                message.len() < 160 && !message.contains(['\n', '\r']),
                "{message:?}"
            );
            // A log shows nothing of what was typed (RAND-2).
            let place = position.map_or(String::new(), |at| format!(" at position {at}"));
            assert_eq!(format!("{error:?}"), format!("CodeError({fault}{place})"));
        }
        (found, expected) => panic!("{found:?}, but by the text {expected:?}"),
    }
    assert_eq!(
        WordCount::new(data.len()).is_ok(),
        (2..=8).contains(&data.len())
    );
}

/// The words of a message that name the first character that is refused, by CODE-10.
fn named(typed: &[u8]) -> String {
    let end = str::from_utf8(typed).map_or_else(|error| error.valid_up_to(), str::len);
    let text = str::from_utf8(&typed[..end]).expect("UTF-8 up to there");
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_refused = |c: &char| {
        !(matches!(c, '\t' | '\n' | '\r' | ' '..='~') || SPACES.contains(c) || DASHES.contains(c))
    };
    match (text.chars().find(is_refused), typed.get(end)) {
        (Some(c), _) => format!("U+{:04X}", u32::from(c)),
        (None, Some(byte)) => format!("byte 0x{byte:02X}"),
        (None, None) => "no character".to_owned(),
    }
}

/// A fault and the position of its word.
type CodeFault = (&'static str, Option<usize>);

/// Reads a code by the steps of CODE-4 to CODE-7.
fn read(typed: &[u8]) -> Result<(u32, Vec<String>), CodeFault> {
    if typed.len() > 1_024 {
        return Err(("too-long", None));
    }
    let text = match str::from_utf8(typed) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(_) => return Err(("bad-character", None)),
    };
    let text = text.replace(SPACES, " ").replace(DASHES, "-");
    let allowed = |byte: u8| byte == 9 || byte == 10 || byte == 13 || (32..127).contains(&byte);
    if !text.bytes().all(allowed) {
        return Err(("bad-character", None));
    }
    let text = text
        .trim_matches(['\t', '\n', '\r', ' '])
        .to_ascii_lowercase();
    let mut text = text.replace(['\t', ' ', '_'], "-");
    while text.contains("--") {
        text = text.replace("--", "-");
    }
    let mut parts = text.split('-');
    let number = parts.next().unwrap_or_default();
    let digits =
        !number.is_empty() && number.len() <= 9 && number.bytes().all(|b| b.is_ascii_digit());
    if !digits || number.starts_with('0') {
        return Err(("bad-channel", None));
    }
    let words: Vec<String> = parts.map(str::to_owned).collect();
    if words.len() < 2 || words.len() > 8 {
        return Err(("word-count", None));
    }
    if let Some(at) = (0..words.len()).find(|at| byte(*at, &words[*at]).is_none()) {
        let next = words.get(at + 1);
        let swapped =
            byte(at + 1, &words[at]).is_some() && next.is_some_and(|word| byte(at, word).is_some());
        return Err((
            if swapped {
                "swapped-words"
            } else {
                "unknown-word"
            },
            Some(at),
        ));
    }
    Ok((number.parse().expect("nine digits"), words))
}

/// The byte of a word of the list of its position.
pub(super) fn byte(position: usize, word: &str) -> Option<u8> {
    static LISTS: OnceLock<[HashMap<&str, u8>; 2]> = OnceLock::new();
    let lists =
        LISTS.get_or_init(|| [ODD, EVEN].map(|list| list.lines().zip(0..=u8::MAX).collect()));
    lists[position % 2].get(word).copied()
}
