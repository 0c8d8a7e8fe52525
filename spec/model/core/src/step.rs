//! The steps of a client: the events of its state machine.

use wormhole_sync::protocol::{AttemptFailure, ChannelRefusal, Event, Misbehaviour};
use wormhole_sync::values::ChannelId;

use crate::message::Message;

pub(crate) fn channel(number: u32) -> ChannelId {
    ChannelId::new(number).expect("a small number")
}

/// An event, as a value that can be compared and hashed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Allocated(u32),
    Claimed(Message),
    Stored,
    Cell(Message),
    Empty,
    Refused(ChannelRefusal),
    Misbehaved,
    CloseTried,
    Exhausted,
    Deadline,
    ReceiptWaitOver,
    Cancel,
    Release,
    Mismatch,
    Taken,
    NotTaken,
}

impl Step {
    pub(crate) fn event(&self) -> Event {
        match self {
            Step::Allocated(n) => Event::Allocated(channel(*n)),
            Step::Claimed(offer) => Event::Claimed(offer.clone()),
            Step::Stored => Event::Stored,
            Step::Cell(body) => Event::Cell(body.clone()),
            Step::Empty => Event::Empty,
            Step::Refused(refusal) => Event::Refused(*refusal),
            Step::Misbehaved => Event::Misbehaved(Misbehaviour::TooLong),
            Step::CloseTried => Event::CloseTried,
            Step::Exhausted => Event::Exhausted(AttemptFailure::NoAnswer),
            Step::Deadline => Event::Deadline,
            Step::ReceiptWaitOver => Event::ReceiptWaitOver,
            Step::Cancel => Event::Cancel,
            Step::Release => Event::Release,
            Step::Mismatch => Event::Mismatch,
            Step::Taken => Event::Taken,
            Step::NotTaken => Event::NotTaken,
        }
    }

    /// Whether a setup without refusals has this step, too.
    pub(crate) fn is_needed(&self) -> bool {
        let unneeded = [
            Step::Misbehaved,
            Step::Exhausted,
            Step::ReceiptWaitOver,
            Step::Deadline,
            Step::Mismatch,
            Step::NotTaken,
        ];
        !matches!(self, Step::Refused(_)) && !unneeded.contains(self)
    }
}
