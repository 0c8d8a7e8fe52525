//! Scenarios of a network and a relay that fail for a while: each message is cut before and after,
//! the last one included.

use std::time::Duration;

use serde_json::json;

use super::judge::Difference;
use super::play::Played;
use super::responses::{self, With};
use super::scenario::Scenario;
use super::script::Act;
use crate::stage::bytes::TranscriptBytes;
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::suites::vectors::derive::Role;

/// The scenarios.
pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for role in Role::BOTH {
        let requests: &[&'static str] = match role {
            Role::Initiator => &["allocate", "get answer", "put finish", "get receipt"],
            Role::Receiver => &["claim", "put answer", "get finish", "put receipt"],
        };
        for request in requests {
            all.extend(failures(role, request));
        }
    }
    all.extend(closes());
    all.extend(pauses());
    all.extend(answers());
    all
}

/// One failure of one request, which is then repeated.
fn failures(role: Role, request: &'static str) -> Vec<Scenario> {
    let half = || TransportFault::BreakOff {
        response: responses::message(200, json!({})),
        declared: 9,
    };
    let garbage = || TransportFault::Garbage {
        bytes: TranscriptBytes::hex(b"220 mail.example ESMTP\r\n"),
    };
    let acts = [
        (
            "cut-before",
            "TIME-1",
            "is cut off before the relay has it",
            Act::CutBefore,
        ),
        (
            "cut-after",
            "TIME-1",
            "is carried out, and its answer is lost",
            Act::CutAfter,
        ),
        (
            "broken-off",
            "CLIENT-13",
            "is carried out, and its answer breaks off",
            Act::Fault(half()),
        ),
        (
            "garbage",
            "CLIENT-7",
            "is answered by what is no HTTP",
            Act::Fault(garbage()),
        ),
        (
            "503",
            "TIME-1",
            "is answered by 503 once",
            Act::Respond(responses::problem(503, "unavailable")),
        ),
        (
            "500-after",
            "CLIENT-7",
            "is carried out, and a proxy answers 500",
            Act::CarryOut(page(500)),
        ),
    ];
    // Repeated polls are a second apart: those of the second cell are cut off only.
    let few = request == "get receipt";
    let mut all: Vec<Scenario> = acts
        .into_iter()
        .filter(|(name, ..)| !few || name.starts_with("cut"))
        .map(|(name, clause, what, act)| {
            let id = format!("{}-{}-{name}", role.name(), request.replace(' ', "-"));
            let title = format!("The first {request} {what}");
            Scenario::new(&id, &[clause, "CLIENT-7", "SEAL-4"], &title, role)
                .with(|script| script.at(request, 0, act))
                .attempts(request, 2)
        })
        .collect();
    if few {
        return all;
    }
    if request.contains(' ') {
        let id = format!("{}-{}-login-page", role.name(), request.replace(' ', "-"));
        let title = format!("The first {request} is answered by a login page");
        all.push(
            Scenario::new(&id, &["CLIENT-11", "CLIENT-7"], &title, role)
                .with(|script| script.at(request, 0, Act::Respond(page(200))))
                .attempts(request, 2),
        );
        let id = format!("{}-{}-redirected", role.name(), request.replace(' ', "-"));
        let title = format!("The first {request} is redirected by a login page");
        let redirect = page(302).header("location", "/v1/elsewhere");
        all.push(
            Scenario::new(&id, &["CLIENT-2", "CLIENT-11"], &title, role)
                .with(|script| script.at(request, 0, Act::Respond(redirect)))
                .attempts(request, 2),
        );
    } else {
        let id = format!("{}-{}-redirected", role.name(), request);
        let title = format!("The {request} is redirected");
        let redirect = responses::message(307, json!({})).header("location", "/v1/elsewhere");
        let scenario = Scenario::new(&id, &["CLIENT-2", "CLIENT-7"], &title, role)
            .with(|script| script.always(request, Act::Respond(redirect)))
            .fails("relay-misbehaved");
        all.push(match role {
            Role::Initiator => scenario.requests(&["allocate"]),
            // RECV-4
            Role::Receiver => scenario.requests(&["claim", "close relay-misbehaved"]),
        });
    }
    all
}

/// The page of something in between.
fn page(status: u16) -> RecordedResponse {
    let body = TranscriptBytes::hex(b"<html><title>Please log in</title></html>");
    responses::bytes(status, "text/html; charset=utf-8", body)
}

/// A close is tried once, whatever becomes of it (TIME-7).
fn closes() -> Vec<Scenario> {
    let acts = [
        ("cut-before", "is cut off", Act::CutBefore),
        (
            "cut-after",
            "is carried out, and its answer is lost",
            Act::CutAfter,
        ),
        (
            "503",
            "is answered by 503",
            Act::Respond(responses::problem(503, "unavailable")),
        ),
        ("page", "is answered by a page", Act::Respond(page(404))),
        (
            "gone",
            "meets no such channel",
            Act::Respond(responses::problem(404, "no-such-channel")),
        ),
    ];
    let case = |(name, what, act): (&str, &str, Act)| {
        let id = format!("initiator-close-{name}");
        let title = format!("The last close {what}: it is not repeated, and changes nothing");
        Scenario::new(&id, &["TIME-7", "CLIENT-7"], &title, Role::Initiator)
            .with(|script| script.always("close", act))
            .attempts("close done", 1)
    };
    acts.into_iter().map(case).collect()
}

