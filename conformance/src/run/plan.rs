//! The plan of a run: the tests that are run.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Error, bail};

use super::selection::Selection;
use crate::spec::Spec;
use crate::suites::case::Case;
use crate::suites::test::Test;
use crate::suites::vectors::{self, Vectors};
use crate::suites::{live, replay, surroundings};

/// The tests of a run, with facts about all tests.
pub(crate) struct Plan {
    /// The tests, suite by suite.
    pub(crate) cases: Vec<Box<dyn Case>>,
    /// The hash of all vectors, those that are not run included.
    pub(crate) vectors_hash: String,
    /// The number of tests without a filter.
    pub(crate) all: usize,
    /// The sentences about vectors that are missing or surplus, by which nobody can pass.
    pub(crate) problems: Vec<String>,
}

/// Loads all tests. The vectors of a folder stand for those of this program, and must be as many.
///
/// # Errors
///
/// A sentence about a file that cannot be loaded, a test that cites a requirement that does not
/// exist, or two tests with one id.
pub(crate) fn load(folder: Option<&Path>, spec: &Spec) -> anyhow::Result<Plan> {
    load_with(folder, None, spec)
}

/// Loads all tests as [`load`] does, and the transcripts of another folder beside those of this
/// program.
///
/// # Errors
///
/// The sentences of [`load`].
pub(crate) fn load_with(
    folder: Option<&Path>,
    transcripts: Option<&Path>,
    spec: &Spec,
) -> anyhow::Result<Plan> {
    let packed = Vectors::packed()?;
    let (vectors, problems) = match folder {
        None => (packed, Vec::new()),
        Some(folder) => {
            let vectors = Vectors::load(folder).map_err(Error::msg)?;
            let problems = vectors.differences(&packed);
            (vectors, problems)
        }
    };
    let vectors_hash = vectors.hash.clone();
    let mut cases = vectors::cases(vectors);
    cases.extend(replay::cases()?);
    if let Some(folder) = transcripts {
        cases.extend(replay::cases_in(folder)?);
    }
    cases.extend(live::cases()?);
    cases.extend(surroundings::cases()?);
    let mut ids = HashSet::new();
    for case in &cases {
        if !ids.insert(case.id().to_owned()) {
            bail!("two tests have the id {}", case.id());
        }
        if let Some(unknown) = case.clauses().iter().find(|id| spec.clause(id).is_none()) {
            bail!(
                "{} cites {unknown}, which the specification does not have",
                case.id()
            );
        }
    }
    let all = cases.len();
    Ok(Plan {
        cases,
        vectors_hash,
        all,
        problems,
    })
}

impl Plan {
    /// Keeps the tests that can judge a program from outside, in these roles.
    pub(crate) fn judging_from_outside(mut self, roles: &[&str]) -> Self {
        self.cases.retain(|case| {
            let has = |role: &str| roles.contains(&role);
            case.suite() == live::scenario::SUITE && case.roles().into_iter().all(has)
        });
        self.all = self.cases.len();
        self
    }

    /// Keeps the tests of a choice, with their controls.
    ///
    /// # Errors
    ///
    /// A sentence about an option that fits no test.
    pub(crate) fn select(mut self, selection: &Selection) -> anyhow::Result<Self> {
        let tests: Vec<&dyn Test> = self.cases.iter().map(|case| case as &dyn Test).collect();
        let chosen = selection.choose(&tests)?;
        let mut ids: HashSet<String> = HashSet::new();
        for (case, _) in self
            .cases
            .iter()
            .zip(&chosen)
            .filter(|(_, chosen)| **chosen)
        {
            ids.insert(case.id().to_owned());
            ids.extend(case.control().map(str::to_owned));
        }
        self.cases.retain(|case| ids.contains(case.id()));
        Ok(self)
    }
}
