//! The messages that a relay reads, and tests that a text of one is refused or taken.

use super::super::bench::Bench;
use super::super::case::RelayCase;
use super::super::channel::{Cell, Channel, State};
use super::super::fault::Fault;
use super::super::reply::Want;
use super::super::request::Request;

pub(super) const SUITE: &str = "relay-messages";

/// A message that a relay reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    Allocate,
    Claim,
    Write(Cell),
    Close,
}

impl Message {
    pub(super) const ALL: [Self; 6] = [
        Self::Allocate,
        Self::Claim,
        Self::Write(Cell::Answer),
        Self::Write(Cell::Finish),
        Self::Write(Cell::Receipt),
        Self::Close,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Allocate => "allocate",
            Self::Claim => "claim",
            Self::Write(cell) => cell.name(),
            Self::Close => "close",
        }
    }

    /// The right text of the message.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Allocate | Self::Write(_) => r#"{"body":"00ff"}"#,
            Self::Claim => "{}",
            Self::Close => r#"{"reason":"done"}"#,
        }
    }

    /// A channel to which the message may be sent.
    pub(super) fn channel(self, bench: &Bench<'_>) -> Result<Channel, Fault> {
        match self {
            Self::Allocate => Ok(Channel::new()),
            Self::Claim => bench.channel(State::Open),
            Self::Write(Cell::Finish) => bench.channel(State::Answered),
            Self::Write(Cell::Receipt) => bench.channel(State::Finished),
            Self::Write(Cell::Answer) | Self::Close => bench.channel(State::Claimed),
        }
    }

    pub(super) fn request(self, channel: &Channel, text: &[u8]) -> Request {
        let request = match self {
            Self::Allocate => channel.allocate(),
            Self::Claim => channel.claim(&channel.claimant),
            Self::Write(cell) => channel.write(cell),
            Self::Close => channel.close(&channel.owner, "done"),
        };
        request.with(text)
    }

    pub(super) fn success(self) -> Want {
        match self {
            Self::Allocate => Want::Status(201),
            Self::Claim | Self::Write(_) | Self::Close => Want::Status(200),
        }
    }
}

/// A test that a text is refused, and that the message without the fault is taken afterwards.
pub(super) fn bad(
    message: Message,
    id: &str,
    title: &str,
    clauses: &[&str],
    text: impl Into<Vec<u8>>,
) -> RelayCase {
    let text = text.into();
    let title = format!("{}: {title} is malformed", message.name());
    let id = format!("{}-{id}", message.name());
    RelayCase::new(SUITE, id, title, clauses, move |bench| {
        let channel = message.channel(bench)?;
        bench.expect(&message.request(&channel, &text), &Want::token("malformed"))?;
        if bench.pool.is_none() {
            let right = message.request(&channel, message.text().as_bytes());
            bench.given(&right, &message.success())?;
        }
        Ok(())
    })
}

/// A test that a text is taken.
pub(super) fn good(
    message: Message,
    id: &str,
    title: &str,
    clauses: &[&str],
    text: impl Into<Vec<u8>>,
) -> RelayCase {
    let text = text.into();
    let title = format!("{}: {title} is taken", message.name());
    let id = format!("{}-{id}", message.name());
    RelayCase::new(SUITE, id, title, clauses, move |bench| {
        let channel = message.channel(bench)?;
        bench.expect(&message.request(&channel, &text), &message.success())?;
        Ok(())
    })
}
