//! The tests that found each fault, which are played first the next time.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use super::catalogue::{Catalogue, PlantedIn};
use crate::root::{Root, read};

/// The test that found each fault of a catalogue: a hint alone, since it is played again each time,
/// and all other tests are when it finds nothing.
#[derive(Debug)]
pub(crate) struct Killers {
    path: PathBuf,
    tests: BTreeMap<String, String>,
}

impl Killers {
    /// Loads those of the faults of a program.
    ///
    /// # Errors
    ///
    /// A sentence about a file that is there and cannot be read.
    pub(crate) fn load(root: &Root, program: PlantedIn) -> anyhow::Result<Self> {
        let name = match program {
            PlantedIn::Client => "client.killers.json",
            PlantedIn::Relay => "relay.killers.json",
        };
        let path = root.mutants().join(name);
        let tests = match path.exists() {
            true => {
                let text = read(&path).map_err(anyhow::Error::msg)?;
                serde_json::from_str(&text).with_context(|| path.display().to_string())?
            }
            false => BTreeMap::new(),
        };
        Ok(Self { path, tests })
    }

    /// The id of the test that found a fault.
    pub(crate) fn test(&self, fault: &str) -> Option<&str> {
        self.tests.get(fault).map(String::as_str)
    }

    /// Writes these down besides those that are known, less those of faults that are gone.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be written.
    pub(crate) fn remember(
        mut self,
        catalogue: &Catalogue,
        found: BTreeMap<String, String>,
    ) -> anyhow::Result<()> {
        self.tests.extend(found);
        self.tests
            .retain(|id, _| catalogue.entries.iter().any(|entry| entry.id == *id));
        let text = serde_json::to_string_pretty(&self.tests)? + "\n";
        let path = &self.path;
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}
