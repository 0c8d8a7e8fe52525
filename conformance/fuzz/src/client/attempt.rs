//! The result of an attempt, by the bytes of an input.

use wormhole_sync::protocol::wire::{HttpResponse, interpret_response};
use wormhole_sync::protocol::{
    AttemptFailure, AttemptResult, CellName, CloseReason, RequestKind, UserEvent,
};
use wormhole_sync::values::{Problem, ProblemToken, hex};

use super::peer::Peer;
use crate::input::Input;
use crate::wire::read_response;

/// Times to live, in seconds, that are shorter than most relays' and some users' deadlines.
const LIVES: [u32; 4] = [1, 20, 59, 300];

/// The words of users and applications.
pub(crate) const WORDS: [UserEvent; 5] = [
    UserEvent::Cancel,
    UserEvent::Release,
    UserEvent::Mismatch,
    UserEvent::Taken,
    UserEvent::NotTaken,
];

/// The result of an attempt, chosen by this byte. The byte also chooses the [`AttemptTiming`].
pub(crate) fn attempt_result(
    byte: u8,
    kind: RequestKind,
    input: &mut Input<'_>,
    peer: &Peer,
    channel: u32,
) -> AttemptResult {
    let response = match byte % 12 {
        0 | 11 => honest(kind, peer, channel, None),
        1 => honest(
            kind,
            peer,
            channel,
            Some(LIVES[usize::from(byte / 12) % LIVES.len()]),
        ),
        3 => plain(204, None, Vec::new()),
        4 if kind == RequestKind::Claim => offer(&spoiled(input, peer), 600),
        4 => cell(&spoiled(input, peer)),
        5 => problem(input),
        6 => {
            let seconds = input.or_zero();
            let status = [429, 500, 502, 503, 504, 599][usize::from(byte / 12) % 6];
            HttpResponse {
                retry_after: (seconds > 0).then(|| seconds.to_string()),
                ..plain(status, None, Vec::new())
            }
        }
        7 => {
            let length = usize::from(input.word());
            read_response(&mut Input::new(input.take(length)))
        }
        9 => {
            return AttemptResult::Lost(AttemptFailure::CertificateExpired);
        }
        _ => return AttemptResult::Lost(AttemptFailure::NoAnswer),
    };
    interpret_response(kind, response)
}

/// The way in which an attempt takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttemptTiming {
    /// The attempt ends in time.
    InTime,
    /// The user, or the application, says something during the attempt, which may go on after it.
    Interrupted(UserEvent),
    /// The attempt takes all the time that it may.
    TimedOut,
    /// The attempt may overrun its time, because the machine slept.
    Overslept,
}

impl AttemptTiming {
    pub(crate) fn of(byte: u8) -> Self {
        match byte % 12 {
            8 => Self::Interrupted(WORDS[usize::from(byte / 12) % WORDS.len()]),
            10 => Self::TimedOut,
            11 => Self::Overslept,
            _ => Self::InTime,
        }
    }
}

/// The response of an honest relay with an honest peer.
fn honest(kind: RequestKind, peer: &Peer, channel: u32, ttl: Option<u32>) -> HttpResponse {
    match kind {
        RequestKind::Allocate => {
            let ttl = ttl.unwrap_or(3_600);
            let text = format!(r#"{{"channel":{channel},"ttl":{ttl}}}"#);
            plain(201, Some("application/json"), text.into())
        }
        RequestKind::Claim => offer(&peer.offer, ttl.unwrap_or(600)),
        RequestKind::Get(CellName::Answer) => cell(&peer.answer),
        RequestKind::Get(CellName::Finish) => cell(&peer.finish),
        RequestKind::Get(CellName::Receipt) => cell(&peer.receipt),
        RequestKind::Put(_) | RequestKind::Close => {
            plain(200, Some("application/json"), b"{}".to_vec())
        }
    }
}

/// One of the peer's messages, cut, lengthened or changed.
fn spoiled(input: &mut Input<'_>, peer: &Peer) -> Vec<u8> {
    let (number, change) = (input.or_zero(), input.or_zero());
    let mut message = peer.message(number);
    let at = usize::from(input.word()) % message.len();
    match change % 8 {
        0 => {}
        1 => message.truncate(at.max(1)),
        2 => message[at] ^= 1 << (change >> 3 & 7),
        3 => message[at] = input.or_zero(),
        4 => message.extend(vec![change; at.max(1)]),
        5 => {
            let bytes = input.take(32);
            let end = (at + bytes.len()).min(message.len());
            message[at..end].copy_from_slice(&bytes[..end - at]);
        }
        6 => {
            let other = peer.message(change >> 3);
            message.splice(at.., other);
        }
        _ => message.swap(0, at),
    }
    message
}

fn plain(status: u16, content_type: Option<&str>, body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status,
        content_type: content_type.map(str::to_owned),
        is_coded: false,
        retry_after: None,
        body: Some(body),
    }
}

fn offer(bytes: &[u8], ttl: u32) -> HttpResponse {
    let text = format!(r#"{{"body":"{}","ttl":{ttl}}}"#, hex::encode(bytes));
    plain(200, Some("application/json"), text.into())
}

fn cell(bytes: &[u8]) -> HttpResponse {
    let text = format!(r#"{{"body":"{}"}}"#, hex::encode(bytes));
    plain(200, Some("application/json"), text.into())
}

fn problem(input: &mut Input<'_>) -> HttpResponse {
    let reasons = CloseReason::ALL.map(CloseReason::token);
    let token = input.one_of(&ProblemToken::ALL);
    let reason = (token == ProblemToken::Closed)
        .then(|| input.one_of(&[&["expired", "?"], &reasons[..]].concat()));
    let body = Problem::encode(token, reason).into_bytes();
    plain(token.status(), Some("application/problem+json"), body)
}
