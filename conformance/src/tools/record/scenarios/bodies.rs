//! Lengths and ends of bodies, and heads, in every state (CLIENT-5, CLIENT-10, CLIENT-13).

use super::super::rules::{after, instead, problem, raw, raw_response, written};
use super::super::scenario::Scenario;
use super::headers::ended_by_closed;
use super::responses::{usual, wrong};
use super::states::{
    ALLOCATING, ANSWERING, CLAIMING, ClientState, EVERY, FINISHING, SENDING_RECEIPT,
    WAITING_FOR_ANSWER, WAITING_FOR_FINISH, WAITING_FOR_RECEIPT,
};
use crate::stage::bytes::TranscriptBytes;
use crate::stage::listener::ServerAction;
use crate::stage::response::RecordedResponse;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in EVERY {
        all.extend(too_long(state));
        all.extend(without_body(state));
        all.push(interim(state));
    }
    for state in [ALLOCATING, WAITING_FOR_FINISH] {
        all.push(headers(state));
    }
    for state in [
        ALLOCATING,
        CLAIMING,
        ANSWERING,
        FINISHING,
        WAITING_FOR_ANSWER,
        WAITING_FOR_FINISH,
        WAITING_FOR_RECEIPT,
        SENDING_RECEIPT,
    ] {
        all.extend(ends(state));
    }
    all
}

/// One byte more than a client reads (CLIENT-5).
const TOO_LONG: usize = 262_145;

const JSON: &str = "Content-Type: application/json";
const PROBLEM: &str = "Content-Type: application/problem+json";

/// A `Content-Length` over the bound, of which little comes.
fn too_long(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let long = |status: u16, lines: &[&str], text: &str| {
        instead(
            on,
            raw_response(status, written(status, lines, Some(TOO_LONG), text)),
        )
    };
    let refusal = problem("closed", Some("cancelled"))
        .body
        .unwrap_or_default();
    let mut busy = vec![long(
        503,
        &["Content-Type: text/html", "Retry-After: 2"],
        "",
    )];
    if state.is_accepted() {
        busy.push(long(404, &["Content-Type: text/html"], "<html>"));
    }
    vec![
        wrong(
            state,
            "length-declared",
            "a length of one byte more than a client reads, of which little comes",
            "CLIENT-5",
            long(usual(on), &[JSON], "{}"),
        ),
        wrong(
            state,
            "length-declared-refusal",
            "a refusal with a length of one byte more than a client reads, of which little comes",
            "CLIENT-5",
            long(410, &[PROBLEM], &refusal.to_string()),
        ),
        state
            .survives(
                "busy-length-declared",
                "is busy, with a length of one byte more than a client reads, of which little comes",
                busy,
            )
            .clauses(&["CLIENT-7", "CLIENT-13", "CLIENT-5"]),
    ]
}

/// Statuses that have no body, whatever their length says.
fn without_body(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let plain = |status: u16, lines: &[&str]| {
        instead(
            on,
            raw_response(status, written(status, lines, Some(4_000), "")),
        )
    };
    let mut all = vec![wrong(
        state,
        "304",
        "the status 304 and a length, with the relay's content type",
        "CLIENT-5",
        plain(304, &[JSON]),
    )];
    all.push(wrong(
        state,
        "101",
        "the status 101, which is an answer by itself, with the relay's content type",
        "CLIENT-10",
        instead(
            on,
            raw_response(
                101,
                format!("HTTP/1.1 101 .\r\nUpgrade: x\r\nConnection: upgrade\r\n{JSON}\r\n\r\n"),
            ),
        ),
    ));
    if state.polls() {
        let rules = vec![plain(204, &[]), plain(204, &[JSON])];
        let title = "no content, with a length";
        all.push(
            state
                .survives("empty-length", title, rules)
                .clauses(&["CLIENT-5", "TIME-4"]),
        );
    }
    if state.is_accepted() {
        let title = "is answered 304 with a length, by somebody in between";
        let rules = vec![plain(304, &["Content-Type: text/html"]), plain(304, &[])];
        all.push(
            state
                .survives("page-304", title, rules)
                .clauses(&["CLIENT-11", "CLIENT-5"]),
        );
        let switching =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
        let rule = instead(on, raw_response(101, switching.to_owned()));
        let title = "is answered 101, which is an answer by itself";
        all.push(
            state
                .survives("page-101", title, vec![rule])
                .clauses(&["CLIENT-10", "CLIENT-11"]),
        );
    }
    all
}

