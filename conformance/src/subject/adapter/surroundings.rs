//! The surroundings of an adapter's process, where they are not the suite's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The surroundings of a process. The default are the suite's own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// Variables of the environment; `None` takes one away.
    pub(crate) variables: Vec<(&'static str, Option<String>)>,
    /// The working directory.
    pub(crate) folder: Option<PathBuf>,
    /// Whether nobody reads the process's standard error: it is a pipe without a reader.
    pub(crate) stderr_is_gone: bool,
}

impl Surroundings {
    /// Gives a command these surroundings, with a pipe in the place of standard error.
    pub(super) fn surround(&self, command: &mut Command) -> std::io::Result<()> {
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        if self.stderr_is_gone {
            let (reader, writer) = std::io::pipe()?;
            drop(reader);
            command.stderr(writer);
        } else {
            command.stderr(Stdio::piped());
        }
        Ok(())
    }

    /// An argument as it has to be written in another folder: a file's name becomes absolute.
    pub(super) fn argument(&self, text: &str) -> String {
        let own = std::env::current_dir().unwrap_or_default();
        match &self.folder {
            Some(_) if Path::new(text).is_relative() && own.join(text).is_file() => {
                own.join(text).display().to_string()
            }
            _ => text.to_owned(),
        }
    }
}
