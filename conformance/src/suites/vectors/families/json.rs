//! `json`: texts that are JSON by section 8, and texts that are not.

use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase, Legacy, Malleability};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::parts;
use crate::suites::vectors::file::Family;

#[rustfmt::skip] // a row stays a line
pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new("json", 4, &sources.seeds, "Strict JSON: one text, one value, for every reader");
    family.note("Usual", Basic, "JSON that every reader takes.", "Relay and client cannot talk.");
    family.note("Legal", Legacy, "Unusual, and legal by RFC 8259.", "A message is refused that the other side may send.");
    family.note_with_links(
        "NotJson",
        Malleability,
        "What some readers take for JSON and RFC 8259 does not.",
        "Relay and client see two values in one text, or one of them sees none.",
        &["https://www.rfc-editor.org/rfc/rfc8259"],
    );
    family.note("Duplicate", Malleability, "Two members of one name: readers take the first, the last or both.", "Relay and client see two messages in one text.");
    family.note("Depth", EdgeCase, "Nesting, at most 16 levels.", "A reader runs out of stack.");
    family.note("Infinite", Malleability, "A number that no binary64 holds.", "Readers see infinity, a big integer or an error.");
    family.note("Unknown", Legacy, "Members that version 1 does not name (JSON-5).", "Later versions cannot add any.");
    family.op("json");
    usual(&mut family);
    unknown(&mut family);
    not_json(&mut family);
    not_utf8(&mut family);
    duplicates(&mut family);
    depth(&mut family);
    numbers(&mut family);
    family.finish(&sources.spec)
}

fn input(text: &[u8]) -> Value {
    json!({"message": "empty", "text": parts(text)})
}

fn shown(text: &[u8]) -> Option<String> {
    Some(match text.len() {
        0..=160 => String::from_utf8_lossy(text)
            .escape_debug()
            .to_string()
            .replace("\\\"", "\"")
            .replace("\\\\", "\\"),
        length => format!("{length} bytes"),
    })
}

fn accept(family: &mut Builder, id: &str, comment: &str, of: (&str, &str), text: &[u8]) {
    family.accept(id, comment, of, input(text), json!({})).shown = shown(text);
}

fn refuse(
    family: &mut Builder,
    id: &str,
    comment: &str,
    of: (&str, &str),
    text: &[u8],
    control: &str,
) {
    family
        .refuse(id, comment, of, input(text), "malformed", control)
        .shown = shown(text);
}

