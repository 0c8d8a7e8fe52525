//! One HTTP request: the checks of RELAY-9 in their order, then the registry, then the answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode, Version};

use super::activity::ConnectionActivity;
use super::context::ConnectionContext;
use super::proxies::Proxies;
use super::target::{self, Operation, Target};
use crate::relay::problem::{EndReason, Refusal};
use crate::relay::registry::{Call, ChannelRequest, RelayAction, Reply, SideKey};
use crate::values::json::JsonFault;
use crate::values::messages::{
    Allocate, Allocated, CellMessage, Claim, Claimed, Close, Empty, Write,
};

/// Answers one request of a connection. A GET waits no longer than until `half_closed` is ready.
pub(super) async fn respond(
    context: &ConnectionContext,
    peer: IpAddr,
    activity: &ConnectionActivity,
    half_closed: impl Future<Output = ()>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let begun = Instant::now();
    let mut operation = None;
    let answered = answer(
        context,
        peer,
        activity,
        half_closed,
        request,
        &mut operation,
    )
    .await;
    let name = operation.map_or("none", Operation::name);
    context
        .metrics
        .answered(name, told(&answered), begun.elapsed());
    match answered {
        Ok(reply) => reply_response(&reply),
        Err(Fault::Refused(refusal)) => problem(refusal),
        Err(Fault::Method(allow)) => {
            let mut response = problem(Refusal::MethodNotAllowed);
            set(
                &mut response,
                header::ALLOW,
                HeaderValue::from_static(allow),
            );
            response
        }
        Err(Fault::LongBody) => {
            // The rest of the body is not read, so no other request can follow it.
            let mut response = problem(Refusal::TooLarge);
            set(
                &mut response,
                header::CONNECTION,
                HeaderValue::from_static("close"),
            );
            response
        }
    }
}

/// The reason why a request does not reach the registry.
pub(super) enum Fault {
    Refused(Refusal),
    /// The target does not allow the method, but allows these.
    Method(&'static str),
    LongBody,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<JsonFault> for Fault {
    // RELAY-9: query and JSON (`malformed`), a binary value over its bound in a message that is
    // otherwise well-formed (`too-large`)
    fn from(fault: JsonFault) -> Self {
        Self::Refused(match fault.is_too_large() {
            true => Refusal::TooLarge,
            false => Refusal::Malformed,
        })
    }
}

// RELAY-9: A relay MUST check a request in this order, and refuse with the first check that fails
async fn answer(
    context: &ConnectionContext,
    peer: IpAddr,
    activity: &ConnectionActivity,
    half_closed: impl Future<Output = ()>,
    request: Request<Incoming>,
    asked: &mut Option<Operation>,
) -> Result<Reply, Fault> {
    let (head, body) = request.into_parts();
    activity.leave_unread(!body.is_end_stream());
    // RELAY-23: A relay MUST refuse as `malformed`, before the checks of RELAY-9, an HTTP/1.1
    // request that does not have exactly one `Host` header
    let hosts = head.headers.get_all(header::HOST).iter().count();
    if hosts != 1 && head.version == Version::HTTP_11 {
        return Err(Refusal::Malformed.into());
    }
    let (target, operation) = operation(&head)?;
    *asked = Some(operation);
    let body = match operation.body_bound() {
        Some(bound) => {
            let bytes = read(body, bound).await?;
            activity.leave_unread(false);
            bytes
        }
        None => Vec::new(),
    };
    activity.arrived();
    let call = call(&target, operation, &head, &body, peer, &context.proxies)?;
    drop(body);
    tokio::select! {
        biased;
        reply = context.registry.ask(call) => Ok(reply),
        // The client may be gone, so that its GET waits no longer.
        () = half_closed => Ok(Reply::Nothing),
    }
}

/// The answer as the metrics tell it: a status, or the token of a refusal.
fn told(answered: &Result<Reply, Fault>) -> &'static str {
    match answered {
        Ok(Reply::Allocated { .. }) => "201",
        Ok(Reply::Claimed { .. } | Reply::Stored | Reply::Cell(_)) => "200",
        Ok(Reply::Nothing) => "204",
        Ok(Reply::Refused(refusal)) | Err(Fault::Refused(refusal)) => refusal.token().token(),
        Err(Fault::Method(_)) => Refusal::MethodNotAllowed.token().token(),
        Err(Fault::LongBody) => Refusal::TooLarge.token().token(),
    }
}

/// Makes the checks that need no body, and gives the request's target and operation.
pub(super) fn operation(head: &Parts) -> Result<(Target, Operation), Fault> {
    let target = Target::parse(head.uri.path()).ok_or(Refusal::NotFound)?;
    let operation = target
        .resource
        .operation(head.method.as_str())
        .map_err(Fault::Method)?;
    Ok((target, operation))
}

/// Makes the checks that come after that of the body's size, and gives the call to the registry.
pub(super) fn call<'a>(
    target: &'a Target,
    operation: Operation,
    head: &Parts,
    body: &[u8],
    peer: IpAddr,
    proxies: &Proxies,
) -> Result<Call<'a>, Fault> {
    let side = side(&head.headers).ok_or(Refusal::Unauthorized)?;
    let action = action(operation, head.uri.query(), body)?;
    Ok(Call {
        appid: target.appid.as_bytes(),
        side,
        from: proxies.client(peer, &head.headers).into(),
        action,
    })
}

