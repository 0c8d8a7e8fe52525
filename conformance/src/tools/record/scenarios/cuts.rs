//! Answers that break off, in every state: *lost*, whatever their status, and what they asked for
//! counts for nothing (CLIENT-13).

use super::super::rules::{after, html, lost, problem};
use super::super::scenario::Scenario;
use super::responses::usual;
use super::states::{ClientState, EVERY, HOLDING};
use crate::stage::bytes::TranscriptBytes;
use crate::stage::listener::ServerAction;
use crate::stage::response::{RecordedResponse, TransportFault};

pub(super) fn scenarios() -> Vec<Scenario> {
    EVERY.into_iter().flat_map(cuts).collect()
}

fn cuts(state: ClientState) -> Vec<Scenario> {
    let on = state.request;
    let break_off = |response: RecordedResponse, declared| {
        lost(on, TransportFault::BreakOff { response, declared })
    };
    let survives = |name: &str, title: &str, rules| {
        let one = state.survives(&format!("cut-{name}"), title, rules);
        one.clauses(&["CLIENT-13", "CLIENT-9", "TIME-1"])
    };
    let refusal = problem("closed", Some("cancelled"));
    let length = refusal
        .body
        .as_ref()
        .map_or(0, |body| body.to_string().len());
    let waits = |status: u16| {
        let page = html(status).with("retry-after", "3600");
        break_off(page, 4_096)
    };
    let refused = survives(
        "refusal",
        "is refused, and the refusal breaks off before its last byte",
        vec![break_off(refusal, length + 1)],
    );
    let busy = survives(
        "busy",
        "is answered 503 and 429 with a time to wait, and half a body",
        vec![waits(503), waits(429)],
    );
    let mut all = vec![refused, busy];
    // A whole message, and then a connection that ends before the last chunk.
    if state.name != HOLDING.name {
        let no_last_chunk = after(on, |_, response| {
            let text = String::from_utf8(response.content()?)?;
            let head = format!(
                "HTTP/1.1 {} .\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                response.status
            );
            let bytes = format!("{head}{:x}\r\n{text}\r\n", text.len());
            let bytes = TranscriptBytes::hex(bytes.as_bytes());
            Ok(ServerAction::Fail(TransportFault::Garbage { bytes }))
        });
        all.push(survives(
            "chunk",
            "is carried out, and the last chunk of its answer does not come",
            vec![no_last_chunk],
        ));
        let announced = format!(
            "HTTP/1.1 {} .\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{{}}",
            usual(on),
            262_145
        );
        let bytes = TranscriptBytes::hex(announced.as_bytes());
        let announced = lost(on, TransportFault::Garbage { bytes });
        let title =
            "gets a chunk that announces one byte more than a client reads, of which little comes";
        let one = state.survives("cut-announced-chunk", title, vec![announced]);
        all.push(one.clauses(&["CLIENT-5", "CLIENT-13", "TIME-1"]));
        let no_last_byte = after(on, |_, response| {
            let declared = response.content()?.len() + 1;
            Ok(ServerAction::Fail(TransportFault::BreakOff {
                response,
                declared,
            }))
        });
        all.push(survives(
            "byte",
            "is carried out, and the last byte of its answer does not come, which is no part of the message",
            vec![no_last_byte],
        ));
    }
    all
}
