//! The dictionaries: words that a fuzzer would take long to make up.

use wormhole_sync::values::{ProblemToken, words};

/// The words that the inputs of a target are made of, in the form of libFuzzer: one a line, in
/// double quotes. A file must not be empty.
#[must_use]
pub fn dictionary(target: &str) -> String {
    let texts: Vec<String> = match target {
        "link" => texts(&[
            "wormhole-sync:",
            "7-crossover-clockwork",
            "?appid=",
            "&relay=",
            "https://",
            "http://",
            "localhost",
            "%5B::1%5D",
            "%25",
            ":65535",
        ]),
        "code" => (0..=u8::MAX)
            .flat_map(|byte| [words::word(0, byte), words::word(1, byte)])
            .map(|word| format!("-{word}"))
            .collect(),
        "rendezvous" => texts(&[
            "https://",
            "http://",
            "localhost",
            "127.0.0.1",
            "[::1]",
            ":65535",
            "%2e",
            "/../",
        ]),
        "messages" | "response" => json(),
        "request" => {
            let heads = [
                "POST /v1/",
                "PUT /v1/",
                "GET /v1/",
                "/channels",
                "/claim",
                "/answer",
                "/finish",
                "/receipt",
                "/close",
                "?wait=30",
                "authorization: Bearer ",
                "x-forwarded-for: ",
                "forwarded: for=",
                "10.0.0.1",
                "[::1]",
                "\n\n",
            ];
            [json(), texts(&heads)].concat()
        }
        _ => Vec::new(),
    };
    let lines = texts.iter().map(|text| format!("\"{}\"\n", escaped(text)));
    std::iter::once("# Words\n".to_owned())
        .chain(lines)
        .collect()
}

fn json() -> Vec<String> {
    let members = [
        "body", "channel", "ttl", "reason", "type", "status", "title",
    ];
    let mut all: Vec<String> = members.iter().map(|name| format!("\"{name}\":")).collect();
    let tokens = ProblemToken::ALL.map(ProblemToken::token);
    all.extend(tokens.map(|token| format!("\"tag:wormhole-sync.example,2026:{token}\"")));
    let values = [
        "\\ud834\\udd1e",
        "\\u0061",
        "1e309",
        "-0",
        "86400",
        "999999999",
        "\"expired\"",
        "\"timeout\"",
        "[[[[",
        "{\"a\":",
        "application/json",
        "application/problem+json",
    ];
    all.extend(texts(&values));
    all
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'"' | b'\\' | 0..0x20 | 0x7f.. => format!("\\x{byte:02x}"),
        plain => char::from(plain).to_string(),
    };
    text.bytes().map(escape).collect()
}
