//! `code`: codes that were pasted, with the spaces and dashes of other programs (CODE-4, CODE-5).

use super::code_typed::{accept, refuse};
use crate::suites::vectors::builder::Builder;

/// The characters that section 4 reads as a space, and those as a hyphen.
const SPACES: &str = "\u{a0}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{202f}\u{205f}\u{3000}";
const DASHES: &str = "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{ff0d}";

/// Code points beside those of the list, and those that other lists of spaces and dashes have.
const BESIDE: [u32; 40] = [
    0x1c, 0x1f, 0x80, 0x85, 0x9f, 0xa1, 0xad, 0x1680, 0x180e, 0x1fff, 0x200b, 0x200c, 0x200d,
    0x200e, 0x200f, 0x2016, 0x2028, 0x2029, 0x202e, 0x2030, 0x2043, 0x205e, 0x2060, 0x2211, 0x2213,
    0x2e3a, 0x2fff, 0x3001, 0x301c, 0x3030, 0x30fc, 0xfe58, 0xfe63, 0xff0c, 0xff0e, 0xff3f,
    0x1_00a0, 0x1_2010, 0xe_0020, 0x10_ffff,
];

const WORDS: [&str; 2] = ["crossover", "clockwork"];

/// Adds them to the family.
pub(super) fn add(family: &mut Builder) {
    listed(family);
    byte_order_marks(family);
    beside(family);
    bad_utf8(family);
}

/// Each character of the list in each place where it counts.
#[rustfmt::skip] // a row stays a line
fn listed(family: &mut Builder) {
    let two = &WORDS;
    let of = ("CODE-5 CODE-4", "Pasted");
    for (character, is_space) in SPACES.chars().map(|it| (it, true)).chain(DASHES.chars().map(|it| (it, false))) {
        let point = u32::from(character);
        let id = |form: &str| format!("{form}-u{point:04x}");
        let between = format!("7{character}crossover{character}clockwork");
        accept(family, &id("separator"), &format!("U+{point:04X} between the parts"), of, between.as_bytes(), 7, two);
        let doubled = format!("7{character}{character}crossover-{character} {character}clockwork");
        accept(family, &id("doubled"), &format!("U+{point:04X} in a run"), of, doubled.as_bytes(), 7, two);
        let (before, after) = (format!("{character}7-crossover-clockwork"), format!("7-crossover-clockwork{character}"));
        if is_space {
            accept(family, &id("before"), &format!("U+{point:04X} before"), of, before.as_bytes(), 7, two);
            accept(family, &id("after"), &format!("U+{point:04X} after"), of, after.as_bytes(), 7, two);
        } else {
            refuse(family, &id("before"), &format!("U+{point:04X} before is a hyphen before"), ("CODE-6 CODE-5", "Pasted"), before.as_bytes(), "bad-channel", "canonical");
            refuse(family, &id("after"), &format!("U+{point:04X} after makes a third word, an empty one"), ("CODE-7 CODE-5", "Pasted"), after.as_bytes(), "unknown-word", "canonical");
        }
    }
    let all = [SPACES, DASHES].concat();
    for (id, comment, typed) in [
        ("pasted-mixed-run", "A run of all characters of the list is one hyphen", format!("7{all}crossover_{all}\t- clockwork")),
        ("pasted-mixed-ends", "Spaces of both kinds and line ends, in turn, at both ends", "\u{a0}\n \u{3000}\r7-crossover-clockwork\t\u{2009}\r\n\u{202f}".to_owned()),
        ("pasted-uppercase", "Dashes, and words in uppercase", "7\u{2013}CROSSOVER\u{2013}CLOCKWORK".to_owned()),
        ("byte-order-mark-first", "A byte order mark as the first character", "\u{feff}7-crossover-clockwork".to_owned()),
        ("byte-order-mark-and-space", "A byte order mark, and spaces and line ends after it", "\u{feff} \r\n\u{a0}7-crossover-clockwork\r\n".to_owned()),
    ] {
        accept(family, id, comment, of, typed.as_bytes(), 7, two);
    }
    for (id, comment, typed, fault) in [
        ("byte-order-mark-alone", "A byte order mark and nothing else", "\u{feff}", "bad-channel"),
        ("byte-order-mark-and-dash", "A byte order mark, and a dash after it", "\u{feff}\u{2013}7-crossover-clockwork", "bad-channel"),
        ("dash-and-space-after", "Ends are cleaned before runs are replaced, so the dash stays", "7-crossover-clockwork\u{2014}\u{a0}", "unknown-word"),
        ("pasted-lf-inside", "An LF beside a space inside stays in the word", "7-crossover\n\u{a0}clockwork", "unknown-word"),
        ("pasted-dash-in-word", "A dash within a word parts it", "7-cross\u{2011}over-clockwork", "unknown-word"),
    ] {
        refuse(family, id, comment, ("CODE-5", "Pasted"), typed.as_bytes(), fault, "canonical");
    }
}