#[rustfmt::skip] // a row stays a line
fn usual(family: &mut Builder) {
    for (id, comment, flag, text) in [
        ("empty-object", "An object without members", "Usual", "{}"),
        ("white-space", "White space around and inside", "Legal", " \t\r\n{ \t\r\n} \n"),
        ("every-escape", "Every escape, a solidus included", "Legal", r#"{"a":"\"\\\/\b\f\n\r\t\u0041"}"#),
        ("escape-uppercase", "Hexadecimal digits of an escape in any case", "Legal", r#"{"a":"\u00e9\u00E9"}"#),
        ("surrogate-pair", "A surrogate pair", "Legal", r#"{"a":"\ud834\udd1e"}"#),
        ("escaped-nul", "An escaped NUL", "Legal", r#"{"a":"\u0000"}"#),
        ("escaped-noncharacter", "U+FFFF escaped, which is no character and no fault", "Legal", r#"{"a":"\uffff"}"#),
        ("delete-in-string", "A DEL in a string is no control character of RFC 8259", "Legal", "{\"a\":\"\u{7f}\"}"),
        ("line-separator-in-string", "U+2028 in a string", "Legal", "{\"a\":\"\u{2028}\"}"),
        ("astral-in-string", "A character of four bytes", "Legal", "{\"a\":\"\u{1d11e}\"}"),
        ("empty-name", "A member with an empty name", "Legal", r#"{"":1}"#),
        ("proto-name", "A member named __proto__", "Legal", r#"{"__proto__":{"body":1}}"#),
        ("names-differ-in-case", "Two names that differ in case", "Legal", r#"{"a":1,"A":2}"#),
        ("names-differ-in-normalisation", "Two names that only Unicode normalisation makes equal", "Legal", "{\"\u{e9}\":1,\"e\u{301}\":2}"),
        ("same-name-in-two-objects", "One name in two objects", "Legal", r#"{"a":{"a":1},"b":{"a":1}}"#),
    ] {
        accept(family, id, comment, ("JSON-1", flag), text.as_bytes());
    }
}

fn unknown(family: &mut Builder) {
    for (id, comment, text) in [
        ("unknown-string", "A string", r#"{"later":"text"}"#),
        ("unknown-integer", "An integer", r#"{"later":1}"#),
        (
            "unknown-fraction",
            "A fraction with an exponent",
            r#"{"later":-1.5E-9}"#,
        ),
        ("unknown-null", "null", r#"{"later":null}"#),
        (
            "unknown-booleans",
            "true and false",
            r#"{"later":true,"more":false}"#,
        ),
        ("unknown-object", "An object", r#"{"later":{"body":"00"}}"#),
        (
            "unknown-array",
            "An array",
            r#"{"later":[1,"a",null,[],{}]}"#,
        ),
        (
            "unknown-named-elsewhere",
            "A member that other messages have, of another type",
            r#"{"body":[7],"ttl":"x"}"#,
        ),
    ] {
        accept(
            family,
            id,
            &format!("An unknown member: {comment}"),
            ("JSON-5", "Unknown"),
            text.as_bytes(),
        );
    }
}

#[rustfmt::skip] // a row stays a line
fn not_json(family: &mut Builder) {
    for (id, comment, text) in [
        ("nothing", "No bytes", ""),
        ("only-white-space", "Nothing but white space", " \n"),
        ("cut-off", "Cut off after the first byte", "{"),
        ("second-value", "A second object", "{}{}"),
        ("second-value-on-a-line", "A second object on a line of its own", "{}\n{}"),
        ("garbage-after", "A letter after", "{} x"),
        ("comma-after", "A comma after", "{},"),
        ("nul-after", "A NUL after", "{}\0"),
        ("byte-order-mark", "A byte order mark", "\u{feff}{}"),
        ("no-break-space-before", "U+00A0 is no white space", "\u{a0}{}"),
        ("form-feed-before", "FF is no white space", "\u{c}{}"),
        ("nan", "NaN", r#"{"a":NaN}"#),
        ("infinity", "Infinity", r#"{"a":Infinity}"#),
        ("minus-infinity", "-Infinity", r#"{"a":-Infinity}"#),
        ("leading-zero", "A number with a leading zero", r#"{"a":01}"#),
        ("minus-leading-zero", "A negative number with a leading zero", r#"{"a":-01}"#),
        ("plus", "A number with a plus sign", r#"{"a":+1}"#),
        ("minus-alone", "A minus sign alone", r#"{"a":-}"#),
        ("no-digit-before-point", "No digit before the point", r#"{"a":.5}"#),
        ("no-digit-after-point", "No digit after the point", r#"{"a":1.}"#),
        ("no-digit-in-exponent", "An exponent without digits", r#"{"a":1e}"#),
        ("hexadecimal", "A hexadecimal number", r#"{"a":0x1}"#),
        ("digit-separator", "An underscore between digits", r#"{"a":1_000}"#),
        ("comment-block", "A comment", "{/**/}"),
        ("comment-line", "A comment to the end of the line", "{}//"),
        ("comment-hash", "A comment after a number sign", "#\n{}"),
        ("comma-after-member", "A comma after the last member", r#"{"a":1,}"#),
        ("comma-alone", "A comma alone", "{,}"),
        ("comma-after-item", "A comma after the last item", r#"{"a":[1,]}"#),
        ("comma-missing", "No comma between members", r#"{"a":1 "b":2}"#),
        ("colon-missing", "No colon", r#"{"a"}"#),
        ("value-missing", "No value", r#"{"a":}"#),
        ("name-unquoted", "A name without quotes", "{a:1}"),
        ("name-single-quotes", "Single quotes", "{'a':1}"),
        ("name-number", "A number as a name", "{1:1}"),
        ("literal-capital", "True with a capital", r#"{"a":True}"#),
        ("literal-short", "A literal cut short", r#"{"a":nul}"#),
        ("undefined", "undefined", r#"{"a":undefined}"#),
        ("bracket-mismatch", "A bracket closed by a brace", r#"{"a":[1}"#),
        ("string-cut-off", "A string without its end", r#"{"a":"b}"#),
        ("escape-unknown", "An unknown escape", r#"{"a":"\x41"}"#),
        ("escape-no-hex", "An escape of letters that are no digits", r#"{"a":"\u00g0"}"#),
        ("escape-short", "An escape of three digits", r#"{"a":"\u041"}"#),
        ("escape-braces", "An escape with braces", r#"{"a":"\u{41}"}"#),
        ("lone-high-surrogate", "A high surrogate alone", r#"{"a":"\ud834"}"#),
        ("lone-low-surrogate", "A low surrogate alone", r#"{"a":"\udd1e"}"#),
        ("two-high-surrogates", "Two high surrogates", r#"{"a":"\ud834\ud834"}"#),
        ("surrogates-in-wrong-order", "A surrogate pair in the wrong order", r#"{"a":"\udd1e\ud834"}"#),
        ("lone-surrogate-in-name", "A surrogate alone, in a name", r#"{"\ud834":1}"#),
        ("lone-surrogate-nested", "A surrogate alone, in an array of an unknown member", r#"{"a":[["\udd1e"]]}"#),
        ("newline-in-string", "An LF in a string", "{\"a\":\"\n\"}"),
        ("tab-in-string", "An HT in a string", "{\"a\":\"\t\"}"),
        ("nul-in-string", "A NUL in a string", "{\"a\":\"\0\"}"),
        ("control-1f-in-string", "The last control character in a string", "{\"a\":\"\u{1f}\"}"),
        ("control-in-name", "A control character in a name", "{\"\u{1}\":1}"),
    ] {
        refuse(family, id, comment, ("JSON-1", "NotJson"), text.as_bytes(), "empty-object");
    }
    for (id, comment, text) in [
        ("top-array", "An array", "[]"),
        ("top-array-of-object", "An object in an array", "[{}]"),
        ("top-string", "A string", "\"{}\""),
        ("top-number", "A number", "1"),
        ("top-true", "true", "true"),
        ("top-null", "null", "null"),
    ] {
        refuse(family, id, &format!("At the top level: {comment}"), ("JSON-2", "NotJson"), text.as_bytes(), "empty-object");
    }
}

fn not_utf8(family: &mut Builder) {
    for (id, comment, text) in [
        (
            "utf8-byte-ff",
            "The byte ff in a string",
            &b"{\"a\":\"\xff\"}"[..],
        ),
        (
            "utf8-lone-continuation",
            "A continuation byte alone",
            b"{\"a\":\"\x80\"}",
        ),
        ("utf8-cut-off", "A character cut off", b"{\"a\":\"\xc3\"}"),
        (
            "utf8-overlong",
            "An overlong solidus",
            b"{\"a\":\"\xc0\xaf\"}",
        ),
        (
            "utf8-surrogate",
            "A surrogate in UTF-8",
            b"{\"a\":\"\xed\xa0\x80\"}",
        ),
        (
            "utf8-above-10ffff",
            "Beyond U+10FFFF",
            b"{\"a\":\"\xf4\x90\x80\x80\"}",
        ),
        ("utf8-in-name", "The byte ff in a name", b"{\"\xff\":1}"),
        ("latin-1", "U+00E9 in ISO 8859-1", b"{\"a\":\"\xe9\"}"),
        (
            "utf-16",
            "UTF-16 with its byte order mark",
            b"\xff\xfe{\0}\0",
        ),
        (
            "utf-16-no-mark",
            "UTF-16 without a byte order mark",
            b"\0{\0}",
        ),
    ] {
        refuse(
            family,
            id,
            comment,
            ("JSON-1", "NotJson"),
            text,
            "empty-object",
        );
    }
}

#[rustfmt::skip] // a row stays a line
fn duplicates(family: &mut Builder) {
    for (id, comment, text) in [
        ("duplicate", "Two members of one name", r#"{"a":1,"a":2}"#),
        ("duplicate-same-value", "The same value twice", r#"{"a":1,"a":1}"#),
        ("duplicate-apart", "With another one between", r#"{"a":1,"b":2,"a":3}"#),
        ("duplicate-escaped", "One of the names escaped", r#"{"a":1,"\u0061":2}"#),
        ("duplicate-escaped-pair", "One of the names a surrogate pair", "{\"\u{1d11e}\":1,\"\\ud834\\udd1e\":2}"),
        ("duplicate-empty-name", "The empty name twice", r#"{"":1,"":2}"#),
        ("duplicate-nested-object", "In an object of an unknown member", r#"{"x":{"y":{"a":1,"a":2}}}"#),
        ("duplicate-nested-array", "In an array of an unknown member", r#"{"x":[[{"a":1,"a":2}]]}"#),
        ("duplicate-nested-escaped", "Nested, one of the names escaped", r#"{"x":[{"é":1,"\u00e9":2}]}"#),
    ] {
        refuse(family, id, comment, ("JSON-2", "Duplicate"), text.as_bytes(), "empty-object");
    }
}

#[rustfmt::skip] // a row stays a line
fn depth(family: &mut Builder) {
    let arrays = |levels: usize| {
        format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1))
    };
    let objects = |levels: usize| format!("{}0{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    accept(family, "depth-16-arrays", "16 levels, arrays", ("JSON-3", "Depth"), arrays(16).as_bytes());
    accept(family, "depth-16-objects", "16 levels, objects", ("JSON-3", "Depth"), objects(16).as_bytes());
    refuse(family, "depth-17-arrays", "17 levels, arrays; the innermost is empty", ("JSON-3", "Depth"), arrays(17).as_bytes(), "depth-16-arrays");
    refuse(family, "depth-17-objects", "17 levels, objects", ("JSON-3", "Depth"), objects(17).as_bytes(), "depth-16-objects");
    refuse(family, "depth-20000", "20 000 levels", ("JSON-3", "Depth"), arrays(20_000).as_bytes(), "depth-16-arrays");
    refuse(family, "depth-20000-open", "20 000 levels that are never closed", ("JSON-1", "Depth"), format!("{{\"a\":{}", "[".repeat(20_000)).as_bytes(), "depth-16-arrays");
    let inside = format!("{{\"a\":\"{}\\\"{}\"}}", "[".repeat(20), "{".repeat(20));
    accept(family, "depth-brackets-in-string", "Brackets in a string, which are no levels", ("JSON-3", "Depth"), inside.as_bytes());
    let inside = format!("{{\"{}\":0}}", "[".repeat(20));
    accept(family, "depth-brackets-in-name", "Brackets in a name, which are no levels", ("JSON-3", "Depth"), inside.as_bytes());
    let wide = format!("{{\"a\":[{}[]]}}", "[],".repeat(99));
    accept(family, "wide", "A hundred arrays side by side", ("JSON-3", "Depth"), wide.as_bytes());
}

#[rustfmt::skip] // a row stays a line
fn numbers(family: &mut Builder) {
    // 2^1024 - 2^970 is half way between the largest binary64 and 2^1024; a tie goes to the even
    // one, which is infinite. One less rounds down.
    #[rustfmt::skip] // a row stays a line
    const TIE: &str = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792";
    let below = TIE.replace("497792", "497791");
    for (id, comment, number) in [
        ("number-largest", "The largest binary64", "1.7976931348623157e308"),
        ("number-rounds-down", "Above the largest binary64, and nearer to it than to infinity", "1.7976931348623158e308"),
        ("number-below-tie", "The largest integer that does not round to infinity, 309 digits", below.as_str()),
        ("number-tiny", "A number that rounds to zero", "1e-999"),
        ("number-zero-huge-exponent", "Zero with a huge exponent", "0e999"),
        ("number-many-digits", "An integer of 30 digits", "123456789012345678901234567890"),
        ("number-minus-zero", "Minus zero", "-0"),
    ] {
        accept(family, id, comment, ("JSON-3", "Infinite"), format!("{{\"a\":{number}}}").as_bytes());
    }
    let digits = "9".repeat(400);
    for (id, comment, number) in [
        ("number-1e999", "1e999", "1e999"),
        ("number-minus-1e999", "-1e999", "-1e999"),
        ("number-1e309", "The first power of ten that is infinite", "1e309"),
        ("number-tie", "The smallest integer that rounds to infinity, 309 digits", TIE),
        ("number-400-digits", "An integer of 400 digits", digits.as_str()),
        ("number-huge-exponent", "An exponent of 20 digits", "1e99999999999999999999"),
    ] {
        refuse(family, id, comment, ("JSON-3", "Infinite"), format!("{{\"a\":{number}}}").as_bytes(), "number-largest");
    }
    refuse(family, "number-1e999-nested", "1e999 in an array of an unknown member", ("JSON-3", "Infinite"), br#"{"a":[[1e999]]}"#, "number-largest");
}
