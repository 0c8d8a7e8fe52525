//! The right ends of both sides.

use super::states::State;

/// The ends of a run in one of the states.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// The exit status of the program.
    pub(super) own: i32,
    /// That of the other side, if there is one.
    pub(super) other: Option<i32>,
    /// The blobs that came to the program, and to the other side.
    pub(super) blobs: [&'static str; 2],
    /// The reasons with which the program closed the channel.
    pub(super) closes: Vec<String>,
    /// Whether the program gave up, and did not go on as if nothing had come.
    pub(super) is_given_up: bool,
}

/// The blob of the other side, and that of the program.
pub(super) const THEIRS: &str = "theirs";
pub(super) const OURS: &str = "ours";

const DONE: i32 = 0;
/// The blob could not be written.
const LOCAL: i32 = 1;
/// Nothing confirms that the blob arrived.
const UNCONFIRMED: i32 = 3;
const NO_SUCH_CHANNEL: i32 = 14;
const CLOSED: i32 = 16;
const CANCELLED: i32 = 24;
const NOT_TAKEN: i32 = 27;

/// The ends when the program gives up in this state.
///
/// Where the other side has an end of its own, it heard of it at once: its deadline is far away.
pub(super) fn given_up(state: State) -> Ends {
    use State as S;
    let (own, other, blobs, closes): (i32, Option<i32>, [&str; 2], &[&str]) = match state {
        // Nothing was sent.
        S::ReadingInput | S::OpeningFile | S::TypingText | S::AskedAboutFile => {
            (CANCELLED, None, ["", ""], &[])
        }
        // The code stays good: another receiver can use it.
        S::TypingCode | S::TypingCodePlainly | S::ReadingCode => {
            (CANCELLED, Some(DONE), ["", ""], &[])
        }
        // The client does not know the number of its channel.
        S::Allocating => (CANCELLED, None, ["", ""], &[]),
        // The other side comes afterwards.
        S::WaitingForAnswer => (CANCELLED, Some(NO_SUCH_CHANNEL), ["", ""], &["cancelled"]),
        // Nobody has compared the words, so that the blob may be anybody's.
        S::Holding => (CANCELLED, Some(CLOSED), ["", ""], &["cancelled"]),
        // The blob may have arrived, and so there is no failure and no close (INIT-4).
        S::Finishing | S::WaitingForReceipt => (UNCONFIRMED, Some(DONE), [THEIRS, OURS], &[]),
        S::InitiatorClosing => (DONE, Some(DONE), [THEIRS, OURS], &["done"]),
        S::Claiming | S::Answering => (CANCELLED, Some(CLOSED), ["", ""], &["cancelled"]),
        // The sender has the answer, whatever becomes of its finish (INIT-3).
        S::Comparing | S::WaitingForFinish => (CANCELLED, Some(CLOSED), ["", OURS], &["cancelled"]),
        S::Opened => (CANCELLED, Some(UNCONFIRMED), ["", OURS], &["cancelled"]),
        // As much of the blob as was read.
        S::Taking => (CANCELLED, Some(UNCONFIRMED), ["", OURS], &["cancelled"]),
        S::SendingReceipt => (DONE, Some(DONE), [THEIRS, OURS], &[]),
        S::ReceiverClosing => (LOCAL, Some(NOT_TAKEN), ["", OURS], &["not-taken"]),
    };
    Ends {
        own,
        other,
        blobs,
        closes: closes.iter().copied().map(str::to_owned).collect(),
        is_given_up: true,
    }
}

/// The ends when the program goes on from this state as if nothing had come.
pub(super) fn gone_on(state: State) -> Ends {
    use State as S;
    let closes: &[&str] = match state {
        S::ReadingInput
        | S::OpeningFile
        | S::TypingText
        | S::AskedAboutFile
        | S::Allocating
        | S::WaitingForAnswer
        | S::Holding
        | S::Finishing
        | S::WaitingForReceipt
        | S::InitiatorClosing => &["done"],
        S::TypingCode
        | S::TypingCodePlainly
        | S::ReadingCode
        | S::Claiming
        | S::Answering
        | S::Comparing
        | S::Opened
        | S::WaitingForFinish
        | S::Taking
        | S::SendingReceipt => &[],
        S::ReceiverClosing => {
            return Ends {
                is_given_up: false,
                ..given_up(state)
            };
        }
    };
    Ends {
        own: DONE,
        other: Some(DONE),
        blobs: [THEIRS, OURS],
        closes: closes.iter().copied().map(str::to_owned).collect(),
        is_given_up: false,
    }
}