/// Reads a body of at most `bound` bytes.
async fn read(mut body: Incoming, bound: usize) -> Result<Vec<u8>, Fault> {
    // RELAY-10: and refuse longer ones as `too-large`.
    let announced = body.size_hint().lower();
    if announced > bound as u64 {
        return Err(Fault::LongBody);
    }
    // An announced body may never come, so little memory is reserved for it.
    let mut bytes = Vec::with_capacity((announced as usize).min(1_024));
    while let Some(frame) = body.frame().await {
        // When a body breaks off, its connection has ended, and nobody reads this answer.
        let frame = frame.map_err(|_| Refusal::Malformed)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if data.len() > bound - bytes.len() {
            return Err(Fault::LongBody);
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

// RELAY-1: exactly one `Authorization` header whose value is the scheme `Bearer` (in any case), one
// space, and 32 hex digits (HEX-1).
fn side(headers: &HeaderMap) -> Option<SideKey> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let value = values.next()?.as_bytes();
    if values.next().is_some() {
        return None;
    }
    let (scheme, side) = value.split_at_checked("Bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| SideKey::from_hex(side))?
}

/// Reads the query and the JSON body.
fn action(operation: Operation, query: Option<&str>, body: &[u8]) -> Result<RelayAction, Fault> {
    let wait = match operation {
        Operation::Get(..) => target::wait(query).ok_or(Refusal::Malformed)?,
        _ if query.is_some() => return Err(Refusal::Malformed.into()),
        _ => 0,
    };
    Ok(match operation {
        Operation::Allocate => RelayAction::Allocate(Allocate::decode(body)?.body.into()),
        Operation::Claim(channel) => {
            Claim::decode(body)?;
            RelayAction::Channel(channel, ChannelRequest::Claim)
        }
        Operation::Put(channel, cell) => {
            let body = Write::decode(body, cell)?.body.into();
            RelayAction::Channel(channel, ChannelRequest::Put(cell, body))
        }
        Operation::Get(channel, cell) => {
            RelayAction::Channel(channel, ChannelRequest::Get(cell, wait))
        }
        Operation::Close(channel) => {
            let reason = EndReason::of_close(&Close::decode(body)?.reason);
            RelayAction::Channel(channel, ChannelRequest::Close(reason))
        }
    })
}

/// The HTTP response for a reply, by the table of section 9.2.
// RELAY-3: A relay MUST answer the requests of this table with the status, the message and, where
// there is one, the content type `application/json` that it gives
fn reply_response(reply: &Reply) -> Response<Full<Bytes>> {
    match reply {
        Reply::Allocated { channel, ttl } => {
            let (channel, ttl) = (*channel, *ttl);
            json(StatusCode::CREATED, Allocated { channel, ttl }.encode())
        }
        Reply::Claimed { body, ttl } => {
            let (body, ttl) = (body.to_vec(), *ttl);
            json(StatusCode::OK, Claimed { body, ttl }.encode())
        }
        Reply::Stored => json(StatusCode::OK, Empty.encode()),
        Reply::Cell(body) => {
            let body = body.to_vec();
            json(StatusCode::OK, CellMessage { body }.encode())
        }
        Reply::Nothing => response(StatusCode::NO_CONTENT, Bytes::new()),
        Reply::Refused(refusal) => problem(*refusal),
    }
}

fn problem(refusal: Refusal) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(refusal.token().status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = response(status, refusal.document().into());
    let content = HeaderValue::from_static("application/problem+json");
    set(&mut response, header::CONTENT_TYPE, content);
    match refusal {
        Refusal::Unauthorized => {
            let challenge = HeaderValue::from_static("Bearer");
            set(&mut response, header::WWW_AUTHENTICATE, challenge);
        }
        Refusal::RateLimited { retry_after } => {
            set(&mut response, header::RETRY_AFTER, retry_after.into());
        }
        _ => {}
    }
    response
}

fn json(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = response(status, text.into());
    let content = HeaderValue::from_static("application/json");
    set(&mut response, header::CONTENT_TYPE, content);
    response
}

// RELAY-6: A relay MUST send `Cache-Control: no-store, no-transform` with every answer
fn response(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let cache = HeaderValue::from_static("no-store, no-transform");
    set(&mut response, header::CACHE_CONTROL, cache);
    response
}

fn set(response: &mut Response<Full<Bytes>>, name: header::HeaderName, value: HeaderValue) {
    response.headers_mut().insert(name, value);
}

/// The whole response to a connection over the bounds, whose request is not read.
pub(super) fn turned_away(refusal: Refusal) -> Arc<[u8]> {
    let token = refusal.token();
    let document = refusal.document();
    let retry = match refusal {
        Refusal::RateLimited { retry_after } => format!("retry-after: {retry_after}\r\n"),
        _ => String::new(),
    };
    let reason = match token.status() {
        429 => "Too Many Requests",
        _ => "Service Unavailable",
    };
    format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: application/problem+json\r\n\
         cache-control: no-store, no-transform\r\n{retry}connection: close\r\n\
         content-length: {}\r\n\r\n{document}",
        token.status(),
        document.len()
    )
    .into_bytes()
    .into()
}
