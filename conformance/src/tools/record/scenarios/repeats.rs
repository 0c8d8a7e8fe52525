//! Requests whose answers are lost, or that are answered *busy*: every one is repeated, the same
//! bytes, and the exchange goes on.

use super::super::rules::{Rule, after, html, instead, lost, problem};
use super::super::scenario::Scenario;
use super::states::{ALLOCATING, CLAIMING, ClientState, STATES, WAITING_FOR_RECEIPT};
use crate::stage::bytes::TranscriptBytes;
use crate::stage::listener::ServerAction;
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::suites::replay::transcript::ClientRole;

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = Vec::new();
    for state in STATES {
        all.push(good(state, "lost", "does not reach the relay", |on| {
            lost(on, TransportFault::Close)
        }));
        all.push(good(
            state,
            "answer-lost",
            "is carried out, its answer breaks off",
            |on| {
                after(on, |_, response| {
                    let (response, declared) = half(response)?;
                    let fault = TransportFault::BreakOff { response, declared };
                    Ok(ServerAction::Fail(fault))
                })
            },
        ));
        all.push(good(
            state,
            "502",
            "is answered by a proxy: 502 and HTML",
            |on| instead(on, html(502)),
        ));
        all.push(good(
            state,
            "429",
            "is answered 429 with a time to wait",
            |on| instead(on, problem("rate-limited", None).with("retry-after", "2")),
        ));
        // The wait for the receipt is shorter than an attempt of its poll.
        if state.name != WAITING_FOR_RECEIPT.name {
            all.push(good(
                state,
                "stalled-once",
                "is not answered in time",
                |on| lost(on, TransportFault::Stall),
            ));
        }
    }
    for state in [ALLOCATING, CLAIMING] {
        all.extend(forms(state));
    }
    all
}

