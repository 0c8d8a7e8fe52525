//! A response as a transcript holds it, or a fault in its place.

use std::collections::BTreeMap;

use anyhow::anyhow;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bytes::TranscriptBytes;

/// An HTTP response (an answer is a cell of the protocol), with at most one of `body`, `text`,
/// `bytes`, `raw` and `raw_bytes`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedResponse {
    pub(crate) status: u16,
    /// The headers that a client reads, with names in lowercase.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    /// A JSON value, sent without white space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    /// A text that is sent as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// A body that is no text, or too long to write down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<TranscriptBytes>,
    /// The whole response as it goes over the connection, which is closed after it: for heads that
    /// an HTTP library does not write. `status` says what is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raw: Option<String>,
    /// As `raw`, for what is too long to write down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raw_bytes: Option<TranscriptBytes>,
}

impl RecordedResponse {
    /// The bytes of the whole response, where an HTTP library does not write it.
    pub(crate) fn raw_content(&self) -> anyhow::Result<Option<Vec<u8>>> {
        match (&self.raw, &self.raw_bytes) {
            (Some(text), _) => Ok(Some(text.clone().into_bytes())),
            (None, Some(bytes)) => bytes.expand().map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The bytes of the body.
    pub(crate) fn content(&self) -> anyhow::Result<Vec<u8>> {
        match (&self.body, &self.text, &self.bytes, &self.raw) {
            (Some(value), None, None, None) => Ok(value.to_string().into_bytes()),
            (None, Some(text), None, None) => Ok(text.clone().into_bytes()),
            (None, None, Some(bytes), None) => bytes.expand(),
            (None, None, None, None) => Ok(Vec::new()),
            (None, None, None, Some(_)) if self.headers.is_empty() && self.raw_bytes.is_none() => {
                Ok(Vec::new())
            }
            _ => Err(anyhow!(
                "an answer has more than one of body, text, bytes and raw"
            )),
        }
    }
}

/// A failure of the transport in place of a response; the client takes each as *lost*.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum TransportFault {
    /// The connection is closed without a response.
    Close,
    /// Nothing comes; the connection stays until the client gives up.
    Stall,
    /// Head and body of `response` come, with a `Content-Length` of one more, and then nothing.
    StallBody {
        #[serde(rename = "answer")]
        response: RecordedResponse,
    },
    /// Head and body of `response` come, with a `Content-Length` of `declared`, and then the
    /// connection is closed.
    BreakOff {
        #[serde(rename = "answer")]
        response: RecordedResponse,
        declared: usize,
    },
    /// Bytes come that are no HTTP, and then the connection is closed.
    Garbage { bytes: TranscriptBytes },
}

impl RecordedResponse {
    /// Says whether a client takes it as *busy* in response to this request (CLIENT-7): by its
    /// status, or because it bears none of the relay's content types (CLIENT-11).
    pub(crate) fn busy(&self, request: &str) -> bool {
        let is_get = request.starts_with("get ");
        let is_accepted = is_get || request.starts_with("put ");
        let is_empty = is_get && self.status == 204;
        matches!(self.status, 429 | 500..=599)
            || is_accepted && !is_empty && !self.bears_a_type_of_the_relay()
    }

    /// The values of a header field, of the lines that are sent as they are as well.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let mut values: Vec<String> = self.headers.get(name).cloned().into_iter().collect();
        // The header section follows those of interim answers, and precedes body and trailers.
        let raw = self.raw_content().ok().flatten().unwrap_or_default();
        let raw = String::from_utf8_lossy(&raw);
        let is_interim =
            |head: &&str| head.starts_with("HTTP/1.1 1") && !head.starts_with("HTTP/1.1 101");
        let head = raw.split("\r\n\r\n").find(|head| !is_interim(head));
        for line in head.into_iter().flat_map(|head| head.split("\r\n")) {
            let field = line.split_once(':');
            let field = field.filter(|(field, _)| field.eq_ignore_ascii_case(name));
            values.extend(field.map(|(_, value)| value.trim_matches([' ', '\t']).to_owned()));
        }
        values
    }

    /// The whole seconds of `Retry-After`, in digits alone (CLIENT-14), on the two statuses where
    /// it counts (TIME-1).
    pub(crate) fn retry_after(&self) -> u64 {
        let values = self.values("retry-after");
        match &values[..] {
            [text] if matches!(self.status, 429 | 503) => {
                let text = text.trim_matches([' ', '\t']);
                let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
                text.parse().ok().filter(|_| is_digits).unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn bears_a_type_of_the_relay(&self) -> bool {
        let types = self.values("content-type");
        let [one] = &types[..] else { return false };
        let essence = one.split(';').next().unwrap_or_default().trim();
        ["application/json", "application/problem+json"]
            .iter()
            .any(|known| essence.eq_ignore_ascii_case(known))
    }
}
