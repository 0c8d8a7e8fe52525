//! Faults of whole messages and of their members.

use super::super::case::RelayCase;
use super::super::channel::{Cell, State};
use super::super::reply::Want;
use super::message::*;
use super::texts::with_member;

/// Faults of a whole text.
pub(super) fn whole(message: Message) -> Vec<RelayCase> {
    let right = message.text();
    let text = |text: String| text.into_bytes();
    let utf16: Vec<u8> = right.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut cases = vec![
        bad(message, "empty", "no text", &["JSON-1"], ""),
        bad(message, "space", "white space alone", &["JSON-1"], " \n"),
        bad(
            message,
            "byte-order-mark",
            "a byte order mark",
            &["JSON-1"],
            text(format!("\u{feff}{right}")),
        ),
        bad(
            message,
            "bytes-after",
            "a text with bytes after it",
            &["JSON-1"],
            text(format!("{right}x")),
        ),
        bad(
            message,
            "nul-after",
            "a text with a zero byte after it",
            &["JSON-1"],
            text(format!("{right}\0")),
        ),
        bad(
            message,
            "two-values",
            "two values",
            &["JSON-1"],
            text(format!("{right}{right}")),
        ),
        bad(
            message,
            "brace-after",
            "a text with a brace after it",
            &["JSON-1"],
            text(format!("{right}}}")),
        ),
        bad(
            message,
            "cut",
            "a text without its end",
            &["JSON-1"],
            text(right.trim_end_matches('}').to_owned()),
        ),
        bad(
            message,
            "form-feed",
            "a text with a form feed before it",
            &["JSON-1"],
            text(format!("\u{c}{right}")),
        ),
        bad(
            message,
            "no-break-space",
            "a text with a no-break space after it",
            &["JSON-1"],
            text(format!("{right}\u{a0}")),
        ),
        bad(message, "utf16", "a text in UTF-16", &["JSON-1"], utf16),
        bad(
            message,
            "comma-at-end",
            "a comma before the last brace",
            &["JSON-1"],
            text(right.replace('}', ",}")),
        ),
        bad(
            message,
            "array",
            "an array",
            &["JSON-2"],
            text(format!("[{right}]")),
        ),
        bad(message, "null", "null", &["JSON-2"], "null"),
        bad(message, "string", "a string", &["JSON-2"], "\"00\""),
        bad(message, "number", "a number", &["JSON-2"], "0"),
        bad(
            message,
            "twice-named",
            "two further members of one name",
            &["JSON-2"],
            with_member(message, b"1,\"later\":1", false),
        ),
        good(
            message,
            "white-space",
            "white space around and within",
            &["JSON-1"],
            text(format!(" \t\r\n{} \t\r\n", right.replace(':', " \t:\r\n"))),
        ),
        good(
            message,
            "member-after",
            "a further member after its own",
            &["JSON-5"],
            with_member(message, b"\"x\"", false),
        ),
        good(
            message,
            "member-before",
            "a further member before its own",
            &["JSON-5"],
            with_member(message, b"[1,{}]", true),
        ),
    ];
    if message != Message::Claim {
        let twice = right.trim_matches(['{', '}']);
        cases.extend([
            bad(
                message,
                "duplicate-member",
                "its member twice",
                &["JSON-2"],
                format!("{{{twice},{twice}}}"),
            ),
            bad(
                message,
                "member-missing",
                "the lack of its member",
                &["JSON-4"],
                "{}",
            ),
            bad(
                message,
                "member-in-case",
                "its member's name in uppercase",
                &["JSON-4"],
                text(right.replacen("\"body\"", "\"Body\"", 1).replacen(
                    "\"reason\"",
                    "\"Reason\"",
                    1,
                )),
            ),
            good(
                message,
                "name-escaped",
                "its member's name with an escape",
                &["JSON-1"],
                text(
                    right
                        .replacen("\"b", "\"\\u0062", 1)
                        .replacen("\"r", "\"\\u0072", 1),
                ),
            ),
        ]);
        let name = if message == Message::Close {
            "reason"
        } else {
            "body"
        };
        let (escaped, escape) = match message {
            Message::Close => ("reason", "\\u0072eason"),
            _ => ("body", "\\u0062ody"),
        };
        let value = if message == Message::Close {
            "done"
        } else {
            "00ff"
        };
        cases.push(bad(
            message,
            "duplicate-member-escaped",
            "its member twice, once with an escape",
            &["JSON-2"],
            format!(r#"{{"{escaped}":"{value}","{escape}":"{value}"}}"#),
        ));
        for (id, value) in [
            ("null", "null"),
            ("number", "0"),
            ("true", "true"),
            ("array", "[\"00\"]"),
            ("object", "{\"x\":\"00\"}"),
        ] {
            let text = format!("{{\"{name}\":{value}}}");
            let title = format!("{value} as its member");
            cases.push(bad(
                message,
                &format!("member-{id}"),
                &title,
                &["JSON-4"],
                text,
            ));
        }
    }
    cases
}

/// Binary values.
pub(super) fn bodies() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    let with_bodies = Message::ALL
        .into_iter()
        .filter(|message| matches!(message, Message::Allocate | Message::Write(_)));
    for message in with_bodies {
        for (id, value, clause) in [
            ("empty-value", "", "JSON-4"),
            ("uppercase", "00FF", "HEX-1"),
            ("mixed-case", "00fF", "HEX-1"),
            ("odd", "00f", "HEX-1"),
            ("one-digit", "0", "HEX-1"),
            ("no-hex", "00fg", "HEX-1"),
            ("space", "00 ff", "HEX-1"),
            ("space-before", " 00ff", "HEX-1"),
            ("line-end", "00ff\\n", "HEX-1"),
            ("prefix", "0x00", "HEX-1"),
            ("colon", "00:ff0", "HEX-1"),
            ("sign", "-0ff", "HEX-1"),
            ("wide-digits", "００", "HEX-1"),
            ("other-digits", "٠٠", "HEX-1"),
            ("nul", "00\\u0000\\u0000", "HEX-1"),
        ] {
            let text = format!("{{\"body\":\"{value}\"}}");
            let title = format!("the binary value {value:?}");
            cases.push(bad(message, &format!("hex-{id}"), &title, &[clause], text));
        }
        let escaped = r#"{"body":"\u0030\u0030\u0066f"}"#;
        let title = "a binary value with escapes";
        cases.push(good(
            message,
            "hex-escaped",
            title,
            &["JSON-1", "HEX-1"],
            escaped,
        ));
        cases.push(good(
            message,
            "hex-one-byte",
            "a binary value of one byte",
            &["JSON-4"],
            r#"{"body":"00"}"#,
        ));
    }
    for (id, cell) in Cell::ALL.into_iter().map(|cell| (cell.name(), cell)) {
        let title =
            format!("{id}: a value with escapes is the same as without, and is given without");
        cases.push(RelayCase::new(
            SUITE,
            format!("{id}-hex-value"),
            title,
            &["RELAY-13", "JSON-1"],
            move |bench| {
                let mut channel = bench.channel(State::Claimed)?;
                while channel.state < before(cell) {
                    let next = match channel.state {
                        State::Claimed => State::Answered,
                        _ => State::Finished,
                    };
                    bench.bring(&mut channel, next)?;
                }
                bench.expect(
                    &channel.put(cell, channel.writer(cell), "00ff10"),
                    &Want::Status(200),
                )?;
                let escaped = channel
                    .write(cell)
                    .with(" {\"x\":1, \"body\":\"00\\u0066f10\"}");
                bench.expect(&escaped, &Want::Status(200))?;
                bench.expect(&channel.read(cell, 0), &Want::cell("00ff10"))?;
                Ok(())
            },
        ));
    }
    cases
}

