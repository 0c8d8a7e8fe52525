//! The adapters and the relay that are kept here: other languages, over other people's libraries.

mod install;
mod javascript;
mod python;

use std::path::PathBuf;

use clap::ValueEnum;

use crate::root::Root;
use crate::subject::adapter::CommandLine;

/// An implementation that was written from the specification alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum External {
    /// The adapter in Python (needs python3 3.11 or later with venv).
    Python,
    /// The adapter in JavaScript (needs node 20.19 or later with npm).
    #[value(name = "javascript")]
    JavaScript,
}

impl External {
    /// The command that starts the adapter, when all that it needs is installed.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing and what to do.
    pub(super) fn command(self, root: &Root) -> anyhow::Result<CommandLine> {
        match self {
            Self::Python => python::command(root.found()?),
            Self::JavaScript => javascript::command(root.found()?),
        }
    }
}

/// The Python that has what the client needs, and the client's folder.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(crate) fn python_client_environment(root: &Root) -> anyhow::Result<(PathBuf, PathBuf)> {
    python::client_environment(root)
}

/// The Python that has what the relay needs, and the relay's folder.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(crate) fn python_relay_environment(root: &Root) -> anyhow::Result<(PathBuf, PathBuf)> {
    python::relay_environment(root)
}

/// The command that starts the relay in Python, less its options.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(super) fn python_relay(root: &Root) -> anyhow::Result<CommandLine> {
    python::relay(root.found()?)
}
