//! One channel of a test: its number, its sides, and the requests to it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::json;

use super::request::Request;

/// A cell that is written and read (section 10.1); the offer is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    Answer,
    Finish,
    Receipt,
}

impl Cell {
    /// All of them, in the order in which they are written.
    pub(crate) const ALL: [Self; 3] = [Self::Answer, Self::Finish, Self::Receipt];

    /// The name in targets.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Finish => "finish",
            Self::Receipt => "receipt",
        }
    }

    /// The bytes that a test writes into it, in hex.
    pub(crate) fn content(self) -> &'static str {
        match self {
            Self::Answer => "a1a2a3a4",
            Self::Finish => "f1f2f3f4f5",
            Self::Receipt => "0e",
        }
    }

    /// The most bytes of it.
    pub(crate) fn bound(self) -> usize {
        match self {
            Self::Answer | Self::Finish => 65_600,
            Self::Receipt => 64,
        }
    }

    /// Whether the owner writes it, and the claimant reads it.
    pub(crate) fn is_by_owner(self) -> bool {
        self == Self::Finish
    }

    /// The state in which the channel is once it is written.
    pub(crate) fn makes(self) -> State {
        match self {
            Self::Answer => State::Answered,
            Self::Finish => State::Finished,
            Self::Receipt => State::Receipted,
        }
    }
}

/// The state of a channel (RELAY-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum State {
    Absent,
    Open,
    Claimed,
    Answered,
    Finished,
    Receipted,
    /// Ended when all was written.
    Ended,
    /// Ended when it was claimed, before anything was written.
    EndedEarly,
}

/// The two sides of a channel, and one that is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    Owner,
    Claimant,
    Another,
}

/// A channel, or the number of one that does not exist.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    /// The appid in hex.
    pub(crate) app: String,
    /// The number.
    pub(crate) number: u64,
    /// The owner's side in hex.
    pub(crate) owner: String,
    /// The claimant's side, or the side that will be it.
    pub(crate) claimant: String,
    /// A side that has nothing to do with the channel.
    pub(crate) another: String,
    /// The offer in hex.
    pub(crate) offer: String,
    /// The state, as far as the test has brought it.
    pub(crate) state: State,
    /// The times before the allocate was sent and after its answer was read.
    pub(crate) allocated: (Instant, Instant),
    /// The times before the claim was sent and after its answer was read.
    pub(crate) claimed: (Instant, Instant),
}

impl Channel {
    /// A channel that is not allocated yet, of a new appid and new sides.
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            app: fresh(12),
            number: 1,
            owner: fresh(16),
            claimant: fresh(16),
            another: fresh(16),
            offer: fresh(33),
            state: State::Absent,
            allocated: (now, now),
            claimed: (now, now),
        }
    }

    /// A side in hex.
    pub(crate) fn side(&self, by: By) -> &str {
        match by {
            By::Owner => &self.owner,
            By::Claimant => &self.claimant,
            By::Another => &self.another,
        }
    }

    /// The side that writes a cell.
    pub(crate) fn writer(&self, cell: Cell) -> &str {
        match cell.is_by_owner() {
            true => &self.owner,
            false => &self.claimant,
        }
    }

    /// The side that reads a cell.
    pub(crate) fn reader(&self, cell: Cell) -> &str {
        match cell.is_by_owner() {
            true => &self.claimant,
            false => &self.owner,
        }
    }

    /// The target of a request to the channel: `claim`, `close` or a cell.
    pub(crate) fn target(&self, what: &str) -> String {
        format!("/v1/{}/channels/{}/{what}", self.app, self.number)
    }

    /// The owner's allocate.
    pub(crate) fn allocate(&self) -> Request {
        allocate(&self.app, &self.owner, &self.offer)
    }

    /// A claim by a side.
    pub(crate) fn claim(&self, side: &str) -> Request {
        Request::new("POST", self.target("claim"))
            .by(side)
            .with("{}")
    }

    /// A write of a binary value by a side.
    pub(crate) fn put(&self, cell: Cell, side: &str, body: &str) -> Request {
        let body = json!({ "body": body }).to_string();
        Request::new("PUT", self.target(cell.name()))
            .by(side)
            .with(body)
    }

    /// The write of a cell as it should be.
    pub(crate) fn write(&self, cell: Cell) -> Request {
        self.put(cell, self.writer(cell), cell.content())
    }

    /// A read by a side; the query begins with `?`, if there is one.
    pub(crate) fn get(&self, cell: Cell, side: &str, query: &str) -> Request {
        Request::new("GET", self.target(cell.name()))
            .by(side)
            .query(query)
    }

    /// The read of a cell as it should be.
    pub(crate) fn read(&self, cell: Cell, wait: u32) -> Request {
        self.get(cell, self.reader(cell), &format!("?wait={wait}"))
    }

    /// A close by a side.
    pub(crate) fn close(&self, side: &str, reason: &str) -> Request {
        let body = json!({ "reason": reason }).to_string();
        Request::new("POST", self.target("close"))
            .by(side)
            .with(body)
    }
}

/// An allocate by a side, in hex as all of it.
pub(crate) fn allocate(app: &str, side: &str, offer: &str) -> Request {
    Request::new("POST", format!("/v1/{app}/channels"))
        .by(side)
        .with(json!({ "body": offer }).to_string())
}

/// So many bytes in hex that no other test has.
pub(crate) fn fresh(bytes: usize) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut text = String::new();
    while text.len() < 2 * bytes {
        // The standard library's hasher has random keys.
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
        text.push_str(&format!("{:016x}", hasher.finish()));
    }
    text.truncate(2 * bytes);
    text
}
