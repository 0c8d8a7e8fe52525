//! The implementations that the suite can judge, with the ways to start each and to ask it.

pub(crate) mod adapter;
pub(crate) mod external;
pub(crate) mod group;
pub(crate) mod limits;
pub(crate) mod reference;
pub(crate) mod relay;
pub(crate) mod relay_settings;

use anyhow::Context;

use crate::root::Root;
use adapter::CommandLine;
use external::External;
use reference::Reference;

/// The implementation that is judged.
#[derive(Debug)]
pub(crate) enum Subject {
    /// The reference, over the same protocol as all others, with one of its clients.
    Reference(Reference),
    /// An adapter that is kept here.
    External(External),
    /// The adapter that this command starts.
    Adapter(String),
}

impl Subject {
    /// The command that starts the adapter of the implementation.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none.
    pub(crate) fn command(&self, root: &Root) -> anyhow::Result<CommandLine> {
        match self {
            Self::Reference(client) => own(*client),
            Self::External(external) => external.command(root),
            Self::Adapter(command) => CommandLine::parse(command),
        }
    }
}

/// The command that starts the reference: this program itself.
fn own(client: Reference) -> anyhow::Result<CommandLine> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    let arguments: &[&str] = match client {
        Reference::Blocking => &["adapter"],
        Reference::Asynchronous => &["adapter", "--asynchronous"],
    };
    let arguments = arguments.iter().copied();
    Ok(CommandLine::new(program.display().to_string(), arguments))
}
