//! Recorded runs as scripts for the client cores. Where the recorded peer was honest, the script passes on the honest
//! peer's own message. Every other response is written out as it was recorded.

use super::recorded::{kind, response};
use crate::client::DEADLINES;
use crate::wire::write_response;
use serde_json::Value;
use wormhole_sync::protocol::{CellName, RequestKind};

/// The seed of a recorded run; `None` when the run is of the other role, or has no request.
pub(crate) fn seed(role: &str, transcript: &Value) -> Option<Vec<u8>> {
    let exchanges = transcript["exchanges"].as_array().expect("exchanges");
    if transcript["role"] != role || exchanges.is_empty() {
        return None;
    }
    let deadline = transcript["in"]["deadline"].as_u64();
    let known = |known: &Option<u32>| match (known, deadline) {
        (None, None) => true,
        (Some(known), Some(wanted)) => wanted <= u64::from(*known),
        _ => false,
    };
    let deadline = DEADLINES.iter().position(known).unwrap_or_default();
    let mut out = vec![(deadline as u8) << 3];
    for (index, exchange) in exchanges.iter().enumerate() {
        let kind = kind(exchange);
        let is_last = !exchanges[index + 1..]
            .iter()
            .any(|later| is_message(self::kind(later)));
        let honest = is_honest(transcript, exchange, is_last);
        step(&mut out, exchange, kind, honest);
        if honest && kind == RequestKind::Get(CellName::Answer) {
            // The user releases the finish, or cancels.
            out.push(u8::from(transcript["in"]["hold"] == "cancel"));
        }
    }
    Some(out)
}

fn step(out: &mut Vec<u8>, exchange: &Value, kind: RequestKind, honest: bool) {
    if exchange["cancel"] == true {
        return out.extend([8, 0]);
    }
    let stalls = exchange["fault"]["kind"]
        .as_str()
        .is_some_and(|kind| kind.starts_with("stall"));
    match response(exchange) {
        _ if stalls => out.extend([10, 0]),
        None => out.extend([2, 0]),
        Some(_) if honest => out.extend([0, 0]),
        Some(response) if response.status == 204 && matches!(kind, RequestKind::Get(_)) => {
            out.extend([3, 0])
        }
        Some(response) => {
            let bytes = write_response(&response);
            let length = bytes.len().min(3_000);
            out.extend([7, 0]);
            out.extend((length as u16).to_be_bytes());
            out.extend(&bytes[..length]);
        }
    }
}

/// Whether the response is that of an honest relay and an honest peer.
fn is_honest(transcript: &Value, exchange: &Value, is_last: bool) -> bool {
    let status = exchange["answer"]["status"].as_u64();
    let good = status == Some(200) || status == Some(201);
    let outcome = transcript["expect"]["outcome"]
        .as_str()
        .expect("an outcome");
    let of_peer = ["bad-element", "malformed-message", "wrong-code"].contains(&outcome);
    let spoiled = of_peer && is_last && is_message(kind(exchange));
    good && exchange.get("wrong").is_none() && !spoiled
}

fn is_message(kind: RequestKind) -> bool {
    matches!(kind, RequestKind::Claim | RequestKind::Get(_))
}
