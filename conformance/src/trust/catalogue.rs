//! The catalogues of `conformance/mutants/`: changes that are planted from outside.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::root::{Root, read};
use crate::spec::Spec;

/// The program that a change is planted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PlantedIn {
    /// The client in Python, behind its adapter.
    Client,
    /// The relay in Python.
    Relay,
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// A fault, which the suite must find.
    Mutant,
    /// Something that the text allows, which the suite must not hold against anybody.
    Lawful,
}

/// One change of a catalogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The identifier, unique over all catalogues.
    pub(crate) id: String,
    /// The requirement that a fault breaks, or that allows a variant.
    pub(crate) clause: String,
    /// The change in plain words.
    pub(crate) title: String,
    /// Of a lawful variant: the suites, requirements or parts of ids of the tests that could be
    /// misled by it.
    #[serde(default)]
    pub(crate) tests: Vec<String>,
    // The loader reads what follows.
    #[serde(rename = "module")]
    _module: String,
    #[serde(rename = "find")]
    _find: String,
    #[serde(rename = "replace")]
    _replace: String,
    #[serde(default, rename = "also")]
    _also: Vec<toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    entry: Vec<Entry>,
}

/// A catalogue: one file.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// The place of the file.
    pub(crate) path: PathBuf,
    /// Its changes, in the order of the specification.
    pub(crate) entries: Vec<Entry>,
}

impl Catalogue {
    /// Loads the catalogue of a kind of changes of a program.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be read, an id that comes twice, or a requirement that
    /// the specification does not have.
    pub(crate) fn load(
        root: &Root,
        spec: &Spec,
        program: PlantedIn,
        kind: ChangeKind,
    ) -> anyhow::Result<Self> {
        let name = match (program, kind) {
            (PlantedIn::Client, ChangeKind::Mutant) => "client.toml",
            (PlantedIn::Client, ChangeKind::Lawful) => "lawful_client.toml",
            (PlantedIn::Relay, ChangeKind::Mutant) => "relay.toml",
            (PlantedIn::Relay, ChangeKind::Lawful) => "lawful_relay.toml",
        };
        let path = root.mutants().join(name);
        let text = read(&path).map_err(anyhow::Error::msg)?;
        let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
        let mut ids = HashSet::new();
        for entry in &file.entry {
            if !ids.insert(&entry.id) {
                bail!("{}: two entries have the id {}", path.display(), entry.id);
            }
            if spec.clause(&entry.clause).is_none() {
                bail!(
                    "{}: {} cites {}, which the specification does not have",
                    path.display(),
                    entry.id,
                    entry.clause
                );
            }
            if (kind == ChangeKind::Lawful) == entry.tests.is_empty() {
                bail!(
                    "{}: {}: lawful variants have tests, faults none",
                    path.display(),
                    entry.id
                );
            }
        }
        Ok(Self {
            path,
            entries: file.entry,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each catalogue is in order, and no shorter than it has to be.
    #[test]
    fn all_catalogues_load() {
        let root = Root::new(None);
        let spec = Spec::load(&root).unwrap();
        let count = |program, kind| {
            let catalogue = Catalogue::load(&root, &spec, program, kind).unwrap();
            catalogue.entries.len()
        };
        assert!(count(PlantedIn::Client, ChangeKind::Mutant) >= 500);
        assert!(count(PlantedIn::Relay, ChangeKind::Mutant) >= 140);
        let lawful = count(PlantedIn::Client, ChangeKind::Lawful)
            + count(PlantedIn::Relay, ChangeKind::Lawful);
        assert!(lawful >= 40, "{lawful}");
    }
}
