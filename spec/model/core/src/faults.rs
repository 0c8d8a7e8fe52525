//! What is planted: suites and state machines with one fault each, which the properties must refute.

use wormhole_sync::protocol::Outcome;

use crate::keys::Variant;
use crate::run::Run;
use crate::step::Step;

/// A state machine that is not the real one: what it does instead is done to the histories of real runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapper {
    /// The real one.
    None,
    /// After an answer that did not open the initiator waits for another, its PAKE kept.
    KeepsPake,
    /// An initiator that has stored its finish reads another answer and seals another finish.
    AnswersAgain,
    /// What becomes of the close decides the outcome.
    CloseDecides,
    /// The deadline is not heard.
    Deaf,
    /// The initiator goes on without its user's word.
    AgreesItself,
    /// The blob is dropped with every outcome but `done`.
    DropsBlob,
    /// The initiator takes a deadline while it allocates for its user's word.
    Hasty,
    /// The initiator calls itself confirmed once its finish is stored.
    DeliversUnproved,
}

impl Wrapper {
    pub(crate) fn is_deaf_to(self, step: &Step) -> bool {
        self == Wrapper::Deaf && *step == Step::Deadline
    }

    /// What the wrapper makes of a step of the real machine.
    pub(crate) fn bend<V: Variant>(self, before: &Run, step: &Step, mut after: Run) -> Run {
        match self {
            Wrapper::KeepsPake
                if before.state == "waiting-for-answer"
                    && after.outcome == Some(Outcome::WrongCode) =>
            {
                after.rewound::<V>(&before.history)
            }
            Wrapper::AnswersAgain if before.state == "finishing" && *step == Step::Stored => {
                after.rewound::<V>(&before.history[..1])
            }
            Wrapper::CloseDecides if before.state == "closing" => {
                after.outcome = Some(Outcome::RelayUnreachable);
                after.has_changed |= after.outcome != before.outcome;
                after
            }
            Wrapper::AgreesItself if after.state == "holding" => {
                after.history.push(Step::Release);
                let history = after.history.clone();
                after.rewound::<V>(&history)
            }
            Wrapper::Hasty if before.state == "allocating" && *step == Step::Deadline => {
                let mut next = before.after::<V>(&Step::Release, Wrapper::None);
                next.has_agreed = before.has_agreed;
                next
            }
            Wrapper::DropsBlob => {
                if let Some(end) = &mut after.end
                    && end.outcome != Outcome::Done
                {
                    end.blob = None;
                }
                after
            }
            Wrapper::DeliversUnproved => {
                if let Some(end) = &mut after.end {
                    end.delivered |= before.state == "waiting-for-receipt";
                }
                after
            }
            _ => after,
        }
    }
}

/// A suite with this fault.
macro_rules! variants {
    ($($(#[$doc:meta])* $name:ident $({ $constant:ident: $value:literal })?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum $name {}
        impl Variant for $name { $(const $constant: bool = $value;)? }
    )*};
}

variants! {
    /// The specification's.
    Sound;
    /// The elements are bare.
    Unmasked { IS_MASKED: false };
    /// Each element says whether a word is its own.
    Tagged { IS_MASK_TAGGED: true };
    /// The place is not in the context.
    Placeless { BINDS_PLACE: false };
    /// K is without Z.
    Sharedless { BINDS_SHARED: false };
    /// One key for everything.
    OneKey { HAS_LABELS: false };
    /// SEAL-10 is not kept.
    FinishesEarly { FINISHES_EARLY: true };
    /// The receiver opens everything.
    TrustsFinish { TRUSTS_FINISH: true };
    /// The initiator opens every receipt.
    TrustsReceipt { TRUSTS_RECEIPT: true };
}