/// Pauses: their least lengths, which hold whatever a busy machine does.
fn pauses() -> Vec<Scenario> {
    let mut all = Vec::new();
    for role in Role::BOTH {
        let (first, poll) = match role {
            Role::Initiator => ("allocate", "get answer"),
            Role::Receiver => ("claim", "get finish"),
        };
        let unavailable = || Act::Respond(responses::problem(503, "unavailable"));
        let id = format!("{}-backs-off", role.name());
        all.push(
            Scenario::new(&id, &["TIME-1", "TIME-3"], "Three failures in a row", role)
                .with(|script| {
                    let script = script.at(first, 0, unavailable());
                    script
                        .at(first, 1, Act::CutBefore)
                        .at(first, 2, unavailable())
                })
                .attempts(first, 4),
        );
        let id = format!("{}-polls", role.name());
        let empty = || Act::Respond(responses::empty());
        all.push(
            Scenario::new(
                &id,
                &["TIME-4", "INIT-1"],
                "The relay has nothing, and says so at once",
                role,
            )
            .with(|script| script.at(poll, 0, empty()).at(poll, 1, empty()))
            .attempts(poll, 3),
        );
        let id = format!("{}-retry-after", role.name());
        let limited = responses::problem(429, "rate-limited").header("retry-after", "2");
        all.push(
            Scenario::new(
                &id,
                &["TIME-1", "CLIENT-14"],
                "429 with `Retry-After: 2`",
                role,
            )
            .with(|script| script.at(first, 0, Act::Respond(limited)))
            .attempts(first, 2)
            .judging(waited_two_seconds),
        );
        let id = format!("{}-slow-answers", role.name());
        let late = Duration::from_millis(700);
        all.push(
            Scenario::new(
                &id,
                &["TIME-2", "CLIENT-1"],
                "Each answer takes a while",
                role,
            )
            .with(|script| {
                script
                    .always(first, Act::Delay(late))
                    .always(poll, Act::Delay(late))
            })
            .attempts(first, 1)
            .attempts(poll, 1),
        );
    }
    all
}

fn waited_two_seconds(played: &Played) -> Result<(), Difference> {
    let [first, second, ..] = played.world.seen.as_slice() else {
        return Ok(());
    };
    let Some(since) = first.answered else {
        return Ok(());
    };
    let waited = second.request.at.saturating_duration_since(since);
    match waited < Duration::from_millis(1_995) {
        true => Err(Difference::new(
            "TIME-1",
            "the wait after `Retry-After`",
            "at least 2 s",
            format!("{:.2} s", waited.as_secs_f64()),
        )),
        false => Ok(()),
    }
}

/// Right answers in unusual clothes, which change nothing.
fn answers() -> Vec<Scenario> {
    let raw = |text: &str| RecordedResponse {
        status: 200,
        raw: Some(text.to_owned()),
        ..RecordedResponse::default()
    };
    let right = "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
    let forms = [
        ("twice", "CLIENT-1", "The answer to a put comes twice", format!("{right}{right}")),
        (
            "after-103",
            "CLIENT-10",
            "The answer to a put comes behind an interim one",
            format!("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{right}"),
        ),
        (
            "chunked",
            "CLIENT-13",
            "The answer to a put comes in chunks, with a trailer",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\nContent-Encoding: gzip\r\n\r\n".to_owned(),
        ),
        (
            "cookie",
            "JSON-5",
            "The answer to a put has a cookie and more members",
            "HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-type: application/json\r\ncontent-length: 18\r\n\r\n{\"more\":[1,null] }".to_owned(),
        ),
    ];
    let mut all = Vec::new();
    for role in Role::BOTH {
        let put = match role {
            Role::Initiator => "put finish",
            Role::Receiver => "put answer",
        };
        for (name, clause, title, text) in &forms {
            let id = format!("{}-{}-{name}", role.name(), put.replace(' ', "-"));
            all.push(
                Scenario::new(&id, &[*clause, "CLIENT-7"], title, role)
                    .with(|script| script.at(put, 0, Act::CarryOut(raw(text))))
                    .attempts(put, 1)
                    .judging(no_cookie),
            );
        }
    }
    all
}

fn no_cookie(played: &Played) -> Result<(), Difference> {
    let with = |seen: &&super::seen::Seen| !seen.request.header("cookie").is_empty();
    match played.world.seen.iter().find(with) {
        None => Ok(()),
        Some(seen) => Err(Difference::new(
            "CLIENT-1",
            format!("the headers of {}", seen.name),
            "no `Cookie`",
            "a cookie that the relay had set",
        )),
    }
}
