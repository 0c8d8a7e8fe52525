//! The requests that go into the registry, and the answers that come out.

use super::addresses::ClientAddress;
use super::channel::{Bytes, ChannelRequest, SideKey, Ticket};
use crate::relay::problem::Refusal;
use crate::values::ChannelId;

/// A request that has passed the checks before the channel (RELAY-9).
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The application identifier.
    pub appid: &'a [u8],
    /// The side that makes the request.
    pub side: SideKey,
    /// The address that the request counts for.
    pub from: ClientAddress,
    /// The action that the request asks for.
    pub action: RelayAction,
}

/// The action that a request asks for.
#[derive(Clone, Debug)]
pub enum RelayAction {
    /// `POST channels` with this offer.
    Allocate(Bytes),
    /// A request to the channel of this number.
    Channel(ChannelId, ChannelRequest),
}

/// An answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 201 to allocate.
    Allocated {
        /// The channel's number.
        channel: ChannelId,
        /// Seconds of life that remain.
        ttl: u32,
    },
    /// 200 to claim.
    Claimed {
        /// The offer.
        body: Bytes,
        /// Seconds of life that remain.
        ttl: u32,
    },
    /// 200 to put and close.
    Stored,
    /// 200 to get.
    Cell(Bytes),
    /// 204 to get.
    Nothing,
    /// A problem document.
    Refused(Refusal),
}

/// The outcome of handing in a request: its answer, or a ticket for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// The answer.
    Now(Reply),
    /// The GET waits; its answer comes among the events, under this ticket.
    Later(Ticket),
}
