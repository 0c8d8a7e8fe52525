//! `code`: codes as users type and initiators show them (section 4).

use serde_json::json;

use super::code_typed::{accept, refuse};
use super::{Sources, code_pasted};
use crate::suites::vectors::builder::BugType::{
    Basic, EdgeCase, Legacy, Malleability, MissingStep,
};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::hex;
use crate::suites::vectors::file::Family;

pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new(
        "code",
        1,
        &sources.seeds,
        "Codes as users type and initiators show them",
    );
    notes(&mut family);
    family.op("code-parse");
    accepted(&mut family);
    code_pasted::add(&mut family);
    long(&mut family);
    bad_characters(&mut family);
    bad_channels(&mut family);
    word_counts(&mut family);
    bad_words(&mut family);
    other_separators(&mut family);
    shown(&mut family, sources);
    family.finish(&sources.spec)
}

#[rustfmt::skip] // a row stays a line
const ODD: [&str; 4] = ["crossover", "adroitness", "yesteryear", "hamburger"];
#[rustfmt::skip] // a row stays a line
const EVEN: [&str; 4] = ["clockwork", "aardvark", "zulu", "guidance"];

#[rustfmt::skip] // a row stays a line
fn notes(family: &mut Builder) {
    family.note("Canonical", Basic, "The form that an initiator shows.", "Nobody can connect.");
    family.note("Forgiving", MissingStep, "What CODE-5 makes of case and separators.", "Codes are refused that users type or that keyboards produce.");
    family.note("Bound", EdgeCase, "The rim of a range.", "Valid codes are refused, or invalid ones reach the relay.");
    family.note("Exact", Malleability, "Forgiving stops where a text could mean two codes.", "Two programs read two codes in one text.");
    family.note("Unicode", Legacy, "Text functions of many languages know more spaces, digits and cases than ASCII has.", "Programs disagree, by library or by locale, on what a code is.");
    family.note("Pasted", Legacy, "Spaces and dashes that programs put in the place of those of the keyboard: the closed list of section 4.", "A code that was copied and pasted is refused, for a reason that nobody can see.");
    family.note("Order", MissingStep, "Two faults at once: the first check in the order of section 4 names the fault.", "The user is told the wrong thing to do.");
    family.note("Words", MissingStep, "Each position has its own list.", "A word left out, doubled or swapped is not noticed before the code is spent.");
    family.note("Bytes", Basic, "From the named value `words` to the words (CODE-2).", "Codes are not uniform, or peers make different passwords.");
}

#[rustfmt::skip] // a row stays a line
fn accepted(family: &mut Builder) {
    let two = &[ODD[0], EVEN[0]][..];
    for (id, comment, of, typed) in [
        ("canonical", "As shown", ("CODE-5", "Canonical"), "7-crossover-clockwork"),
        ("uppercase", "All in uppercase", ("CODE-5", "Forgiving"), "7-CROSSOVER-CLOCKWORK"),
        ("mixed-case", "In mixed case", ("CODE-5", "Forgiving"), "7-CrossOver-clockworK"),
        ("spaces", "Spaces between the parts", ("CODE-5", "Forgiving"), "7 crossover clockwork"),
        ("tabs", "Tabs between the parts", ("CODE-5", "Forgiving"), "7\tcrossover\tclockwork"),
        ("underscores", "Underscores between the parts", ("CODE-5", "Forgiving"), "7_crossover_clockwork"),
        ("double-hyphens", "A run of hyphens is one", ("CODE-5", "Forgiving"), "7--crossover---clockwork"),
        ("mixed-run", "A run of all four separators is one hyphen", ("CODE-5", "Forgiving"), "7 -\t_crossover_- \tclockwork"),
        ("leading-space", "A space before", ("CODE-5", "Forgiving"), " 7-crossover-clockwork"),
        ("trailing-space", "A space after", ("CODE-5", "Forgiving"), "7-crossover-clockwork "),
        ("trailing-lf", "An LF after, as a terminal gives it", ("CODE-5", "Forgiving"), "7-crossover-clockwork\n"),
        ("trailing-crlf", "CR and LF after, as a paste gives them", ("CODE-5", "Forgiving"), "7-crossover-clockwork\r\n"),
        ("surrounded", "HT, LF, CR and SP at both ends", ("CODE-5", "Forgiving"), "\r\n\t 7-crossover-clockwork \t\n\r"),
    ] {
        accept(family, id, comment, of, typed.as_bytes(), 7, two);
    }
    for count in 2..=8 {
        let words: Vec<&str> = (0..count)
            .map(|i| if i % 2 == 0 { ODD[i / 2] } else { EVEN[i / 2] })
            .collect();
        let typed = format!("7-{}", words.join("-"));
        accept(family, &format!("{count}-words"), &format!("{count} words"), ("CODE-6", "Bound"), typed.as_bytes(), 7, &words);
    }
    for channel in [1, 9, 10, 99_999_999, 100_000_000, 999_999_999] {
        let typed = format!("{channel}-crossover-clockwork");
        accept(family, &format!("channel-{channel}"), &format!("Channel id {channel}"), ("CODE-6", "Bound"), typed.as_bytes(), channel, two);
    }
    let same = ["crossover", "clockwork", "crossover", "clockwork"];
    accept(family, "repeated-words", "Words may repeat", ("CODE-7", "Words"), b"7-crossover-clockwork-crossover-clockwork", 7, &same);
}

