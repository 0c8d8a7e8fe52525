//! The meaning of an HTTP response, by the table of section 11.2, row after row.

use wormhole_sync::protocol::wire::HttpResponse;
use wormhole_sync::protocol::{CellName, RequestKind};

use super::json;
use super::messages::{Member, of_object, problem};

/// The meaning of a response: an event of the table, or *busy*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    CloseTried,
    Busy { retry_after: Option<u64> },
    Foreign,
    Misbehaved,
    Allocated { channel: u32, ttl: u32 },
    Claimed { offer: Vec<u8>, ttl: u32 },
    Stored,
    Empty,
    Cell(Vec<u8>),
    Forbidden,
    NoSuchChannel,
    Crowded,
    Expired,
    Closed(String),
}

pub(crate) fn meaning(kind: RequestKind, response: &HttpResponse) -> Meaning {
    let status = response.status;
    if kind == RequestKind::Close && !is_busy(status) {
        return Meaning::CloseTried;
    }
    if is_busy(status) {
        let counts = status == 429 || status == 503;
        let retry_after = response.retry_after.as_deref().filter(|_| counts);
        return Meaning::Busy {
            retry_after: retry_after.and_then(seconds),
        };
    }
    let content_type = response.content_type.as_deref().unwrap_or("");
    let content_type = content_type
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    let is_typed = ["application/json", "application/problem+json"].contains(&&*content_type);
    match kind {
        RequestKind::Get(_) if status == 204 => {}
        // After its acceptance, a side takes an untyped answer for that of somebody in between
        // (CLIENT-11).
        RequestKind::Get(_) | RequestKind::Put(_) if !is_typed => return Meaning::Foreign,
        _ => {}
    }
    if response.is_coded {
        return Meaning::Misbehaved;
    }
    let Some(body) = &response.body else {
        return Meaning::Misbehaved;
    };
    let object = json::read(body);
    let message = |name: &str| {
        let is_json = content_type == "application/json";
        of_object(name, object.as_ref()).ok().filter(|_| is_json)
    };
    let found = match (kind, status) {
        (RequestKind::Allocate, 201) => message("allocated").and_then(|members| match &*members {
            [Member::Integer(channel), Member::Integer(ttl)] => Some(Meaning::Allocated {
                channel: *channel,
                ttl: *ttl,
            }),
            _ => None,
        }),
        (RequestKind::Claim, 200) => message("claimed").and_then(|members| match &*members {
            [Member::Bytes(offer), Member::Integer(ttl)] => Some(Meaning::Claimed {
                offer: offer.clone(),
                ttl: *ttl,
            }),
            _ => None,
        }),
        (RequestKind::Put(_), 200) => message("empty").map(|_| Meaning::Stored),
        (RequestKind::Get(_), 204) => Some(Meaning::Empty),
        (RequestKind::Get(cell), 200) => {
            message(cell_message(cell)).and_then(|members| match &*members {
                [Member::Bytes(cell)] => Some(Meaning::Cell(cell.clone())),
                _ => None,
            })
        }
        _ => {
            let problem =
                problem(object.as_ref()).filter(|_| content_type == "application/problem+json");
            match (status, problem) {
                (403, Some((Some("forbidden"), _))) => Some(Meaning::Forbidden),
                (404, Some((Some("no-such-channel"), _))) => Some(Meaning::NoSuchChannel),
                (409, Some((Some("crowded"), _))) => Some(Meaning::Crowded),
                (410, Some((Some("closed"), Some(reason)))) if reason == "expired" => {
                    Some(Meaning::Expired)
                }
                (410, Some((Some("closed"), Some(reason)))) => {
                    Some(Meaning::Closed(known(&reason)))
                }
                _ => None,
            }
        }
    };
    found.unwrap_or(Meaning::Misbehaved)
}

fn is_busy(status: u16) -> bool {
    status == 429 || status / 100 == 5
}

fn cell_message(cell: CellName) -> &'static str {
    match cell {
        CellName::Answer => "cell-answer",
        CellName::Finish => "cell-finish",
        CellName::Receipt => "cell-receipt",
    }
}

/// The reason of a close as a client shows it (OUT-4).
fn known(reason: &str) -> String {
    let known = [
        "done",
        "wrong-code",
        "bad-element",
        "malformed-message",
        "verifier-mismatch",
        "not-taken",
        "cancelled",
        "timeout",
        "relay-misbehaved",
    ];
    let reason = if known.contains(&reason) {
        reason
    } else {
        "other"
    };
    reason.to_owned()
}

/// A whole number of seconds, digits only (TIME-1). More than a u32 holds is as good as for ever.
fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| {
        text.parse()
            .map_or(u64::from(u32::MAX), |it: u64| it.min(u64::from(u32::MAX)))
    })
}
