//! Seeds made of `conformance/transcripts/`.

use serde_json::Value;

use super::calls;
use super::files::{all, bytes};
use super::recorded::{kind, response};
use super::runs;
use crate::wire::{write_kind, write_response};

pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let transcripts = all("conformance/transcripts");
    transcripts
        .iter()
        .flat_map(|transcript| of_transcript(target, transcript))
        .collect()
}

fn of_transcript(target: &str, transcript: &Value) -> Vec<Vec<u8>> {
    let input = &transcript["in"];
    let exchanges = transcript["exchanges"].as_array().expect("exchanges");
    match target {
        "code" => {
            let shown = transcript["expect"]["code"]
                .as_str()
                .map(|code| code.into());
            let typed = input.get("code").map(bytes);
            shown.into_iter().chain(typed).collect()
        }
        "rendezvous" => {
            let address = input["rendezvous"].as_str();
            address
                .map(|address| [&[0], address.as_bytes()].concat())
                .into_iter()
                .collect()
        }
        "messages" => {
            let requests = exchanges
                .iter()
                .filter_map(|exchange| exchange["request"].get("body"))
                .map(|body| body.to_string().into());
            let responses = exchanges
                .iter()
                .filter_map(|exchange| response(exchange)?.body);
            requests.chain(responses).collect()
        }
        "response" => {
            let seed = |exchange| {
                let response = write_response(&response(exchange)?);
                Some([vec![write_kind(kind(exchange))], response].concat())
            };
            exchanges.iter().filter_map(seed).collect()
        }
        "initiator" | "receiver" => runs::seed(target, transcript).into_iter().collect(),
        "relay" => calls::run(transcript).into_iter().collect(),
        "request" => exchanges
            .iter()
            .map(|exchange| request(&exchange["request"]))
            .collect(),
        _ => Vec::new(),
    }
}

/// A recorded request as the target `request` reads it.
fn request(request: &Value) -> Vec<u8> {
    let text = |name: &str| request[name].as_str().expect("a text");
    let head = format!(
        "\0{} {}\nauthorization: {}\n\n",
        text("method"),
        text("target"),
        text("authorization")
    );
    let body = request.get("body").map_or(String::new(), Value::to_string);
    [head, body].concat().into_bytes()
}