#[rustfmt::skip] // a row stays a line
fn long(family: &mut Builder) {
    let padded = |length: usize| {
        let mut typed = b"7-crossover-clockwork".to_vec();
        typed.resize(length, b' ');
        typed
    };
    let two = &["crossover", "clockwork"][..];
    accept(family, "1024-bytes", "1 024 bytes, most of them spaces", ("CODE-4", "Bound"), &padded(1024), 7, two);
    refuse(family, "1025-bytes", "1 025 bytes: too long before anything is removed", ("CODE-4", "Bound"), &padded(1025), "too-long", "1024-bytes");
    let wide = |spaces: usize| format!("7-crossover-clockwork{}", "\u{2003}".repeat(spaces));
    let mut most = wide(334);
    most.push(' ');
    accept(family, "1024-bytes-of-wide-spaces", "1 024 bytes in 356 characters", ("CODE-4", "Bound"), most.as_bytes(), 7, two);
    refuse(family, "1026-bytes-of-wide-spaces", "1 026 bytes in 356 characters: bytes count, not characters", ("CODE-4", "Bound"), wide(335).as_bytes(), "too-long", "1024-bytes-of-wide-spaces");
    let marked = |length: usize| ["\u{feff}".as_bytes(), &padded(length - 3)].concat();
    accept(family, "1024-bytes-with-byte-order-mark", "1 024 bytes with a byte order mark", ("CODE-4", "Bound"), &marked(1024), 7, two);
    refuse(family, "1025-bytes-with-byte-order-mark", "1 025 bytes with a byte order mark, which counts", ("CODE-4", "Bound"), &marked(1025), "too-long", "1024-bytes-with-byte-order-mark");
    refuse(family, "too-long-before-bad-character", "Too long and with a bad character", ("CODE-4", "Order"), &[0; 1025], "too-long", "1024-bytes");
}

#[rustfmt::skip] // a row stays a line
fn bad_characters(family: &mut Builder) {
    for (id, comment, flag, typed) in [
        ("nul", "A NUL", "Exact", "7-crossover-clockwork\0"),
        ("vertical-tab", "A VT is no separator and no space", "Exact", "7-crossover-clockwork\u{b}"),
        ("form-feed", "An FF is no space", "Exact", "7-crossover-clockwork\u{c}"),
        ("escape", "An ESC, as arrow keys leave it", "Exact", "7-crossover\u{1b}-clockwork"),
        ("delete", "A DEL", "Exact", "7-crossover-clockwork\u{7f}"),
        ("next-line", "U+0085 NEXT LINE is no white space here", "Unicode", "7-crossover-clockwork\u{85}"),
        ("kelvin-sign", "U+212A KELVIN SIGN, whose lowercase is k", "Unicode", "7-crossover-cloc\u{212a}work"),
        ("dotted-capital-i", "U+0130, whose lowercase begins with i", "Unicode", "7-\u{130}ndigo-clockwork"),
        ("fullwidth-digit", "U+FF17 FULLWIDTH DIGIT SEVEN", "Unicode", "\u{ff17}-crossover-clockwork"),
        ("arabic-digit", "U+0667 ARABIC-INDIC DIGIT SEVEN", "Unicode", "\u{667}-crossover-clockwork"),
        ("fullwidth-letters", "Fullwidth letters, which compatibility normalisation turns into words", "Unicode", "7-\u{ff43}rossover-clockwork"),
        ("replacement-character", "U+FFFD, which some libraries put for what is no UTF-8", "Unicode", "7-crossover-clockwork\u{fffd}"),
        ("zero-width-space", "U+200B after, as a paste from a web page may have", "Unicode", "7-crossover-clockwork\u{200b}"),
    ] {
        refuse(family, id, comment, ("CODE-4", flag), typed.as_bytes(), "bad-character", "canonical");
    }
    refuse(family, "byte-ff", "A byte that is no UTF-8", ("CODE-4", "Unicode"), b"7-crossover-clockwork\xff", "bad-character", "canonical");
    refuse(family, "bad-character-before-bad-channel", "A bad character and a bad channel id", ("CODE-4 CODE-6", "Order"), b"0-crossover-clockwork\0", "bad-character", "canonical");
}

