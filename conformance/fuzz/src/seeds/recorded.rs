//! The exchanges of a transcript: what was asked, and the response.

use serde_json::Value;
use wormhole_sync::protocol::wire::HttpResponse;
use wormhole_sync::protocol::{CellName, RequestKind};

use super::files::bytes;

/// The kind of request of a recorded exchange.
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

/// The response of a recorded exchange; `None` where it has none, or one that no HTTP library reads.
pub(crate) fn response(exchange: &Value) -> Option<HttpResponse> {
    let recorded = exchange
        .get("answer")
        .filter(|recorded| recorded.get("raw").is_none())?;
    let header = |name: &str| recorded["headers"][name].as_str().map(str::to_owned);
    let body = match (
        recorded.get("body"),
        recorded.get("text"),
        recorded.get("bytes"),
    ) {
        (Some(value), _, _) => value.to_string().into_bytes(),
        (_, Some(text), _) => text.as_str().expect("a text").into(),
        (_, _, Some(value)) => bytes(value),
        _ => Vec::new(),
    };
    Some(HttpResponse {
        status: recorded["status"].as_u64().expect("a status") as u16,
        content_type: header("content-type"),
        is_coded: header("content-encoding").is_some_and(|coding| coding != "identity"),
        retry_after: header("retry-after"),
        body: Some(body),
    })
}
