//! The requests a client makes (section 9.2), before they are HTTP.

use super::CloseReason;
use crate::values::ChannelId;

/// A cell that is written by one side and read by the other (section 10.1); the offer has
/// requests of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Written by the receiver.
    Answer,
    /// Written by the initiator.
    Finish,
    /// Written by the receiver.
    Receipt,
}

impl Cell {
    /// The cell's name in targets.
    pub fn token(self) -> &'static str {
        match self {
            Cell::Answer => "answer",
            Cell::Finish => "finish",
            Cell::Receipt => "receipt",
        }
    }
}

/// One request; `M` is what a cell holds, bytes in the real suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a, M> {
    /// `POST /channels`
    Allocate {
        /// The initiator's SPAKE2 message.
        offer: &'a M,
    },
    /// `POST /channels/{n}/claim`
    Claim {
        /// The channel.
        channel: ChannelId,
    },
    /// `PUT /channels/{n}/{cell}`
    Put {
        /// The channel.
        channel: ChannelId,
        /// The cell to write.
        cell: Cell,
        /// What to write.
        body: &'a M,
    },
    /// `GET /channels/{n}/{cell}?wait=25`
    Get {
        /// The channel.
        channel: ChannelId,
        /// The cell to read.
        cell: Cell,
    },
    /// `POST /channels/{n}/close`
    Close {
        /// The channel.
        channel: ChannelId,
        /// The reason to give.
        reason: CloseReason,
    },
}

/// Which request it is, without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// [`Request::Allocate`]
    Allocate,
    /// [`Request::Claim`]
    Claim,
    /// [`Request::Put`]
    Put(Cell),
    /// [`Request::Get`]
    Get(Cell),
    /// [`Request::Close`]
    Close,
}

impl<M> Request<'_, M> {
    /// Which request it is.
    pub fn kind(&self) -> RequestKind {
        match self {
            Request::Allocate { .. } => RequestKind::Allocate,
            Request::Claim { .. } => RequestKind::Claim,
            Request::Put { cell, .. } => RequestKind::Put(*cell),
            Request::Get { cell, .. } => RequestKind::Get(*cell),
            Request::Close { .. } => RequestKind::Close,
        }
    }
}
