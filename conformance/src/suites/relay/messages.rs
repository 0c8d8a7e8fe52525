//! The JSON of requests (section 8; JSON-1 to JSON-5, HEX-1), through the wire.

use super::bench::Bench;
use super::case::RelayCase;
use super::channel::{Cell, Channel, State};
use super::fault::Fault;
use super::reply::Want;
use super::request::Request;

const SUITE: &str = "relay-messages";

/// A message that a relay reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Allocate,
    Claim,
    Write(Cell),
    Close,
}

impl Message {
    const ALL: [Self; 6] = [
        Self::Allocate,
        Self::Claim,
        Self::Write(Cell::Answer),
        Self::Write(Cell::Finish),
        Self::Write(Cell::Receipt),
        Self::Close,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Allocate => "allocate",
            Self::Claim => "claim",
            Self::Write(cell) => cell.name(),
            Self::Close => "close",
        }
    }

    /// The right text of the message.
    fn text(self) -> &'static str {
        match self {
            Self::Allocate | Self::Write(_) => r#"{"body":"00ff"}"#,
            Self::Claim => "{}",
            Self::Close => r#"{"reason":"done"}"#,
        }
    }

    /// A channel to which the message may be sent.
    fn channel(self, bench: &Bench<'_>) -> Result<Channel, Fault> {
        match self {
            Self::Allocate => Ok(Channel::new()),
            Self::Claim => bench.channel(State::Open),
            Self::Write(Cell::Finish) => bench.channel(State::Answered),
            Self::Write(Cell::Receipt) => bench.channel(State::Finished),
            Self::Write(Cell::Answer) | Self::Close => bench.channel(State::Claimed),
        }
    }

    fn request(self, channel: &Channel, text: &[u8]) -> Request {
        let request = match self {
            Self::Allocate => channel.allocate(),
            Self::Claim => channel.claim(&channel.claimant),
            Self::Write(cell) => channel.write(cell),
            Self::Close => channel.close(&channel.owner, "done"),
        };
        request.with(text)
    }

    fn success(self) -> Want {
        match self {
            Self::Allocate => Want::Status(201),
            Self::Claim | Self::Write(_) | Self::Close => Want::Status(200),
        }
    }
}

/// A test that a text is refused, and that the message without the fault is taken afterwards.
fn bad(
    message: Message,
    id: &str,
    title: &str,
    clauses: &[&str],
    text: impl Into<Vec<u8>>,
) -> RelayCase {
    let text = text.into();
    let title = format!("{}: {title} is malformed", message.name());
    let id = format!("{}-{id}", message.name());
    RelayCase::new(SUITE, id, title, clauses, move |bench| {
        let channel = message.channel(bench)?;
        bench.expect(&message.request(&channel, &text), &Want::token("malformed"))?;
        if bench.pool.is_none() {
            let right = message.request(&channel, message.text().as_bytes());
            bench.given(&right, &message.success())?;
        }
        Ok(())
    })
}

/// A test that a text is taken.
fn good(
    message: Message,
    id: &str,
    title: &str,
    clauses: &[&str],
    text: impl Into<Vec<u8>>,
) -> RelayCase {
    let text = text.into();
    let title = format!("{}: {title} is taken", message.name());
    let id = format!("{}-{id}", message.name());
    RelayCase::new(SUITE, id, title, clauses, move |bench| {
        let channel = message.channel(bench)?;
        bench.expect(&message.request(&channel, &text), &message.success())?;
        Ok(())
    })
}

/// Texts that are no JSON, in the place of a claim or of the value of a further member.
fn texts() -> Vec<(&'static str, &'static str, &'static str, Vec<u8>)> {
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
fn values() -> Vec<(&'static str, &'static str, &'static str, Vec<u8>)> {
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
fn with_member(message: Message, value: &[u8], first: bool) -> Vec<u8> {
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

/// The tests.
pub(super) fn cases() -> Vec<RelayCase> {
    let mut cases = Vec::new();
    // Each fault of a text in one message, and for the requirement's sake in turn in another.
    for (index, (id, title, clause, value)) in texts().into_iter().enumerate() {
        for (message, first) in [
            (Message::Claim, true),
            (Message::ALL[index % 6], index % 2 == 0),
        ] {
            if message == Message::Claim && !first {
                continue;
            }
            let text = with_member(message, &value, first);
            if text.len() <= 1_024 && !cases.iter().any(|case: &RelayCase| is(case, message, id)) {
                cases.push(bad(message, id, title, &[clause], text));
            }
        }
    }
    for (index, (id, title, clause, value)) in values().into_iter().enumerate() {
        for message in [Message::ALL[index % 6], Message::ALL[(index + 1) % 6]] {
            let id = format!("takes-{id}");
            let title = format!("a member that is not named, of {title},");
            let text = with_member(message, &value, index % 2 == 0);
            cases.push(good(message, &id, &title, &[clause, "JSON-5"], text));
        }
    }
    for message in Message::ALL {
        cases.extend(whole(message));
    }
    cases.extend(bodies());
    cases.extend(reasons());
    cases.extend(sizes());
    cases
}

fn is(case: &RelayCase, message: Message, id: &str) -> bool {
    use crate::suites::test::Test;
    case.id() == format!("{SUITE}-{}-{id}", message.name())
}

/// Faults of a whole text.
fn whole(message: Message) -> Vec<RelayCase> {
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
fn bodies() -> Vec<RelayCase> {
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

fn before(cell: Cell) -> State {
    match cell {
        Cell::Answer => State::Claimed,
        Cell::Finish => State::Answered,
        Cell::Receipt => State::Finished,
    }
}

/// Reasons of a close.
fn reasons() -> Vec<RelayCase> {
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
fn sizes() -> Vec<RelayCase> {
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
            &["JSON-4", "RELAY-10"],
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
