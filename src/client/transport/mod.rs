//! The transports, which carry a request to the relay and its answer back: HTTP and TLS, of
//! libraries.

#[cfg(feature = "async")]
pub(super) mod asynchronous;
#[cfg(feature = "blocking")]
pub(super) mod blocking;
#[cfg(feature = "blocking")]
mod coalesce;
#[cfg(feature = "async")]
mod connector;
mod error;
mod proxy;
#[cfg(feature = "blocking")]
mod resolver;
mod tls;
#[cfg(feature = "blocking")]
mod tunnel;

pub use proxy::{BadProxy, Proxy};
pub use tls::{TlsFault, TlsOptions};

use std::time::Duration;

use http::header::{self, HeaderName};
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Request, Uri, response};
use rustls::pki_types::ServerName;

use crate::protocol::AttemptFailure;
use crate::protocol::wire::{BODY_LIMIT, HttpRequest, HttpResponse, Method};

/// The longest answer header that is read, in bytes. A longer one counts as malformed HTTP.
// CLIENT-10: A client MUST read an answer whose header section has up to 8 192 bytes in fewer than
// 100 field lines
const HEADER_LIMIT: usize = 64 * 1024;

/// The longest time that an idle connection is kept for a further request.
const IDLE: Duration = Duration::from_secs(15);

/// The longest time of one attempt: ureq panics when a deadline leaves the range of the clock.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The value of `User-Agent`, which says nothing of the version or of the machine.
const USER_AGENT: &str = "wormhole-sync";

/// Picks a time between the two at random, or the least when the system gives no random bytes.
pub(super) fn jitter(least: Duration, most: Duration) -> Duration {
    let mut bytes = [0; 4];
    if getrandom::getrandom(&mut bytes).is_err() {
        return least;
    }
    let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
    least + most.saturating_sub(least).mul_f64(share)
}

/// Makes a request without its body, for either HTTP library.
fn head(request: &HttpRequest) -> Result<Request<()>, AttemptFailure> {
    let method = match request.method {
        Method::Post => http::Method::POST,
        Method::Get => http::Method::GET,
        Method::Put => http::Method::PUT,
    };
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", request.bearer))
        .map_err(|_| AttemptFailure::Unsendable("the credential cannot be put into a header"))?;
    bearer.set_sensitive(true);
    let mut head = Request::new(());
    *head.method_mut() = method;
    *head.uri_mut() = address(&request.url)?;
    let fields = head.headers_mut();
    fields.insert(header::AUTHORIZATION, bearer);
    fields.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    fields.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    fields.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    let length = request.body.as_ref().map(String::len);
    if request.method != Method::Get || length.is_some() {
        // hyper leaves this field out when the body is empty.
        fields.insert(header::CONTENT_LENGTH, length.unwrap_or_default().into());
    }
    if length.is_some() {
        let json = HeaderValue::from_static("application/json");
        fields.insert(header::CONTENT_TYPE, json);
    }
    Ok(head)
}

/// Makes an answer of the needed header fields and the body, which is `None` if it is longer than
/// [`BODY_LIMIT`].
fn response(head: &response::Parts, body: Option<Vec<u8>>) -> HttpResponse {
    HttpResponse {
        status: head.status.as_u16(),
        content_type: field(&head.headers, &header::CONTENT_TYPE),
        is_coded: head
            .headers
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .any(is_coding),
        retry_after: field(&head.headers, &header::RETRY_AFTER),
        body,
    }
}

/// Whether a `Content-Encoding` names a coding.
// CLIENT-12: each member, other than `identity` in any case and an empty one, of the
// comma-separated lists of all `Content-Encoding` lines
fn is_coding(line: &HeaderValue) -> bool {
    line.as_bytes()
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}

/// The field of that name, if there is exactly one and it is visible ASCII (CLIENT-7).
fn field(fields: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut all = fields.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(only), None) => Some(only.to_str().ok()?.to_owned()),
        _ => None,
    }
}

/// Reads a URL. A URL is refused if the two libraries would understand it differently, would
/// silently change it (a port out of range becomes the default port), or if it has a user name.
fn address(url: &str) -> Result<Uri, AttemptFailure> {
    let uri: Uri = url
        .parse()
        .map_err(|_| AttemptFailure::Unsendable("the address of the relay is malformed"))?;
    let known = [Scheme::HTTP, Scheme::HTTPS];
    if !uri.scheme().is_some_and(|scheme| known.contains(scheme)) {
        return Err(AttemptFailure::Unsendable(
            "the address of the relay is neither http nor https",
        ));
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err(AttemptFailure::Unsendable(
            "the address of the relay holds a user name",
        ));
    }
    let host = uri.host().unwrap_or_default();
    let port = authority.strip_prefix(host).unwrap_or_default();
    if !port.is_empty() && uri.port_u16().is_none_or(|port| port == 0) {
        return Err(AttemptFailure::Unsendable(
            "the address of the relay has no valid port",
        ));
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if ServerName::try_from(bare.unwrap_or(host)).is_err() {
        return Err(AttemptFailure::Unsendable(
            "the address of the relay has no valid name",
        ));
    }
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "http://example.test/v1/x",
            "https://example.test:8443/",
            "http://127.0.0.1:1/",
            "http://[::1]:1/",
            "http://example.test",
            "https://example.test?q=1",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/path",
            "example.test:80",
            "ftp://example.test/",
            "http://",
            "http://user@example.test/",
            "http://user:word@example.test/",
            "http://example.test:99999/",
            "http://example.test:0/",
            "http://example.test:/",
            "http://[::g]/",
            "http://a..b/",
            "https://exa mple.test/",
            "https://example.test/\r\nX: y",
        ] {
            assert!(
                matches!(address(bad), Err(AttemptFailure::Unsendable(_))),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_credential_that_would_break_the_header_is_refused() {
        let request = HttpRequest {
            method: Method::Get,
            url: "http://example.test/".to_owned(),
            bearer: "a\r\nX: y".to_owned(),
            body: None,
        };
        assert!(matches!(head(&request), Err(AttemptFailure::Unsendable(_))));
    }

    #[test]
    fn jitter_stays_between_its_bounds() {
        let (least, most) = (Duration::from_millis(3), Duration::from_millis(9));
        for _ in 0..100 {
            assert!((least..=most).contains(&jitter(least, most)));
        }
        assert_eq!(jitter(most, least), most);
    }
}
