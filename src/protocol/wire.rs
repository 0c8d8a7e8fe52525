//! Requests and answers as HTTP and JSON: sections 8, 9.2 and 11.2, without a socket.

use std::fmt;

use super::event::{ChannelRefusal, Event, Misbehaviour};
use super::{AttemptResult, CloseReason, Request, RequestKind};
use crate::values::json::JsonFault;
use crate::values::messages::{
    Allocate, Allocated, CellMessage, Claim, Claimed, Close, Empty, Write,
};
use crate::values::{AppId, Problem, ProblemToken, Rendezvous, Side};

/// CLIENT-5: A client MUST read at most 262 144 bytes of a body
pub const BODY_LIMIT: usize = 262_144;

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

/// One HTTP request. Its `bearer` is a secret between this client and the relay.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// The token after `Bearer ` in `Authorization`.
    pub bearer: String,
    /// The JSON body of a POST or PUT.
    pub body: Option<String>,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// One complete HTTP answer.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// `Content-Type`, if there is one that is text.
    pub content_type: Option<String>,
    /// Whether there is a `Content-Encoding` other than `identity`.
    pub is_coded: bool,
    /// `Retry-After`, if there is one that is text.
    pub retry_after: Option<String>,
    /// The body, or nothing when it is longer than [`BODY_LIMIT`].
    pub body: Option<Vec<u8>>,
}

/// The relay, application and side of an exchange's requests.
#[derive(Debug)]
pub struct Wire {
    rendezvous: Rendezvous,
    appid: AppId,
    side: Side,
}

impl Wire {
    /// Makes the requests of this side to this relay.
    #[must_use]
    pub fn new(rendezvous: Rendezvous, appid: AppId, side: Side) -> Wire {
        Wire {
            rendezvous,
            appid,
            side,
        }
    }

    /// Writes a request as HTTP (section 9.2); a GET asks the relay to wait for `wait` seconds
    /// (TIME-8).
    // CLIENT-1: A client MUST make only the requests that the tables of sections 11.4 and 11.5 name
    #[must_use]
    pub fn request(&self, request: &Request<'_>, wait: u32) -> HttpRequest {
        let (method, path, body) = match request {
            Request::Allocate { offer } => {
                let body = offer.to_vec();
                (
                    Method::Post,
                    "/channels".to_owned(),
                    Some(Allocate { body }.encode()),
                )
            }
            Request::Claim { channel } => (
                Method::Post,
                format!("/channels/{channel}/claim"),
                Some(Claim.encode()),
            ),
            Request::Put {
                channel,
                cell,
                body,
            } => {
                let body = body.to_vec();
                (
                    Method::Put,
                    format!("/channels/{channel}/{}", cell.name()),
                    Some(Write { body }.encode()),
                )
            }
            Request::Get { channel, cell } => (
                Method::Get,
                format!("/channels/{channel}/{}?wait={wait}", cell.name()),
                None,
            ),
            Request::Close { channel, reason } => {
                let reason = reason.token().to_owned();
                (
                    Method::Post,
                    format!("/channels/{channel}/close"),
                    Some(Close { reason }.encode()),
                )
            }
        };
        HttpRequest {
            method,
            // RDV-3: A client MUST build the URL of each request as the address, less one trailing
            // slash if it has one, followed by `/v1/`, the appid in hex, and the path
            url: self.rendezvous.target(&self.appid, &path),
            bearer: self.side.reveal_to_relay(),
            body,
        }
    }
}

