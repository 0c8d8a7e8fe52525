//! The requests of a client (section 9.2), independent of HTTP.

use super::CloseReason;
use crate::values::ChannelId;
use crate::values::messages::CellName;

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// `POST /channels`
    Allocate {
        /// The initiator's SPAKE2 message.
        offer: &'a [u8],
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
        cell: CellName,
        /// The bytes to write.
        body: &'a [u8],
    },
    /// `GET /channels/{n}/{cell}?wait=25`
    Get {
        /// The channel.
        channel: ChannelId,
        /// The cell to read.
        cell: CellName,
    },
    /// `POST /channels/{n}/close`
    Close {
        /// The channel.
        channel: ChannelId,
        /// The reason to give.
        reason: CloseReason,
    },
}

/// The kind of a request, without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// [`Request::Allocate`]
    Allocate,
    /// [`Request::Claim`]
    Claim,
    /// [`Request::Put`]
    Put(CellName),
    /// [`Request::Get`]
    Get(CellName),
    /// [`Request::Close`]
    Close,
}

impl Request<'_> {
    /// The request's kind.
    #[must_use]
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
