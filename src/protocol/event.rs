//! The events of the tables in sections 11.4 and 11.5: everything that can happen to a client.

use std::fmt;

use super::{AttemptFailure, CloseReason};
use crate::crypto::PeerFault;
use crate::values::ChannelId;

/// One event. It carries a peer's message unread, because only the state can read it (SEAL-5 to
/// SEAL-8). So `Cell` stands for `answer-opened`, `answer-malformed` and so on.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// `allocated`: the relay's answer to allocate. Timers see to the life of the channel.
    Allocated(ChannelId),
    /// `offer-…`: the relay's answer to claim.
    Claimed(Vec<u8>),
    /// `stored`: a PUT was accepted.
    Stored,
    /// `answer-…`, `finish-…`, `receipt-…`: a GET brought its cell.
    Cell(Vec<u8>),
    /// `empty`: a GET brought nothing yet.
    Empty,
    /// `forbidden`, `no-such-channel`, `crowded`, `closed`, `expired`.
    Refused(ChannelRefusal),
    /// `misbehaved`: an answer that is not in the table of section 11.2.
    Misbehaved(Misbehaviour),
    /// `close-tried`: the close was attempted, with or without an answer.
    CloseTried,
    /// `exhausted`: the retry window is over (TIME-3); the last failure comes with it.
    Exhausted(AttemptFailure),
    /// `deadline`: the life of the channel or the user's time is over (TIME-5).
    Deadline,
    /// `receipt-wait-over`: the wait for the receipt is over (TIME-6).
    ReceiptWaitOver,
    /// `cancel`: the user gave up.
    Cancel,
    /// `release`: the user who looks first agreed (INIT-2, RECV-5).
    Release,
    /// `mismatch`: the user says that the other side shows other words (INIT-2, RECV-5).
    Mismatch,
    /// `taken`: the receiver's application has the blob for good (RECV-6).
    Taken,
    /// `not-taken`: the receiver's application cannot keep the blob (RECV-6).
    NotTaken,
}

/// The events that a user, or the application, decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserEvent {
    /// [`Event::Release`]
    Release,
    /// [`Event::Mismatch`]
    Mismatch,
    /// [`Event::Cancel`]
    Cancel,
    /// [`Event::Taken`]
    Taken,
    /// [`Event::NotTaken`]
    NotTaken,
}

impl From<UserEvent> for Event {
    fn from(event: UserEvent) -> Event {
        match event {
            UserEvent::Release => Event::Release,
            UserEvent::Mismatch => Event::Mismatch,
            UserEvent::Cancel => Event::Cancel,
            UserEvent::Taken => Event::Taken,
            UserEvent::NotTaken => Event::NotTaken,
        }
    }
}

impl Event {
    /// The event, given that the relay can have stored nothing of what it refuses as forgotten
    /// (CLIENT-15).
    pub(super) fn nothing_stored(self) -> Self {
        match self {
            Event::Refused(ChannelRefusal::Forbidden | ChannelRefusal::NoSuchChannel) => {
                Event::Refused(ChannelRefusal::Closed(CloseReason::Lost))
            }
            other => other,
        }
    }
}

/// The relay's refusals that have a line in the table of section 11.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelRefusal {
    /// This side may not do this to this channel.
    Forbidden,
    /// No channel of this number is live.
    NoSuchChannel,
    /// Another side has claimed the channel.
    Crowded,
    /// The channel has ended.
    Closed(CloseReason),
    /// The channel has ended because its time was over.
    Expired,
}

/// The reason why an event cannot happen in a state (section 11.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// (a) The event belongs to another request than the one in hand.
    OtherRequest,
    /// (b) The event's timer is not set.
    TimerNotSet,
    /// (c) The user, or the application, is not asked in this state.
    NotAsked,
}

impl Proof {
    /// The letter of the proof in section 11.4.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Proof::OtherRequest => 'a',
            Proof::TimerNotSet => 'b',
            Proof::NotAsked => 'c',
        }
    }
}

/// The refusal of an event that cannot happen in a state, with the state given back.
#[derive(Debug)]
pub struct Impossible<T> {
    /// The state, unchanged.
    pub state: T,
    /// The proof that the event cannot happen.
    pub proof: Proof,
}

/// The next state of a machine, or the old one when the event cannot happen in it.
pub(super) type Next<M> = Result<M, Impossible<M>>;

/// The reason why an answer fits no line of the table of section 11.2. It holds no text that the
/// relay wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// A status that has no line in the table.
    Status(u16),
    /// A status of the table, but with another content type than its line names.
    ContentType(u16),
    /// A content coding that nobody asked for.
    ContentCoding,
    /// A body of more than 262 144 bytes (CLIENT-5).
    TooLong,
    /// A body that is not the message that its line names; the token of the fault comes with it.
    Malformed(&'static str),
    /// A problem document whose type and status have no line in the table.
    Problem(u16),
    /// A receipt that came before the finish was written (INIT-6).
    EarlyReceipt,
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misbehaviour::Status(status) => {
                write!(f, "status {status} is no answer to this request")
            }
            Misbehaviour::ContentType(status) => write!(
                f,
                "the answer with status {status} has the wrong content type"
            ),
            Misbehaviour::ContentCoding => {
                f.write_str("the answer has a content coding that nobody asked for")
            }
            Misbehaviour::TooLong => f.write_str("the answer is longer than 262144 bytes"),
            Misbehaviour::Malformed(fault) => {
                write!(f, "the answer's message is malformed: {fault}")
            }
            Misbehaviour::Problem(status) => write!(
                f,
                "the problem document with status {status} is no answer to this request"
            ),
            Misbehaviour::EarlyReceipt => {
                f.write_str("a receipt came before there was anything to confirm")
            }
        }
    }
}

/// A detail to show to the user besides the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The relay's answer fits no line of the table in section 11.2.
    Misbehaviour(Misbehaviour),
    /// The last attempt of the request failed.
    Attempt(AttemptFailure),
    /// The peer's message or element is faulty.
    Peer(PeerFault),
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Detail::Misbehaviour(m) => m.fmt(f),
            Detail::Attempt(l) => l.fmt(f),
            Detail::Peer(p) => p.fmt(f),
        }
    }
}

impl std::error::Error for Misbehaviour {}

impl std::error::Error for Detail {}

impl fmt::Debug for Event {
    /// Writes the event's name only: the content of a message must not get into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Event::Allocated(_) => "allocated",
            Event::Claimed(_) => "claimed",
            Event::Stored => "stored",
            Event::Cell(_) => "cell",
            Event::Empty => "empty",
            Event::Refused(_) => "refused",
            Event::Misbehaved(_) => "misbehaved",
            Event::CloseTried => "close-tried",
            Event::Exhausted(_) => "exhausted",
            Event::Deadline => "deadline",
            Event::ReceiptWaitOver => "receipt-wait-over",
            Event::Cancel => "cancel",
            Event::Release => "release",
            Event::Mismatch => "mismatch",
            Event::Taken => "taken",
            Event::NotTaken => "not-taken",
        })
    }
}
