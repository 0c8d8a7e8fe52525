//! Responses out of the table of section 11.2: `misbehaved`, or *busy* where they are not the
//! relay's own (CLIENT-11). The state says what either leads to.

use serde_json::json;

use super::super::rules::{Rule, edit, html, instead, json_response, problem, raw, typed};
use super::super::scenario::Scenario;
use super::states::{
    ALLOCATING, ANSWERING, CLAIMING, ClientState, FINISHING, SENDING_RECEIPT, STATES,
    WAITING_FOR_ANSWER, WAITING_FOR_FINISH,
};
use crate::stage::response::RecordedResponse;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in STATES {
        all.extend(everywhere(state));
        all.extend(pages(state));
    }
    for state in [ALLOCATING, CLAIMING, WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
        all.extend(heads(state));
    }
    for state in [WAITING_FOR_ANSWER, WAITING_FOR_FINISH] {
        all.extend(coded(state));
    }
    all.extend(statuses());
    all
}

/// The scenario of one fault.
pub(super) fn wrong(
    state: ClientState,
    name: &str,
    what: &str,
    clause: &'static str,
    rule: Rule,
) -> Scenario {
    let one = state
        .scenario(&format!("wrong-{name}"), what)
        .clauses(&[clause, "CLIENT-7"])
        .row(state.name, "misbehaved")
        .rules([rule.wrong(what)]);
    state.misbehaved(one)
}

/// The scenario of one response that may not be the relay's own: busy once the relay has accepted
/// the side, and out of the table before (CLIENT-11).
fn foreign(
    state: ClientState,
    name: &str,
    what: &str,
    clause: &'static str,
    rule: Rule,
) -> Scenario {
    if !state.is_accepted() {
        return wrong(state, name, what, clause, rule);
    }
    state
        .scenario(&format!("page-{name}"), what)
        .clauses(&["CLIENT-11", clause])
        .second(100)
        .rules([rule.wrong(what)])
        .done(true)
}

/// Pages of somebody between the client and the relay, for each request.
fn pages(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    [403, 404, 408, 410, 421, 425]
        .map(|status| {
            let what = format!("a page of somebody in between, with the status {status}");
            let rule = instead(on, html(status));
            foreign(state, &status.to_string(), &what, "CLIENT-7", rule)
        })
        .into()
}

/// Faults that any response can have.
fn everywhere(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let text = |text: &str| {
        instead(
            on,
            RecordedResponse {
                text: Some(text.to_owned()),
                ..typed(usual(on), "application/json")
            },
        )
    };
    vec![
        foreign(
            state,
            "redirect",
            "a redirect to the same relay",
            "CLIENT-2",
            instead(
                on,
                typed(307, "text/plain").with("location", "/v1/redirected"),
            ),
        ),
        wrong(
            state,
            "not-json",
            "text that is no JSON",
            "JSON-1",
            text("ok"),
        ),
        wrong(state, "array", "an array", "JSON-2", text("[{}]")),
        wrong(
            state,
            "conflict",
            "a refusal of a type that has no event",
            "CLIENT-7",
            instead(on, problem("conflict", None)),
        ),
        wrong(
            state,
            "not-found",
            "no such target, which is not no such channel",
            "CLIENT-7",
            instead(on, problem("not-found", None)),
        ),
    ]
}

/// The status of the good response.
pub(super) fn usual(on: &str) -> u16 {
    if on == "allocate" { 201 } else { 200 }
}

/// The relay's response with a wrong head.
fn heads(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let header = |name: &'static str, value: &'static str| {
        edit(on, move |response| {
            response.headers.insert(name.to_owned(), value.to_owned());
        })
    };
    vec![
        wrong(
            state,
            "status",
            "the right message with another status",
            "CLIENT-7",
            edit(on, |response| {
                response.status = if response.status == 200 { 201 } else { 200 };
            }),
        ),
        foreign(
            state,
            "type",
            "the content type text/html",
            "CLIENT-7",
            header("content-type", "text/html"),
        ),
        wrong(
            state,
            "problem-type",
            "the right message as a problem document",
            "CLIENT-11",
            header("content-type", "application/problem+json"),
        ),
        foreign(
            state,
            "no-type",
            "no content type",
            "CLIENT-7",
            edit(on, |response| {
                response.headers.remove("content-type");
            }),
        ),
        wrong(
            state,
            "gzip",
            "the content coding gzip, which nobody asked for",
            "CLIENT-7",
            header("content-encoding", "gzip"),
        ),
        wrong(
            state,
            "redirect-300",
            "the right message with the status 300",
            "CLIENT-2",
            edit(on, |response| {
                response.status = 300;
            }),
        ),
        foreign(
            state,
            "two-types",
            "two content types, both right",
            "CLIENT-7",
            raw(on, |response, text| {
                let line = "Content-Type: application/json\r\n";
                let head = format!(
                    "HTTP/1.1 {} .\r\nConnection: close\r\n{line}{line}",
                    response.status
                );
                format!("{head}Content-Length: {}\r\n\r\n{text}", text.len())
            }),
        ),
        wrong(
            state,
            "204",
            "no content",
            "CLIENT-7",
            match on {
                "get answer" | "get finish" => instead(on, typed(205, "application/json")),
                _ => instead(
                    on,
                    RecordedResponse {
                        status: 204,
                        ..RecordedResponse::default()
                    },
                ),
            },
        ),
    ]
}

/// A content coding where there is no message to decode, and where the message is a refusal.
fn coded(state: ClientState) -> [Scenario; 3] {
    let empty = RecordedResponse {
        status: 204,
        ..RecordedResponse::default()
    };
    [
        ("204-gzip", "no content, in a content coding", empty),
        (
            "refusal-gzip",
            "a refusal in a content coding",
            problem("forbidden", None),
        ),
        (
            "refusal-identity-gzip",
            "a refusal in a list of codings, of which one is identity",
            problem("forbidden", None),
        ),
    ]
    .map(|(name, what, reply)| {
        let coding = match name {
            "refusal-identity-gzip" => "identity, gzip",
            _ => "gzip",
        };
        let reply = reply.with("content-encoding", coding);
        wrong(
            state,
            name,
            what,
            "CLIENT-12",
            instead(state.request, reply),
        )
    })
}

/// Statuses that no PUT is answered with.
fn statuses() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in [ANSWERING, FINISHING, SENDING_RECEIPT] {
        for (name, status) in [("201", 201), ("202", 202), ("204", 204)] {
            let what = format!("the status {status}");
            let plain = RecordedResponse {
                status,
                ..RecordedResponse::default()
            };
            let reply = if status == 204 {
                plain
            } else {
                json_response(status, json!({}))
            };
            let rule = instead(state.request, reply);
            all.push(match status {
                // Without a content type.
                204 => foreign(state, name, &what, "CLIENT-7", rule),
                _ => wrong(state, name, &what, "CLIENT-7", rule),
            });
        }
        let reply = RecordedResponse {
            body: Some(json!({})),
            ..typed(200, "text/plain")
        };
        let rule = instead(state.request, reply);
        all.push(foreign(
            state,
            "plain",
            "the content type text/plain",
            "CLIENT-7",
            rule,
        ));
    }
    all
}
