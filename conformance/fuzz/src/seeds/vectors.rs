//! Seeds made of `vectors/`.

use serde_json::Value;
use wormhole_sync::protocol::wire::HttpResponse;
use wormhole_sync::protocol::{CellName, RequestKind};

use super::files::{all, bytes};
use crate::wire::{KINDS, write_kind, write_response};

pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let files = all("vectors");
    let tests = files
        .iter()
        .flat_map(|file| file["tests"].as_array().expect("tests"));
    tests.flat_map(|test| of_test(target, test)).collect()
}

fn of_test(target: &str, test: &Value) -> Vec<Vec<u8>> {
    let (input, op) = (&test["in"], test["op"].as_str().expect("an operation"));
    let found = match (target, op) {
        ("code", "code-parse") => Some(bytes(&input["input"])),
        ("code", "code-print") => test["expect"]["ok"]["code"]
            .as_str()
            .map(|code| code.into()),
        ("link", "link-parse") => {
            let allowed = input["allow_plain_http"].as_bool().expect("a flag");
            Some([&[u8::from(allowed)], &*bytes(&input["link"])].concat())
        }
        ("rendezvous", "rendezvous") => {
            let allowed = input["allow_plain_http"].as_bool().expect("a flag");
            let address = input["address"].as_str().expect("an address");
            Some([&[u8::from(allowed)], address.as_bytes()].concat())
        }
        ("messages", "json") => Some(bytes(&input["text"])),
        ("response", "json") => {
            return responses(
                input["message"].as_str().expect("a message"),
                &bytes(&input["text"]),
            );
        }
        ("request", "json") => request(
            input["message"].as_str().expect("a message"),
            &bytes(&input["text"]),
        ),
        _ => None,
    };
    found.into_iter().collect()
}

/// Seeds with a message in each response that may bear it.
fn responses(message: &str, text: &[u8]) -> Vec<Vec<u8>> {
    let statuses: &[u16] = match message {
        "allocated" => &[201],
        "problem" => &[403, 404, 409, 410],
        _ => &[200],
    };
    let bears = |kind: &RequestKind| {
        matches!(
            (message, kind),
            ("allocated" | "problem", RequestKind::Allocate)
                | ("claimed", RequestKind::Claim)
                | ("empty", RequestKind::Put(CellName::Answer))
                | ("cell-answer", RequestKind::Get(CellName::Answer))
                | ("cell-finish", RequestKind::Get(CellName::Finish))
                | ("cell-receipt", RequestKind::Get(CellName::Receipt))
        )
    };
    let content_type = if message == "problem" {
        "application/problem+json"
    } else {
        "application/json"
    };
    let kinds = KINDS.into_iter().filter(bears);
    let seed = |kind: RequestKind, status: u16| {
        let response = HttpResponse {
            status,
            content_type: Some(content_type.to_owned()),
            is_coded: false,
            retry_after: None,
            body: Some(text.to_vec()),
        };
        [vec![write_kind(kind)], write_response(&response)].concat()
    };
    kinds
        .flat_map(|kind| statuses.iter().map(move |status| seed(kind, *status)))
        .collect()
}

/// A seed with a message in the request that bears it; `None` where no request does.
fn request(message: &str, text: &[u8]) -> Option<Vec<u8>> {
    let line = match message {
        "allocate" => "POST /v1/61/channels",
        "claim" => "POST /v1/61/channels/7/claim",
        "write-answer" => "PUT /v1/61/channels/7/answer",
        "write-finish" => "PUT /v1/61/channels/7/finish",
        "write-receipt" => "PUT /v1/61/channels/7/receipt",
        "close" => "POST /v1/61/channels/7/close",
        _ => return None,
    };
    let head = format!("\0{line}\nauthorization: Bearer {}\n\n", "1a".repeat(16));
    Some([head.as_bytes(), text].concat())
}
