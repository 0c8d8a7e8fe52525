//! The requests of one exchange as bytes, built before anything is measured, and responses as long
//! as the relay's. The cells are as long as those of an exchange of short blobs (section 7.2) and
//! hold nothing, so that no cryptography is in the load.

use std::sync::LazyLock;

/// The party over whose connection a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    Owner,
    Claimant,
}

/// The nine requests of an exchange in steps: the requests that are sent together, and the parties
/// whose responses are awaited then. A GET goes out before its cell is written, as in real life, so
/// that the relay holds it.
pub(crate) const STEPS: [(&[usize], &[Party]); 6] = [
    (&[0], &[Party::Owner]),
    (&[1, 2], &[Party::Claimant]),
    (&[3], &[Party::Claimant, Party::Owner]),
    (&[4, 5], &[Party::Owner, Party::Claimant]),
    (&[6, 7], &[Party::Claimant, Party::Owner]),
    (&[8], &[Party::Owner]),
];

/// The place of the allocate among the requests.
pub(crate) const ALLOCATE: usize = 0;
/// The place of the GET of the answer among the requests.
pub(crate) const GET_ANSWER: usize = 1;

/// The number of requests in an exchange.
pub(crate) const REQUESTS: usize = 9;

const TABLE: [(Party, &str, &str, Option<&LazyLock<String>>); REQUESTS] = [
    (Party::Owner, "POST", "", Some(&OFFER)),
    (Party::Owner, "GET", "/answer?wait=25", None),
    (Party::Claimant, "POST", "/claim", Some(&NOTHING)),
    (Party::Claimant, "PUT", "/answer", Some(&ANSWER)),
    (Party::Claimant, "GET", "/finish?wait=25", None),
    (Party::Owner, "PUT", "/finish", Some(&FINISH)),
    (Party::Owner, "GET", "/receipt?wait=25", None),
    (Party::Claimant, "PUT", "/receipt", Some(&RECEIPT)),
    (Party::Owner, "POST", "/close", Some(&DONE)),
];

static OFFER: LazyLock<String> = LazyLock::new(|| cell(33));
static ANSWER: LazyLock<String> = LazyLock::new(|| cell(33 + 256 + 16));
static FINISH: LazyLock<String> = LazyLock::new(|| cell(256 + 16));
static RECEIPT: LazyLock<String> = LazyLock::new(|| cell(16));
static NOTHING: LazyLock<String> = LazyLock::new(|| "{}".to_owned());
static DONE: LazyLock<String> = LazyLock::new(|| r#"{"reason":"done"}"#.to_owned());
static CLAIMED: LazyLock<String> =
    LazyLock::new(|| format!(r#"{{"body":"{}","ttl":600}}"#, "5a".repeat(33)));

/// The method, the path behind the channel's number, and the body of each request.
pub(crate) fn requests() -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)>
{
    TABLE
        .into_iter()
        .map(|(_, method, place, body)| (method, place, body.map(|body| body.as_str())))
}

fn cell(bytes: usize) -> String {
    format!(r#"{{"body":"{}"}}"#, "5a".repeat(bytes))
}

/// The body of a relay's response to this request in an exchange, or one as long.
pub(crate) fn response_to(method: &str, path: &str) -> &'static str {
    match (method, path.rsplit('/').next().unwrap_or_default()) {
        ("POST", "channels") => r#"{"channel":7,"ttl":3600}"#,
        ("POST", "claim") => &CLAIMED,
        ("GET", "answer") => &ANSWER,
        ("GET", "finish") => &FINISH,
        ("GET", "receipt") => &RECEIPT,
        _ => "{}",
    }
}

/// A request with a place for the channel's number and one for the side.
pub(crate) struct Template {
    pub(crate) party: Party,
    head: Vec<u8>,
    /// Everything behind the channel's number.
    tail: Vec<u8>,
    /// The place of the side in the tail.
    side: usize,
}

impl Template {
    /// The nine requests in one appid.
    pub(crate) fn all(appid: u64) -> [Self; REQUESTS] {
        TABLE.map(|(party, method, place, body)| {
            let appid = format!("{:016x}", appid);
            let slash = if place.is_empty() { "" } else { "/" };
            let head = format!("{method} /v1/{appid}/channels{slash}");
            let mut tail = format!(
                "{place} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n\
                 accept-encoding: identity\r\nuser-agent: wormhole-sync\r\n\
                 authorization: Bearer "
            );
            let side = tail.len();
            tail.push_str(&"0".repeat(32));
            if let Some(body) = body {
                tail.push_str(&format!(
                    "\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
                    body.len(),
                    **body
                ));
            } else {
                tail.push_str("\r\n\r\n");
            }
            let (head, tail) = (head.into_bytes(), tail.into_bytes());
            Self {
                party,
                head,
                tail,
                side,
            }
        })
    }

    /// Makes this a request of another exchange, with another side, because no side is used twice.
    pub(crate) fn renew(&mut self, exchange: u64) {
        let side = format!("{:031x}{}", exchange, self.party as u8);
        self.tail[self.side..self.side + 32].copy_from_slice(side.as_bytes());
    }

    /// Writes the whole request for the channel of this number, which is empty for an allocate.
    pub(crate) fn write_to(&self, number: &[u8], request: &mut Vec<u8>) {
        request.clear();
        request.extend_from_slice(&self.head);
        request.extend_from_slice(number);
        request.extend_from_slice(&self.tail);
    }
}
