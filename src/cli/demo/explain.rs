//! Explains each request and response of section 9.2: its content and its purpose.

use hyper::Method;

use crate::protocol::RequestKind;
use crate::values::hex;
use crate::values::messages::{Allocate, Allocated, CellName, Claimed, Close, Write};

/// A line of explanation and its section of the specification.
pub(super) type Line = (String, &'static str);

/// The request of section 9.2 that a method makes at a target, if it is one.
pub(super) fn kind(method: &Method, target: &str) -> Option<RequestKind> {
    let path = target.split('?').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    match (method, last, CellName::from_name(last)) {
        (&Method::POST, "channels", _) => Some(RequestKind::Allocate),
        (&Method::POST, "claim", _) => Some(RequestKind::Claim),
        (&Method::POST, "close", _) => Some(RequestKind::Close),
        (&Method::PUT, _, Some(cell)) => Some(RequestKind::Put(cell)),
        (&Method::GET, _, Some(cell)) => Some(RequestKind::Get(cell)),
        _ => None,
    }
}

/// Explains the content and the purpose of a request.
pub(super) fn request(kind: RequestKind, body: &[u8]) -> Vec<Line> {
    match kind {
        RequestKind::Allocate => {
            let offer = Allocate::decode(body).map_or(Vec::new(), |message| message.body);
            vec![
                message("offer", &offer, "§5.3"),
                say("the initiator's SPAKE2 element, masked by the words"),
            ]
        }
        RequestKind::Claim => vec![about(
            "takes the channel; whoever comes after finds it crowded",
            "§10.1",
        )],
        RequestKind::Put(cell) => {
            let bytes = Write::decode(body, cell).map_or(Vec::new(), |message| message.body);
            let mut lines = vec![message(cell.name(), &bytes, "§7.2")];
            lines.extend(meaning(cell));
            lines
        }
        RequestKind::Get(CellName::Answer) => vec![about("waits for the answer", "§11.4")],
        RequestKind::Get(CellName::Finish) => vec![about("waits for the finish", "§11.5")],
        RequestKind::Get(CellName::Receipt) => vec![about("waits for the receipt", "§11.4")],
        RequestKind::Close => {
            let reason = Close::decode(body).map_or(String::new(), |message| message.reason);
            vec![(format!("ends the channel: {reason}"), "§10.2")]
        }
    }
}

/// Explains the content of the relay's response to a request.
pub(super) fn response(kind: Option<RequestKind>, status: u16, body: &[u8]) -> Line {
    let (said, section) = match (kind, status) {
        (Some(RequestKind::Allocate), 201) => match Allocated::decode(body) {
            Ok(it) => (format!("channel {}, for {} s", it.channel, it.ttl), "§10.3"),
            Err(_) => Line::default(),
        },
        (Some(RequestKind::Claim), 200) => match Claimed::decode(body) {
            Ok(it) => (format!("the offer, and {} s from now", it.ttl), "§7.3"),
            Err(_) => Line::default(),
        },
        (Some(RequestKind::Put(_)), 200) => about("written, once and for all", "§10.1"),
        (Some(RequestKind::Get(cell)), 200) => {
            (format!("the {}, as it was written", cell.name()), "§7.3")
        }
        (Some(RequestKind::Get(_)), 204) => about("nothing yet", "§9.2"),
        (Some(RequestKind::Close), 200) => about("ended", "§10.2"),
        _ => Line::default(),
    };
    (format!("{status}  {said}"), section)
}

/// The purpose of a message (section 1).
fn meaning(cell: CellName) -> Vec<Line> {
    match cell {
        CellName::Answer => vec![
            say("the receiver's SPAKE2 element (33 bytes); then its blob, padded and"),
            about("sealed under a key that nobody has without the words", "§6"),
        ],
        CellName::Finish => vec![
            say("the initiator's blob, padded and sealed. It leaves only now, when the"),
            about(
                "answer's seal has opened: the other side knows the words",
                "SEAL-10",
            ),
        ],
        CellName::Receipt => vec![about(
            "an empty sealed text: it proves that the receiver has opened the finish",
            "§1.1",
        )],
    }
}

fn message(name: &str, bytes: &[u8], section: &'static str) -> Line {
    let line = format!("the {name}, {} bytes: {}", bytes.len(), short(bytes));
    (line, section)
}

fn say(text: &str) -> Line {
    about(text, "")
}

fn about(text: &str, section: &'static str) -> Line {
    (text.to_owned(), section)
}

/// The first bytes in hex.
pub(super) fn short(bytes: &[u8]) -> String {
    match bytes.get(..12) {
        Some(first) => format!("{}…", hex::encode(first)),
        None => hex::encode(bytes),
    }
}

/// A target without its appid, whose hex tells the reader nothing: `/v1/…/channels`.
pub(super) fn without_appid(target: &str) -> String {
    match target
        .strip_prefix("/v1/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((_, rest)) => format!("/v1/…/{rest}"),
        None => target.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_recognised() {
        for (method, target, expected) in [
            (Method::POST, "/v1/61/channels", Some(RequestKind::Allocate)),
            (
                Method::POST,
                "/v1/61/channels/7/claim",
                Some(RequestKind::Claim),
            ),
            (
                Method::PUT,
                "/v1/61/channels/7/answer",
                Some(RequestKind::Put(CellName::Answer)),
            ),
            (
                Method::GET,
                "/v1/61/channels/7/finish?wait=25",
                Some(RequestKind::Get(CellName::Finish)),
            ),
            (
                Method::POST,
                "/v1/61/channels/7/close",
                Some(RequestKind::Close),
            ),
            (Method::GET, "/v1/61/channels", None),
        ] {
            assert_eq!(kind(&method, target), expected, "{target}");
        }
        assert_eq!(without_appid("/v1/61/channels/7"), "/v1/…/channels/7");
    }
}
