//! The test hooks of section 13. This module exists with the feature `test-hooks-dangerous` only.

use std::time::Duration;

use crate::crypto::{NoRandomness, PakeScalar};
use crate::values::{Side, Words};

/// The values that a test sets instead of chance and time. The default sets none.
#[derive(Debug, Default)]
pub struct Hooks {
    /// The named value `side`.
    pub side: Named<Side>,
    /// The named value `words`.
    pub words: Named<Words>,
    /// The named value `pake_scalar`.
    pub pake_scalar: Named<PakeScalar>,
    /// The duration of a *second* in the times of section 11.3; a real second if `None` (HOOK-3).
    pub second: Option<Duration>,
}

/// A named random value (section 3.5).
#[derive(Debug, Default)]
pub enum Named<T> {
    /// The value is drawn at random.
    #[default]
    Drawn,
    /// The value is this one (HOOK-2).
    Fixed(T),
    /// The random source fails (RAND-1).
    Unavailable,
}

impl<T> Named<T> {
    /// Takes the value for this exchange; without an injected one, `draw` draws it.
    // HOOK-2: An implementation under test MUST use an injected named value as it is
    pub(super) fn take(
        &mut self,
        draw: impl FnOnce() -> Result<T, NoRandomness>,
    ) -> Result<T, NoRandomness> {
        match std::mem::take(self) {
            Named::Drawn => draw(),
            Named::Fixed(value) => Ok(value),
            Named::Unavailable => Err(NoRandomness),
        }
    }
}
