//! Responses that are unusual and right: the controls of the faults in `responses`.

use serde_json::json;

use super::super::rules::{Rule, edit, raw};
use super::super::scenario::Scenario;
use super::states::{
    ALLOCATING, ANSWERING, CLAIMING, ClientState, FINISHING, SENDING_RECEIPT, WAITING_FOR_ANSWER,
    WAITING_FOR_FINISH, WAITING_FOR_RECEIPT,
};
use crate::stage::bytes::TranscriptBytes;
use crate::stage::response::RecordedResponse;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in [
        ALLOCATING,
        CLAIMING,
        WAITING_FOR_ANSWER,
        WAITING_FOR_FINISH,
        ANSWERING,
        FINISHING,
        WAITING_FOR_RECEIPT,
        SENDING_RECEIPT,
    ] {
        all.extend(unusual(state));
    }
    for state in [ALLOCATING, WAITING_FOR_FINISH] {
        all.extend(heads(state));
    }
    all.extend(bounds());
    all
}

/// Heads and ends of responses that a client reads.
fn heads(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    vec![
        right(
            state,
            "long-head",
            "a header section of 8 192 bytes",
            "CLIENT-10",
            raw(on, |response, text| {
                let first = format!("HTTP/1.1 {} .\r\n", response.status);
                let last = format!(
                    "Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    text.len()
                );
                let filler = 8_192 - first.len() - last.len() - "X-Filler: \r\n".len();
                format!("{first}X-Filler: {}\r\n{last}{text}", "x".repeat(filler))
            }),
        ),
        right(
            state,
            "many-hints",
            "forty informational answers before the answer",
            "CLIENT-10",
            raw(on, |response, text| {
                let head = format!(
                    "HTTP/1.1 {} .\r\nConnection: close\r\nContent-Type: application/json",
                    response.status
                );
                let hints = "HTTP/1.1 103 Early Hints\r\nLink: </v1>\r\n\r\n".repeat(40);
                format!(
                    "{hints}{head}\r\nContent-Length: {}\r\n\r\n{text}",
                    text.len()
                )
            }),
        ),
        right(
            state,
            "trailer",
            "a trailer section with a coding and a content type, which count for nothing",
            "CLIENT-13",
            raw(on, |response, text| {
                let head = format!(
                    "HTTP/1.1 {} .\r\nConnection: close\r\nContent-Type: application/json",
                    response.status
                );
                let body = format!("{:x}\r\n{text}\r\n0\r\n", text.len());
                let trailer = "Content-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n";
                format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{body}{trailer}")
            }),
        ),
        right(
            state,
            "to-the-end",
            "a body that ends with the connection",
            "CLIENT-13",
            raw(on, |response, text| {
                let head = format!("HTTP/1.1 {} .\r\nConnection: close", response.status);
                format!("{head}\r\nContent-Type: application/json\r\n\r\n{text}")
            }),
        ),
    ]
}

fn right(state: ClientState, name: &str, what: &str, clause: &'static str, rule: Rule) -> Scenario {
    state
        .scenario(&format!("right-{name}"), what)
        .clauses(&[clause, "CLIENT-7"])
        .rules([rule])
        .done(true)
}

fn text(response: &mut RecordedResponse) -> String {
    response.body.take().unwrap_or_default().to_string()
}

fn unusual(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    vec![
        right(
            state,
            "type",
            "a content type in another case, with a parameter",
            "CLIENT-7",
            edit(on, |response| {
                response.headers.insert(
                    "content-type".into(),
                    "Application/JSON;charset=UTF-8".into(),
                );
            }),
        ),
        right(
            state,
            "identity",
            "the content coding identity, twice and in another case",
            "CLIENT-12",
            edit(on, |response| {
                response
                    .headers
                    .insert("content-encoding".into(), "identity, Identity".into());
            }),
        ),
        right(
            state,
            "no-coding",
            "an empty list of content codings",
            "CLIENT-12",
            edit(on, |response| {
                response
                    .headers
                    .insert("content-encoding".into(), " , ".into());
            }),
        ),
        right(
            state,
            "more",
            "members that nobody knows, 16 levels deep",
            "JSON-5",
            edit(on, |response| {
                if let Some(body) = &mut response.body {
                    body["version"] = json!("wormhole-sync/2");
                    body["Body"] = json!("00");
                    let deep: serde_json::Value =
                        serde_json::from_str("[[[[[[[[[[[[[[[1e308]]]]]]]]]]]]]]]")
                            .unwrap_or_default();
                    body["more"] = deep;
                }
            }),
        ),
        right(
            state,
            "escaped",
            "names and values in escapes, with white space around",
            "JSON-1",
            edit(on, |response| {
                let text = text(response)
                    .replace("\"body\"", "\"b\\u006Fdy\"")
                    .replace(':', "\r\n\t: ");
                response.text = Some(format!(" \t{text}\r\n"));
            }),
        ),
        right(
            state,
            "early-hints",
            "informational answers before the answer",
            "CLIENT-7",
            raw(on, |response, text| {
                let hints = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </v1>\r\n\r\n";
                let head = format!(
                    "HTTP/1.1 {} .\r\nConnection: close\r\nContent-Type: application/json",
                    response.status
                );
                format!(
                    "{hints}{head}\r\nContent-Length: {}\r\n\r\n{text}",
                    text.len()
                )
            }),
        ),
        right(
            state,
            "chunked",
            "an answer in chunks",
            "CLIENT-7",
            raw(on, |response, text| {
                let head = format!(
                    "HTTP/1.1 {} .\r\nConnection: close\r\nContent-Type: application/json",
                    response.status
                );
                let (one, two) = text.split_at(1);
                let chunks = format!("1\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n", two.len());
                format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}")
            }),
        ),
        right(
            state,
            "longest",
            "as many bytes as a client reads, most of them white space",
            "CLIENT-5",
            edit(on, |response| {
                let text = text(response).into_bytes();
                let rest = 262_144 - text.len();
                response.bytes = Some(TranscriptBytes::Parts(vec![
                    TranscriptBytes::repeat(b" ", rest),
                    TranscriptBytes::hex(&text),
                ]));
            }),
        ),
    ]
}

/// Numbers at their bounds.
fn bounds() -> Vec<Scenario> {
    let number = |state: ClientState, member: &'static str, value: u32| {
        let what = format!("the {member} {value}");
        let rule = edit(state.request, move |response| {
            if let Some(body) = &mut response.body {
                body[member] = value.into();
            }
        });
        right(state, &format!("{member}-{value}"), &what, "JSON-4", rule)
    };
    vec![
        number(ALLOCATING, "ttl", 86_400),
        number(CLAIMING, "ttl", 600),
        // Time enough for a busy machine: a ttl of 1 is as valid.
        number(ALLOCATING, "ttl", 30),
        number(CLAIMING, "ttl", 30),
    ]
}
