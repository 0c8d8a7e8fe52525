//! The implementations that the suite can judge, and how each is started and asked.

pub(crate) mod adapter;
pub(crate) mod external;
pub(crate) mod reference;

use crate::root::Root;
use adapter::CommandLine;

/// The implementation that is judged.
#[derive(Debug)]
pub(crate) enum Subject {
    /// The reference, over the same protocol as everybody.
    Reference,
    /// The adapter in Python.
    External,
    /// Any adapter.
    Adapter(String),
}

impl Subject {
    /// The command that starts its adapter.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none.
    pub(crate) fn command(&self, root: &Root) -> Result<CommandLine, String> {
        match self {
            Self::Reference => reference(),
            Self::External => external::command(root),
            Self::Adapter(command) => CommandLine::parse(command),
        }
    }
}

/// The command that starts the reference: this program itself.
fn reference() -> Result<CommandLine, String> {
    let program = std::env::current_exe()
        .map_err(|error| format!("this program does not find itself: {error}"))?;
    Ok(CommandLine::new(program.display().to_string(), ["adapter"]))
}
