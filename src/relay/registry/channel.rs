//! One channel, with its cells, its two sides and the table of RELAY-11.
//!
//! ```text
//! open --claim--> claimed --answer--> answered --finish--> finished --receipt--> receipted
//!   \___________________\___________________\___________________\_______ close, expiry --> ended
//! ```
//!
//! [`Channel::decide`] reads the table and changes nothing; the registry carries out its decision.
//! So a refused request cannot have changed anything.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;
use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::addresses::ClientAddress;
use crate::relay::problem::{EndReason, Refusal};
use crate::values::messages::CellName;
use crate::values::{ChannelId, hex};

/// The bytes of a cell, shared with the answers that carry them.
pub type Bytes = Arc<[u8]>;

/// The 16 bytes by which a client proves which side of a channel it is. They are a key of the
/// relay's tables and therefore kept by value. (The client's own type, `values::SideKey`, is
/// wiped.)
// RELAY-2: A relay MUST compare sides in constant time or look them up by a keyed hash
// Both: `==` takes the same time wherever two sides differ, and the registry's maps hash under a
// random key.
#[derive(Clone, Copy, Eq)]
pub struct SideKey([u8; 16]);

impl SideKey {
    /// The side that these bytes name.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The side that 32 hex digits name; `None` when the text is anything else (RELAY-1).
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_into(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl PartialEq for SideKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Hash for SideKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for SideKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SideKey(..)")
    }
}

/// The party that writes a cell: the column "written by" of section 10.1.
const fn writer(cell: CellName) -> Party {
    match cell {
        CellName::Answer | CellName::Receipt => Party::Claimant,
        CellName::Finish => Party::Owner,
    }
}

/// The party that reads a cell: the column "read by" of section 10.1.
const fn reader(cell: CellName) -> Party {
    match cell {
        CellName::Answer | CellName::Receipt => Party::Owner,
        CellName::Finish => Party::Claimant,
    }
}

/// Three values, one for each cell. Unlike an array they cannot be indexed out of bounds.
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

/// The party that makes a request, as one channel sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The side that allocated the channel.
    Owner,
    /// The side that claimed it.
    Claimant,
    /// Any other side.
    Another,
}

/// The state of a channel: the columns of RELAY-11, except `absent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelState {
    /// The channel is allocated and not claimed.
    Open,
    /// The channel is claimed, and nothing was written since.
    Claimed,
    /// The answer is written.
    Answered,
    /// The finish is written.
    Finished,
    /// The receipt is written.
    Receipted,
    /// The channel is closed or expired, and in its grace.
    Ended,
}

/// A request to a channel that exists.
#[derive(Clone, Debug)]
pub enum ChannelRequest {
    /// `POST claim`
    Claim,
    /// `PUT` of a cell with these bytes
    Put(CellName, Bytes),
    /// `GET` of a cell, which waits at most this number of seconds
    Get(CellName, u8),
    /// `POST close`
    Close(EndReason),
}

/// A cell of the table, with all that the registry needs to carry it out.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// 200 with the offer; `first` when this is the claim itself.
    Offer { first: bool },
    /// 200: the registry writes this cell.
    Store(CellName, Bytes),
    /// 200: nothing changes.
    Unchanged,
    /// 200 with the cell.
    Read(Bytes),
    /// The cell is not written yet: the GET waits at most this number of seconds.
    Wait(CellName, u8),
    /// 200: the registry ends the channel.
    End(EndReason),
    /// A problem document.
    Refuse(Refusal),
}

/// The number of a waiting GET, which is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub(super) NonZeroU64);

/// One channel, live or in its grace.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) app: u32,
    pub(super) number: ChannelId,
    pub(super) owner: SideKey,
    pub(super) claimant: Option<SideKey>,
    pub(super) offer: Bytes,
    pub(super) cells: PerCell<Option<Bytes>>,
    /// The reason of its end; `None` while it is live.
    pub(super) ended: Option<EndReason>,
    /// The end of its life or of its grace, in microseconds of the registry's clock.
    pub(super) due: u64,
    /// The address that the live channel counts for.
    pub(super) from: ClientAddress,
    /// The GET that waits for each cell (RELAY-7: there is one at most).
    pub(super) waits: PerCell<Option<Ticket>>,
}

