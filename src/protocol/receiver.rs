//! The receiver's states (section 11.5): each holds what it needs and is spent by its event.
//!
//! ```text
//! claiming -> answering -> waiting-for-finish -> sending-receipt -> ended
//! ```

use super::closing::{Closing, impossible};
use super::event::{Event, Impossible, Proof, Refusal};
use super::{Cell, Detail, Ended, Machine, Outcome, Received, Request};
use crate::crypto::{Place, Suite};
use crate::values::{AppId, Blob, ChannelId, Mode};

/// A receiver in one of its states.
#[derive(Debug)]
pub enum Receiver<S: Suite> {
    /// The channel is claimed.
    Claiming(Claiming<S>),
    /// The answer is being written.
    Answering(Answering<S>),
    /// The finish is polled for.
    WaitingForFinish(WaitingForFinish<S>),
    /// The outcome is `done`; the receipt is being written.
    SendingReceipt(SendingReceipt<S>),
    /// The outcome is fixed; the close is tried once.
    Closing(Closing<S>),
    /// The end.
    Ended(Ended<S>),
}

/// What a receiver begins with.
#[derive(Debug)]
pub struct Claiming<S: Suite> {
    channel: ChannelId,
    appid: AppId,
    pake: S::ReceiverPake,
    blob: Blob,
}

/// The PAKE is spent, the blob sealed.
#[derive(Debug)]
pub struct Answering<S: Suite> {
    channel: ChannelId,
    answer: Vec<u8>,
    keys: Keys<S>,
}

/// The answer is stored.
#[derive(Debug)]
pub struct WaitingForFinish<S: Suite> {
    channel: ChannelId,
    keys: Keys<S>,
}

/// The finish has opened.
#[derive(Debug)]
pub struct SendingReceipt<S: Suite> {
    channel: ChannelId,
    receipt: Vec<u8>,
    end: Ended<S>,
}

/// What a receiver keeps until the finish comes.
#[derive(Debug)]
struct Keys<S: Suite> {
    finish: S::FinishOpener,
    verifier: S::Verifier,
}

type Next<S> = Result<Receiver<S>, Impossible<Receiver<S>>>;

impl<S: Suite> Receiver<S> {
    /// `claiming`: `pake` is what [`Suite::start_receiver`] made of the words.
    pub fn new(channel: ChannelId, appid: AppId, pake: S::ReceiverPake, blob: Blob) -> Self {
        Receiver::Claiming(Claiming {
            channel,
            appid,
            pake,
            blob,
        })
    }

    /// The verifier, from the answered claim until the finish has opened.
    pub fn verifier(&self) -> Option<&S::Verifier> {
        match self {
            Receiver::Answering(s) => Some(&s.keys.verifier),
            Receiver::WaitingForFinish(s) => Some(&s.keys.verifier),
            _ => None,
        }
    }

    /// Whether the answer is stored, so that both sides can show the verifier.
    pub fn has_answered(&self) -> bool {
        matches!(self, Receiver::WaitingForFinish(_))
    }
}

impl<S: Suite> Machine for Receiver<S> {
    type Suite = S;

    fn request(&self) -> Option<Request<'_>> {
        match self {
            Receiver::Claiming(s) => Some(Request::Claim { channel: s.channel }),
            Receiver::Answering(s) => Some(Request::Put {
                channel: s.channel,
                cell: Cell::Answer,
                body: &s.answer,
            }),
            Receiver::WaitingForFinish(s) => Some(Request::Get {
                channel: s.channel,
                cell: Cell::Finish,
            }),
            Receiver::SendingReceipt(s) => Some(Request::Put {
                channel: s.channel,
                cell: Cell::Receipt,
                body: &s.receipt,
            }),
            Receiver::Closing(s) => Some(s.request()),
            Receiver::Ended(_) => None,
        }
    }

    fn on(self, event: Event) -> Next<S> {
        match self {
            Receiver::Claiming(s) => s.on(event),
            Receiver::Answering(s) => s.on(event),
            Receiver::WaitingForFinish(s) => s.on(event),
            Receiver::SendingReceipt(s) => s.on(event),
            Receiver::Closing(s) => s.on(event, Receiver::Closing, Receiver::Ended),
            Receiver::Ended(s) => impossible(Receiver::Ended(s), Proof::OtherRequest),
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        match self {
            Receiver::SendingReceipt(s) => Some(s.end.outcome),
            Receiver::Closing(s) => Some(s.end.outcome),
            Receiver::Ended(end) => Some(end.outcome),
            _ => None,
        }
    }

    fn into_ended(self) -> Option<Ended<S>> {
        match self {
            Receiver::Ended(end) => Some(end),
            _ => None,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Receiver::Claiming(_) => "claiming",
            Receiver::Answering(_) => "answering",
            Receiver::WaitingForFinish(_) => "waiting-for-finish",
            Receiver::SendingReceipt(_) => "sending-receipt",
            Receiver::Closing(_) => "closing",
            Receiver::Ended(_) => "ended",
        }
    }
}

