//! The mode (sections 1 and 14).

use core::fmt;

/// `mode`: how the code reaches the second machine (section 1).
///
/// The mode is bound into the keys (VER-2), so that sides in different modes get different keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// The initiator makes the code, and a person types it in at the receiver.
    #[default]
    Transcribe,
}

impl Mode {
    /// The name that goes into the context.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transcribe => "transcribe",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_name_is_that_of_the_specification() {
        assert_eq!(Mode::default().name(), "transcribe");
        assert_eq!(Mode::Transcribe.to_string(), "transcribe");
    }
}
