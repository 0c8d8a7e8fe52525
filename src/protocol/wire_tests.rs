//! Requests by section 9.2, and the event of each answer by the table of section 11.2.

use super::wire::{HttpResponse, Method, Wire, interpret_response};
use super::{
    AttemptResult, CellName, ChannelRefusal, CloseReason, Event, Misbehaviour, Request, RequestKind,
};
use crate::values::{AppId, ChannelId, Rendezvous, Side};

const ALLOCATE: RequestKind = RequestKind::Allocate;
const CLAIM: RequestKind = RequestKind::Claim;
const PUT: RequestKind = RequestKind::Put(CellName::Finish);
const GET: RequestKind = RequestKind::Get(CellName::Answer);
const CLOSE: RequestKind = RequestKind::Close;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

fn channel() -> ChannelId {
    ChannelId::new(7).unwrap()
}

fn answer(status: u16, content_type: &str, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        content_type: (!content_type.is_empty()).then(|| content_type.to_owned()),
        is_coded: false,
        retry_after: None,
        body: Some(body.as_bytes().to_vec()),
    }
}

fn problem(status: u16, token: &str, more: &str) -> HttpResponse {
    let tag = format!("tag:wormhole-sync.example,2026:{token}");
    answer(status, PROBLEM, &format!(r#"{{"type":"{tag}"{more}}}"#))
}

/// The event and the `ttl` of an answer that is neither *lost* nor *busy*.
fn event(kind: RequestKind, answer: HttpResponse) -> (Event, Option<u32>) {
    match interpret_response(kind, answer) {
        AttemptResult::Event { event, ttl } => (event, ttl),
        other => panic!("{other:?}"),
    }
}

fn misbehaved(kind: RequestKind, answer: HttpResponse) -> Option<Misbehaviour> {
    match event(kind, answer) {
        (Event::Misbehaved(how), None) => Some(how),
        _ => None,
    }
}

fn busy(status: u16, retry_after: Option<&str>) -> Option<(u16, Option<u32>)> {
    let answer = HttpResponse {
        retry_after: retry_after.map(str::to_owned),
        ..answer(status, "text/html", "<html>")
    };
    match interpret_response(CLAIM, answer) {
        AttemptResult::Busy {
            status,
            retry_after,
        } => Some((status, retry_after)),
        _ => None,
    }
}

#[test]
fn requests_are_those_of_the_table() {
    let relay = Rendezvous::parse("https://relay.example/base/", false).unwrap();
    let side = Side::from_hex(&[b'a'; 32]).unwrap();
    let wire = Wire::new(relay, AppId::new("a").unwrap(), side);
    let channel = channel();
    for (request, method, path, body) in [
        (
            Request::Allocate { offer: &[0x41] },
            Method::Post,
            "channels",
            Some(r#"{"body":"41"}"#),
        ),
        (
            Request::Claim { channel },
            Method::Post,
            "channels/7/claim",
            Some("{}"),
        ),
        (
            Request::Put {
                channel,
                cell: CellName::Answer,
                body: &[0x42],
            },
            Method::Put,
            "channels/7/answer",
            Some(r#"{"body":"42"}"#),
        ),
        (
            Request::Get {
                channel,
                cell: CellName::Receipt,
            },
            Method::Get,
            "channels/7/receipt?wait=25",
            None,
        ),
        (
            Request::Close {
                channel,
                reason: CloseReason::WrongCode,
            },
            Method::Post,
            "channels/7/close",
            Some(r#"{"reason":"wrong-code"}"#),
        ),
    ] {
        let http = wire.request(&request, 25);
        let url = format!("https://relay.example/base/v1/61/{path}");
        assert_eq!((http.method, &http.url), (method, &url));
        assert_eq!(
            (http.bearer.as_str(), http.body.as_deref()),
            ("a".repeat(32).as_str(), body)
        );
        // RAND-2: A client MUST keep `side`, `words`, `pake_scalar` and all that is derived from
        // them
        let shown = format!("HttpRequest {{ method: {method:?}, url: {url:?}, .. }}");
        assert_eq!(format!("{http:?}"), shown);
    }
}

/// The line "status 429 or 500 to 599, whatever the rest".
#[test]
fn busy_is_429_and_500_to_599() {
    for status in [429, 500, 503, 599] {
        assert_eq!(busy(status, None), Some((status, None)));
    }
    for status in [200, 428, 430, 499, 600] {
        assert_eq!(busy(status, None), None);
    }
}

// TIME-1: after a 429 or 503 with a `Retry-After` (CLIENT-14) it waits at least so long
#[test]
fn retry_after_counts_with_429_and_503_and_in_digits() {
    for (text, seconds) in [
        ("20", Some(20)),
        (" 007\t", Some(7)),
        ("0", Some(0)),
        ("99999999999999999999", Some(u32::MAX)),
        ("", None),
        (" ", None),
        ("1.5", None),
        ("+1", None),
        ("-1", None),
        ("1 s", None),
        ("Wed, 21 Oct 2099 07:28:00 GMT", None),
    ] {
        for status in [429, 503] {
            assert_eq!(busy(status, Some(text)), Some((status, seconds)), "{text}");
        }
        for status in [500, 502, 504, 599] {
            assert_eq!(busy(status, Some(text)), Some((status, None)), "{text}");
        }
    }
}

#[test]
fn each_request_has_its_answer() {
    let channel = channel();
    for (kind, status, body, expected, ttl) in [
        (
            ALLOCATE,
            201,
            r#"{"channel":7,"ttl":60}"#,
            Event::Allocated(channel),
            Some(60),
        ),
        (
            CLAIM,
            200,
            r#"{"body":"41","ttl":61}"#,
            Event::Claimed(vec![0x41]),
            Some(61),
        ),
        (PUT, 200, "{}", Event::Stored, None),
        (GET, 200, r#"{"body":"42"}"#, Event::Cell(vec![0x42]), None),
    ] {
        for content_type in [JSON, "Application/JSON ; charset=utf-8"] {
            let found = event(kind, answer(status, content_type, body));
            assert_eq!(found, (expected.clone(), ttl), "{content_type}");
        }
        // With any other status, the answer fits no such line.
        for other in [100, 202, 204, 206, 304, 400, 418] {
            let found = event(kind, answer(other, JSON, body)).0;
            let is_empty = kind == GET && other == 204;
            assert_eq!(matches!(found, Event::Misbehaved(_)), !is_empty, "{other}");
        }
        let wrong = [
            (
                answer(status, PROBLEM, body),
                Misbehaviour::ContentType(status),
            ),
            (
                answer(status, JSON, "[]"),
                Misbehaviour::Malformed("not-an-object"),
            ),
            (
                HttpResponse {
                    is_coded: true,
                    ..answer(status, JSON, body)
                },
                Misbehaviour::ContentCoding,
            ),
            (
                HttpResponse {
                    body: None,
                    ..answer(status, JSON, body)
                },
                Misbehaviour::TooLong,
            ),
        ];
        for (answer, how) in wrong {
            assert_eq!(misbehaved(kind, answer), Some(how));
        }
        let untyped = answer(status, "", body);
        match kind {
            ALLOCATE | CLAIM => {
                let how = Misbehaviour::ContentType(status);
                assert_eq!(misbehaved(kind, untyped), Some(how));
            }
            _ => assert!(is_foreign(kind, untyped)),
        }
    }
    assert_eq!(event(GET, answer(204, "", "")), (Event::Empty, None));
}

#[test]
fn a_refusal_has_its_status_and_its_problem() {
    let closed = r#","reason":"cancelled""#;
    let expired = r#","reason":"expired""#;
    let refusals = [
        (403, "forbidden", "", ChannelRefusal::Forbidden),
        (404, "no-such-channel", "", ChannelRefusal::NoSuchChannel),
        (409, "crowded", "", ChannelRefusal::Crowded),
        (
            410,
            "closed",
            closed,
            ChannelRefusal::Closed(CloseReason::Cancelled),
        ),
        (410, "closed", expired, ChannelRefusal::Expired),
    ];
    for kind in [ALLOCATE, CLAIM, PUT, GET] {
        for (status, token, more, refusal) in refusals {
            let found = event(kind, problem(status, token, more));
            assert_eq!(found, (Event::Refused(refusal), None), "{token}");
            for other in [403, 404, 409, 410].into_iter().filter(|s| *s != status) {
                let how = misbehaved(kind, problem(other, token, more));
                assert_eq!(how, Some(Misbehaviour::Problem(other)), "{token}");
            }
            let as_json = HttpResponse {
                content_type: Some(JSON.to_owned()),
                ..problem(status, token, more)
            };
            let how = Misbehaviour::ContentType(status);
            assert_eq!(misbehaved(kind, as_json), Some(how), "{token}");
        }
        let conflict = problem(409, "conflict", "");
        assert_eq!(misbehaved(kind, conflict), Some(Misbehaviour::Problem(409)));
    }
}

// CLIENT-11: Once the relay has accepted this side, which is the case of every PUT and GET, an
// answer without one of them comes from something in between
#[test]
fn a_page_of_somebody_else_is_busy_once_the_side_is_accepted() {
    for status in [200, 204, 302, 403, 404, 408, 410, 421, 425] {
        for content_type in [
            "",
            "text/html",
            "application/jsonp",
            "text/plain; x=application/json",
        ] {
            let page = || HttpResponse {
                is_coded: true,
                body: None,
                ..answer(status, content_type, "")
            };
            for kind in [PUT, GET] {
                let is_empty = kind == GET && status == 204;
                assert_eq!(
                    is_foreign(kind, page()),
                    !is_empty,
                    "{status} {content_type}"
                );
            }
            for kind in [ALLOCATE, CLAIM] {
                assert!(
                    misbehaved(kind, page()).is_some(),
                    "{status} {content_type}"
                );
            }
        }
    }
}

fn is_foreign(kind: RequestKind, response: HttpResponse) -> bool {
    let status = response.status;
    matches!(
        interpret_response(kind, response),
        AttemptResult::Foreign { status: other } if other == status
    )
}

/// The line "to a close: whatever came".
#[test]
fn whatever_comes_to_a_close_it_was_tried() {
    for answer in [
        answer(200, JSON, "{}"),
        answer(302, "", ""),
        answer(201, JSON, r#"{"channel":7,"ttl":60}"#),
        problem(410, "closed", r#","reason":"expired""#),
    ] {
        assert_eq!(event(CLOSE, answer), (Event::CloseTried, None));
    }
}
