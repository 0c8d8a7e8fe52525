//! The ends of a test of a relay other than success.

use super::super::case::Failure;

/// The reason why a test did not pass.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The relay did what the text does not allow.
    Failed(Box<Failure>),
    /// Something came too late or in another order. A busy machine can do that too, so the test is
    /// run again, alone and slower.
    Late(Box<Failure>),
    /// A step before the one that the test is about went wrong: another test judges that.
    Setup(Box<Failure>),
    /// The machine was too slow for the test to see anything.
    Undecided(String),
    /// The test cannot be run here.
    Skipped(String),
}

impl Fault {
    /// This fault in a step that only prepares.
    pub(crate) fn of_setup(self) -> Self {
        match self {
            Self::Failed(failure) => Self::Setup(failure),
            Self::Late(_) | Self::Setup(_) | Self::Undecided(_) | Self::Skipped(_) => self,
        }
    }
}
