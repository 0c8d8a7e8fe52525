//! The requests of one exchange as bytes, built before anything is measured, and answers of the
//! size that the relay's have. The cells are as long as those of an exchange of short blobs
//! (section 7.2) and hold nothing: no cryptography is in the load.

use std::sync::LazyLock;

/// Whose connection a request goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Owner,
    Claimant,
}

/// The nine requests of an exchange, by what is sent together and which answers are awaited then.
/// A GET goes out before the cell is written, as in real life: the relay holds it.
pub(crate) const STEPS: [(&[usize], &[Role]); 6] = [
    (&[0], &[Role::Owner]),
    (&[1, 2], &[Role::Claimant]),
    (&[3], &[Role::Claimant, Role::Owner]),
    (&[4, 5], &[Role::Owner, Role::Claimant]),
    (&[6, 7], &[Role::Claimant, Role::Owner]),
    (&[8], &[Role::Owner]),
];

/// The places of two of them.
pub(crate) const ALLOCATE: usize = 0;
pub(crate) const GET_ANSWER: usize = 1;

/// Requests in an exchange.
pub(crate) const REQUESTS: usize = 9;

const TABLE: [(Role, &str, &str, Option<&LazyLock<String>>); REQUESTS] = [
    (Role::Owner, "POST", "", Some(&OFFER)),
    (Role::Owner, "GET", "/answer?wait=25", None),
    (Role::Claimant, "POST", "/claim", Some(&NOTHING)),
    (Role::Claimant, "PUT", "/answer", Some(&ANSWER)),
    (Role::Claimant, "GET", "/finish?wait=25", None),
    (Role::Owner, "PUT", "/finish", Some(&FINISH)),
    (Role::Owner, "GET", "/receipt?wait=25", None),
    (Role::Claimant, "PUT", "/receipt", Some(&RECEIPT)),
    (Role::Owner, "POST", "/close", Some(&DONE)),
];

static OFFER: LazyLock<String> = LazyLock::new(|| cell(33));
static ANSWER: LazyLock<String> = LazyLock::new(|| cell(33 + 256 + 16));
static FINISH: LazyLock<String> = LazyLock::new(|| cell(256 + 16));
static RECEIPT: LazyLock<String> = LazyLock::new(|| cell(16));
static NOTHING: LazyLock<String> = LazyLock::new(|| "{}".to_owned());
static DONE: LazyLock<String> = LazyLock::new(|| r#"{"reason":"done"}"#.to_owned());
static CLAIMED: LazyLock<String> =
    LazyLock::new(|| format!(r#"{{"body":"{}","ttl":600}}"#, "5a".repeat(33)));

/// Their methods, places and bodies.
pub(crate) fn requests() -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)>
{
    TABLE
        .into_iter()
        .map(|(_, method, place, body)| (method, place, body.map(|body| body.as_str())))
}

fn cell(bytes: usize) -> String {
    format!(r#"{{"body":"{}"}}"#, "5a".repeat(bytes))
}

/// What a relay answers to this request in an exchange, or something as long.
pub(crate) fn answer_to(method: &str, path: &str) -> &'static str {
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
    pub(crate) role: Role,
    head: Vec<u8>,
    /// From behind the number on.
    tail: Vec<u8>,
    side: usize,
}

impl Template {
    /// The nine requests in one appid.
    pub(crate) fn all(appid: u64) -> [Self; REQUESTS] {
        TABLE.map(|(role, method, place, body)| {
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
                role,
                head,
                tail,
                side,
            }
        })
    }

    /// Makes it a request of another exchange: sides are never used twice.
    pub(crate) fn renew(&mut self, exchange: u64) {
        let side = format!("{:031x}{}", exchange, self.role as u8);
        self.tail[self.side..self.side + 32].copy_from_slice(side.as_bytes());
    }

    /// The whole request for a channel of this number (none to allocate).
    pub(crate) fn write_to(&self, number: &[u8], request: &mut Vec<u8>) {
        request.clear();
        request.extend_from_slice(&self.head);
        request.extend_from_slice(number);
        request.extend_from_slice(&self.tail);
    }
}
