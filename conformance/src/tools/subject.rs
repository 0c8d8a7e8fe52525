//! The options that name the implementation that is judged.

use anyhow::bail;
use clap::Args;

use crate::subject::Subject;
use crate::subject::command::{CommandTemplates, ExitStatuses};
use crate::subject::external::External;
use crate::subject::group::TemporaryFolder;
use crate::subject::reference::Reference;

/// The implementation that is judged; the reference unless it is said.
#[derive(Debug, Clone, Args)]
pub(crate) struct SubjectArguments {
    /// Judge this adapter: a command with its arguments, quotes allowed, no shell
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["external", "initiator", "receiver"])]
    adapter: Option<String>,
    /// Judge an adapter that is kept here, over other people's libraries
    #[arg(
        long,
        value_name = "NAME",
        value_enum,
        num_args = 0..=1,
        default_missing_value = "python",
        conflicts_with_all = ["initiator", "receiver"]
    )]
    external: Option<External>,
    /// Judge the reference's asynchronous client instead of the blocking one
    #[arg(long, conflicts_with_all = ["adapter", "external", "initiator", "receiver"])]
    asynchronous: bool,
    #[command(flatten)]
    commands: CommandTemplates,
}

impl SubjectArguments {
    /// The implementation.
    ///
    /// # Errors
    ///
    /// A sentence about a command by which nothing could be judged.
    pub(crate) fn subject(&self) -> anyhow::Result<Subject> {
        if !self.commands.roles().is_empty() {
            self.commands.check()?;
            let folder = TemporaryFolder::make()?;
            return Ok(Subject::Commands(self.commands.clone(), folder));
        }
        if self.commands.exit != ExitStatuses::default() {
            bail!("--exit is about --initiator and --receiver, and neither is there");
        }
        Ok(match (&self.adapter, self.external) {
            (Some(command), _) => Subject::Adapter(command.clone()),
            (None, Some(external)) => Subject::External(external),
            (None, None) if self.asynchronous => Subject::Reference(Reference::Asynchronous),
            (None, None) => Subject::Reference(Reference::Blocking),
        })
    }
}
