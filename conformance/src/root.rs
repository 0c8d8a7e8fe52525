//! The repository, whose files some commands read and write; judging needs none of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;

/// The folder that holds `spec/`, `vectors/` and `conformance/`.
#[derive(Debug, Clone)]
pub(crate) struct Root(PathBuf);

impl Root {
    /// The named folder, or else the one that this program was built in, which may not be there.
    pub(crate) fn new(named: Option<&Path>) -> Self {
        let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let path = named.unwrap_or(Path::new(built_in));
        Self(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    /// Gives the folder, if it is the repository's.
    ///
    /// # Errors
    ///
    /// A sentence when it is not.
    pub(crate) fn found(&self) -> anyhow::Result<&Self> {
        if self.spec().is_file() {
            return Ok(self);
        }
        bail!(
            "this needs the repository of the suite, and there is no {}; name its folder with --root",
            self.spec().display()
        )
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The specification.
    pub(crate) fn spec(&self) -> PathBuf {
        self.0.join("spec/wormhole-sync.md")
    }

    /// The committed vectors.
    pub(crate) fn vectors(&self) -> PathBuf {
        self.0.join("vectors")
    }

    /// The committed transcripts.
    pub(crate) fn transcripts(&self) -> PathBuf {
        self.0.join("conformance/transcripts")
    }

    /// The faults and variants that are planted to test the suite.
    pub(crate) fn mutants(&self) -> PathBuf {
        self.0.join("conformance/mutants")
    }
}

/// Reads a text file.
///
/// # Errors
///
/// A sentence that names the file.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
