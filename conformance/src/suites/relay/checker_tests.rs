//! Tests of the checker: right answers pass, and each lie fails its own check.

use std::time::Instant;

use super::check::Check;
use super::checker::Checker;
use super::reply::Reply;
use super::request::Request;
use crate::stage::http_connection::HttpAnswer;

const PROBLEM: &str = "application/problem+json";

fn checker() -> Checker {
    let schema = include_str!("../../../../spec/messages.schema.json");
    let openapi = include_str!("../../../../spec/openapi.json");
    Checker::new(schema, openapi).unwrap()
}

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let now = Instant::now();
    let answer = HttpAnswer {
        minor: 1,
        status,
        headers: headers.iter().map(own).collect(),
        body: body.as_bytes().to_vec(),
        ended_by_close: false,
        read: now,
    };
    Reply {
        answer,
        sent: now,
        read: now,
    }
}

fn get() -> Request {
    Request::new("GET", "/v1/61/channels/7/answer?wait=0")
}

/// The checks that an answer fails.
fn wrong(request: &Request, reply: &Reply) -> Vec<Check> {
    let checker = checker();
    checker.look(request, reply);
    let is_wrong = |check: &Check| checker.found(*check).wrong > 0;
    Check::ALL.into_iter().filter(is_wrong).collect()
}

#[test]
fn right_answers_pass() {
    let cache = ("cache-control", "no-store, no-transform");
    let json = ("content-type", "application/json");
    let cell = reply(200, &[cache, json], r#"{"body":"00","later":[1]}"#);
    assert_eq!(wrong(&get(), &cell), []);
    let spelled = [
        ("cache-control", "No-Transform,no-store"),
        ("content-type", "Application/JSON; charset=utf-8"),
    ];
    assert_eq!(wrong(&get(), &reply(200, &spelled, r#"{"body":"00"}"#)), []);
    assert_eq!(wrong(&get(), &reply(204, &[cache], "")), []);
    let text = r#"{"type":"tag:wormhole-sync.example,2026:closed","title":"x","status":410,"reason":"done"}"#;
    let closed = reply(410, &[cache, ("content-type", PROBLEM)], text);
    assert_eq!(wrong(&get(), &closed), []);
}

#[test]
fn each_lie_fails_its_own_check() {
    let cache = ("cache-control", "no-store, no-transform");
    let json = ("content-type", "application/json");
    let problem = ("content-type", PROBLEM);
    let document = |token: &str, status: u16| {
        format!(
            r#"{{"type":"tag:wormhole-sync.example,2026:{token}","title":"x","status":{status}}}"#
        )
    };
    let cell = r#"{"body":"00"}"#;
    let lies = [
        (reply(200, &[json], cell), Check::CacheControl),
        (
            reply(200, &[("cache-control", "no-store"), json], cell),
            Check::CacheControl,
        ),
        (reply(200, &[cache], cell), Check::ContentType),
        (reply(200, &[cache, problem], cell), Check::ContentType),
        (reply(204, &[cache], "{}"), Check::ContentType),
        (reply(200, &[cache, json], "{}"), Check::Message),
        (
            reply(200, &[cache, json], r#"{"body":"0F"}"#),
            Check::Message,
        ),
        (reply(200, &[cache, json], "no JSON"), Check::Message),
        (reply(201, &[cache, json], cell), Check::Listed),
        (
            reply(403, &[cache, json], &document("forbidden", 403)),
            Check::ProblemType,
        ),
        (
            reply(403, &[cache, problem], &document("no-token", 403)),
            Check::ProblemToken,
        ),
        (
            reply(404, &[cache, problem], &document("forbidden", 403)),
            Check::ProblemStatus,
        ),
        (
            reply(403, &[cache, problem], &document("forbidden", 404)),
            Check::ProblemStatus,
        ),
        (
            reply(410, &[cache, problem], &document("closed", 410)),
            Check::ProblemMembers,
        ),
        (
            reply(
                403,
                &[cache, problem],
                &document("forbidden", 403).replace("title", "titel"),
            ),
            Check::ProblemMembers,
        ),
        (
            reply(401, &[cache, problem], &document("unauthorized", 401)),
            Check::Challenge,
        ),
        (
            reply(429, &[cache, problem], &document("rate-limited", 429)),
            Check::RetryAfter,
        ),
        (
            reply(
                429,
                &[cache, problem, ("retry-after", "0")],
                &document("rate-limited", 429),
            ),
            Check::RetryAfterValue,
        ),
        (
            reply(
                429,
                &[cache, problem, ("retry-after", "soon")],
                &document("rate-limited", 429),
            ),
            Check::RetryAfterValue,
        ),
    ];
    for (lie, check) in lies {
        assert_eq!(wrong(&get(), &lie), [check], "{lie}");
    }
    let post = Request::new("POST", "/v1/61/channels/7/answer");
    for allow in ["POST", "GET", "GET, PUT, HEAD"] {
        let headers = [cache, problem, ("allow", allow)];
        let lie = reply(405, &headers, &document("method-not-allowed", 405));
        assert_eq!(wrong(&post, &lie), [Check::Allow], "{allow}");
    }
}