#[rustfmt::skip] // a row stays a line
fn bad_channels(family: &mut Builder) {
    for (id, comment, flag, typed) in [
        ("empty", "Nothing", "Exact", ""),
        ("only-spaces", "Nothing but spaces", "Exact", "   "),
        ("only-hyphen", "Nothing but a hyphen", "Exact", "-"),
        ("no-channel", "The words alone", "Exact", "crossover-clockwork"),
        ("channel-0", "Channel id 0", "Bound", "0-crossover-clockwork"),
        ("leading-zero", "A leading zero", "Exact", "07-crossover-clockwork"),
        ("channel-1000000000", "Channel id 1 000 000 000: ten digits", "Bound", "1000000000-crossover-clockwork"),
        ("channel-2-to-the-32", "Channel id 2^32 + 7, which 32 bits take for 7", "Bound", "4294967303-crossover-clockwork"),
        ("channel-2-to-the-64", "Channel id 2^64 + 7, which 64 bits take for 7", "Bound", "18446744073709551623-crossover-clockwork"),
        ("plus-sign", "A plus sign", "Exact", "+7-crossover-clockwork"),
        ("leading-hyphen", "A hyphen before: the first part is empty", "Exact", "-7-crossover-clockwork"),
        ("leading-underscore", "An underscore before becomes a hyphen", "Exact", "_7-crossover-clockwork"),
        ("hexadecimal", "A number in hexadecimal", "Exact", "0x7-crossover-clockwork"),
        ("decimal-point", "A number with a fraction", "Exact", "7.0-crossover-clockwork"),
        ("exponent", "A number with an exponent", "Exact", "7e0-crossover-clockwork"),
        ("digit-separator", "A number with a comma", "Exact", "7,000-crossover-clockwork"),
        ("no-separator", "No separator after the channel id", "Exact", "7crossover-clockwork"),
        ("inner-lf", "An LF inside is no separator", "Exact", "7\ncrossover-clockwork"),
        ("inner-cr-after-channel", "A CR before the hyphen stays", "Exact", "7\r-crossover-clockwork"),
        ("quotes", "In quotes", "Exact", "\"7-crossover-clockwork\""),
        ("url", "A link instead of a code", "Exact", "wormhole:7-crossover-clockwork"),
    ] {
        refuse(family, id, comment, ("CODE-6", flag), typed.as_bytes(), "bad-channel", "canonical");
    }
    refuse(family, "bad-channel-before-word-count", "A bad channel id and no words", ("CODE-6", "Order"), b"0", "bad-channel", "canonical");
}

#[rustfmt::skip] // a row stays a line
fn word_counts(family: &mut Builder) {
    let nine = format!("7-{}-crossover", [ODD[0], EVEN[0]].repeat(4).join("-"));
    for (id, comment, flag, typed) in [
        ("channel-alone", "A channel id alone", "Bound", "7"),
        ("channel-and-hyphen", "A channel id and a hyphen: one word, an empty one", "Bound", "7-"),
        ("1-word", "One word", "Bound", "7-crossover"),
        ("inner-lf-between-words", "An LF between the words is no separator: one word", "Exact", "7-crossover\nclockwork"),
        ("9-words", "Nine words", "Bound", nine.as_str()),
        ("word-count-before-unknown-word", "One word, and not from the list", "Order", "7-xyzzy"),
        ("8-words-and-hyphen", "Eight words and a hyphen: nine words, the last one empty", "Order", "7-crossover-clockwork-crossover-clockwork-crossover-clockwork-crossover-clockwork-"),
    ] {
        refuse(family, id, comment, ("CODE-6", flag), typed.as_bytes(), "word-count", "canonical");
    }
    let many = format!("7{}", "-a".repeat(500));
    refuse(family, "500-words", "Five hundred words", ("CODE-6", "Bound"), many.as_bytes(), "word-count", "canonical");
}

