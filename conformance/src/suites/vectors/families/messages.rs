//! `messages`: the members of each message and their bounds (section 8, JSON-4 and JSON-5).

use serde_json::{Value, json};

use super::Sources;
use crate::suites::vectors::builder::BugType::{Basic, EdgeCase, Legacy, Malleability};
use crate::suites::vectors::builder::Builder;
use crate::suites::vectors::bytes::{hex, parts};
use crate::suites::vectors::file::Family;

#[rustfmt::skip] // a row stays a line
pub(super) fn build(sources: &Sources) -> Result<Family, String> {
    let mut family = Builder::new("messages", 4, &sources.seeds, "The messages between client and relay, their members and bounds");
    family.note("Usual", Basic, "As a relay or a client writes it.", "Relay and client cannot talk.");
    family.note("Bound", EdgeCase, "The rim of a range.", "A reader takes what it has no room for, or refuses what the other side may send.");
    family.note("Missing", Basic, "A member is missing or misspelt.", "A reader makes a value up.");
    family.note("Type", Malleability, "A value of another type that looks alike.", "Relay and client see two values in one text.");
    family.note("Hex", Malleability, "Hex has one form (HEX-1).", "One value has two texts, and a repeat no longer looks like one.");
    family.note("Unknown", Legacy, "Members that version 1 does not name (JSON-5).", "Later versions cannot add any.");
    family.op("json");
    binaries(&mut family, sources);
    hexes(&mut family);
    integers(&mut family);
    reasons(&mut family);
    problems(&mut family);
    family.finish(&sources.spec)
}

fn input(message: &str, text: &str) -> Value {
    json!({"message": message, "text": parts(text)})
}

fn shown(text: &str) -> Option<String> {
    (text.len() <= 160).then(|| text.to_owned())
}

type Of<'a> = (&'a str, &'a str);

fn accept(
    family: &mut Builder,
    message: &str,
    id: &str,
    comment: &str,
    of: Of<'_>,
    text: &str,
    ok: Value,
) {
    let id = format!("{message}-{id}");
    family
        .accept(&id, comment, of, input(message, text), ok)
        .shown = shown(text);
}

fn refuse(family: &mut Builder, message: &str, id: &str, comment: &str, of: Of<'_>, text: &str) {
    refuse_as(family, message, id, comment, of, text, "malformed");
}

fn refuse_as(
    family: &mut Builder,
    message: &str,
    id: &str,
    comment: &str,
    of: Of<'_>,
    text: &str,
    outcome: &str,
) {
    // What is too long is compared with what is almost so.
    let control = match id {
        "too-long" => format!("{message}-longest"),
        _ => format!("{message}-usual"),
    };
    let id = format!("{message}-{id}");
    family
        .refuse(&id, comment, of, input(message, text), outcome, &control)
        .shown = shown(text);
}