fn good(
    state: ClientState,
    name: &str,
    title: &str,
    rule: impl Fn(&'static str) -> Rule,
) -> Scenario {
    let clauses: &[_] = match (name, state.role) {
        ("stalled-once", _) => &["TIME-2", "TIME-1"],
        _ => &["TIME-1", "CLIENT-7"],
    };
    let one = state
        .scenario(name, title)
        .clauses(clauses)
        .second(if name == "stalled-once" { 40 } else { 100 })
        .rules([rule(state.request)]);
    // A receiver's receipt that was refused once is no reason for another end.
    one.done(true)
}

/// A response with the first half of its body, and the length of the whole.
fn half(response: RecordedResponse) -> anyhow::Result<(RecordedResponse, usize)> {
    let text = String::from_utf8(response.content()?)?;
    let declared = text.len();
    let half = text.chars().take(declared / 2).collect();
    let response = RecordedResponse {
        body: None,
        text: Some(half),
        ..response
    };
    Ok((response, declared))
}

/// The other forms of *lost* and *busy*, for which the request makes no difference.
fn forms(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let at = if state.role == ClientRole::Initiator {
        "201 Created"
    } else {
        "200 OK"
    };
    let half_head = format!("HTTP/1.1 {at}\r\nContent-Type: application/json\r\nConten");
    let html_with = |status, retry_after: &str| html(status).with("retry-after", retry_after);
    let rules = [
        ("garbage", "something that is no HTTP", lost(on, TransportFault::Garbage {
            bytes: TranscriptBytes::hex(b"SSH-2.0-OpenSSH_9.6\r\n"),
        })),
        ("half-head", "half a head", lost(on, TransportFault::Garbage {
            bytes: TranscriptBytes::hex(half_head.as_bytes()),
        })),
        ("half-body", "a body that does not go on", after(on, |_, response| {
            let (response, _) = half(response)?;
            Ok(ServerAction::Fail(TransportFault::StallBody { response }))
        })),
        ("500", "500", instead(on, html(500))),
        ("503", "503, a problem document without a time to wait",
            instead(on, problem("unavailable", None))),
        ("503-wait", "503 and HTML with a time to wait", instead(on, html_with(503, "3"))),
        ("503-date", "503 with a date to wait for, which does not count",
            instead(on, html_with(503, "Wed, 21 Oct 2099 07:28:00 GMT"))),
        ("long-head", "a header section of 262 145 bytes", lost(on, TransportFault::Garbage {
            bytes: TranscriptBytes::Parts(vec![
                TranscriptBytes::hex(format!("HTTP/1.1 {at}\r\nX-Filler: ").as_bytes()),
                TranscriptBytes::repeat(b"x", 262_145),
                TranscriptBytes::hex(b"\r\nContent-Length: 0\r\n\r\n"),
            ]),
        })),
        ("long-head-lines", "a header section of more than 262 144 bytes, in lines of 1 024", lost(on, TransportFault::Garbage {
            bytes: TranscriptBytes::Parts(vec![
                TranscriptBytes::hex(format!("HTTP/1.1 {at}\r\n").as_bytes()),
                TranscriptBytes::repeat(format!("X-Filler: {}\r\n", "x".repeat(1_012)).as_bytes(), 257 * 1_024),
                TranscriptBytes::hex(b"Content-Length: 0\r\n\r\n"),
            ]),
        })),
        ("503-breaks-off", "503 with a time to wait and half a body", lost(on, TransportFault::BreakOff {
            response: html_with(503, "3600"),
            declared: 4_096,
        })),
        ("503-fraction", "503 with 3600.5 s to wait, which do not count",
            instead(on, html_with(503, "3600.5"))),
        ("503-sign", "503 with +3600 s to wait, which do not count", instead(on, html_with(503, "+3600"))),
        ("599", "599 and a redirect", instead(on, html_with(599, "0").with("location", "/"))),
        ("504-gzip", "504 in a content coding", instead(on, RecordedResponse {
            bytes: Some(TranscriptBytes::hex(&[0x1f, 0x8b, 8, 0])),
            ..html_with(504, "1").with("content-encoding", "gzip")
        }.without_text())),
        ("two-waits", "429 with two times to wait, which counts as none", instead(on, RecordedResponse {
            status: 429,
            raw: Some("HTTP/1.1 429 .\r\nConnection: close\r\nRetry-After: 3600\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n".into()),
            ..RecordedResponse::default()
        })),
        ("500-json", "500 and the right document", instead(on, super::super::rules::json_response(
            500,
            serde_json::json!({"channel": 9, "ttl": 60, "body": "41"}),
        ))),
    ];
    let forms = rules.into_iter().map(|(name, what, rule)| {
        let about: &[_] = match name {
            "garbage" | "half-head" | "500" | "503" | "599" | "500-json" | "504-gzip" => {
                &["CLIENT-7"]
            }
            "half-body" => &["TIME-2"],
            "long-head" | "long-head-lines" => &["CLIENT-10"],
            "503-breaks-off" => &["CLIENT-13"],
            "503-date" | "503-fraction" | "503-sign" | "two-waits" => &["CLIENT-14"],
            _ => &[],
        };
        let one = state
            .scenario(&format!("busy-{name}"), &format!("is answered with {what}"))
            .clauses(about)
            .clauses(&["TIME-1", "CLIENT-7"])
            .second(if name == "half-body" { 50 } else { 100 })
            .rules([rule]);
        one.done(true)
    });
    let often = state
        .scenario(
            "failing-often",
            "fails six times, in different ways, and then does not",
        )
        .clauses(&["TIME-1", "TIME-3"])
        .second(50)
        .rules([
            lost(on, TransportFault::Close),
            instead(on, html(502)),
            instead(on, problem("rate-limited", None).with("retry-after", "1")),
            lost(
                on,
                TransportFault::Garbage {
                    bytes: TranscriptBytes::hex(b"\r\n\r\n"),
                },
            ),
            lost(on, TransportFault::Close),
            instead(on, html(503)),
        ])
        .done(true)
        .lasts(8, 40);
    let short = || {
        let busy = problem("unavailable", None);
        instead(on, busy.with("retry-after", "1"))
    };
    let patient = state
        .scenario(
            "busy-short-waits",
            "is answered 503 six times, with a time to wait that the back-off outgrows",
        )
        .clauses(&["TIME-1"])
        .second(80)
        .rules((0..6).map(|_| short()))
        .done(true)
        // The longer of the two each time: 1, 1, 1, 2, 4 and 4 s at least, 25 s at most.
        .lasts(13, 28);
    forms.chain([often, patient]).collect()
}

impl RecordedResponse {
    fn without_text(mut self) -> Self {
        self.text = None;
        self
    }
}
