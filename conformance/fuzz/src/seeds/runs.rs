//! Recorded runs as scripts for the client cores. Where the recorded peer was honest, the script
//! passes on the honest peer's own message. Every other response is written out as it was recorded.

use serde_json::Value;
use wormhole_sync::protocol::{CellName, RequestKind};

use super::recorded::{kind, response};
use crate::client::DEADLINES;
use crate::wire::write_response;

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
    let looks = transcript["in"]["look"] == true;
    let mut agreed = !looks;
    for (index, exchange) in exchanges.iter().enumerate() {
        let kind = kind(exchange);
        let is_last = !exchanges[index + 1..]
            .iter()
            .any(|later| is_message(self::kind(later)));
        let honest = is_honest(transcript, exchange, is_last);
        let word = exchange["user"].as_str();
        agreed |= word == Some("release");
        if let Some(word) = word {
            out.extend([during(word), 0]);
            if word != "release" || role == "initiator" {
                // The attempt is abandoned.
                continue;
            }
        }
        let then = exchange["then_user"].as_str();
        let is_opened = honest && kind == RequestKind::Get(CellName::Finish);
        step(
            &mut out,
            exchange,
            kind,
            honest,
            then.filter(|_| !is_opened),
        );
        let stored = RequestKind::Put(CellName::Answer);
        if honest && [RequestKind::Get(CellName::Answer), stored].contains(&kind) {
            // The user releases at once, or looks first.
            out.push(if looks { 2 } else { 0 });
        }
        if is_opened {
            // A user who says nothing looks for as long as the channel lives.
            let looking = (!agreed).then(|| then.map_or(0xf6, at_rest));
            agreed |= then == Some("release");
            out.extend(looking);
            out.extend(taking(&transcript["in"]["take"]).filter(|_| agreed));
        }
    }
    Some(out)
}

/// The result byte of an attempt during which the user says a word.
fn during(word: &str) -> u8 {
    match word {
        "release" => 20,
        "mismatch" => 32,
        _ => 8,
    }
}

/// The time byte of an attempt in the pause after which the user says a word.
fn after(word: &str) -> u8 {
    match word {
        "release" => 2 << 6,
        "mismatch" => 3 << 6,
        _ => 1 << 6,
    }
}

/// The byte of a word that is said while there is no request.
fn at_rest(word: &str) -> u8 {
    match word {
        "release" | "taken" => 0,
        "mismatch" => 3,
        "not-taken" => 5,
        _ => 1,
    }
}

/// The bytes of an application that takes the blob, perhaps after some time, or does not.
fn taking(take: &Value) -> impl Iterator<Item = u8> + use<> {
    let time = match take["after"].as_u64() {
        None => None,
        Some(0..=60) => Some(0xd7),
        Some(_) => Some(0xe7),
    };
    let says = take["says"].as_str().unwrap_or("taken");
    time.into_iter().chain([at_rest(says)])
}

/// Runs that no transcript has, because an honest recorder cannot make them or they last too long.
pub(crate) fn more(role: &str) -> Vec<Vec<u8>> {
    // Each begins with two attempts that succeed.
    let after: &[&[u8]] = match role {
        // A receipt while the user looks; one before which the user says what nobody asked for.
        "initiator" => &[
            &[2, 3, 0, 0, 0],
            &[2, 44, 0, 56, 0, 20, 0, 0, 0, 8, 0],
            &[2, 3, 0, 20, 0, 2, 0, 0, 0, 0, 0, 0, 0],
        ],
        // A user who looks at what has opened, and an application that takes its time.
        "receiver" => &[
            &[2, 3, 0, 20, 2, 0, 0, 0xe7, 0, 0, 0],
            &[2, 2, 0, 0, 0, 0xb6, 4, 5, 0, 0xf7, 1, 3, 5, 0, 0],
            &[2, 0, 0, 0xf7],
            &[2, 10, 0, 56, 0, 32, 0, 0, 0],
        ],
        _ => &[],
    };
    after
        .iter()
        .map(|run| [&[0, 0, 0, 0, 0], *run].concat())
        .collect()
}

fn step(out: &mut Vec<u8>, exchange: &Value, kind: RequestKind, honest: bool, then: Option<&str>) {
    let stalls = exchange["fault"]["kind"]
        .as_str()
        .is_some_and(|kind| kind.starts_with("stall"));
    let pause = then.map_or(0, after);
    match response(exchange) {
        _ if stalls => out.extend([10, pause]),
        None => out.extend([2, pause]),
        Some(_) if honest => out.extend([0, pause]),
        Some(response) if response.status == 204 && matches!(kind, RequestKind::Get(_)) => {
            out.extend([3, pause])
        }
        Some(response) => {
            let bytes = write_response(&response);
            let length = bytes.len().min(3_000);
            out.extend([7, pause]);
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
