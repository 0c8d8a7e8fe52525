//! The rows of each state of the receiver (RECV-1).

use std::sync::Arc;

use super::{
    Answering, Claiming, Comparing, FinishOpened, ReceiverKeys, ReceiverMachine, SendingReceipt,
    Taking, WaitingForFinish,
};
use crate::crypto::{KeyContext, Suite};
use crate::protocol::closing::{Closing, impossible};
use crate::protocol::event::{ChannelRefusal, Event, Misbehaviour, Next, Proof};
use crate::protocol::{AttemptFailure, Detail, Ended, Outcome, Unsealed};
use crate::values::{ChannelId, Mode};

impl<S: Suite> Claiming<S> {
    pub(super) fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(ReceiverMachine::Claiming(self), Proof::NotAsked)
            }
        }
    }

    /// Reads the offer, which consumes the PAKE in any case, so that a relay gets one guess.
    // PAKE-10: A client MUST consume its secret scalar and w with the first offer
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
                    verifier: Arc::new(offered.verifier),
                },
            }),
            Err(fault) => ReceiverMachine::Closing(Closing::of_fault(self.channel, fault)),
        }
    }
}

impl<S: Suite> Answering<S> {
    pub(super) fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            Event::Stored => Ok(ReceiverMachine::Comparing(Comparing(WaitingForFinish {
                channel: self.channel,
                keys: self.keys,
            }))),
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(ReceiverMachine::Answering(self), Proof::NotAsked)
            }
        }
    }
}

impl<S: Suite> Comparing<S> {
    pub(super) fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        let Comparing(waiting) = self;
        match event {
            Event::Release => Ok(ReceiverMachine::WaitingForFinish(waiting)),
            Event::Mismatch => Ok(close(waiting.channel, Outcome::VerifierMismatch)),
            Event::Cell(finish) => Ok(match waiting.open(&finish) {
                Ok(opened) => ReceiverMachine::Opened(opened),
                Err(closing) => ReceiverMachine::Closing(closing),
            }),
            Event::Empty => Ok(ReceiverMachine::Comparing(Comparing(waiting))),
            Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::Deadline
            | Event::Cancel => waiting.on(event),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(
                    ReceiverMachine::Comparing(Comparing(waiting)),
                    Proof::OtherRequest,
                )
            }
            Event::ReceiptWaitOver => impossible(
                ReceiverMachine::Comparing(Comparing(waiting)),
                Proof::TimerNotSet,
            ),
            Event::Taken | Event::NotTaken => impossible(
                ReceiverMachine::Comparing(Comparing(waiting)),
                Proof::NotAsked,
            ),
        }
    }
}

impl<S: Suite> WaitingForFinish<S> {
    pub(super) fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            Event::Cell(finish) => Ok(match self.open(&finish) {
                Ok(opened) => ReceiverMachine::Taking(Taking(opened)),
                Err(closing) => ReceiverMachine::Closing(closing),
            }),
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(ReceiverMachine::WaitingForFinish(self), Proof::NotAsked)
            }
        }
    }

    fn open(self, finish: &[u8]) -> Result<FinishOpened<S>, Closing<S>> {
        match S::read_finish(self.keys.finish, finish) {
            Ok(finished) => Ok(FinishOpened {
                channel: self.channel,
                receipt: finished.receipt,
                received: Unsealed {
                    blob: Arc::new(finished.blob),
                    verifier: self.keys.verifier,
                    exporter: finished.exporter,
                },
            }),
            Err(fault) => Err(Closing::of_fault(self.channel, fault)),
        }
    }
}

impl<S: Suite> FinishOpened<S> {
    pub(super) fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            Event::Release => Ok(ReceiverMachine::Taking(Taking(self))),
            Event::Mismatch => Ok(close(self.channel, Outcome::VerifierMismatch)),
            Event::Deadline => Ok(close(self.channel, Outcome::Timeout)),
            Event::Cancel => Ok(close(self.channel, Outcome::Cancelled)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Stored
            | Event::Cell(_)
            | Event::Empty
            | Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::CloseTried => impossible(ReceiverMachine::Opened(self), Proof::OtherRequest),
            Event::ReceiptWaitOver => impossible(ReceiverMachine::Opened(self), Proof::TimerNotSet),
            Event::Taken | Event::NotTaken => {
                impossible(ReceiverMachine::Opened(self), Proof::NotAsked)
            }
        }
    }
}

impl<S: Suite> Taking<S> {
    pub(super) fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
        match event {
            // RECV-6: A receiver MUST hand the initiator's blob to its application in `taking`, and
            // send its receipt only when the application says that it has the blob for good
            // (`taken`)
            Event::Taken => Ok(ReceiverMachine::SendingReceipt(SendingReceipt {
                channel: self.0.channel,
                receipt: self.0.receipt,
                // RECV-2: its `delivered` is then true, because the finish proves that the
                // initiator opened its blob.
                end: Ended::with(Outcome::Done)
                    .received(self.0.received)
                    .delivered(),
            })),
            Event::NotTaken => Ok(close(self.0.channel, Outcome::NotTaken)),
            Event::Cancel => Ok(close(self.0.channel, Outcome::Cancelled)),
            Event::Allocated(_)
            | Event::Claimed(_)
            | Event::Stored
            | Event::Cell(_)
            | Event::Empty
            | Event::Refused(_)
            | Event::Misbehaved(_)
            | Event::Exhausted(_)
            | Event::CloseTried => impossible(ReceiverMachine::Taking(self), Proof::OtherRequest),
            Event::Deadline | Event::ReceiptWaitOver => {
                impossible(ReceiverMachine::Taking(self), Proof::TimerNotSet)
            }
            Event::Release | Event::Mismatch => {
                impossible(ReceiverMachine::Taking(self), Proof::NotAsked)
            }
        }
    }
}

impl<S: Suite> SendingReceipt<S> {
    pub(super) fn on(self, event: Event) -> Next<ReceiverMachine<S>> {
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(ReceiverMachine::SendingReceipt(self), Proof::NotAsked)
            }
        }
    }
}

fn refused<S: Suite>(channel: ChannelId, refusal: ChannelRefusal) -> ReceiverMachine<S> {
    match refusal.after_acceptance() {
        Some(outcome) => ReceiverMachine::Ended(Ended::with(outcome)),
        None => close(channel, Outcome::RelayMisbehaved),
    }
}

fn misbehaved<S: Suite>(channel: ChannelId, how: Misbehaviour) -> ReceiverMachine<S> {
    ReceiverMachine::Closing(Closing::new(
        channel,
        Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(how)),
    ))
}

fn unreachable_relay<S: Suite>(failure: AttemptFailure) -> Next<ReceiverMachine<S>> {
    Ok(ReceiverMachine::Ended(
        Ended::with(Outcome::RelayUnreachable).detail(Detail::Attempt(failure)),
    ))
}

fn close<S: Suite>(channel: ChannelId, outcome: Outcome) -> ReceiverMachine<S> {
    ReceiverMachine::Closing(Closing::new(channel, Ended::with(outcome)))
}
