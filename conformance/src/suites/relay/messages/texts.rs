//! Texts that are no strict JSON, and values that are.

use super::message::*;

/// Texts that are no JSON, in the place of a claim or of the value of a further member.
pub(super) fn texts() -> Vec<(&'static str, &'static str, &'static str, Vec<u8>)> {
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{open}{close}").into_bytes()
    };
    let values: Vec<(&str, &str, &str, Vec<u8>)> = vec![
        ("nan", "NaN", "JSON-1", b"NaN".to_vec()),
        ("infinity", "Infinity", "JSON-1", b"Infinity".to_vec()),
        (
            "minus-infinity",
            "-Infinity",
            "JSON-1",
            b"-Infinity".to_vec(),
        ),
        ("comment", "a comment", "JSON-1", b"1/* x */".to_vec()),
        (
            "line-comment",
            "a comment to the line's end",
            "JSON-1",
            b"1// x\n".to_vec(),
        ),
        (
            "single-quotes",
            "a string in single quotes",
            "JSON-1",
            b"'x'".to_vec(),
        ),
        (
            "bare-word",
            "a word without quotes",
            "JSON-1",
            b"done".to_vec(),
        ),
        (
            "leading-zero",
            "a number with a leading zero",
            "JSON-1",
            b"01".to_vec(),
        ),
        (
            "leading-plus",
            "a number with a plus",
            "JSON-1",
            b"+1".to_vec(),
        ),
        (
            "bare-fraction",
            "a number without digits before the point",
            "JSON-1",
            b".5".to_vec(),
        ),
        (
            "ending-point",
            "a number that ends with its point",
            "JSON-1",
            b"5.".to_vec(),
        ),
        ("hex-number", "a number in hex", "JSON-1", b"0x10".to_vec()),
        ("python-true", "True", "JSON-1", b"True".to_vec()),
        (
            "trailing-comma",
            "an array with a comma at its end",
            "JSON-1",
            b"[1,]".to_vec(),
        ),
        (
            "high-surrogate",
            "an unpaired surrogate, the high one",
            "JSON-1",
            br#""\ud800""#.to_vec(),
        ),
        (
            "low-surrogate",
            "an unpaired surrogate, the low one",
            "JSON-1",
            br#""\udc00""#.to_vec(),
        ),
        (
            "swapped-surrogates",
            "surrogates in the wrong order",
            "JSON-1",
            br#""\udc00\ud800""#.to_vec(),
        ),
        (
            "surrogate-in-name",
            "an unpaired surrogate in a name",
            "JSON-1",
            br#"{"\ud800":1}"#.to_vec(),
        ),
        (
            "control-character",
            "a control character in a string",
            "JSON-1",
            b"\"a\x01b\"".to_vec(),
        ),
        (
            "line-feed",
            "a line feed in a string",
            "JSON-1",
            b"\"a\nb\"".to_vec(),
        ),
        (
            "tab-in-string",
            "a tab in a string",
            "JSON-1",
            b"\"a\tb\"".to_vec(),
        ),
        (
            "bad-escape",
            "an escape that is none",
            "JSON-1",
            br#""\x41""#.to_vec(),
        ),
        (
            "short-escape",
            "an escape with too few digits",
            "JSON-1",
            br#""\u12""#.to_vec(),
        ),
        (
            "invalid-utf8",
            "a byte that is no UTF-8",
            "JSON-1",
            b"\"\xff\"".to_vec(),
        ),
        (
            "overlong-utf8",
            "an overlong form of UTF-8",
            "JSON-1",
            b"\"\xc0\xaf\"".to_vec(),
        ),
        (
            "surrogate-utf8",
            "a surrogate in UTF-8",
            "JSON-1",
            b"\"\xed\xa0\x80\"".to_vec(),
        ),
        (
            "cut-utf8",
            "a cut character",
            "JSON-1",
            b"\"\xe2\x82\"".to_vec(),
        ),
        (
            "duplicate",
            "two members of a name in an inner object",
            "JSON-2",
            br#"{"a":1,"a":1}"#.to_vec(),
        ),
        (
            "duplicate-escaped",
            "two members of a name, one escaped",
            "JSON-2",
            br#"{"a":1,"\u0061":2}"#.to_vec(),
        ),
        (
            "duplicate-deep",
            "two members of a name, deep within",
            "JSON-2",
            br#"[[{"b":[{"a":1,"a":1}]}]]"#.to_vec(),
        ),
        ("depth-17", "a nesting of 17 levels", "JSON-3", deep(16)),
        ("depth-500", "a nesting of 500 levels", "JSON-3", deep(400)),
        (
            "huge-number",
            "a number beyond binary64",
            "JSON-3",
            b"1e400".to_vec(),
        ),
        (
            "huge-negative",
            "a negative number beyond binary64",
            "JSON-3",
            b"-1e400".to_vec(),
        ),
        (
            "huge-integer",
            "an integer beyond binary64",
            "JSON-3",
            "9".repeat(400).into_bytes(),
        ),
        (
            "huge-rounded",
            "a number that rounds to infinity",
            "JSON-3",
            b"1.7976931348623159e308".to_vec(),
        ),
        (
            "huge-deep",
            "a number beyond binary64 deep within",
            "JSON-3",
            br#"[{"a":[1e999]}]"#.to_vec(),
        ),
    ];
    values
}

