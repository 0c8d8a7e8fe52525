//! The material of every family: the seed, the word lists and the specification.

use super::seeds::Seeds;
use super::word_lists::WordLists;
use crate::root::Root;
use crate::spec::Spec;

/// All that the builders of families read.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) seeds: Seeds,
    pub(super) lists: WordLists,
    pub(super) spec: Spec,
}

impl Sources {
    /// Reads the word lists and the specification, and takes all seeded values from this seed.
    ///
    /// # Errors
    ///
    /// A sentence that names the file that cannot be read or is not in order.
    pub(super) fn load(root: &Root, seed: &str) -> Result<Self, String> {
        Ok(Self {
            seeds: Seeds::new(seed),
            lists: WordLists::load(root)?,
            spec: Spec::load(root)?,
        })
    }

    /// Takes the word lists and the specification of this program.
    ///
    /// # Errors
    ///
    /// A sentence, if the program is damaged.
    pub(super) fn packed(seed: &str) -> anyhow::Result<Self> {
        Ok(Self {
            seeds: Seeds::new(seed),
            lists: WordLists::packed()?,
            spec: Spec::packed()?,
        })
    }
}
