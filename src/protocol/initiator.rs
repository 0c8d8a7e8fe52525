//! The initiator's states (section 11.4): each holds what it needs and is spent by its event.
//!
//! ```text
//! allocating -> waiting-for-answer -> holding -> finishing -> waiting-for-receipt -> closing -> ended
//! ```

use super::closing::{Closing, impossible};
use super::event::{Event, Impossible, Proof, Refusal};
use super::{Cell, Detail, Ended, Machine, Outcome, Received, Request};
use crate::crypto::{Place, Suite};
use crate::values::{AppId, Blob, ChannelId, Mode};

/// An initiator in one of its states.
#[derive(Debug)]
pub enum Initiator<S: Suite> {
    /// The relay is asked for a channel.
    Allocating(Allocating<S>),
    /// The code is shown; the answer is polled for.
    WaitingForAnswer(WaitingForAnswer<S>),
    /// The answer has opened; the user may look first (INIT-2).
    Holding(Holding<S>),
    /// The finish is being written.
    Finishing(Finishing<S>),
    /// The receipt is polled for.
    WaitingForReceipt(WaitingForReceipt<S>),
    /// The outcome is fixed; the close is tried once.
    Closing(Closing<S>),
    /// The end.
    Ended(Ended<S>),
}

/// What an initiator begins with.
#[derive(Debug)]
pub struct Allocating<S: Suite> {
    appid: AppId,
    pake: S::InitiatorPake,
    offer: Vec<u8>,
    blob: Blob,
}

/// The code is out, the PAKE unspent.
#[derive(Debug)]
pub struct WaitingForAnswer<S: Suite> {
    channel: ChannelId,
    appid: AppId,
    pake: S::InitiatorPake,
    blob: Blob,
}

/// The answer has opened: the peer is confirmed, and nothing has been released yet.
#[derive(Debug)]
pub struct Holding<S: Suite> {
    channel: ChannelId,
    finish: Vec<u8>,
    receipt: S::ReceiptOpener,
    received: Received<S>,
}

/// The finish is sealed and may be stored from its first attempt on (INIT-4).
#[derive(Debug)]
pub struct Finishing<S: Suite> {
    channel: ChannelId,
    finish: Vec<u8>,
    receipt: S::ReceiptOpener,
    received: Received<S>,
}

/// The finish is stored.
#[derive(Debug)]
pub struct WaitingForReceipt<S: Suite> {
    channel: ChannelId,
    receipt: S::ReceiptOpener,
    received: Received<S>,
}

type Next<S> = Result<Initiator<S>, Impossible<Initiator<S>>>;

impl<S: Suite> Initiator<S> {
    /// `allocating`: `pake` and `offer` are what [`Suite::start_initiator`] made of the words.
    pub fn new(appid: AppId, pake: S::InitiatorPake, offer: Vec<u8>, blob: Blob) -> Self {
        Initiator::Allocating(Allocating {
            appid,
            pake,
            offer,
            blob,
        })
    }

    /// The channel, once the relay has allocated it and until the end.
    pub fn channel(&self) -> Option<ChannelId> {
        match self {
            Initiator::Allocating(_) | Initiator::Ended(_) => None,
            Initiator::WaitingForAnswer(s) => Some(s.channel),
            Initiator::Holding(s) => Some(s.channel),
            Initiator::Finishing(s) => Some(s.channel),
            Initiator::WaitingForReceipt(s) => Some(s.channel),
            Initiator::Closing(s) => Some(s.channel),
        }
    }

    /// What the peer's seal yielded, while the user looks (INIT-2).
    pub fn held(&self) -> Option<&Received<S>> {
        match self {
            Initiator::Holding(s) => Some(&s.received),
            _ => None,
        }
    }
}

impl<S: Suite> Machine for Initiator<S> {
    type Suite = S;

