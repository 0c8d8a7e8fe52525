//! Planted faults: suites and state machines with one fault each, which the properties must refute.

use wormhole_sync::protocol::{ChannelRefusal, CloseReason, Outcome, RequestKind};

use crate::keys::Variant;
use crate::run::{MISMATCH_REPORTED, Run};
use crate::step::Step;

/// A fault of a state machine. Such a machine is made of the real one, by changes to the histories
/// of its runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MachineFault {
    /// No fault: the real machine.
    None,
    /// The initiator keeps its PAKE after an answer that did not open, and waits for another
    /// answer.
    KeepsPake,
    /// An initiator that has stored its finish reads another answer and seals another finish.
    AnswersAgain,
    /// The result of the close decides the outcome.
    CloseDecides,
    /// The machine ignores its deadline.
    Deaf,
    /// The initiator goes on without its user's release.
    AgreesItself,
    /// The receiver hands a blob that opened while its user looks to the application.
    HandsUnreleased,
    /// The receiver says `taken` in the place of its application, so that its receipt goes out.
    TakesItself,
    /// The initiator that waits for its receipt takes the news of other words for any other close.
    MismatchIsClosed,
    /// The machine drops the blob with every outcome but `done`.
    DropsBlob,
    /// An initiator that allocates takes a deadline for its user's release.
    Hasty,
    /// The initiator says `delivered` once its finish is stored.
    DeliversUnproved,
}

impl MachineFault {
    /// The run after one more event to a machine with this fault.
    pub(crate) fn after<V: Variant>(self, before: &Run, step: &Step) -> Run {
        if self == MachineFault::Deaf && *step == Step::Deadline {
            return before.clone();
        }
        if self == MachineFault::MismatchIsClosed
            && before.state == "waiting-for-receipt"
            && *step == MISMATCH_REPORTED
        {
            let closed = ChannelRefusal::Closed(CloseReason::Other);
            let mut after = before.after::<V>(&Step::Refused(closed));
            after.has_heard_mismatch = true;
            return after;
        }
        let mut after = before.after::<V>(step);
        match self {
            MachineFault::KeepsPake
                if before.state == "waiting-for-answer"
                    && after.outcome == Some(Outcome::WrongCode) =>
            {
                after.rewound::<V>(&before.history)
            }
            MachineFault::AnswersAgain if before.state == "finishing" && *step == Step::Stored => {
                after.rewound::<V>(&before.history[..1])
            }
            MachineFault::CloseDecides if before.state == "closing" => {
                after.outcome = Some(Outcome::RelayUnreachable);
                after.has_changed |= after.outcome != before.outcome;
                after
            }
            MachineFault::AgreesItself if after.state == "holding" => {
                after.history.push(Step::Release);
                let history = after.history.clone();
                after.rewound::<V>(&history)
            }
            MachineFault::HandsUnreleased if after.state == "opened" => {
                after.history.push(Step::Release);
                let history = after.history.clone();
                after.rewound::<V>(&history)
            }
            MachineFault::TakesItself if after.state == "taking" => {
                after.history.push(Step::Taken);
                let history = after.history.clone();
                after.rewound::<V>(&history)
            }
            MachineFault::Hasty if before.state == "allocating" && *step == Step::Deadline => {
                let mut next = before.after::<V>(&Step::Release);
                next.has_agreed = before.has_agreed;
                next
            }
            MachineFault::DropsBlob => {
                if let Some(end) = &mut after.end
                    && end.outcome != Outcome::Done
                {
                    end.blob = None;
                }
                after
            }
            MachineFault::DeliversUnproved => {
                if let Some(end) = &mut after.end {
                    end.delivered |= before.state == "waiting-for-receipt";
                }
                after
            }
            MachineFault::None
            | MachineFault::KeepsPake
            | MachineFault::AnswersAgain
            | MachineFault::CloseDecides
            | MachineFault::Deaf
            | MachineFault::AgreesItself
            | MachineFault::HandsUnreleased
            | MachineFault::TakesItself
            | MachineFault::MismatchIsClosed
            | MachineFault::Hasty => after,
        }
    }

    /// Whether the run ends by its own clock alone: its deadline comes and its close is tried, no
    /// more. In `taking` its application answers first.
    pub(crate) fn ends_by_itself<V: Variant>(self, run: &Run) -> bool {
        if run.state == "taking" {
            let answers = [Step::Taken, Step::NotTaken];
            return answers
                .iter()
                .all(|answer| self.ends_by_itself::<V>(&self.after::<V>(run, answer)));
        }
        let mut run = run.clone();
        if run.request != Some(RequestKind::Close) && run.end.is_none() {
            run = self.after::<V>(&run, &Step::Deadline);
        }
        if run.request == Some(RequestKind::Close) {
            run = self.after::<V>(&run, &Step::CloseTried);
        }
        run.end.is_some()
    }
}

/// Defines suites, each with its fault.
macro_rules! variants {
    ($($(#[$doc:meta])* $name:ident $({ $constant:ident: $value:literal })?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum $name {}
        impl Variant for $name { $(const $constant: bool = $value;)? }
    )*};
}

variants! {
    /// The suite of the specification.
    Sound;
    /// The elements have no mask.
    Unmasked { IS_MASKED: false };
    /// Each element goes with a hash that shows its word.
    Tagged { IS_MASK_TAGGED: true };
    /// The keys do not depend on appid and channel.
    Placeless { BINDS_PLACE: false };
    /// K does not depend on Z.
    Sharedless { BINDS_SHARED: false };
    /// All labels give one key.
    OneKey { HAS_LABELS: false };
    /// The initiator gives its finish before the answer's seal has opened, against SEAL-10.
    FinishesEarly { FINISHES_EARLY: true };
    /// The receiver takes every finish for one that opens.
    TrustsFinish { TRUSTS_FINISH: true };
    /// The initiator takes every receipt for one that opens.
    TrustsReceipt { TRUSTS_RECEIPT: true };
    /// The verifier is a hash of the words and the place.
    VerifierOfWords { VERIFIER_BINDS_SESSION: false };
    /// Exported keys do not depend on Z.
    ExporterOfWords { EXPORTER_BINDS_SHARED: false };
    /// The identity is taken for an element, against PAKE-6.
    TakesIdentity { REFUSES_IDENTITY: false };
    /// The own element is taken for the peer's, against PAKE-7.
    TakesReflection { REFUSES_REFLECTION: false };
    /// The identity is taken for Z, against PAKE-8.
    TakesSharedIdentity { REFUSES_SHARED_IDENTITY: false };
}
