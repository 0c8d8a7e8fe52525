//! The receiver's states (section 11.5): each holds only what it needs, and an event consumes it.
//!
//! ```text
//! claiming -> answering -> waiting-for-finish -> sending-receipt -> ended
//! ```

use super::closing::{Closing, impossible};
use super::event::{ChannelRefusal, Event, Next, Proof};
use super::{CellName, Detail, Ended, Machine, Outcome, Request, Unsealed};
use crate::crypto::{KeyContext, Suite};
use crate::values::{AppId, Blob, ChannelId, Mode};

/// A receiver in one of its states.
#[derive(Debug)]
pub enum ReceiverMachine<S: Suite> {
    /// The receiver claims the channel.
    Claiming(Claiming<S>),
    /// The receiver writes the answer.
    Answering(Answering<S>),
    /// The receiver polls for the finish.
    WaitingForFinish(WaitingForFinish<S>),
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

/// The state `waiting-for-finish`: the answer is stored.
#[derive(Debug)]
pub struct WaitingForFinish<S: Suite> {
    channel: ChannelId,
    keys: ReceiverKeys<S>,
}

/// The state `sending-receipt`: the finish has opened.
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
    verifier: S::Verifier,
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

    /// The verifier, from the answer to the claim until the finish has opened.
    pub fn verifier(&self) -> Option<&S::Verifier> {
        match self {
            Self::Answering(s) => Some(&s.keys.verifier),
            Self::WaitingForFinish(s) => Some(&s.keys.verifier),
            Self::Claiming(_) | Self::SendingReceipt(_) | Self::Closing(_) | Self::Ended(_) => None,
        }
    }

    /// Whether the answer is stored, so that both sides can show the verifier.
    pub fn has_answered(&self) -> bool {
        matches!(self, Self::WaitingForFinish(_))
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
            Self::WaitingForFinish(s) => Some(Request::Get {
                channel: s.channel,
                cell: CellName::Finish,
            }),
            Self::SendingReceipt(s) => Some(Request::Put {
                channel: s.channel,
                cell: CellName::Receipt,
                body: &s.receipt,
            }),
            Self::Closing(s) => Some(s.request()),
            Self::Ended(_) => None,
        }
    }

    fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match self {
            Self::Claiming(s) => s.on(event),
            Self::Answering(s) => s.on(event),
            Self::WaitingForFinish(s) => s.on(event),
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
            Self::Claiming(_) | Self::Answering(_) | Self::WaitingForFinish(_) => None,
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
            Self::WaitingForFinish(_) => "waiting-for-finish",
            Self::SendingReceipt(_) => "sending-receipt",
            Self::Closing(_) => "closing",
            Self::Ended(_) => "ended",
        }
    }
}