#[rustfmt::skip] // a row stays a line
fn binaries(family: &mut Builder, sources: &Sources) {
    for (message, max, ttl) in [
        ("allocate", 64, ""),
        ("write-answer", 65_600, ""),
        ("write-finish", 65_600, ""),
        ("write-receipt", 64, ""),
        ("claimed", 64, ",\"ttl\":600"),
        ("cell-answer", 65_600, ""),
        ("cell-finish", 65_600, ""),
        ("cell-receipt", 64, ""),
    ] {
        let text = |bytes: &[u8]| format!("{{\"body\":{}{ttl}}}", hex(bytes));
        let ok = |bytes: &[u8]| match ttl {
            "" => json!({"body": parts(bytes)}),
            _ => json!({"body": parts(bytes), "ttl": 600}),
        };
        let usual = sources.seeds.bytes("body", 33);
        accept(family, message, "usual", "33 bytes", ("JSON-4", "Usual"), &text(&usual), ok(&usual));
        accept(family, message, "1-byte", "1 byte", ("JSON-4", "Bound"), &text(&[0]), ok(&[0]));
        let full = vec![0xaa; max];
        accept(family, message, "longest", &format!("{max} bytes, the bound"), ("JSON-4", "Bound"), &text(&full), ok(&full));
        let over = text(&vec![0xaa; max + 1]);
        let is_request = message == "allocate" || message.starts_with("write");
        let (clauses, outcome) = if is_request {
            ("RELAY-9", "too-large")
        } else {
            ("JSON-4", "malformed")
        };
        refuse_as(family, message, "too-long", &format!("{} bytes, one above the bound", max + 1), (clauses, "Bound"), &over, outcome);
        refuse(family, message, "empty", "No bytes", ("JSON-4", "Bound"), &text(&[]));
        refuse(family, message, "missing", "No body", ("JSON-4", "Missing"), &format!("{{\"more\":1{ttl}}}"));
        refuse(family, message, "null", "null for the body", ("JSON-4", "Type"), &format!("{{\"body\":null{ttl}}}"));
        let more = text(&usual).replace('}', ",\"later\":[{}]}");
        accept(family, message, "unknown-member", "A member more", ("JSON-5", "Unknown"), &more, ok(&usual));
    }
}

