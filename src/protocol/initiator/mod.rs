//! The initiator's states (section 11.4): each holds only what it needs, and an event consumes it.
//!
//! ```text
//! allocating -> waiting-for-answer -> holding -> finishing -> waiting-for-receipt
//!     -> closing -> ended
//! ```

use super::closing::{Closing, impossible};
use super::event::{ChannelRefusal, Event, Next, Proof};
use super::{CellName, Detail, Ended, Machine, Outcome, Request, Unsealed};
use crate::crypto::{KeyContext, Suite};
use crate::values::{AppId, Blob, ChannelId, Mode};

/// An initiator in one of its states.
#[derive(Debug)]
pub enum InitiatorMachine<S: Suite> {
    /// The initiator asks the relay for a channel.
    Allocating(Allocating<S>),
    /// The initiator has shown the code and polls for the answer.
    WaitingForAnswer(WaitingForAnswer<S>),
    /// The answer has opened, and the user may look before agreeing (INIT-2).
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
            Self::WaitingForReceipt(s) => Some(get(s.channel, CellName::Receipt)),
            Self::Closing(s) => Some(s.request()),
            Self::Holding(_) | Self::Ended(_) => None,
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

impl<S: Suite> Allocating<S> {
    fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
        match event {
            Event::Allocated(channel) => Ok(InitiatorMachine::WaitingForAnswer(WaitingForAnswer {
                channel,
                appid: self.appid,
                pake: self.pake,
                blob: self.blob,
            })),
            Event::Refused(ChannelRefusal::Closed(reason)) => ended(Outcome::Closed(reason)),
            Event::Refused(ChannelRefusal::Expired) => ended(Outcome::Expired),
            Event::Refused(
                ChannelRefusal::Forbidden | ChannelRefusal::NoSuchChannel | ChannelRefusal::Crowded,
            ) => ended(Outcome::RelayMisbehaved),
            Event::Misbehaved(m) => Ok(InitiatorMachine::Ended(
                Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m)),
            )),
            Event::Exhausted(failure) => Ok(InitiatorMachine::Ended(
                Ended::with(Outcome::RelayUnreachable).detail(Detail::Attempt(failure)),
            )),
            Event::Deadline => ended(Outcome::Timeout),
            Event::Cancel => ended(Outcome::Cancelled),
            Event::Claimed(_)
            | Event::Cell(_)
            | Event::Stored
            | Event::Empty
            | Event::CloseTried => {
                impossible(InitiatorMachine::Allocating(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(InitiatorMachine::Allocating(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(InitiatorMachine::Allocating(self), Proof::NotAsked),
        }
    }
}

impl<S: Suite> WaitingForAnswer<S> {
    fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
        match event {
            Event::Cell(answer) => Ok(self.read(&answer)),
            Event::Empty => Ok(InitiatorMachine::WaitingForAnswer(self)),
            Event::Refused(refusal) => Ok(match refusal.after_acceptance() {
                Some(outcome) => InitiatorMachine::Ended(Ended::with(outcome)),
                None => self.close(Ended::with(Outcome::RelayMisbehaved)),
            }),
            Event::Misbehaved(m) => {
                Ok(self
                    .close(Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m))))
            }
            Event::Exhausted(failure) => Ok(InitiatorMachine::Ended(
                Ended::with(Outcome::RelayUnreachable).detail(Detail::Attempt(failure)),
            )),
            Event::Deadline => Ok(self.close(Ended::with(Outcome::Timeout))),
            Event::Cancel => Ok(self.close(Ended::with(Outcome::Cancelled))),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(
                    InitiatorMachine::WaitingForAnswer(self),
                    Proof::OtherRequest,
                )
            }
            Event::ReceiptWaitOver => {
                impossible(InitiatorMachine::WaitingForAnswer(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(InitiatorMachine::WaitingForAnswer(self), Proof::NotAsked),
        }
    }

    /// Reads the answer, which consumes the PAKE in any case, so that a relay gets one guess.
    // PAKE-10: A client MUST consume its secret scalar and w with the first complete 200 answer
    fn read(self, answer: &[u8]) -> InitiatorMachine<S> {
        let key_context = KeyContext {
            mode: Mode::Transcribe,
            app_id: self.appid,
            channel: self.channel,
        };
        match S::read_answer(self.pake, &key_context, &self.blob, answer) {
            Ok(answered) => InitiatorMachine::Holding(Holding {
                channel: self.channel,
                finish: answered.finish,
                receipt: answered.receipt,
                received: Unsealed {
                    blob: answered.blob,
                    verifier: answered.verifier,
                    exporter: answered.exporter,
                },
            }),
            Err(fault) => InitiatorMachine::Closing(Closing::of_fault(self.channel, fault)),
        }
    }

    fn close(self, end: Ended<S>) -> InitiatorMachine<S> {
        InitiatorMachine::Closing(Closing::new(self.channel, end))
    }
}

impl<S: Suite> Holding<S> {
    fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
        match event {
            Event::Release => Ok(InitiatorMachine::Finishing(Finishing {
                channel: self.channel,
                // SEAL-10: An initiator MUST NOT send its finish before the answer's seal has
                // opened
                // The finish does not exist before that.
                finish: self.finish,
                receipt: self.receipt,
                received: self.received,
            })),
            Event::Deadline => Ok(self.close(Outcome::Timeout)),
            Event::Cancel => Ok(self.close(Outcome::Cancelled)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Stored
            | Event::Cell(_)
            | Event::Empty
            | Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::CloseTried => impossible(InitiatorMachine::Holding(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => {
                impossible(InitiatorMachine::Holding(self), Proof::TimerNotSet)
            }
        }
    }

    fn close(self, outcome: Outcome) -> InitiatorMachine<S> {
        // INIT-3: An initiator MUST hand over the receiver's blob
        InitiatorMachine::Closing(Closing::new(
            self.channel,
            Ended::with(outcome).received(self.received),
        ))
    }
}

impl<S: Suite> Finishing<S> {
    fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
        match event {
            Event::Stored => Ok(InitiatorMachine::WaitingForReceipt(WaitingForReceipt {
                channel: self.channel,
                receipt: self.receipt,
                received: self.received,
            })),
            Event::Refused(ChannelRefusal::Closed(reason)) => Ok(self.end(Outcome::Closed(reason))),
            Event::Refused(ChannelRefusal::Expired) => Ok(self.end(Outcome::Expired)),
            Event::Refused(ChannelRefusal::Crowded) => {
                Ok(self.close(Ended::with(Outcome::RelayMisbehaved)))
            }
            Event::Misbehaved(m) => {
                Ok(self
                    .close(Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m))))
            }
            // INIT-4: An initiator whose finish may have been stored MUST end as `done` with
            // `delivered` false when no receipt opened
            Event::Exhausted(failure) => Ok(InitiatorMachine::Ended(
                Ended::with(Outcome::Done)
                    .detail(Detail::Attempt(failure))
                    .received(self.received),
            )),
            Event::Refused(ChannelRefusal::Forbidden | ChannelRefusal::NoSuchChannel)
            | Event::Deadline
            | Event::Cancel => Ok(self.end(Outcome::Done)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => {
                impossible(InitiatorMachine::Finishing(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(InitiatorMachine::Finishing(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(InitiatorMachine::Finishing(self), Proof::NotAsked),
        }
    }

    fn end(self, outcome: Outcome) -> InitiatorMachine<S> {
        InitiatorMachine::Ended(Ended::with(outcome).received(self.received))
    }

    fn close(self, end: Ended<S>) -> InitiatorMachine<S> {
        InitiatorMachine::Closing(Closing::new(self.channel, end.received(self.received)))
    }
}

impl<S: Suite> WaitingForReceipt<S> {
    fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
        match event {
            Event::Cell(receipt) => Ok(self.read(&receipt)),
            Event::Empty => Ok(InitiatorMachine::WaitingForReceipt(self)),
            // INIT-4
            Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::Deadline
            | Event::ReceiptWaitOver
            | Event::Cancel => Ok(InitiatorMachine::Ended(
                Ended::with(Outcome::Done).received(self.received),
            )),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(
                    InitiatorMachine::WaitingForReceipt(self),
                    Proof::OtherRequest,
                )
            }
            Event::Release => {
                impossible(InitiatorMachine::WaitingForReceipt(self), Proof::NotAsked)
            }
        }
    }

    // INIT-5: An initiator MUST give `delivered` as true only when a receipt has opened
    fn read(self, receipt: &[u8]) -> InitiatorMachine<S> {
        let end = Ended::with(Outcome::Done).received(self.received);
        if S::read_receipt(self.receipt, receipt).is_some() {
            InitiatorMachine::Closing(Closing::new(self.channel, end.delivered()))
        } else {
            InitiatorMachine::Ended(end)
        }
    }
}

fn get(channel: ChannelId, cell: CellName) -> Request<'static> {
    Request::Get { channel, cell }
}

fn ended<S: Suite>(outcome: Outcome) -> Next<InitiatorMachine<S>> {
    Ok(InitiatorMachine::Ended(Ended::with(outcome)))
}
