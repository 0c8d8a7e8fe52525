//! One channel: its cells, its two sides, and the table of RELAY-11.
//!
//! ```text
//! open --claim--> claimed --answer--> answered --finish--> finished --receipt--> receipted
//!   \___________________\___________________\___________________\_______ close, expiry --> ended
//! ```
//!
//! [`Channel::judge`] reads the table and changes nothing; the registry carries out its verdict.
//! So a refused request cannot have changed anything.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::address::Address;
use super::call::Ticket;
use super::problem::{Reason, Refusal};
use crate::values::messages::CellName;
use crate::values::{ChannelId, hex};

/// The bytes of a cell, shared with the answers that carry them.
pub type Bytes = Arc<[u8]>;

/// The 16 bytes by which a client proves which side of a channel it is: a key of the relay's
/// tables, and therefore kept by value. (The client's own is `values::Side`, which is wiped.)
// RELAY-2: A relay MUST compare sides in constant time or look them up by a keyed hash
// Both: `==` takes the same time wherever two sides differ, and the registry's maps hash under a
// random key.
#[derive(Clone, Copy, Eq)]
pub struct Side([u8; 16]);

impl Side {
    /// The side of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The side of 32 hex digits; `None` when the text is anything else (RELAY-1).
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_into(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl PartialEq for Side {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Hash for Side {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Side(..)")
    }
}

/// The column "written by" of section 10.1.
const fn writer(cell: CellName) -> By {
    match cell {
        CellName::Answer | CellName::Receipt => By::Claimant,
        CellName::Finish => By::Owner,
    }
}

/// The column "read by" of section 10.1.
const fn reader(cell: CellName) -> By {
    match cell {
        CellName::Answer | CellName::Receipt => By::Owner,
        CellName::Finish => By::Claimant,
    }
}

/// Three values, one for each cell; unlike an array it cannot be indexed out of bounds.
#[derive(Clone, Debug, Default)]
pub(super) struct PerCell<T> {
    answer: T,
    finish: T,
    receipt: T,
}

impl<T> PerCell<T> {
    pub(super) const fn get(&self, cell: CellName) -> &T {
        match cell {
            CellName::Answer => &self.answer,
            CellName::Finish => &self.finish,
            CellName::Receipt => &self.receipt,
        }
    }

    pub(super) const fn get_mut(&mut self, cell: CellName) -> &mut T {
        match cell {
            CellName::Answer => &mut self.answer,
            CellName::Finish => &mut self.finish,
            CellName::Receipt => &mut self.receipt,
        }
    }
}

/// Who makes a request, seen from one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The side that allocated the channel.
    Owner,
    /// The side that claimed it.
    Claimant,
    /// Any other side.
    Another,
}

/// How far a channel has come: the columns of RELAY-11, but for `absent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Allocated, not claimed.
    Open,
    /// Claimed, nothing written since.
    Claimed,
    /// The answer is written.
    Answered,
    /// The finish is written.
    Finished,
    /// The receipt is written.
    Receipted,
    /// Closed or expired, in its grace.
    Ended,
}

/// A request to a channel that exists.
#[derive(Clone, Debug)]
pub enum Request {
    /// `POST claim`
    Claim,
    /// `PUT` of a cell
    Put(CellName, Bytes),
    /// `GET` of a cell, for so many seconds at most
    Get(CellName, u8),
    /// `POST close`
    Close(Reason),
}

/// A cell of the table, for one request at hand.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// 200 with the offer; `first` when this is the claim itself.
    Offer { first: bool },
    /// 200; the cell is to be written.
    Store,
    /// 200; nothing changes.
    Unchanged,
    /// 200 with the cell.
    Read(Bytes),
    /// Nothing to read yet.
    Wait,
    /// 200; the channel is to be ended.
    End,
    /// A problem document.
    Refuse(Refusal),
}

/// One channel, live or in its grace.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) app: u32,
    pub(super) number: ChannelId,
    pub(super) owner: Side,
    pub(super) claimant: Option<Side>,
    pub(super) offer: Bytes,
    pub(super) cells: PerCell<Option<Bytes>>,
    /// Why it ended; `None` while it is live.
    pub(super) ended: Option<Reason>,
    /// End of its life, or of its grace, in microseconds of the registry's clock.
    pub(super) due: u64,
    /// The address that the live channel counts for.
    pub(super) from: Address,
    /// The GET that waits for each cell (RELAY-7: there is one at most).
    pub(super) waits: PerCell<Option<Ticket>>,
}

