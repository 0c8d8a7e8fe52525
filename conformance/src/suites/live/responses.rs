//! The responses of a relay (sections 9.2 and 9.3).

use serde_json::{Value, json};

use crate::stage::bytes::TranscriptBytes;
use crate::stage::response::RecordedResponse;

/// A response with a JSON message.
pub(crate) fn message(status: u16, body: Value) -> RecordedResponse {
    typed(status, "application/json").with_body(body)
}

/// A response with a cell.
pub(crate) fn cell(bytes: &[u8]) -> RecordedResponse {
    message(
        200,
        json!({"body": wormhole_sync::values::hex::encode(bytes)}),
    )
}

/// 204.
pub(crate) fn empty() -> RecordedResponse {
    RecordedResponse {
        status: 204,
        ..RecordedResponse::default()
    }
}

/// A problem of this type (section 9.3).
pub(crate) fn problem(status: u16, token: &str) -> RecordedResponse {
    let kind = format!("tag:wormhole-sync.example,2026:{token}");
    typed(status, "application/problem+json")
        .with_body(json!({"type": kind, "title": token, "status": status}))
}

/// The problem `closed`, with a reason.
pub(crate) fn closed(reason: &str) -> RecordedResponse {
    let mut response = problem(410, "closed");
    if let Some(Value::Object(members)) = &mut response.body {
        members.insert("reason".to_owned(), json!(reason));
    }
    response
}

/// A response that bears these bytes as its body, of this content type.
pub(crate) fn bytes(status: u16, content_type: &str, body: TranscriptBytes) -> RecordedResponse {
    RecordedResponse {
        bytes: Some(body),
        ..typed(status, content_type)
    }
}

fn typed(status: u16, content_type: &str) -> RecordedResponse {
    RecordedResponse {
        status,
        ..RecordedResponse::default()
    }
    .header("content-type", content_type)
}

/// Additions to a response.
pub(crate) trait With {
    /// The response with a header.
    fn header(self, name: &str, value: &str) -> Self;
    /// The response with a JSON body.
    fn with_body(self, body: Value) -> Self;
}

impl With for RecordedResponse {
    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    fn with_body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}