    fn request(&self) -> Option<Request<'_>> {
        match self {
            Initiator::Allocating(s) => Some(Request::Allocate { offer: &s.offer }),
            Initiator::WaitingForAnswer(s) => Some(get(s.channel, Cell::Answer)),
            Initiator::Finishing(s) => Some(Request::Put {
                channel: s.channel,
                cell: Cell::Finish,
                body: &s.finish,
            }),
            Initiator::WaitingForReceipt(s) => Some(get(s.channel, Cell::Receipt)),
            Initiator::Closing(s) => Some(s.request()),
            Initiator::Holding(_) | Initiator::Ended(_) => None,
        }
    }

    fn on(self, event: Event) -> Next<S> {
        match self {
            Initiator::Allocating(s) => s.on(event),
            Initiator::WaitingForAnswer(s) => s.on(event),
            Initiator::Holding(s) => s.on(event),
            Initiator::Finishing(s) => s.on(event),
            Initiator::WaitingForReceipt(s) => s.on(event),
            Initiator::Closing(s) => s.on(event, Initiator::Closing, Initiator::Ended),
            Initiator::Ended(s) => impossible(Initiator::Ended(s), Proof::OtherRequest),
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        match self {
            Initiator::Closing(s) => Some(s.end.outcome),
            Initiator::Ended(end) => Some(end.outcome),
            _ => None,
        }
    }

    fn into_ended(self) -> Option<Ended<S>> {
        match self {
            Initiator::Ended(end) => Some(end),
            _ => None,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Initiator::Allocating(_) => "allocating",
            Initiator::WaitingForAnswer(_) => "waiting-for-answer",
            Initiator::Holding(_) => "holding",
            Initiator::Finishing(_) => "finishing",
            Initiator::WaitingForReceipt(_) => "waiting-for-receipt",
            Initiator::Closing(_) => "closing",
            Initiator::Ended(_) => "ended",
        }
    }
}

impl<S: Suite> Allocating<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Allocated(channel) => Ok(Initiator::WaitingForAnswer(WaitingForAnswer {
                channel,
                appid: self.appid,
                pake: self.pake,
                blob: self.blob,
            })),
            Event::Refused(Refusal::Closed(reason)) => ended(Outcome::Closed(reason)),
            Event::Refused(Refusal::Expired) => ended(Outcome::Expired),
            Event::Refused(Refusal::Forbidden | Refusal::NoSuchChannel | Refusal::Crowded) => {
                ended(Outcome::RelayMisbehaved)
            }
            Event::Misbehaved(m) => Ok(Initiator::Ended(
                Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m)),
            )),
            Event::Exhausted(loss) => Ok(Initiator::Ended(
                Ended::with(Outcome::RelayUnreachable).detail(Detail::Loss(loss)),
            )),
            Event::Deadline => ended(Outcome::Timeout),
            Event::Cancel => ended(Outcome::Cancelled),
            Event::Claimed(_)
            | Event::Cell(_)
            | Event::Stored
            | Event::Empty
            | Event::CloseTried => impossible(Initiator::Allocating(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => impossible(Initiator::Allocating(self), Proof::TimerNotSet),
            Event::Release => impossible(Initiator::Allocating(self), Proof::NotAsked),
        }
    }
}