impl<S: Suite> Claiming<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Claimed(offer) => Ok(self.read(&offer)),
            Event::Refused(refusal) => Ok(Receiver::Ended(Ended::with(match refusal {
                Refusal::NoSuchChannel => Outcome::NoSuchChannel,
                Refusal::Crowded => Outcome::Crowded,
                Refusal::Closed(reason) => Outcome::Closed(reason),
                Refusal::Expired => Outcome::Expired,
                Refusal::Forbidden => Outcome::RelayMisbehaved,
            }))),
            Event::Misbehaved(m) => Ok(Receiver::Ended(
                Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m)),
            )),
            Event::Exhausted(loss) => unreachable_relay(loss),
            // Whether the claim was carried out is not known; if it was, the initiator need not
            // wait for the channel's end.
            Event::Deadline => Ok(close(self.channel, Outcome::Timeout)),
            Event::Cancel => Ok(close(self.channel, Outcome::Cancelled)),
            Event::Allocated(_)
            | Event::Stored
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => impossible(Receiver::Claiming(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => impossible(Receiver::Claiming(self), Proof::TimerNotSet),
            Event::Release => impossible(Receiver::Claiming(self), Proof::NotAsked),
        }
    }

    /// The one guess: the PAKE is spent here, whatever the offer holds.
    // PAKE-10: A client MUST consume its secret scalar and w with the first complete 200 answer
    fn read(self, offer: &[u8]) -> Receiver<S> {
        let place = Place {
            mode: Mode::Transcribe,
            app_id: self.appid,
            channel: self.channel,
        };
        match S::read_offer(self.pake, &place, &self.blob, offer) {
            Ok(offered) => Receiver::Answering(Answering {
                channel: self.channel,
                answer: offered.answer,
                keys: Keys {
                    finish: offered.finish,
                    verifier: offered.verifier,
                },
            }),
            Err(fault) => Receiver::Closing(Closing::of_fault(self.channel, fault)),
        }
    }
}

impl<S: Suite> Answering<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Stored => Ok(Receiver::WaitingForFinish(WaitingForFinish {
                channel: self.channel,
                keys: self.keys,
            })),
            Event::Refused(refusal) => Ok(refused(self.channel, refusal)),
            Event::Misbehaved(m) => Ok(misbehaved(self.channel, m)),
            Event::Exhausted(loss) => unreachable_relay(loss),
            Event::Deadline => Ok(close(self.channel, Outcome::Timeout)),
            Event::Cancel => Ok(close(self.channel, Outcome::Cancelled)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => impossible(Receiver::Answering(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => impossible(Receiver::Answering(self), Proof::TimerNotSet),
            Event::Release => impossible(Receiver::Answering(self), Proof::NotAsked),
        }
    }
}

impl<S: Suite> WaitingForFinish<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Cell(finish) => Ok(self.read(&finish)),
            Event::Empty => Ok(Receiver::WaitingForFinish(self)),
            Event::Refused(refusal) => Ok(refused(self.channel, refusal)),
            Event::Misbehaved(m) => Ok(misbehaved(self.channel, m)),
            Event::Exhausted(loss) => unreachable_relay(loss),
            Event::Deadline => Ok(close(self.channel, Outcome::Timeout)),
            Event::Cancel => Ok(close(self.channel, Outcome::Cancelled)),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(Receiver::WaitingForFinish(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(Receiver::WaitingForFinish(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(Receiver::WaitingForFinish(self), Proof::NotAsked),
        }
    }

    // RECV-2: A receiver MUST end as `done` once the finish has opened
    fn read(self, finish: &[u8]) -> Receiver<S> {
        match S::read_finish(self.keys.finish, finish) {
            Ok(finished) => Receiver::SendingReceipt(SendingReceipt {
                channel: self.channel,
                receipt: finished.receipt,
                end: Ended::with(Outcome::Done)
                    .received(Received {
                        blob: finished.blob,
                        verifier: self.keys.verifier,
                        exporter: finished.exporter,
                    })
                    .delivered(),
            }),
            Err(fault) => Receiver::Closing(Closing::of_fault(self.channel, fault)),
        }
    }
}

impl<S: Suite> SendingReceipt<S> {
    fn on(self, event: Event) -> Next<S> {
        match event {
            Event::Stored
            | Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::Deadline
            | Event::Cancel => Ok(Receiver::Ended(self.end)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Cell(_)
            | Event::Empty
            | Event::CloseTried => impossible(Receiver::SendingReceipt(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => {
                impossible(Receiver::SendingReceipt(self), Proof::TimerNotSet)
            }
            Event::Release => impossible(Receiver::SendingReceipt(self), Proof::NotAsked),
        }
    }
}

fn refused<S: Suite>(channel: ChannelId, refusal: Refusal) -> Receiver<S> {
    match refusal.after_acceptance() {
        Some(outcome) => Receiver::Ended(Ended::with(outcome)),
        None => close(channel, Outcome::RelayMisbehaved),
    }
}

fn misbehaved<S: Suite>(channel: ChannelId, how: super::Misbehaviour) -> Receiver<S> {
    Receiver::Closing(Closing::new(
        channel,
        Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(how)),
    ))
}

fn unreachable_relay<S: Suite>(loss: super::Loss) -> Next<S> {
    Ok(Receiver::Ended(
        Ended::with(Outcome::RelayUnreachable).detail(Detail::Loss(loss)),
    ))
}

fn close<S: Suite>(channel: ChannelId, outcome: Outcome) -> Receiver<S> {
    Receiver::Closing(Closing::new(channel, Ended::with(outcome)))
}
