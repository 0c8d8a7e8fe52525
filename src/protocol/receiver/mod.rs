//! The receiver's states (section 11.5): each holds only what it needs, and an event consumes it.
//!
//! ```text
//! claiming -> answering -> comparing -> waiting-for-finish -> taking -> sending-receipt -> ended
//!                              \-> opened --------/
//! ```

mod states;

use std::sync::Arc;

use super::closing::{Closing, impossible};
use super::event::{Event, Next, Proof};
use super::{CellName, Ended, Machine, Outcome, Request, Unsealed};
use crate::crypto::Suite;
use crate::values::{AppId, Blob, ChannelId};

/// A receiver in one of its states.
#[derive(Debug)]
pub enum ReceiverMachine<S: Suite> {
    /// The receiver claims the channel.
    Claiming(Claiming<S>),
    /// The receiver writes the answer.
    Answering(Answering<S>),
    /// The receiver polls for the finish, and the user may compare the verifier first (RECV-5).
    Comparing(Comparing<S>),
    /// The finish has opened, and the user has not agreed yet (RECV-5).
    Opened(FinishOpened<S>),
    /// The user has agreed, and the receiver polls for the finish.
    WaitingForFinish(WaitingForFinish<S>),
    /// The application takes the blob (RECV-6).
    Taking(Taking<S>),
    /// The outcome is `done`, and the receiver writes the receipt.
    SendingReceipt(SendingReceipt<S>),
    /// The outcome is fixed, and the close is tried once.
    Closing(Closing<S>),
    /// The exchange is over.
    Ended(Ended<S>),
}

/// The state `claiming`: the receiver asks for the offer.
#[derive(Debug)]
pub struct Claiming<S: Suite> {
    channel: ChannelId,
    appid: AppId,
    pake: S::ReceiverPake,
    blob: Blob,
}

/// The state `answering`: the PAKE is used up, and the blob is sealed.
#[derive(Debug)]
pub struct Answering<S: Suite> {
    channel: ChannelId,
    answer: Vec<u8>,
    keys: ReceiverKeys<S>,
}

/// The state `waiting-for-finish`: the answer is stored, and the user agrees.
#[derive(Debug)]
pub struct WaitingForFinish<S: Suite> {
    channel: ChannelId,
    keys: ReceiverKeys<S>,
}

/// The state `comparing`: the answer is stored, and the user may look first.
#[derive(Debug)]
pub struct Comparing<S: Suite>(WaitingForFinish<S>);

/// The state `opened`: the finish has opened, and its blob is kept back.
#[derive(Debug)]
pub struct FinishOpened<S: Suite> {
    channel: ChannelId,
    receipt: Vec<u8>,
    received: Unsealed<S>,
}

/// The state `taking`: the application has the blob, and has not said yet whether for good.
#[derive(Debug)]
pub struct Taking<S: Suite>(FinishOpened<S>);

/// The state `sending-receipt`: the application has taken the blob.
#[derive(Debug)]
pub struct SendingReceipt<S: Suite> {
    channel: ChannelId,
    receipt: Vec<u8>,
    end: Ended<S>,
}

/// The keys that a receiver keeps until the finish comes.
#[derive(Debug)]
struct ReceiverKeys<S: Suite> {
    finish: S::FinishOpener,
    verifier: Arc<S::Verifier>,
}

impl<S: Suite> ReceiverMachine<S> {
    /// Begins in `claiming`, with `pake` from
    /// [`Standard::start_receiver`](crate::crypto::Standard::start_receiver).
    pub fn new(channel: ChannelId, appid: AppId, pake: S::ReceiverPake, blob: Blob) -> Self {
        Self::Claiming(Claiming {
            channel,
            appid,
            pake,
            blob,
        })
    }

    /// The verifier, in the states in which the user may compare it (RECV-5).
    pub fn verifier(&self) -> Option<&Arc<S::Verifier>> {
        match self {
            Self::Comparing(s) => Some(&s.0.keys.verifier),
            Self::Opened(s) => Some(&s.received.verifier),
            Self::Claiming(_)
            | Self::Answering(_)
            | Self::WaitingForFinish(_)
            | Self::Taking(_)
            | Self::SendingReceipt(_)
            | Self::Closing(_)
            | Self::Ended(_) => None,
        }
    }

    /// The initiator's blob and the keys, in the state `taking` only (RECV-6).
    pub fn taking(&self) -> Option<&Unsealed<S>> {
        match self {
            Self::Taking(s) => Some(&s.0.received),
            _ => None,
        }
    }
}

impl<S: Suite> Machine for ReceiverMachine<S> {
    type Suite = S;

    fn request(&self) -> Option<Request<'_>> {
        match self {
            Self::Claiming(s) => Some(Request::Claim { channel: s.channel }),
            Self::Answering(s) => Some(Request::Put {
                channel: s.channel,
                cell: CellName::Answer,
                body: &s.answer,
            }),
            Self::Comparing(s) => Some(s.0.request()),
            Self::WaitingForFinish(s) => Some(s.request()),
            Self::SendingReceipt(s) => Some(Request::Put {
                channel: s.channel,
                cell: CellName::Receipt,
                body: &s.receipt,
            }),
            Self::Closing(s) => Some(s.request()),
            Self::Opened(_) | Self::Taking(_) | Self::Ended(_) => None,
        }
    }

    fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match self {
            Self::Claiming(s) => s.on(event),
            Self::Answering(s) => s.on(event),
            Self::Comparing(s) => s.on(event),
            Self::Opened(s) => s.on(event),
            Self::WaitingForFinish(s) => s.on(event),
            Self::Taking(s) => s.on(event),
            Self::SendingReceipt(s) => s.on(event),
            Self::Closing(s) => s.on(event, Self::Closing, Self::Ended),
            Self::Ended(s) => impossible(Self::Ended(s), Proof::OtherRequest),
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::SendingReceipt(s) => Some(s.end.outcome),
            Self::Closing(s) => Some(s.end.outcome),
            Self::Ended(end) => Some(end.outcome),
            Self::Claiming(_)
            | Self::Answering(_)
            | Self::Comparing(_)
            | Self::Opened(_)
            | Self::WaitingForFinish(_)
            | Self::Taking(_) => None,
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
            Self::Claiming(_) => "claiming",
            Self::Answering(_) => "answering",
            Self::Comparing(_) => "comparing",
            Self::Opened(_) => "opened",
            Self::WaitingForFinish(_) => "waiting-for-finish",
            Self::Taking(_) => "taking",
            Self::SendingReceipt(_) => "sending-receipt",
            Self::Closing(_) => "closing",
            Self::Ended(_) => "ended",
        }
    }

    fn is_taking(&self) -> bool {
        matches!(self, Self::Taking(_))
    }
}

impl<S: Suite> WaitingForFinish<S> {
    fn request(&self) -> Request<'static> {
        Request::Get {
            channel: self.channel,
            cell: CellName::Finish,
        }
    }
}
