//! Content codings and content types in every spelling, in every state.

use super::super::rules::{
    Rule, edit, html, instead, json_response, lines, no_content, problem, raw_response, typed,
    written,
};
use super::super::scenario::Scenario;
use super::responses::wrong;
use super::states::{ClientState, EVERY, HOLDING};
use crate::stage::response::RecordedResponse;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in EVERY {
        all.extend(codings(state));
        all.extend(uncoded(state));
        all.extend(types(state));
        match state.is_accepted() {
            true => all.extend(foreign(state)),
            false => all.extend(no_relay(state)),
        }
    }
    all
}

/// A refusal that a client ends with as `closed`.
fn closed() -> RecordedResponse {
    problem("closed", Some("cancelled"))
}

/// Says whether a success of the request is what the state waits for.
fn succeeds(state: ClientState) -> bool {
    state.name != HOLDING.name
}

/// The relay's success, or else an empty poll, with these further header lines.
fn with(state: ClientState, more: &'static [&'static str]) -> Rule {
    match succeeds(state) {
        true => lines(state.request, more),
        false => {
            let coded: Vec<&str> = more
                .iter()
                .filter(|line| !line.starts_with("Content-Type"))
                .copied()
                .collect();
            instead(
                state.request,
                raw_response(204, written(204, &coded, None, "")),
            )
        }
    }
}

/// Answers in a content coding, whatever it is called and whatever the status (CLIENT-12).
fn codings(state: ClientState) -> Vec<Scenario> {
    const JSON: &str = "Content-Type: application/json";
    let on = state.request;
    let coded = |name: &str, what: &str, rule| wrong(state, name, what, "CLIENT-12", rule);
    let mut all = vec![
        coded(
            "coding-unknown",
            "a content coding that nobody knows",
            with(state, &[JSON, "Content-Encoding: x"]),
        ),
        coded(
            "coding-second-line",
            "two lines of content codings, the first of them identity",
            with(
                state,
                &[JSON, "Content-Encoding: identity", "Content-Encoding: gzip"],
            ),
        ),
        coded(
            "coding-list",
            "a list of content codings with an empty member and one that is none of ours",
            with(state, &[JSON, "Content-Encoding: identity,, BR"]),
        ),
        coded(
            "coding-parameter",
            "identity with a parameter, which is no identity",
            with(state, &[JSON, "Content-Encoding: identity;q=1"]),
        ),
        coded(
            "coding-refusal",
            "a refusal in a content coding",
            instead(on, closed().with("content-encoding", "x-gzip")),
        ),
        state
            .survives(
                "busy-coded",
                "is answered 503 in a content coding, which is busy all the same",
                vec![instead(on, html(503).with("content-encoding", "gzip, x"))],
            )
            .clauses(&["CLIENT-12", "CLIENT-7", "TIME-1"]),
    ];
    if state.polls() {
        all.push(coded(
            "coding-204",
            "no content, in a content coding that nobody knows",
            instead(on, no_content().with("content-encoding", "x")),
        ));
    }
    if state.is_accepted() {
        let page = vec![instead(on, html(404).with("content-encoding", "gzip"))];
        let title = "is answered with a page of somebody in between, in a content coding";
        all.push(
            state
                .survives("page-coded", title, page)
                .clauses(&["CLIENT-11", "CLIENT-7"]),
        );
    }
    all
}

/// Answers that name no content coding, in every spelling (CLIENT-12).
fn uncoded(state: ClientState) -> Vec<Scenario> {
    let right = |name: &str, title: &str, rule| {
        let one = state.succeeds(&format!("right-{name}"), title, rule);
        one.clauses(&["CLIENT-12", "CLIENT-7"])
    };
    let all_lines: &[&str] = &[
        "Content-Type: application/json",
        "Content-Encoding: Identity",
        "content-encoding: , IDENTITY\t,",
        "Content-Encoding:",
    ];
    let refused = state
        .scenario("closed-identity", "a refusal in no content coding")
        .clauses(&["CLIENT-12"])
        .rules([instead(
            state.request,
            closed().with("content-encoding", "IDENTITY"),
        )]);
    vec![
        right(
            "codings",
            "three lines without a content coding",
            with(state, all_lines),
        ),
        ended_by_closed(state, refused),
    ]
}

/// The end by `closed` with the reason `cancelled`.
pub(super) fn ended_by_closed(state: ClientState, one: Scenario) -> Scenario {
    match state.is_done() {
        true => state.done(one),
        false => one.ends_closed("cancelled"),
    }
}

