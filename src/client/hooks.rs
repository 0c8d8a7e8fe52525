//! The test hooks of section 13. This module exists with the feature `test-hooks-dangerous` only.

use crate::crypto::PakeScalar;
use crate::values::{Side, Words};
use std::time::Duration;

/// What a test decides in the place of chance and time. With the default nothing is changed.
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
