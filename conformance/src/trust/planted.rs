//! The start of a program in which a change is planted.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::catalogue::{Catalogue, Entry, PlantedIn};
use crate::root::Root;
use crate::subject::adapter::CommandLine;
use crate::subject::external;
use crate::subject::group::TemporaryFolder;

/// A folder for the notes of what was reached.
#[derive(Debug)]
pub(crate) struct Notes(TemporaryFolder);

impl Notes {
    /// Makes the folder.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be made.
    pub(crate) fn make() -> anyhow::Result<Self> {
        TemporaryFolder::make().map(Self)
    }

    fn of(&self, entry: &Entry) -> PathBuf {
        self.0.path().join(&entry.id)
    }

    /// Whether a change was reached.
    pub(crate) fn reached(&self, entry: &Entry) -> bool {
        self.of(entry).exists()
    }
}

/// The start of planted programs of one kind.
#[derive(Debug)]
pub(crate) struct Planter {
    python: PathBuf,
    loader: PathBuf,
    folder: PathBuf,
    program: PlantedIn,
}

impl Planter {
    /// Makes what starts one of the two programs with changes; its environment is made first if it
    /// is missing.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing.
    pub(crate) fn new(root: &Root, program: PlantedIn) -> anyhow::Result<Self> {
        let (python, folder) = match program {
            PlantedIn::Client => external::python_client_environment(root)?,
            PlantedIn::Relay => external::python_relay_environment(root)?,
        };
        Ok(Self {
            python,
            folder,
            program,
            loader: root.mutants().join("plant.py"),
        })
    }

    /// Checks that every change of a catalogue still fits the sources.
    ///
    /// # Errors
    ///
    /// The faults, a line each.
    pub(crate) fn check(&self, catalogue: &Catalogue) -> anyhow::Result<()> {
        let output = self
            .loader_command()
            .arg("check")
            .arg(&catalogue.path)
            .arg(&self.folder)
            .output()
            .with_context(|| format!("cannot start {}", self.python.display()))?;
        if output.status.success() {
            return Ok(());
        }
        bail!(
            "{} has changes that no longer fit the sources:\n{}{}",
            catalogue.path.display(),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        )
    }

    /// The command that starts the program with one change.
    pub(crate) fn command(
        &self,
        catalogue: &Catalogue,
        entry: &Entry,
        notes: &Notes,
        more: &[&str],
    ) -> CommandLine {
        let text = |path: &Path| path.display().to_string();
        let module = match self.program {
            PlantedIn::Client => "adapter",
            PlantedIn::Relay => "relay.main",
        };
        let mut arguments = ["-E", "-s", "-B"].map(str::to_owned).to_vec();
        arguments.extend([text(&self.loader), "run".to_owned()]);
        arguments.extend([text(&catalogue.path), entry.id.clone()]);
        arguments.extend([text(&notes.of(entry)), text(&self.folder)]);
        arguments.push(module.to_owned());
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        CommandLine::new(text(&self.python), arguments)
    }

    fn loader_command(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.args(["-E", "-s", "-B"]).arg(&self.loader);
        command
    }

    /// The command that starts an adapter of `degenerate.py`.
    pub(crate) fn degenerate(&self, kind: &str) -> CommandLine {
        let script = self.loader.with_file_name("degenerate.py");
        let mut arguments = ["-E", "-s", "-B"].map(str::to_owned).to_vec();
        arguments.extend([script.display().to_string(), kind.to_owned()]);
        CommandLine::new(self.python.display().to_string(), arguments)
    }
}