/// The relay's content types in other spellings (CLIENT-11).
fn types(state: ClientState) -> Vec<Scenario> {
    let mut all = Vec::new();
    let spellings = [
        ("space", "application/json ; charset=utf-8"),
        ("empty-parameter", "APPLICATION/json;"),
        ("tab", "\tapplication/json\t;x=\"a;b\""),
    ];
    for (name, spelling) in spellings.into_iter().filter(|_| succeeds(state)) {
        let rule = edit(state.request, move |response| {
            let headers = &mut response.headers;
            headers.insert("content-type".to_owned(), spelling.to_owned());
        });
        let title = format!("the content type {spelling:?}");
        let one = state.succeeds(&format!("right-type-{name}"), &title, rule);
        all.push(one.clauses(&["CLIENT-11", "CLIENT-7"]));
    }
    let spelling = "Application/Problem+JSON ; charset=\"utf-8\"";
    let one = state
        .scenario(
            "closed-type",
            "a refusal whose content type is in another case, with a parameter",
        )
        .clauses(&["CLIENT-11"])
        .rules([instead(
            state.request,
            closed().with("content-type", spelling),
        )]);
    all.push(ended_by_closed(state, one));
    all.push(wrong(
        state,
        "refusal-type",
        "a refusal of content type application/json",
        "CLIENT-11",
        instead(
            state.request,
            closed().with("content-type", "application/json"),
        ),
    ));
    all
}

/// Content types that are almost the relay's.
const ALMOST: [(&str, &str); 8] = [
    ("longer", "application/jsonx"),
    ("text", "text/json"),
    ("two-in-one", "application/json, application/json"),
    ("suffix", "application/vnd.relay+json"),
    ("blank", ""),
    ("short", "json"),
    ("inner-space", "application /json"),
    ("any", "*/*"),
];

/// Once the relay has accepted the side: what bears none of its types is busy (CLIENT-11).
fn foreign(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let body = if succeeds(state) { "{}" } else { "" };
    let of = |content_type: &str| {
        instead(
            on,
            RecordedResponse {
                text: Some(body.to_owned()),
                ..typed(200, content_type)
            },
        )
        .wrong("not the relay's content type")
    };
    let busy = |name: &str, title: &str, rules: Vec<Rule>| {
        state
            .survives(name, title, rules)
            .clauses(&["CLIENT-11", "CLIENT-7"])
    };
    let pages = |name: &str, statuses: [u16; 5]| {
        let title = format!("is answered with pages of the statuses {statuses:?}");
        let rules = statuses.map(|status| instead(on, html(status)));
        busy(name, &title, rules.into())
    };
    let twice = [
        "Content-Type: application/problem+json",
        "Content-Type: application/problem+json",
    ];
    let refusal = closed().body.unwrap_or_default().to_string();
    let twice = written(410, &twice, Some(refusal.len()), &refusal);
    let almost = |content_type| {
        instead(on, closed().with("content-type", content_type))
            .wrong("not the relay's content type")
    };
    vec![
        busy(
            "page-types",
            "is answered with content types that are almost the relay's",
            ALMOST[..4].iter().map(|(_, name)| of(name)).collect(),
        ),
        busy(
            "page-types-more",
            "is answered with content types that are none",
            ALMOST[4..].iter().map(|(_, name)| of(name)).collect(),
        ),
        busy(
            "page-refusals",
            "is refused with content types that are almost those of a refusal",
            vec![
                instead(on, raw_response(410, twice)).wrong("two content types"),
                almost("application/problem+jsonx"),
                almost("application/problem"),
                almost("application/problem+xml"),
                almost("text/html; x=application/problem+json"),
            ],
        ),
        pages("pages-4xx", [400, 401, 402, 407, 409]),
        pages("pages-more-4xx", [411, 413, 418, 431, 451]),
        pages("pages-3xx", [300, 301, 302, 303, 308]),
        pages("pages-2xx", [200, 201, 202, 203, 206]),
    ]
}

/// Before that, they tell that the address is not a relay's (CLIENT-11).
fn no_relay(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let page = |status: u16| {
        let what = format!("a page with the status {status}");
        let rule = instead(on, html(status));
        wrong(state, &format!("page-{status}"), &what, "CLIENT-11", rule)
    };
    let mut all: Vec<Scenario> = [200, 302, 401, 407, 451].map(page).into();
    for (name, content_type) in ALMOST {
        let rule = edit(on, move |response| {
            let headers = &mut response.headers;
            headers.insert("content-type".to_owned(), content_type.to_owned());
        });
        let what = format!("the content type {content_type:?}");
        let name = format!("type-{name}");
        all.push(wrong(state, &name, &what, "CLIENT-11", rule));
    }
    let untyped = RecordedResponse {
        headers: [].into(),
        ..json_response(403, serde_json::json!({}))
    };
    all.push(wrong(
        state,
        "refusal-untyped",
        "a refusal without a content type",
        "CLIENT-11",
        instead(on, untyped),
    ));
    all
}
