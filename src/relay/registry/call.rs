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
    /// The side that asks.
    pub side: SideKey,
    /// The address that the request counts for.
    pub from: ClientAddress,
    /// The action that it asks for.
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

/// An answer that is ready.
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

/// The answer to a request, or the promise of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// The answer.
    Now(Reply),
    /// A GET waits: the answer comes among the events, under this ticket.
    Later(Ticket),
}