/// Turns the answer to a request of this kind into its event, by the table of section 11.2.
// CLIENT-7: A client MUST turn what comes of a request into one event
pub fn interpret_response(kind: RequestKind, response: HttpResponse) -> AttemptResult {
    let status = response.status;
    if status == 429 || (500..=599).contains(&status) {
        return AttemptResult::Busy {
            status,
            // TIME-1: after a 429 or 503 with a `Retry-After` (CLIENT-14) it waits at least so long
            // from the answer on
            retry_after: (status == 429 || status == 503)
                .then(|| response.retry_after.as_deref().and_then(seconds))
                .flatten(),
        };
    }
    // CLIENT-11: Once the relay has accepted this side, which is the case of every PUT and GET, an
    // answer without one of them comes from something in between
    let is_accepted = matches!(kind, RequestKind::Put(_) | RequestKind::Get(_));
    let is_empty = matches!(kind, RequestKind::Get(_)) && status == 204;
    if is_accepted && !is_empty && !(bears(&response, JSON) || bears(&response, PROBLEM)) {
        return AttemptResult::Foreign { status };
    }
    let mut ttl = None;
    let event = match kind {
        RequestKind::Close => Event::CloseTried,
        _ => event(kind, response, &mut ttl).unwrap_or_else(Event::Misbehaved),
    };
    AttemptResult::Event { event, ttl }
}

fn event(
    kind: RequestKind,
    response: HttpResponse,
    ttl: &mut Option<u32>,
) -> Result<Event, Misbehaviour> {
    let status = response.status;
    if response.is_coded {
        return Err(Misbehaviour::ContentCoding);
    }
    let Some(body) = &response.body else {
        return Err(Misbehaviour::TooLong);
    };
    let is = |wanted: &str| {
        bears(&response, wanted)
            .then_some(())
            .ok_or(Misbehaviour::ContentType(status))
    };
    let malformed = |fault: JsonFault| Misbehaviour::Malformed(fault.fault());
    match (kind, status) {
        (RequestKind::Allocate, 201) => {
            is(JSON)?;
            let message = Allocated::decode(body).map_err(malformed)?;
            *ttl = Some(message.ttl);
            Ok(Event::Allocated(message.channel))
        }
        (RequestKind::Claim, 200) => {
            is(JSON)?;
            let message = Claimed::decode(body).map_err(malformed)?;
            *ttl = Some(message.ttl);
            Ok(Event::Claimed(message.body))
        }
        (RequestKind::Put(_), 200) => {
            is(JSON)?;
            Empty::decode(body).map_err(malformed)?;
            Ok(Event::Stored)
        }
        (RequestKind::Get(cell), 200) => {
            is(JSON)?;
            let message = CellMessage::decode(body, cell).map_err(malformed)?;
            Ok(Event::Cell(message.body))
        }
        (RequestKind::Get(_), 204) => Ok(Event::Empty),
        (_, 403 | 404 | 409 | 410) => {
            is(PROBLEM)?;
            match (status, Problem::decode(body).map_err(malformed)?) {
                (403, Problem::Known(ProblemToken::Forbidden)) => Ok(ChannelRefusal::Forbidden),
                (404, Problem::Known(ProblemToken::NoSuchChannel)) => {
                    Ok(ChannelRefusal::NoSuchChannel)
                }
                (409, Problem::Known(ProblemToken::Crowded)) => Ok(ChannelRefusal::Crowded),
                (410, Problem::Closed { reason }) if reason == "expired" => {
                    Ok(ChannelRefusal::Expired)
                }
                (410, Problem::Closed { reason }) => {
                    Ok(ChannelRefusal::Closed(CloseReason::from_wire(&reason)))
                }
                _ => Err(Misbehaviour::Problem(status)),
            }
            .map(Event::Refused)
        }
        _ => Err(Misbehaviour::Status(status)),
    }
}

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// Whether a response bears this content type.
// CLIENT-11: compared without its parameters and without regard to case
fn bears(response: &HttpResponse, wanted: &str) -> bool {
    let given = response.content_type.as_deref().unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    given.eq_ignore_ascii_case(wanted)
}

/// Reads `Retry-After` as a whole number of seconds; a date, or anything else, counts as none.
// CLIENT-14: A client MUST count `Retry-After` only when there is exactly one and its value is made
// of digits alone
fn seconds(text: &str) -> Option<u32> {
    let text = text.trim();
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().unwrap_or(u32::MAX))
}