#[rustfmt::skip] // a row stays a line
fn bad_words(family: &mut Builder) {
    for (id, comment, typed) in [
        ("mistyped-first", "The first word mistyped", "7-crosover-clockwork"),
        ("mistyped-second", "The second word mistyped", "7-crossover-clokwork"),
        ("prefix", "A prefix of a word", "7-crossover-clock"),
        ("longer", "A word and a letter more", "7-crossovers-clockwork"),
        ("digit-in-word", "A digit in a word", "7-cr0ssover-clockwork"),
        ("trailing-hyphen", "A hyphen after: a third word, an empty one", "7-crossover-clockwork-"),
        ("trailing-underscore", "An underscore after becomes a hyphen", "7-crossover-clockwork_"),
        ("trailing-hyphen-and-space", "Ends are cleaned before separators are replaced, so the hyphen stays", "7-crossover-clockwork- "),
        ("inner-lf-in-words", "An LF before a hyphen stays in the word", "7-crossover\n-clockwork"),
        ("comma", "A comma between the words", "7-crossover,-clockwork"),
        ("full-stop", "A full stop after", "7-crossover-clockwork."),
        ("same-list-twice", "Both words from the list of the first position", "7-crossover-adroitness"),
        ("other-list-at-the-end", "The last word from the other list, with nothing to swap with", "7-crossover-clockwork-aardvark"),
        ("both-from-even", "Both words from the list of the second position", "7-clockwork-aardvark"),
    ] {
        refuse(family, id, comment, ("CODE-7", "Words"), typed.as_bytes(), "unknown-word", "canonical");
    }
    for (id, comment, typed, control) in [
        ("swapped", "The two words swapped", "7-clockwork-crossover", "canonical"),
        ("left-out", "The first of three words left out: the others look swapped", "7-clockwork-hamburger", "canonical"),
        ("swapped-uppercase", "The two words swapped, in uppercase", "7-CLOCKWORK-CROSSOVER", "canonical"),
        ("swapped-in-the-middle", "The second and the third of four swapped", "7-crossover-adroitness-clockwork-aardvark", "4-words"),
        ("swapped-before-unknown", "Two words swapped, then an unknown one: the first fault counts", "7-clockwork-crossover-xyzzy", "3-words"),
        ("doubled", "The first word twice: the second and third look swapped", "7-crossover-crossover-clockwork", "3-words"),
    ] {
        refuse(family, id, comment, ("CODE-7", "Words"), typed.as_bytes(), "swapped-words", control);
    }
    refuse(family, "unknown-before-swapped", "An unknown word, then two swapped ones: the first fault counts", ("CODE-7", "Order"), b"7-xyzzy-crossover-clockwork", "unknown-word", "3-words");
}

/// Every byte that CODE-4 lets through and that is no separator, letter or digit, in the place of a
/// separator. The LF has vectors of its own, `inner-lf` and `inner-lf-between-words`.
#[rustfmt::skip] // a row stays a line
fn other_separators(family: &mut Builder) {
    let printable = (0x21..=0x7e_u8).filter(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte));
    for byte in std::iter::once(b'\r').chain(printable) {
        let between_words = [b"7-crossover", &[byte][..], b"clockwork"].concat();
        let after_channel = [b"7", &[byte][..], b"crossover-clockwork"].concat();
        let of = ("CODE-5 CODE-6", "Exact");
        refuse(family, &format!("separator-{byte:02x}"), &format!("Byte 0x{byte:02x} between the words is no separator: one word"), of, &between_words, "word-count", "canonical");
        refuse(family, &format!("channel-separator-{byte:02x}"), &format!("Byte 0x{byte:02x} after the channel id is no separator"), of, &after_channel, "bad-channel", "canonical");
    }
}

fn shown(family: &mut Builder, sources: &Sources) {
    family.op("code-print");
    let input = |channel: u32, words: &[u8]| json!({"channel": channel, "words": hex(words)});
    let mut accept = |id: &str, comment: &str, channel: u32, words: &[u8]| {
        let code = format!("{channel}-{}", sources.lists.shown(words).join("-"));
        let clauses = ("CODE-3 CODE-2", "Bytes");
        family.accept(
            id,
            comment,
            clauses,
            input(channel, words),
            json!({"code": code}),
        );
    };
    accept("show-2-words", "Two words", 7, &[0x3c, 0x3b]);
    accept(
        "show-8-words",
        "Eight words",
        7,
        &[0, 1, 2, 3, 252, 253, 254, 255],
    );
    accept(
        "show-channel-1",
        "The smallest channel id",
        1,
        &[0x3c, 0x3b],
    );
    accept(
        "show-channel-999999999",
        "The largest channel id",
        999_999_999,
        &[0x3c, 0x3b],
    );
    accept("show-zeros", "Bytes of zero", 7, &[0, 0]);
    accept("show-ff", "Bytes of 255", 7, &[255, 255]);
    for (id, comment, words) in [
        ("show-no-words", "No words", &[][..]),
        ("show-1-word", "One word", &[0x3c]),
        ("show-9-words", "Nine words", &[0; 9]),
    ] {
        family.refuse(
            id,
            comment,
            ("CODE-1", "Bound"),
            input(7, words),
            "bad-code",
            "show-2-words",
        );
    }
}
