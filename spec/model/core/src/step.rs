//! What can happen to a client.

use wormhole_sync::protocol::{
    AttemptFailure, CellName, ChannelRefusal, CloseReason, Event, Misbehaviour, RequestKind,
};
use wormhole_sync::values::ChannelId;

use crate::message::Message;
use crate::run::Run;

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
            Step::Exhausted => Event::Exhausted(AttemptFailure::passing("no answer")),
            Step::Deadline => Event::Deadline,
            Step::ReceiptWaitOver => Event::ReceiptWaitOver,
            Step::Cancel => Event::Cancel,
            Step::Release => Event::Release,
        }
    }

    /// Whether a setup without refusals has it, too.
    pub(crate) fn is_needed(&self) -> bool {
        let unneeded = [
            Step::Misbehaved,
            Step::Exhausted,
            Step::ReceiptWaitOver,
            Step::Deadline,
        ];
        !matches!(self, Step::Refused(_)) && !unneeded.contains(self)
    }

    /// What the relay, the network, the clock and the user can do to a client (sections 11.2 and 11.3), but for the
    /// messages that it waits for.
    pub(crate) fn all_to(run: &Run) -> Vec<Step> {
        let mut steps = match run.request {
            Some(RequestKind::Allocate) => vec![Step::Allocated(run.client.channel)],
            Some(RequestKind::Put(_)) => vec![Step::Stored],
            Some(RequestKind::Get(_)) => vec![Step::Empty],
            Some(RequestKind::Close) => vec![Step::CloseTried, Step::Cancel],
            Some(RequestKind::Claim) => vec![],
            None if run.end.is_some() => return vec![],
            None => vec![Step::Release],
        };
        if run.request == Some(RequestKind::Close) {
            return steps;
        }
        if run.request.is_some() {
            let closed = [CloseReason::Other, CloseReason::WrongCode].map(ChannelRefusal::Closed);
            let refusals = [
                ChannelRefusal::Forbidden,
                ChannelRefusal::NoSuchChannel,
                ChannelRefusal::Crowded,
                ChannelRefusal::Expired,
            ];
            steps.extend(refusals.into_iter().chain(closed).map(Step::Refused));
            steps.extend([Step::Misbehaved, Step::Exhausted]);
        }
        if run.request == Some(RequestKind::Get(CellName::Receipt)) {
            steps.push(Step::ReceiptWaitOver);
        }
        steps.extend([Step::Deadline, Step::Cancel]);
        steps
    }
}
