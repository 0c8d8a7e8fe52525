//! Requests of a live run, as the relay saw them.

use std::time::Instant;

use serde_json::Value;
use wormhole_sync::values::{hex, json as strict};

use crate::stage::listener::ReceivedRequest;

/// A request as the relay saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) request: ReceivedRequest,
    /// The name, such as `put finish`; a close has its reason behind it.
    pub(crate) name: String,
    /// The number of those before it that had no response and were not given up.
    pub(crate) beside: usize,
    /// The moment when its response, or its fault, began.
    pub(crate) answered: Option<Instant>,
    /// Whether the client has given it up.
    pub(crate) gone: bool,
    /// Whether the client must take what came of it as *lost* or *busy*.
    pub(crate) failed: bool,
    /// The reaction, for people.
    pub(crate) reply: String,
}

/// The names of requests in their order, repeats left out.
pub(crate) fn order(seen: &[Seen]) -> Vec<String> {
    let mut names: Vec<String> = seen.iter().map(|seen| seen.name.clone()).collect();
    names.dedup();
    names
}

/// Whether these requests are the beginning of the expected ones.
pub(super) fn follows(names: &[String], expected: &[String]) -> bool {
    expected.starts_with(names)
}

/// The name of a request in the tables of sections 11.4 and 11.5, or the request itself.
pub(super) fn name_of(request: &ReceivedRequest, appid: &[u8]) -> String {
    let path = request.target.split('?').next().unwrap_or_default();
    let base = format!("/v1/{}/channels", hex::encode(appid));
    let rest = path.find(&base).and_then(|at| path.get(at + base.len()..));
    let parts: Vec<&str> = rest.unwrap_or("?").split('/').collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", [""]) => "allocate".to_owned(),
        ("POST", ["", _, "claim"]) => "claim".to_owned(),
        ("POST", ["", _, "close"]) => {
            let reason =
                body_of(request).and_then(|body| Some(body["reason"].as_str()?.to_owned()));
            format!("close {}", reason.unwrap_or_default())
        }
        ("PUT", ["", _, cell @ ("answer" | "finish" | "receipt")]) => format!("put {cell}"),
        ("GET", ["", _, cell @ ("answer" | "finish" | "receipt")]) => format!("get {cell}"),
        (method, _) => format!("{method} {}", request.target),
    }
}

/// The w of a GET.
pub(crate) fn wait_of(request: &ReceivedRequest) -> Option<u64> {
    let (_, query) = request.target.split_once('?')?;
    query.strip_prefix("wait=")?.parse().ok()
}

/// The JSON body of a request, read strictly (section 8).
pub(crate) fn body_of(request: &ReceivedRequest) -> Option<Value> {
    strict::parse(&request.body).ok()?;
    serde_json::from_slice(&request.body).ok()
}

/// The binary value of a request.
pub(super) fn cell_of(request: &ReceivedRequest) -> Option<Vec<u8>> {
    hex::decode(body_of(request)?["body"].as_str()?.as_bytes()).ok()
}
