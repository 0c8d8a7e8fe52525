//! The options that name the implementation that is judged.

use clap::Args;

use crate::subject::Subject;
use crate::subject::external::External;
use crate::subject::reference::Reference;

/// The implementation that is judged; the reference unless it is said.
#[derive(Debug, Clone, Args)]
pub(crate) struct SubjectArguments {
    /// Judge this adapter: a command with its arguments, quotes allowed, no shell
    #[arg(long, value_name = "COMMAND", conflicts_with = "external")]
    adapter: Option<String>,
    /// Judge an adapter that is kept here, over other people's libraries
    #[arg(long, value_name = "NAME", value_enum, num_args = 0..=1, default_missing_value = "python")]
    external: Option<External>,
    /// Judge the reference's asynchronous client instead of the blocking one
    #[arg(long, conflicts_with_all = ["adapter", "external"])]
    asynchronous: bool,
}

impl SubjectArguments {
    /// The implementation.
    pub(crate) fn subject(&self) -> Subject {
        match (&self.adapter, self.external) {
            (Some(command), _) => Subject::Adapter(command.clone()),
            (None, Some(external)) => Subject::External(external),
            (None, None) if self.asynchronous => Subject::Reference(Reference::Asynchronous),
            (None, None) => Subject::Reference(Reference::Blocking),
        }
    }
}
