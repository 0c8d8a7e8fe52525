//! The implementations that the suite can judge, with the ways to start each and to ask it.

pub(crate) mod adapter;
pub(crate) mod by_hand;
pub(crate) mod command;
pub(crate) mod external;
pub(crate) mod group;
pub(crate) mod limits;
pub(crate) mod reference;
pub(crate) mod relay;
pub(crate) mod relay_settings;

use anyhow::Context;

use crate::root::Root;
use adapter::CommandLine;
use command::CommandTemplates;
use external::External;
use group::TemporaryFolder;
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
    /// Programs as they are, with a folder for their files.
    Commands(CommandTemplates, TemporaryFolder),
}

impl Subject {
    /// The command that starts the adapter of the implementation.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none.
    pub(crate) fn command(&self, root: &Root) -> anyhow::Result<CommandLine> {
        match self {
            Self::Reference(client) => own(client.arguments()),
            Self::External(external) => external.command(root),
            Self::Adapter(command) => CommandLine::parse(command),
            Self::Commands(templates, folder) => own(templates.arguments(folder.path())),
        }
    }

    /// The roles of a program that is judged from outside alone.
    pub(crate) fn outside_roles(&self) -> Option<Vec<&'static str>> {
        match self {
            Self::Commands(templates, _) => Some(templates.roles()),
            _ => None,
        }
    }
}

/// The command that starts this program as an adapter.
fn own(arguments: Vec<String>) -> anyhow::Result<CommandLine> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    Ok(CommandLine::new(program.display().to_string(), arguments))
}
