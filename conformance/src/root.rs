//! The folder that holds the specification, the vectors and the transcripts.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;

/// The folder that holds `spec/`, `vectors/` and `conformance/`.
#[derive(Debug, Clone)]
pub(crate) struct Root(PathBuf);

impl Root {
    /// Finds the named folder, or else the one that this program was built in.
    ///
    /// # Errors
    ///
    /// A sentence when it does not hold them.
    pub(crate) fn find(named: Option<&Path>) -> anyhow::Result<Self> {
        let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let path = named.unwrap_or(Path::new(built_in));
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let root = Self(path);
        if root.spec().is_file() {
            Ok(root)
        } else {
            bail!(
                "there is no {}; name the repository's folder with --root",
                root.spec().display()
            )
        }
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
