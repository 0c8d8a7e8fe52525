//! The test hooks of section 13. This module exists with the feature `test-hooks-dangerous` only.

use std::time::Duration;

use crate::crypto::{NoRandomness, PakeScalar};
use crate::values::{Side, Words};

/// The values that a test decides in the place of chance and time. The default decides nothing.
#[derive(Debug, Default)]
pub struct Hooks {
    /// `side`
    pub side: Named<Side>,
    /// `words`
    pub words: Named<Words>,
    /// `pake_scalar`
    pub pake_scalar: Named<PakeScalar>,
    /// How long a second lasts (HOOK-3).
    pub second: Option<Duration>,
}

/// A named random value (section 3.5).
#[derive(Debug, Default)]
pub enum Named<T> {
    /// Drawn as ever.
    #[default]
    Drawn,
    /// This value (HOOK-2).
    Fixed(T),
    /// Its source fails (RAND-1).
    Unavailable,
}

impl<T> Named<T> {
    /// The value for this exchange; `draw` is asked where none was named.
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