pub(super) fn before(cell: Cell) -> State {
    match cell {
        Cell::Answer => State::Claimed,
        Cell::Finish => State::Answered,
        Cell::Receipt => State::Finished,
    }
}

/// Reasons of a close.
pub(super) fn reasons() -> Vec<RelayCase> {
    let long = |unit: &str, count: usize| format!("{{\"reason\":\"{}\"}}", unit.repeat(count));
    vec![
        bad(
            Message::Close,
            "reason-65-bytes",
            "a reason of 65 bytes",
            &["JSON-4"],
            long("x", 65),
        ),
        bad(
            Message::Close,
            "reason-66-bytes-wide",
            "a reason of 33 characters in 66 bytes",
            &["JSON-4"],
            long("ä", 33),
        ),
        bad(
            Message::Close,
            "reason-65-bytes-escaped",
            "a reason of 65 bytes in escapes",
            &["JSON-4"],
            long("\\u0061", 65),
        ),
        bad(
            Message::Close,
            "reason-68-bytes-emoji",
            "a reason of 17 characters in 68 bytes",
            &["JSON-4"],
            long("😀", 17),
        ),
        good(
            Message::Close,
            "reason-64-bytes",
            "a reason of 64 bytes",
            &["JSON-4"],
            long("x", 64),
        ),
        good(
            Message::Close,
            "reason-64-bytes-wide",
            "a reason of 32 characters in 64 bytes",
            &["JSON-4"],
            long("ä", 32),
        ),
        good(
            Message::Close,
            "reason-64-bytes-escaped",
            "a reason of 64 bytes in escapes",
            &["JSON-4"],
            long("\\u0061", 64),
        ),
        good(
            Message::Close,
            "reason-64-bytes-pairs",
            "a reason of 16 pairs of surrogates",
            &["JSON-4"],
            long("\\ud83d\\ude00", 16),
        ),
        good(
            Message::Close,
            "reason-empty",
            "an empty reason",
            &["JSON-4"],
            long("x", 0),
        ),
    ]
}

/// Values at and over their bounds.
pub(super) fn sizes() -> Vec<RelayCase> {
    let value = |bytes: usize| format!("{{\"body\":\"{}\"}}", "ab".repeat(bytes));
    let mut cases = Vec::new();
    for message in Message::ALL {
        let bound = match message {
            Message::Allocate => 64,
            Message::Write(cell) => cell.bound(),
            Message::Claim | Message::Close => continue,
        };
        let name = message.name();
        let title = format!("a value of {bound} bytes");
        cases.push(good(
            message,
            "value-largest",
            &title,
            &["JSON-4", "RELAY-9", "RELAY-10"],
            value(bound),
        ));
        let title = format!("{name}: a value of {} bytes is too large", bound + 1);
        let id = format!("{name}-value-too-large");
        let clauses = &["JSON-4", "RELAY-9"];
        cases.push(RelayCase::new(SUITE, id, title, clauses, move |bench| {
            let channel = message.channel(bench)?;
            let request = message.request(&channel, value(bound + 1).as_bytes());
            bench.expect(&request, &Want::token("too-large"))?;
            Ok(())
        }));
    }
    cases
}
