//! The rows of each state of the initiator (INIT-1).

use std::sync::Arc;

use super::{
    Allocating, Finishing, Holding, InitiatorMachine, WaitingForAnswer, WaitingForReceipt,
};
use crate::crypto::{KeyContext, Suite};
use crate::protocol::closing::{Closing, impossible};
use crate::protocol::event::{ChannelRefusal, Event, Misbehaviour, Next, Proof};
use crate::protocol::{CloseReason, Detail, Ended, Outcome, Unsealed};
use crate::values::Mode;

impl<S: Suite> Allocating<S> {
    pub(super) fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(InitiatorMachine::Allocating(self), Proof::NotAsked)
            }
        }
    }
}

impl<S: Suite> WaitingForAnswer<S> {
    pub(super) fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(InitiatorMachine::WaitingForAnswer(self), Proof::NotAsked)
            }
        }
    }

    /// Reads the answer, which consumes the PAKE in any case, so that a relay gets one guess.
    // PAKE-10: A client MUST consume its secret scalar and w with the first offer (receiver) or
    // answer (initiator) that it is given
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
                    blob: Arc::new(answered.blob),
                    verifier: Arc::new(answered.verifier),
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
    pub(super) fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
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
            Event::Empty => Ok(InitiatorMachine::Holding(self)),
            Event::Mismatch => Ok(self.close(Ended::with(Outcome::VerifierMismatch))),
            Event::Refused(refusal) => Ok(match refusal.after_acceptance() {
                Some(outcome) => self.end(Ended::with(outcome)),
                None => self.close(Ended::with(Outcome::RelayMisbehaved)),
            }),
            // INIT-6: An initiator MUST take a cell that comes in `holding` as an answer out of the
            // table (`relay-misbehaved`), without opening it
            Event::Cell(_) => Ok(self.close(
                Ended::with(Outcome::RelayMisbehaved)
                    .detail(Detail::Misbehaviour(Misbehaviour::EarlyReceipt)),
            )),
            Event::Misbehaved(m) => {
                Ok(self
                    .close(Ended::with(Outcome::RelayMisbehaved).detail(Detail::Misbehaviour(m))))
            }
            Event::Exhausted(failure) => {
                Ok(self
                    .end(Ended::with(Outcome::RelayUnreachable).detail(Detail::Attempt(failure))))
            }
            Event::Deadline => Ok(self.close(Ended::with(Outcome::Timeout))),
            Event::Cancel => Ok(self.close(Ended::with(Outcome::Cancelled))),
            Event::Allocated(_) | Event::Claimed(_) | Event::Stored | Event::CloseTried => {
                impossible(InitiatorMachine::Holding(self), Proof::OtherRequest)
            }
            Event::ReceiptWaitOver => {
                impossible(InitiatorMachine::Holding(self), Proof::TimerNotSet)
            }
            Event::Taken | Event::NotTaken => {
                impossible(InitiatorMachine::Holding(self), Proof::NotAsked)
            }
        }
    }

    // INIT-3: An initiator MUST hand over the receiver's blob
    fn end(self, end: Ended<S>) -> InitiatorMachine<S> {
        InitiatorMachine::Ended(end.received(self.received))
    }

    fn close(self, end: Ended<S>) -> InitiatorMachine<S> {
        InitiatorMachine::Closing(Closing::new(self.channel, end.received(self.received)))
    }
}

impl<S: Suite> Finishing<S> {
    pub(super) fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
                impossible(InitiatorMachine::Finishing(self), Proof::NotAsked)
            }
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
    pub(super) fn on(self, event: Event) -> Next<InitiatorMachine<S>> {
        match event {
            Event::Cell(receipt) => Ok(self.read(&receipt)),
            Event::Empty => Ok(InitiatorMachine::WaitingForReceipt(self)),
            // INIT-7: An initiator MUST end as `closed` with the reason `verifier-mismatch`
            Event::Refused(ChannelRefusal::Closed(reason @ CloseReason::VerifierMismatch)) => {
                Ok(InitiatorMachine::Ended(
                    Ended::with(Outcome::Closed(reason)).received(self.received),
                ))
            }
            // INIT-8: An initiator that ends as `done` after `closed` with the reason `not-taken`
            // MUST give that reason with the outcome
            Event::Refused(ChannelRefusal::Closed(CloseReason::NotTaken)) => {
                Ok(InitiatorMachine::Ended(
                    Ended::with(Outcome::Done)
                        .received(self.received)
                        .not_taken(),
                ))
            }
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
            Event::Release | Event::Mismatch | Event::Taken | Event::NotTaken => {
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

fn ended<S: Suite>(outcome: Outcome) -> Next<InitiatorMachine<S>> {
    Ok(InitiatorMachine::Ended(Ended::with(outcome)))
}
