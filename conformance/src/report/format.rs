//! The forms of a report that the user can choose from.

use clap::ValueEnum;

/// The form in which a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Pretty,
    /// JSON lines.
    Json,
}