impl<S: Suite> WaitingForAnswer<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Cell(answer) => Ok(self.read(&answer)),
            Event::Empty => Ok(Initiator::WaitingForAnswer(self)),
            Event::Refused(refusal) => Ok(match refusal.after_acceptance() {
                Some(outcome) => Initiator::Ended(Ended::with(outcome)),
                None => self.close(Ended::with(Outcome::RelayMisbehaved)),
            }),
            Event::Misbehaved(m) => {
                Ok(self
                    .close(Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m))))
            }
            Event::Exhausted(loss) => Ok(Initiator::Ended(
                Ended::with(Outcome::RelayUnreachable).detail(Detail::Loss(loss)),
            )),
            Event::Deadline => Ok(self.close(Ended::with(Outcome::Timeout))),
            Event::Cancel => Ok(self.close(Ended::with(Outcome::Cancelled))),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(Initiator::WaitingForAnswer(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(Initiator::WaitingForAnswer(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(Initiator::WaitingForAnswer(self), Proof::NotAsked),
        }
    }

    /// The one guess: the PAKE is spent here, whatever the answer holds.
    // PAKE-10: A client MUST consume its secret scalar and w with the first complete 200 answer
    fn read(self, answer: &[u8]) -> Initiator<S> {
        let place = Place {
            mode: Mode::Transcribe,
            app_id: self.appid,
            channel: self.channel,
        };
        match S::read_answer(self.pake, &place, &self.blob, answer) {
            Ok(answered) => Initiator::Holding(Holding {
                channel: self.channel,
                finish: answered.finish,
                receipt: answered.receipt,
                received: Received {
                    blob: answered.blob,
                    verifier: answered.verifier,
                    exporter: answered.exporter,
                },
            }),
            Err(fault) => Initiator::Closing(Closing::of_fault(self.channel, fault)),
        }
    }

    fn close(self, end: Ended<S>) -> Initiator<S> {
        Initiator::Closing(Closing::new(self.channel, end))
    }
}

impl<S: Suite> Holding<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Release => Ok(Initiator::Finishing(Finishing {
                channel: self.channel,
                // SEAL-10: An initiator MUST NOT send its finish before the answer's seal has
                // opened
                // There is none before.
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
            | Event::CloseTried => impossible(Initiator::Holding(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => impossible(Initiator::Holding(self), Proof::TimerNotSet),
        }
    }

    fn close(self, outcome: Outcome) -> Initiator<S> {
        // INIT-3: An initiator MUST hand over the receiver's blob
        Initiator::Closing(Closing::new(
            self.channel,
            Ended::with(outcome).received(self.received),
        ))
    }
}

impl<S: Suite> Finishing<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Stored => Ok(Initiator::WaitingForReceipt(WaitingForReceipt {
                channel: self.channel,
                receipt: self.receipt,
                received: self.received,
            })),
            Event::Refused(Refusal::Closed(reason)) => Ok(self.end(Outcome::Closed(reason))),
            Event::Refused(Refusal::Expired) => Ok(self.end(Outcome::Expired)),
            Event::Refused(Refusal::Crowded) => {
                Ok(self.close(Ended::with(Outcome::RelayMisbehaved)))
            }
            Event::Misbehaved(m) => {
                Ok(self
                    .close(Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m))))
            }
            // INIT-4: An initiator whose finish may have been stored MUST end as `done` with
            // `delivered` false when no receipt opened
            Event::Exhausted(loss) => Ok(Initiator::Ended(
                Ended::with(Outcome::Done)
                    .detail(Detail::Loss(loss))
                    .received(self.received),
            )),
            Event::Refused(Refusal::Forbidden | Refusal::NoSuchChannel)
            | Event::Deadline
            | Event::Cancel => Ok(self.end(Outcome::Done)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => impossible(Initiator::Finishing(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => impossible(Initiator::Finishing(self), Proof::TimerNotSet),
            Event::Release => impossible(Initiator::Finishing(self), Proof::NotAsked),
        }
    }

    fn end(self, outcome: Outcome) -> Initiator<S> {
        Initiator::Ended(Ended::with(outcome).received(self.received))
    }

    fn close(self, end: Ended<S>) -> Initiator<S> {
        Initiator::Closing(Closing::new(self.channel, end.received(self.received)))
    }
}

impl<S: Suite> WaitingForReceipt<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Cell(receipt) => Ok(self.read(&receipt)),
            Event::Empty => Ok(Initiator::WaitingForReceipt(self)),
            // INIT-4
            Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::Deadline
            | Event::ReceiptWaitOver
            | Event::Cancel => Ok(Initiator::Ended(
                Ended::with(Outcome::Done).received(self.received),
            )),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(Initiator::WaitingForReceipt(self), Proof::OtherRequest)
            }
            Event::Release => impossible(Initiator::WaitingForReceipt(self), Proof::NotAsked),
        }
    }

    // INIT-5: An initiator MUST give `delivered` as true only when a receipt has opened
    fn read(self, receipt: &[u8]) -> Initiator<S> {
        let end = Ended::with(Outcome::Done).received(self.received);
        if S::read_receipt(self.receipt, receipt).is_some() {
            Initiator::Closing(Closing::new(self.channel, end.delivered()))
        } else {
            Initiator::Ended(end)
        }
    }
}

fn get(channel: ChannelId, cell: Cell) -> Request<'static> {
    Request::Get { channel, cell }
}

fn ended<S: Suite>(outcome: Outcome) -> Next<S> {
    Ok(Initiator::Ended(Ended::with(outcome)))
}