#[rustfmt::skip] // a row stays a line
fn hexes(family: &mut Builder) {
    for (id, comment, flag, value) in [
        ("hex-uppercase", "Uppercase digits", "Hex", "\"0A\""),
        ("hex-mixed-case", "One uppercase digit of many", "Hex", "\"00aaBb\""),
        ("hex-odd", "An odd number of digits", "Hex", "\"000\""),
        ("hex-one-digit", "One digit", "Hex", "\"0\""),
        ("hex-letter", "A letter that is no digit", "Hex", "\"0g\""),
        ("hex-prefix", "The prefix 0x", "Hex", "\"0x00\""),
        ("hex-space-inside", "A space inside", "Hex", "\"00 00\""),
        ("hex-space-before", "A space before", "Hex", "\" 00 \""),
        ("hex-newline-inside", "An LF inside", "Hex", r#""00\n00""#),
        ("hex-newline-after", "An LF after", "Hex", r#""00\n""#),
        ("hex-colon", "Colons between", "Hex", "\"00:00\""),
        ("hex-sign", "A sign", "Hex", "\"-0\""),
        ("hex-fullwidth", "Fullwidth digits", "Hex", "\"\u{ff10}\u{ff10}\""),
        ("hex-nul", "A NUL", "Hex", r#""0\u0000""#),
        ("base64", "Base64", "Hex", "\"QUE=\""),
        ("body-number", "A number for the body", "Type", "7"),
        ("body-number-of-digits", "A number of digits for the body", "Type", "1234"),
        ("body-array", "An array for the body", "Type", "[0,1]"),
        ("body-object", "An object for the body", "Type", "{\"hex\":\"00\"}"),
        ("body-true", "true for the body", "Type", "true"),
    ] {
        let clauses = if flag == "Hex" {
            "HEX-1 JSON-4"
        } else {
            "JSON-4"
        };
        refuse(family, "allocate", id, comment, (clauses, flag), &format!("{{\"body\":{value}}}"));
    }
    for (id, comment, value) in [
        ("hex-uppercase", "Uppercase digits", "\"0A\""),
        ("hex-odd", "An odd number of digits", "\"000\""),
        ("hex-space-inside", "A space inside", "\"00 00\""),
        ("hex-space-after", "A space after", "\"00 \""),
        ("hex-newline-after", "An LF after", r#""00\n""#),
        ("hex-fullwidth", "Fullwidth digits", "\"\u{ff10}\u{ff10}\""),
    ] {
        refuse(family, "cell-answer", id, comment, ("HEX-1 JSON-4", "Hex"), &format!("{{\"body\":{value}}}"));
    }
    accept(family, "allocate", "hex-escaped", "Digits as escapes are the same string", ("JSON-4", "Hex"), r#"{"body":"\u0030\u0030"}"#, json!({"body": "00"}));
    accept(family, "allocate", "name-escaped", "An escaped name is the same name", ("JSON-4", "Usual"), r#"{"bod\u0079":"00"}"#, json!({"body": "00"}));
    refuse(family, "allocate", "name-uppercase", "The name in uppercase", ("JSON-4", "Missing"), r#"{"BODY":"00"}"#);
    refuse(family, "allocate", "name-nested", "The body one level below", ("JSON-4", "Missing"), r#"{"message":{"body":"00"}}"#);
    let long_odd = format!("{{\"body\":\"{}\"}}", "0".repeat(131));
    refuse(family, "allocate", "hex-odd-and-too-long", "Too long and odd: not a binary value at all", ("JSON-4", "Hex"), &long_odd);
}

#[rustfmt::skip] // a row stays a line
fn integers(family: &mut Builder) {
    let text = |channel: &str, ttl: &str| format!("{{\"channel\":{channel},\"ttl\":{ttl}}}");
    let usual = |channel: u32, ttl: u32| json!({"channel": channel, "ttl": ttl});
    let name = "allocated";
    accept(family, name, "usual", "Channel 7 for an hour", ("JSON-4", "Usual"), &text("7", "3600"), usual(7, 3600));
    accept(family, name, "other-order", "Members in another order", ("JSON-4", "Usual"), r#"{"ttl":3600,"channel":7}"#, usual(7, 3600));
    accept(family, name, "unknown-member", "A member more", ("JSON-5", "Unknown"), r#"{"channel":7,"ttl":3600,"later":1e2}"#, usual(7, 3600));
    for channel in [1, 999_999_999] {
        accept(family, name, &format!("channel-{channel}"), &format!("Channel {channel}"), ("JSON-4", "Bound"), &text(&channel.to_string(), "3600"), usual(channel, 3600));
    }
    for ttl in [1, 86_400] {
        accept(family, name, &format!("ttl-{ttl}"), &format!("A ttl of {ttl}"), ("JSON-4", "Bound"), &text("7", &ttl.to_string()), usual(7, ttl));
    }
    for (id, flag, channel) in [
        ("0", "Bound", "0"),
        ("minus-zero", "Bound", "-0"),
        ("minus-1", "Bound", "-1"),
        ("1000000000", "Bound", "1000000000"),
        ("2-to-the-32-plus-7", "Bound", "4294967303"),
        ("2-to-the-64-plus-7", "Bound", "18446744073709551623"),
        ("30-digits", "Bound", "123456789012345678901234567890"),
        ("fraction", "Type", "7.0"),
        ("half", "Type", "7.5"),
        ("exponent", "Type", "7e0"),
        ("exponent-uppercase", "Type", "7E0"),
        ("negative-exponent", "Type", "70e-1"),
        ("string", "Type", "\"7\""),
        ("true", "Type", "true"),
        ("null", "Type", "null"),
        ("array", "Type", "[7]"),
    ] {
        refuse(family, name, &format!("channel-{id}"), &format!("{channel} for the channel"), ("JSON-4", flag), &text(channel, "3600"));
    }
    for (id, flag, ttl) in [
        ("0", "Bound", "0"),
        ("minus-1", "Bound", "-1"),
        ("86401", "Bound", "86401"),
        ("fraction", "Type", "3600.0"),
        ("exponent", "Type", "36e2"),
        ("string", "Type", "\"3600\""),
        ("null", "Type", "null"),
    ] {
        refuse(family, name, &format!("ttl-{id}"), &format!("{ttl} for the ttl"), ("JSON-4", flag), &text("7", ttl));
    }
    refuse(family, name, "no-channel", "No channel", ("JSON-4", "Missing"), r#"{"ttl":3600}"#);
    refuse(family, name, "no-ttl", "No ttl", ("JSON-4", "Missing"), r#"{"channel":7}"#);
    refuse(family, name, "duplicate-channel", "Two channels", ("JSON-2", "Type"), r#"{"channel":7,"channel":8,"ttl":3600}"#);
    let claimed = |ttl: &str| format!("{{\"body\":\"00\",\"ttl\":{ttl}}}");
    for ttl in [1, 600] {
        accept(family, "claimed", &format!("ttl-{ttl}"), &format!("A ttl of {ttl}"), ("JSON-4", "Bound"), &claimed(&ttl.to_string()), json!({"body": "00", "ttl": ttl}));
    }
    for (id, ttl) in [
        ("0", "0"),
        ("601", "601"),
        ("fraction", "600.0"),
        ("exponent", "6e2"),
    ] {
        refuse(family, "claimed", &format!("ttl-{id}"), &format!("{ttl} for the ttl"), ("JSON-4", "Bound"), &claimed(ttl));
    }
    refuse(family, "claimed", "no-ttl", "No ttl", ("JSON-4", "Missing"), r#"{"body":"00"}"#);
    for message in ["claim", "empty"] {
        accept(family, message, "usual", "No members", ("JSON-4", "Usual"), "{}", json!({}));
        accept(family, message, "unknown-member", "A member more", ("JSON-5", "Unknown"), r#"{"body":1}"#, json!({}));
        refuse(family, message, "array", "An array", ("JSON-2", "Type"), "[]");
        refuse(family, message, "nothing", "No bytes", ("JSON-1", "Missing"), "");
    }
}

#[rustfmt::skip] // a row stays a line
fn reasons(family: &mut Builder) {
    let text = |reason: &str| format!("{{\"reason\":{}}}", Value::from(reason));
    let ok = |reason: &str| json!({"reason": reason});
    let two_bytes = "\u{e9}".repeat(32);
    let ascii = "x".repeat(64);
    for (id, comment, flag, reason) in [
        ("usual", "A reason of RELAY-16", "Usual", "wrong-code"),
        ("unknown-reason", "A reason that no list has", "Unknown", "bored"),
        ("empty-reason", "An empty reason", "Bound", ""),
        ("64-bytes", "64 bytes", "Bound", ascii.as_str()),
        ("64-bytes-of-utf8", "32 characters of two bytes", "Bound", two_bytes.as_str()),
    ] {
        accept(family, "close", id, comment, ("JSON-4", flag), &text(reason), ok(reason));
    }
    refuse(family, "close", "65-bytes", "65 bytes", ("JSON-4", "Bound"), &text(&"x".repeat(65)));
    refuse(family, "close", "65-bytes-of-utf8", "33 characters, 65 bytes: bytes count", ("JSON-4", "Bound"), &text(&format!("{two_bytes}x")));
    refuse(family, "close", "missing", "No reason", ("JSON-4", "Missing"), "{}");
    refuse(family, "close", "number", "A number for the reason", ("JSON-4", "Type"), r#"{"reason":1}"#);
    refuse(family, "close", "null", "null for the reason", ("JSON-4", "Type"), r#"{"reason":null}"#);
}

#[rustfmt::skip] // a row stays a line
const TYPE: &str = "tag:wormhole-sync.example,2026:";

#[rustfmt::skip] // a row stays a line
fn problems(family: &mut Builder) {
    for (token, status) in [
        ("malformed", 400),
        ("unauthorized", 401),
        ("forbidden", 403),
        ("no-such-channel", 404),
        ("not-found", 404),
        ("method-not-allowed", 405),
        ("crowded", 409),
        ("conflict", 409),
        ("out-of-order", 409),
        ("too-large", 413),
        ("rate-limited", 429),
        ("unavailable", 503),
    ] {
        let text =
            format!("{{\"type\":\"{TYPE}{token}\",\"title\":\"A title\",\"status\":{status}}}");
        let id = if token == "crowded" { "usual" } else { token };
        accept(family, "problem", id, &format!("The type {token}"), ("RELAY-8 JSON-4", "Usual"), &text, json!({"type": token}));
    }
    let closed = |reason: &str| {
        format!("{{\"type\":\"{TYPE}closed\",\"title\":\"A title\",\"status\":410,\"reason\":{}}}", Value::from(reason))
    };
    for reason in [
        "done",
        "wrong-code",
        "bad-element",
        "malformed-message",
        "verifier-mismatch",
        "not-taken",
        "cancelled",
        "timeout",
        "relay-misbehaved",
        "other",
        "expired",
    ] {
        accept(family, "problem", &format!("closed-{reason}"), &format!("Closed with the reason {reason}"), ("OUT-4 JSON-4", "Usual"), &closed(reason), json!({"type": "closed", "reason": reason}));
    }
    for (id, comment, flag, reason) in [
        ("closed-unknown", "Closed with an unknown reason", "Unknown", "bored".to_owned()),
        ("closed-lost", "Closed with `lost`, which no relay says", "Unknown", "lost".to_owned()),
        ("closed-uppercase", "Closed with a reason in uppercase", "Unknown", "DONE".to_owned()),
        ("closed-empty", "Closed with an empty reason", "Bound", String::new()),
        ("closed-64-bytes", "Closed with a reason of 64 bytes", "Bound", "x".repeat(64)),
    ] {
        accept(family, "problem", id, comment, ("OUT-4", flag), &closed(&reason), json!({"type": "closed", "reason": "other"}));
    }
    for (id, comment, problem_type) in [
        ("unknown-token", "A token that no list has", format!("{TYPE}teapot")),
        ("other-tag", "A type of somebody else", "tag:other.example,2026:crowded".to_owned()),
        ("token-alone", "A token without the tag", "crowded".to_owned()),
        ("about-blank", "The type that RFC 9457 gives by default", "about:blank".to_owned()),
        ("uppercase-token", "A token in uppercase", format!("{TYPE}CROWDED")),
    ] {
        let text = format!("{{\"type\":\"{problem_type}\",\"title\":\"A title\",\"status\":409}}");
        accept(family, "problem", id, comment, ("JSON-4", "Unknown"), &text, json!({"type": "unknown"}));
    }
    accept(family, "problem", "type-alone", "Without title and status, which a reader does not need", ("JSON-4", "Usual"), &format!("{{\"type\":\"{TYPE}crowded\"}}"), json!({"type": "crowded"}));
    accept(family, "problem", "reason-not-looked-at", "A reason of another type where none is needed", ("JSON-5", "Unknown"), &format!("{{\"type\":\"{TYPE}crowded\",\"reason\":7}}"), json!({"type": "crowded"}));
    accept(family, "problem", "status-not-looked-at", "A status of another type", ("JSON-5", "Unknown"), &format!("{{\"type\":\"{TYPE}crowded\",\"status\":\"409\"}}"), json!({"type": "crowded"}));
    refuse(family, "problem", "no-type", "No type", ("JSON-4", "Missing"), r#"{"title":"A title","status":409}"#);
    refuse(family, "problem", "type-number", "A number for the type", ("JSON-4", "Type"), r#"{"type":409}"#);
    refuse(family, "problem", "closed-without-reason", "Closed without a reason", ("JSON-4", "Missing"), &format!("{{\"type\":\"{TYPE}closed\",\"status\":410}}"));
    refuse(family, "problem", "closed-reason-number", "Closed with a number for the reason", ("JSON-4", "Type"), &format!("{{\"type\":\"{TYPE}closed\",\"reason\":1}}"));
    refuse(family, "problem", "closed-65-bytes", "Closed with a reason of 65 bytes", ("JSON-4", "Bound"), &closed(&"x".repeat(65)));
}
