//! The initiator's states (section 11.4): each holds only what it needs, and an event consumes it.
//!
//! ```text
//! allocating -> waiting-for-answer -> holding -> finishing -> waiting-for-receipt
//!     -> closing -> ended
//! ```

mod states;

use super::closing::{Closing, impossible};
use super::event::{Event, Next, Proof};
use super::{CellName, Ended, Machine, Outcome, Request, Unsealed};
use crate::crypto::Suite;
use crate::values::{AppId, Blob, ChannelId};

/// An initiator in one of its states.
#[derive(Debug)]
pub enum InitiatorMachine<S: Suite> {
    /// The initiator asks the relay for a channel.
    Allocating(Allocating<S>),
    /// The initiator has shown the code and polls for the answer.
    WaitingForAnswer(WaitingForAnswer<S>),
    /// The answer has opened, and the user may look before agreeing (INIT-2). The initiator polls
    /// the receipt meanwhile, which tells it when the channel has ended.
    Holding(Holding<S>),
    /// The initiator writes the finish.
    Finishing(Finishing<S>),
    /// The initiator polls for the receipt.
    WaitingForReceipt(WaitingForReceipt<S>),
    /// The outcome is fixed, and the close is tried once.
    Closing(Closing<S>),
    /// The exchange is over.
    Ended(Ended<S>),
}

/// The state `allocating`: the initiator asks the relay for a channel.
#[derive(Debug)]
pub struct Allocating<S: Suite> {
    appid: AppId,
    pake: S::InitiatorPake,
    offer: Vec<u8>,
    blob: Blob,
}

/// The state `waiting-for-answer`: the code has been shown, and the PAKE is unused.
#[derive(Debug)]
pub struct WaitingForAnswer<S: Suite> {
    channel: ChannelId,
    appid: AppId,
    pake: S::InitiatorPake,
    blob: Blob,
}

/// The state `holding`: the peer is confirmed, and nothing has been released to it.
#[derive(Debug)]
pub struct Holding<S: Suite> {
    channel: ChannelId,
    finish: Vec<u8>,
    receipt: S::ReceiptOpener,
    received: Unsealed<S>,
}

/// The state `finishing`: from its first attempt on, the finish may have been stored (INIT-4).
#[derive(Debug)]
pub struct Finishing<S: Suite> {
    channel: ChannelId,
    finish: Vec<u8>,
    receipt: S::ReceiptOpener,
    received: Unsealed<S>,
}

/// The state `waiting-for-receipt`: the finish is stored.
#[derive(Debug)]
pub struct WaitingForReceipt<S: Suite> {
    channel: ChannelId,
    receipt: S::ReceiptOpener,
    received: Unsealed<S>,
}

impl<S: Suite> InitiatorMachine<S> {
    /// Begins in `allocating`, with `pake` and `offer` from
    /// [`Standard::start_initiator`](crate::crypto::Standard::start_initiator).
    pub fn new(appid: AppId, pake: S::InitiatorPake, offer: Vec<u8>, blob: Blob) -> Self {
        Self::Allocating(Allocating {
            appid,
            pake,
            offer,
            blob,
        })
    }

    /// The channel, once the relay has allocated it and until the end.
    pub fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Allocating(_) | Self::Ended(_) => None,
            Self::WaitingForAnswer(s) => Some(s.channel),
            Self::Holding(s) => Some(s.channel),
            Self::Finishing(s) => Some(s.channel),
            Self::WaitingForReceipt(s) => Some(s.channel),
            Self::Closing(s) => Some(s.channel),
        }
    }

    /// The peer's blob and keys, in the state `holding` only (INIT-2).
    pub fn held(&self) -> Option<&Unsealed<S>> {
        match self {
            Self::Holding(s) => Some(&s.received),
            _ => None,
        }
    }
}

impl<S: Suite> Machine for InitiatorMachine<S> {
    type Suite = S;

    fn request(&self) -> Option<Request<'_>> {
        match self {
            Self::Allocating(s) => Some(Request::Allocate { offer: &s.offer }),
            Self::WaitingForAnswer(s) => Some(get(s.channel, CellName::Answer)),
            Self::Finishing(s) => Some(Request::Put {
                channel: s.channel,
                cell: CellName::Finish,
                body: &s.finish,
            }),
            Self::Holding(s) => Some(get(s.channel, CellName::Receipt)),
            Self::WaitingForReceipt(s) => Some(get(s.channel, CellName::Receipt)),
            Self::Closing(s) => Some(s.request()),
            Self::Ended(_) => None,
        }
    }

    fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
        match self {
            Self::Allocating(s) => s.on(event),
            Self::WaitingForAnswer(s) => s.on(event),
            Self::Holding(s) => s.on(event),
            Self::Finishing(s) => s.on(event),
            Self::WaitingForReceipt(s) => s.on(event),
            Self::Closing(s) => s.on(event, Self::Closing, Self::Ended),
            Self::Ended(s) => impossible(Self::Ended(s), Proof::OtherRequest),
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Closing(s) => Some(s.end.outcome),
            Self::Ended(end) => Some(end.outcome),
            Self::Allocating(_)
            | Self::WaitingForAnswer(_)
            | Self::Holding(_)
            | Self::Finishing(_)
            | Self::WaitingForReceipt(_) => None,
        }
    }

    fn into_ended(self) -> Option<Ended<S>> {
        match self {
            Self::Ended(end) => Some(end),
            _ => None,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Allocating(_) => "allocating",
            Self::WaitingForAnswer(_) => "waiting-for-answer",
            Self::Holding(_) => "holding",
            Self::Finishing(_) => "finishing",
            Self::WaitingForReceipt(_) => "waiting-for-receipt",
            Self::Closing(_) => "closing",
            Self::Ended(_) => "ended",
        }
    }
}

fn get(channel: ChannelId, cell: CellName) -> Request<'static> {
    Request::Get { channel, cell }
}