impl Channel {
    pub(super) fn party(&self, side: SideKey) -> Party {
        if self.owner == side {
            Party::Owner
        } else if self.claimant == Some(side) {
            Party::Claimant
        } else {
            Party::Another
        }
    }

    pub(super) fn state(&self) -> ChannelState {
        let written = |cell| self.cells.get(cell).is_some();
        if self.ended.is_some() {
            ChannelState::Ended
        } else if written(CellName::Receipt) {
            ChannelState::Receipted
        } else if written(CellName::Finish) {
            ChannelState::Finished
        } else if written(CellName::Answer) {
            ChannelState::Answered
        } else if self.claimant.is_some() {
            ChannelState::Claimed
        } else {
            ChannelState::Open
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
    pub(super) fn decide(&self, side: SideKey, request: ChannelRequest) -> Decision {
        let party = self.party(side);
        match self.ended {
            Some(reason) => self.decide_ended(party, request, reason),
            None => self.decide_live(party, request),
        }
    }

    fn decide_live(&self, party: Party, request: ChannelRequest) -> Decision {
        match request {
            ChannelRequest::Claim => match party {
                Party::Owner => Decision::Refuse(Refusal::Forbidden),
                Party::Claimant => Decision::Offer { first: false },
                Party::Another if self.claimant.is_none() => Decision::Offer { first: true },
                Party::Another => Decision::Refuse(Refusal::Crowded),
            },
            // Only a claim, which is rated, tells a stranger that there is a channel.
            ChannelRequest::Put(..) | ChannelRequest::Get(..) | ChannelRequest::Close(_)
                if party == Party::Another =>
            {
                Decision::Refuse(Refusal::NoSuchChannel)
            }
            ChannelRequest::Put(cell, _) if party != writer(cell) => {
                Decision::Refuse(Refusal::Forbidden)
            }
            // RELAY-13: A relay MUST compare a repeated write byte by byte after decoding; a repeat
            // of what is written changes nothing.
            ChannelRequest::Put(cell, body) => match self.cells.get(cell) {
                Some(written) if *written == body => Decision::Unchanged,
                Some(_) => Decision::Refuse(Refusal::Conflict),
                None if self.may_write(cell) => Decision::Store(cell, body),
                None => Decision::Refuse(Refusal::OutOfOrder),
            },
            ChannelRequest::Get(cell, _) if party != reader(cell) => {
                Decision::Refuse(Refusal::Forbidden)
            }
            ChannelRequest::Get(cell, seconds) => match self.cells.get(cell) {
                Some(written) => Decision::Read(Arc::clone(written)),
                None => Decision::Wait(cell, seconds),
            },
            ChannelRequest::Close(reason) => Decision::End(reason),
        }
    }

    fn decide_ended(&self, party: Party, request: ChannelRequest, reason: EndReason) -> Decision {
        if party == Party::Another {
            // An ended channel is kept for its two sides only; the registry finds it for no others.
            return Decision::Refuse(Refusal::NoSuchChannel);
        }
        let closed = Decision::Refuse(Refusal::Closed(reason));
        match request {
            ChannelRequest::Claim => closed,
            ChannelRequest::Put(cell, body) => match self.cells.get(cell) {
                Some(written) if party == writer(cell) && *written == body => Decision::Unchanged,
                Some(_) | None => closed,
            },
            ChannelRequest::Get(cell, _) => match self.cells.get(cell) {
                Some(written) if party == reader(cell) => Decision::Read(Arc::clone(written)),
                Some(_) | None => closed,
            },
            // RELAY-16: a close of an ended channel changes nothing.
            ChannelRequest::Close(_) => Decision::Unchanged,
        }
    }

    /// Whether there is what the cell needs: the column "needs" of section 10.1.
    fn may_write(&self, cell: CellName) -> bool {
        match cell {
            CellName::Answer => self.claimant.is_some(),
            CellName::Finish => self.cells.get(CellName::Answer).is_some(),
            CellName::Receipt => self.cells.get(CellName::Finish).is_some(),
        }
    }
}