#[rustfmt::skip] // a row stays a line
fn byte_order_marks(family: &mut Builder) {
    for (id, comment, flag, typed) in [
        ("byte-order-mark-twice", "Two byte order marks before: one is removed", "Unicode", "\u{feff}\u{feff}7-crossover-clockwork"),
        ("byte-order-mark-after-space", "A byte order mark after a space is not the first character", "Unicode", " \u{feff}7-crossover-clockwork"),
        ("byte-order-mark-inside", "A byte order mark between the words", "Unicode", "7-crossover\u{feff}-clockwork"),
        ("byte-order-mark-after", "A byte order mark after", "Unicode", "7-crossover-clockwork\u{feff}"),
        ("byte-order-mark-swapped", "U+FFFE, a byte order mark with its bytes swapped", "Unicode", "\u{fffe}7-crossover-clockwork"),
    ] {
        refuse(family, id, comment, ("CODE-4", flag), typed.as_bytes(), "bad-character", "byte-order-mark-first");
    }
}

#[rustfmt::skip] // a row stays a line
fn beside(family: &mut Builder) {
    for point in BESIDE {
        let character = char::from_u32(point).expect("no surrogate");
        let between = format!("7{character}crossover{character}clockwork");
        refuse(family, &format!("no-separator-u{point:04x}"), &format!("U+{point:04X} between the parts is not in the list"), ("CODE-4", "Unicode"), between.as_bytes(), "bad-character", "canonical");
        let after = format!("7-crossover-clockwork{character}");
        refuse(family, &format!("no-space-u{point:04x}"), &format!("U+{point:04X} after is not in the list"), ("CODE-4", "Unicode"), after.as_bytes(), "bad-character", "canonical");
    }
}

/// Bytes that some decoders of UTF-8 take for a character of the list.
#[rustfmt::skip] // a row stays a line
fn bad_utf8(family: &mut Builder) {
    for (id, comment, separator) in [
        ("latin-1-no-break-space", "0xA0, a no-break space in Latin-1", &b"\xa0"[..]),
        ("windows-1252-en-dash", "0x96, an en dash in Windows-1252", b"\x96"),
        ("cut-off-1-of-2", "The first of two bytes of U+00A0", b"\xc2"),
        ("cut-off-1-of-3", "The first of three bytes of U+2013", b"\xe2"),
        ("cut-off-2-of-3", "Two of three bytes of U+2013", b"\xe2\x80"),
        ("continuation-alone", "The last of three bytes of U+2013", b"\x93"),
        ("overlong-2-of-hyphen", "A hyphen in two bytes", b"\xc0\xad"),
        ("overlong-3-of-hyphen", "A hyphen in three bytes", b"\xe0\x80\xad"),
        ("overlong-4-of-hyphen", "A hyphen in four bytes", b"\xf0\x80\x80\xad"),
        ("overlong-3-of-no-break-space", "U+00A0 in three bytes", b"\xe0\x82\xa0"),
        ("overlong-4-of-en-dash", "U+2013 in four bytes", b"\xf0\x82\x80\x93"),
        ("surrogate-high", "U+D800 alone", b"\xed\xa0\x80"),
        ("surrogate-low", "U+DFFF alone", b"\xed\xbf\xbf"),
        ("surrogate-pair", "U+12010 as two surrogates", b"\xed\xa0\x88\xed\xb0\x90"),
        ("above-unicode", "0x110000, above the last code point", b"\xf4\x90\x80\x80"),
        ("five-bytes", "Five bytes, as UTF-8 once had", b"\xf8\x88\x80\x80\x80"),
    ] {
        let typed = [b"7-crossover", separator, b"clockwork"].concat();
        refuse(family, id, comment, ("CODE-4", "Unicode"), &typed, "bad-character", "canonical");
    }
    for (id, comment, typed) in [
        ("utf-8-cut-off-at-the-end", "The first two bytes of U+2009 at the end", &b"7-crossover-clockwork\xe2\x80"[..]),
        ("byte-order-mark-cut-off", "The first two bytes of a byte order mark", b"\xef\xbb7-crossover-clockwork"),
        ("byte-order-mark-utf-16-little", "The code in UTF-16, the little end first, with its byte order mark", b"\xff\xfe7\0-\0c\0r\0o\0s\0s\0o\0v\0e\0r\0-\0c\0l\0o\0c\0k\0w\0o\0r\0k\0"),
        ("byte-order-mark-utf-16-big", "A byte order mark of UTF-16, the big end first", b"\xfe\xff7-crossover-clockwork"),
    ] {
        refuse(family, id, comment, ("CODE-4", "Unicode"), typed, "bad-character", "canonical");
    }
}
