//! A relay behind a server of this suite, to which requests are passed on.

use std::io;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::address::Address;
use super::bytes::TranscriptBytes;
use super::listener::ReceivedRequest;
use super::response::RecordedResponse;

/// The headers of a response that a client reads; a transcript holds no others.
const HEADERS: [&str; 4] = [
    "content-type",
    "content-encoding",
    "location",
    "retry-after",
];

/// The headers of a request that are about its own connection.
const OF_THE_CONNECTION: [&str; 7] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
];

/// The most bytes of a response's body.
const LONGEST_RESPONSE: usize = 1 << 20;

/// Passes a request on to the relay of an address, with this target behind the relay's own path,
/// and gives the response as a transcript holds it. Whoever stops waiting closes the connection.
///
/// # Errors
///
/// The transport's error, and a body of more than 1 MiB.
pub(crate) async fn forward(
    relay: &Address,
    arrived: &ReceivedRequest,
    target: &str,
) -> io::Result<RecordedResponse> {
    let stream = TcpStream::connect(relay.socket).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    // The connection ends with this set.
    let mut connections = JoinSet::new();
    connections.spawn(connection);
    let mut request = hyper::Request::builder()
        .method(arrived.method.as_str())
        .uri(format!("{}{target}", relay.path))
        .header("host", &relay.host);
    for (name, value) in &arrived.headers {
        if !OF_THE_CONNECTION.contains(&name.as_str()) {
            request = request.header(name, value);
        }
    }
    let body = Full::new(Bytes::from(arrived.body.clone()));
    let request = request.body(body).map_err(io::Error::other)?;
    let response = sender
        .send_request(request)
        .await
        .map_err(io::Error::other)?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, LONGEST_RESPONSE).collect().await;
    let mut response = with_body(&body.map_err(io::Error::other)?.to_bytes());
    response.status = head.status.as_u16();
    for name in HEADERS {
        if let Some(value) = head.headers.get(name).and_then(|value| value.to_str().ok()) {
            response.headers.insert(name.to_owned(), value.to_owned());
        }
    }
    Ok(response)
}

/// A response with this body, as the JSON value that it is if that gives the same bytes again.
fn with_body(bytes: &[u8]) -> RecordedResponse {
    let mut response = RecordedResponse::default();
    let value = serde_json::from_slice::<Value>(bytes).ok();
    let value = value.filter(|value| value.to_string().as_bytes() == bytes);
    match (value, std::str::from_utf8(bytes)) {
        _ if bytes.is_empty() => {}
        (Some(value), _) => response.body = Some(value),
        (None, Ok(text)) => response.text = Some(text.to_owned()),
        (None, Err(_)) => response.bytes = Some(TranscriptBytes::hex(bytes)),
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_gives_its_bytes_again() {
        for bytes in [
            &b""[..],
            b"{}",
            b"{\"a\":1,\"b\":\"\xc3\xa4\"}",
            b"{\"a\": 1}",
            b"{\"a\":1,\"a\":2}",
            b"1.0e5",
            b"<html>",
            b"\xff\0",
        ] {
            assert_eq!(with_body(bytes).content().unwrap(), bytes);
        }
        assert!(with_body(b"{\"a\":1}").body.is_some());
        assert!(with_body(b"{\"a\": 1}").text.is_some());
    }
}