/// Values that are JSON, which a further member may have.
pub(super) fn values() -> Vec<(&'static str, &'static str, &'static str, Vec<u8>)> {
    let depth = format!("{}{}", "[".repeat(15), "]".repeat(15));
    vec![
        ("null", "null", "JSON-5", b"null".to_vec()),
        (
            "object",
            "an object",
            "JSON-5",
            br#"{"body":1,"x":[]}"#.to_vec(),
        ),
        (
            "number",
            "a number with a fraction",
            "JSON-5",
            b"-1.5e-3".to_vec(),
        ),
        (
            "largest",
            "the largest number",
            "JSON-3",
            b"1.7976931348623157e308".to_vec(),
        ),
        (
            "tiny",
            "a number that rounds to zero",
            "JSON-3",
            b"1e-400".to_vec(),
        ),
        (
            "long-integer",
            "an integer of 40 digits",
            "JSON-3",
            "9".repeat(40).into_bytes(),
        ),
        (
            "depth-16",
            "a nesting of 16 levels",
            "JSON-3",
            depth.into_bytes(),
        ),
        (
            "pair",
            "a pair of surrogates",
            "JSON-1",
            br#""\ud83d\ude00""#.to_vec(),
        ),
        (
            "escapes",
            "all escapes",
            "JSON-1",
            br#""\"\\\/\b\f\n\r\t\u0000""#.to_vec(),
        ),
        (
            "noncharacter",
            "U+FFFF",
            "JSON-1",
            "\"\u{ffff}\"".as_bytes().to_vec(),
        ),
        (
            "other-object",
            "one name in two objects",
            "JSON-2",
            br#"[{"a":1},{"a":1},{"b":{"a":1},"a":1}]"#.to_vec(),
        ),
        (
            "case",
            "names that differ in their case",
            "JSON-2",
            br#"{"a":1,"A":1}"#.to_vec(),
        ),
        (
            "empty-name",
            "an empty name",
            "JSON-2",
            br#"{"":1}"#.to_vec(),
        ),
    ]
}

/// The message with one more member of this value, before or after its own.
pub(super) fn with_member(message: Message, value: &[u8], first: bool) -> Vec<u8> {
    let inner = message.text().trim_matches(['{', '}']).as_bytes();
    let mut member = b"\"later\":".to_vec();
    member.extend_from_slice(value);
    let (front, back) = if first {
        (&member[..], inner)
    } else {
        (inner, &member[..])
    };
    let comma: &[u8] = if inner.is_empty() { b"" } else { b"," };
    [b"{", front, comma, back, b"}"].concat()
}