impl Channel {
    pub(super) fn by(&self, side: Side) -> By {
        if self.owner == side {
            By::Owner
        } else if self.claimant == Some(side) {
            By::Claimant
        } else {
            By::Another
        }
    }

    pub(super) fn standing(&self) -> Standing {
        let written = |cell| self.cells.get(cell).is_some();
        if self.ended.is_some() {
            Standing::Ended
        } else if written(CellName::Receipt) {
            Standing::Receipted
        } else if written(CellName::Finish) {
            Standing::Finished
        } else if written(CellName::Answer) {
            Standing::Answered
        } else if self.claimant.is_some() {
            Standing::Claimed
        } else {
            Standing::Open
        }
    }

    /// The bytes of all its cells together.
    pub(super) fn bytes(&self) -> u64 {
        let cells = CellName::ALL
            .iter()
            .filter_map(|cell| self.cells.get(*cell).as_ref());
        let sum: usize = self.offer.len() + cells.map(|cell| cell.len()).sum::<usize>();
        sum as u64
    }

    // RELAY-11: A relay MUST answer a request to a channel by this table.
    pub(super) fn judge(&self, side: Side, request: &Request) -> Verdict {
        let by = self.by(side);
        match self.ended {
            Some(reason) => self.judge_ended(by, request, reason),
            None => self.judge_live(by, request),
        }
    }

    fn judge_live(&self, by: By, request: &Request) -> Verdict {
        match request {
            Request::Claim => match by {
                By::Owner => Verdict::Refuse(Refusal::Forbidden),
                By::Claimant => Verdict::Offer { first: false },
                By::Another if self.claimant.is_none() => Verdict::Offer { first: true },
                By::Another => Verdict::Refuse(Refusal::Crowded),
            },
            Request::Put(cell, _) if by != writer(*cell) => Verdict::Refuse(Refusal::Forbidden),
            // RELAY-13: A relay MUST compare a repeated write byte by byte after decoding; a repeat of what is written changes nothing.
            Request::Put(cell, body) => match self.cells.get(*cell) {
                Some(written) if written == body => Verdict::Unchanged,
                Some(_) => Verdict::Refuse(Refusal::Conflict),
                None if self.may_write(*cell) => Verdict::Store,
                None => Verdict::Refuse(Refusal::OutOfOrder),
            },
            Request::Get(cell, _) if by != reader(*cell) => Verdict::Refuse(Refusal::Forbidden),
            Request::Get(cell, _) => match self.cells.get(*cell) {
                Some(written) => Verdict::Read(Arc::clone(written)),
                None => Verdict::Wait,
            },
            Request::Close(_) if by == By::Another => Verdict::Refuse(Refusal::Forbidden),
            Request::Close(_) => Verdict::End,
        }
    }

    fn judge_ended(&self, by: By, request: &Request, reason: Reason) -> Verdict {
        if by == By::Another {
            // An ended channel is kept for its two sides only; the registry does not ask for others.
            return Verdict::Refuse(Refusal::NoSuchChannel);
        }
        let closed = Verdict::Refuse(Refusal::Closed(reason));
        match request {
            Request::Claim => closed,
            Request::Put(cell, body) => match self.cells.get(*cell) {
                Some(written) if by == writer(*cell) && written == body => Verdict::Unchanged,
                _ => closed,
            },
            Request::Get(cell, _) => match self.cells.get(*cell) {
                Some(written) if by == reader(*cell) => Verdict::Read(Arc::clone(written)),
                _ => closed,
            },
            // RELAY-16: a close of an ended channel changes nothing.
            Request::Close(_) => Verdict::Unchanged,
        }
    }

    /// Whether what the cell needs is there; the column "needs" of section 10.1.
    fn may_write(&self, cell: CellName) -> bool {
        match cell {
            CellName::Answer => self.claimant.is_some(),
            CellName::Finish => self.cells.get(CellName::Answer).is_some(),
            CellName::Receipt => self.cells.get(CellName::Finish).is_some(),
        }
    }
}
