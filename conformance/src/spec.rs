//! The specification as data: its requirements with their places.

use std::collections::{BTreeMap, HashSet};

use crate::data::data;
use crate::root::{Root, read};

/// The version of the text, and its requirements by their identifiers.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    version: String,
    clauses: BTreeMap<String, Clause>,
}

/// A requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// The line of `spec/wormhole-sync.md` that it begins on, from 1.
    pub(crate) line: usize,
    /// The text of the requirement.
    pub(crate) text: String,
}

impl Spec {
    /// The specification that this program judges by.
    ///
    /// # Errors
    ///
    /// A sentence, if the program is damaged.
    pub(crate) fn packed() -> anyhow::Result<Self> {
        Ok(Self::parse(data()?.text("spec/wormhole-sync.md")?))
    }

    /// Reads the repository's specification.
    ///
    /// # Errors
    ///
    /// A sentence that says what cannot be read.
    pub(crate) fn load(root: &Root) -> Result<Self, String> {
        let spec = Self::parse(&read(&root.spec())?);
        if spec.clauses.is_empty() || spec.version.is_empty() {
            return Err(format!(
                "{} is not the specification",
                root.spec().display()
            ));
        }
        Ok(spec)
    }

    /// Takes the text apart: a requirement is a paragraph that begins with `**ID-n** ` (section 2).
    pub(crate) fn parse(text: &str) -> Self {
        let version = text
            .lines()
            .find_map(|line| line.strip_prefix("| Version of this text | "))
            .and_then(|rest| rest.split([';', ' ']).next())
            .unwrap_or_default()
            .to_owned();
        let clauses = text
            .lines()
            .enumerate()
            .filter_map(|(index, line)| {
                let (id, text) = line.strip_prefix("**")?.split_once("** ")?;
                let clause = Clause {
                    line: index + 1,
                    text: text.to_owned(),
                };
                is_clause_id(id).then(|| (id.to_owned(), clause))
            })
            .collect();
        Self { version, clauses }
    }

    /// The version of the text.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The identifiers and texts of all requirements.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (&str, &str)> {
        let clauses = self.clauses.iter();
        clauses.map(|(id, clause)| (id.as_str(), clause.text.as_str()))
    }

    /// The ids of the requirements that are not among these, in their order.
    pub(crate) fn ids_without<'a>(&self, judged: impl Iterator<Item = &'a str>) -> Vec<&str> {
        let judged: HashSet<&str> = judged.collect();
        let ids = self.ids().map(|(id, _)| id);
        ids.filter(|id| !judged.contains(id)).collect()
    }

    /// The requirements, by their identifiers.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = (&str, &Clause)> {
        let clauses = self.clauses.iter();
        clauses.map(|(id, clause)| (id.as_str(), clause))
    }

    /// The requirement of this identifier.
    pub(crate) fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.get(id)
    }
}

/// Whether a text is an identifier such as `CODE-3`.
fn is_clause_id(text: &str) -> bool {
    text.split_once('-').is_some_and(|(name, number)| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_requirements() {
        let spec = Spec::load(&Root::new(None)).unwrap();
        let clause = spec.clause("CODE-8").unwrap();
        assert_eq!(
            clause.text,
            "A receiver MUST make no request for an input that it refuses."
        );
        assert!(spec.clauses.len() > 80, "{}", spec.clauses.len());
        assert!(spec.version().starts_with(char::is_numeric));
        for clause in spec.clauses.values() {
            assert_eq!(clause.text.matches("MUST").count(), 1, "{}", clause.text);
        }
    }
}
