//! What goes into the registry, and what comes out.

use std::num::NonZeroU64;

use super::address::Address;
use super::channel::{Bytes, Request, Side};
use super::problem::Refusal;
use crate::values::ChannelId;

/// A request that has passed the checks before the channel (RELAY-9).
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The application identifier.
    pub appid: &'a [u8],
    /// Who asks.
    pub side: Side,
    /// The address that the request counts for.
    pub from: Address,
    /// What is asked.
    pub action: Action,
}

/// What a request asks.
#[derive(Clone, Debug)]
pub enum Action {
    /// `POST channels` with this offer.
    Allocate(Bytes),
    /// A request to the channel of this number.
    Channel(ChannelId, Request),
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
pub enum Answer {
    /// The answer.
    Now(Reply),
    /// A GET waits: the answer comes among the events, under this ticket.
    Wait(Ticket),
}

/// A waiting GET. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub(super) NonZeroU64);