impl<S: Suite> Claiming<S> {
    fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            Event::Claimed(offer) => Ok(self.read(&offer)),
            Event::Refused(refusal) => Ok(ReceiverMachine::Ended(Ended::with(match refusal {
                ChannelRefusal::NoSuchChannel => Outcome::NoSuchChannel,
                ChannelRefusal::Crowded => Outcome::Crowded,
                ChannelRefusal::Closed(reason) => Outcome::Closed(reason),
                ChannelRefusal::Expired => Outcome::Expired,
                ChannelRefusal::Forbidden => Outcome::RelayMisbehaved,
            }))),
            // RECV-4: A receiver MUST close after a claim that was answered out of the table
            Event::Misbehaved(m) => Ok(misbehaved(self.channel, m)),
            Event::Exhausted(failure) => unreachable_relay(failure),
            // The relay may have carried out the claim. The close then spares the initiator the
            // wait for the channel's end.
            Event::Deadline => Ok(close(self.channel, Outcome::Timeout)),
            Event::Cancel => Ok(close(self.channel, Outcome::Cancelled)),
            Event::Allocated(_)
            | Event::Stored
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => impossible(ReceiverMachine::Claiming(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => {
                impossible(ReceiverMachine::Claiming(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(ReceiverMachine::Claiming(self), Proof::NotAsked),
        }
    }

    /// Reads the offer, which consumes the PAKE in any case, so that a relay gets one guess.
    // PAKE-10: A client MUST consume its secret scalar and w with the first complete 200 answer
    fn read(self, offer: &[u8]) -> ReceiverMachine<S> {
        let key_context = KeyContext {
            mode: Mode::Transcribe,
            app_id: self.appid,
            channel: self.channel,
        };
        match S::read_offer(self.pake, &key_context, &self.blob, offer) {
            Ok(offered) => ReceiverMachine::Answering(Answering {
                channel: self.channel,
                answer: offered.answer,
                keys: ReceiverKeys {
                    finish: offered.finish,
                    verifier: offered.verifier,
                },
            }),
            Err(fault) => ReceiverMachine::Closing(Closing::of_fault(self.channel, fault)),
        }
    }
}

impl<S: Suite> Answering<S> {
    fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            Event::Stored => Ok(ReceiverMachine::WaitingForFinish(WaitingForFinish {
                channel: self.channel,
                keys: self.keys,
            })),
            Event::Refused(refusal) => Ok(refused(self.channel, refusal)),
            Event::Misbehaved(m) => Ok(misbehaved(self.channel, m)),
            Event::Exhausted(failure) => unreachable_relay(failure),
            Event::Deadline => Ok(close(self.channel, Outcome::Timeout)),
            Event::Cancel => Ok(close(self.channel, Outcome::Cancelled)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => {
                impossible(ReceiverMachine::Answering(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(ReceiverMachine::Answering(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(ReceiverMachine::Answering(self), Proof::NotAsked),
        }
    }
}

impl<S: Suite> WaitingForFinish<S> {
    fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            Event::Cell(finish) => Ok(self.read(&finish)),
            Event::Empty => Ok(ReceiverMachine::WaitingForFinish(self)),
            Event::Refused(refusal) => Ok(refused(self.channel, refusal)),
            Event::Misbehaved(m) => Ok(misbehaved(self.channel, m)),
            Event::Exhausted(failure) => unreachable_relay(failure),
            Event::Deadline => Ok(close(self.channel, Outcome::Timeout)),
            Event::Cancel => Ok(close(self.channel, Outcome::Cancelled)),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(ReceiverMachine::WaitingForFinish(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(ReceiverMachine::WaitingForFinish(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(ReceiverMachine::WaitingForFinish(self), Proof::NotAsked),
        }
    }

    // RECV-2: A receiver MUST end as `done` once the finish has opened
    fn read(self, finish: &[u8]) -> ReceiverMachine<S> {
        match S::read_finish(self.keys.finish, finish) {
            Ok(finished) => ReceiverMachine::SendingReceipt(SendingReceipt {
                channel: self.channel,
                receipt: finished.receipt,
                end: Ended::with(Outcome::Done)
                    .received(Unsealed {
                        blob: finished.blob,
                        verifier: self.keys.verifier,
                        exporter: finished.exporter,
                    })
                    .delivered(),
            }),
            Err(fault) => ReceiverMachine::Closing(Closing::of_fault(self.channel, fault)),
        }
    }
}

impl<S: Suite> SendingReceipt<S> {
    fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            Event::Stored
            | Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::Deadline
            | Event::Cancel => Ok(ReceiverMachine::Ended(self.end)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => {
                impossible(ReceiverMachine::SendingReceipt(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(ReceiverMachine::SendingReceipt(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(ReceiverMachine::SendingReceipt(self), Proof::NotAsked),
        }
    }
}

fn refused<S: Suite>(channel: ChannelId, refusal: ChannelRefusal) -> ReceiverMachine<S> {
    match refusal.after_acceptance() {
        Some(outcome) => ReceiverMachine::Ended(Ended::with(outcome)),
        None => close(channel, Outcome::RelayMisbehaved),
    }
}

fn misbehaved<S: Suite>(channel: ChannelId, how: super::Misbehaviour) -> ReceiverMachine<S> {
    ReceiverMachine::Closing(Closing::new(
        channel,
        Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(how)),
    ))
}

fn unreachable_relay<S: Suite>(failure: super::AttemptFailure) -> Next<ReceiverMachine<S>> {
    Ok(ReceiverMachine::Ended(
        Ended::with(Outcome::RelayUnreachable).detail(Detail::Attempt(failure)),
    ))
}

fn close<S: Suite>(channel: ChannelId, outcome: Outcome) -> ReceiverMachine<S> {
    ReceiverMachine::Closing(Closing::new(channel, Ended::with(outcome)))
}