/// Very many interim answers before a refusal.
fn interim(state: ClientState) -> Scenario {
    let refusal = problem("closed", Some("cancelled"))
        .body
        .unwrap_or_default();
    let refusal = refusal.to_string();
    let hints = "HTTP/1.1 100 .\r\n\r\n".repeat(150);
    let last = written(410, &[PROBLEM], Some(refusal.len()), &refusal);
    let one = state
        .scenario(
            "interim",
            "a refusal after a hundred and fifty interim answers",
        )
        .clauses(&["CLIENT-10"])
        .rules([instead(state.request, raw_response(410, hints + &last))]);
    ended_by_closed(state, one)
}

/// A header section of almost 8 192 bytes in 99 field lines.
fn headers(state: ClientState) -> Scenario {
    let rule = raw(state.request, |response, text| {
        let rest = written(response.status, &[JSON], Some(text.len()), text);
        let head = rest.len() - text.len();
        let (status_line, rest) = rest.split_once("\r\n").unwrap_or_default();
        let fields = rest.lines().take_while(|line| !line.is_empty()).count();
        let count = 99 - fields;
        let filler = (8_192 - head) / count - "X-Filler: \r\n".len();
        let line = format!("X-Filler: {}\r\n", "0".repeat(filler));
        format!("{status_line}\r\n{}{rest}", line.repeat(count))
    });
    let title = "a header section of almost 8 192 bytes, in 99 field lines";
    state
        .survives("right-many-headers", title, vec![rule])
        .clauses(&["CLIENT-10"])
}

/// Bodies that end with the connection, or in chunks, or too late.
fn ends(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let right = |name: &str, title: &str, clause: &'static str, rule| {
        let one = state.survives(&format!("right-{name}"), title, vec![rule]);
        one.clauses(&[clause, "CLIENT-7"])
    };
    // The message, and then white space up to one byte more than a client reads.
    let spaces = |state: ClientState, in_chunks: bool| {
        after(state.request, move |_, response| {
            let text = String::from_utf8(response.content()?)?;
            let rest = TOO_LONG - text.len();
            let (line, first, last) = match in_chunks {
                true => (
                    "Transfer-Encoding: chunked",
                    format!("{:x}\r\n{text}\r\n{rest:x}\r\n", text.len()),
                    "\r\n0\r\n\r\n",
                ),
                false => ("Cache-Control: no-store", text, ""),
            };
            let head = written(response.status, &[JSON, line], None, &first);
            let raw_bytes = TranscriptBytes::Parts(vec![
                TranscriptBytes::hex(head.as_bytes()),
                TranscriptBytes::repeat(b" ", rest),
                TranscriptBytes::hex(last.as_bytes()),
            ]);
            Ok(ServerAction::Respond(RecordedResponse {
                status: response.status,
                raw_bytes: Some(raw_bytes),
                ..RecordedResponse::default()
            }))
        })
    };
    let mut all = vec![
        right(
            "end-of-connection",
            "a body that ends with the connection, and has a header more",
            "CLIENT-13",
            raw(on, |response, text| {
                written(
                    response.status,
                    &[JSON, "Cache-Control: no-store"],
                    None,
                    text,
                )
            }),
        ),
        right(
            "trailers",
            "chunks with a trailer section that names a content coding and a time to wait",
            "CLIENT-13",
            raw(on, |response, text| {
                let lines = [JSON, "Transfer-Encoding: chunked"];
                let trailers =
                    "Content-Encoding: gzip\r\nContent-Type: text/html\r\nRetry-After: 9\r\n\r\n";
                let body = format!("{:x};a=b\r\n{text}\r\n0\r\n{trailers}", text.len());
                written(response.status, &lines, None, &body)
            }),
        ),
        wrong(
            state,
            "end-too-late",
            "a body of one byte more than a client reads, which ends with the connection",
            "CLIENT-5",
            spaces(state, false),
        ),
    ];
    if !state.polls() {
        all.push(wrong(
            state,
            "chunks-too-long",
            "chunks of one byte more than a client reads",
            "CLIENT-5",
            spaces(state, true),
        ));
    }
    all
}
