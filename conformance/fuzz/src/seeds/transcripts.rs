//! Seeds out of `conformance/transcripts/`.

use super::calls;
use super::encode::{self, Answer};
use super::files::{all, bytes};
use super::runs;
use serde_json::Value;
use wormhole_sync::protocol::{CellName, RequestKind};

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
            let asked = exchanges
                .iter()
                .filter_map(|it| it["request"].get("body"))
                .map(|it| it.to_string().into());
            let answered = exchanges
                .iter()
                .filter_map(answer)
                .map(|answer| answer.body);
            asked.chain(answered).collect()
        }
        "hear" => {
            let heard = exchanges
                .iter()
                .filter_map(|exchange| Some((kind(exchange), answer(exchange)?)));
            heard
                .map(|(kind, answer)| [vec![encode::kind(kind)], encode::answer(&answer)].concat())
                .collect()
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

/// Which request an exchange is.
pub(crate) fn kind(exchange: &Value) -> RequestKind {
    let request = &exchange["request"];
    let target = request["target"].as_str().expect("a target");
    let path = target.split('?').next().expect("a path");
    let cell = path.rsplit('/').next().and_then(CellName::from_name);
    match (request["method"].as_str(), cell) {
        (Some("GET"), Some(cell)) => RequestKind::Get(cell),
        (Some("PUT"), Some(cell)) => RequestKind::Put(cell),
        _ if path.ends_with("/claim") => RequestKind::Claim,
        _ if path.ends_with("/close") => RequestKind::Close,
        _ => RequestKind::Allocate,
    }
}

/// The answer of an exchange that has one which an HTTP library reads.
pub(crate) fn answer(exchange: &Value) -> Option<Answer> {
    let answer = exchange
        .get("answer")
        .filter(|answer| answer.get("raw").is_none())?;
    let header = |name: &str| answer["headers"][name].as_str().map(str::to_owned);
    let body = match (answer.get("body"), answer.get("text"), answer.get("bytes")) {
        (Some(value), _, _) => value.to_string().into_bytes(),
        (_, Some(text), _) => text.as_str().expect("a text").into(),
        (_, _, Some(value)) => bytes(value),
        _ => Vec::new(),
    };
    Some(Answer {
        status: answer["status"].as_u64().expect("a status") as u16,
        content_type: header("content-type"),
        coded: header("content-encoding").is_some_and(|coding| coding != "identity"),
        retry_after: header("retry-after"),
        body,
    })
}
