//! The plan of a run: the tests that are run.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Error, bail};

use crate::spec::Spec;
use crate::suites::case::Case;
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

/// Loads all tests, and keeps those that a filter hits, with their controls. The vectors of a
/// folder stand for those of this program, and must be as many.
///
/// # Errors
///
/// A sentence about a file that cannot be loaded, a test that cites a requirement that does not
/// exist, or two tests with one id.
pub(crate) fn load(
    folder: Option<&Path>,
    spec: &Spec,
    filter: Option<&str>,
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
    if let Some(filter) = filter {
        cases = filtered(cases, filter);
        if cases.is_empty() {
            bail!("no test has an id with {filter:?}; `conformance list` shows all {all}");
        }
    }
    Ok(Plan {
        cases,
        vectors_hash,
        all,
        problems,
    })
}

fn filtered(cases: Vec<Box<dyn Case>>, filter: &str) -> Vec<Box<dyn Case>> {
    let exact = cases.iter().any(|case| case.id() == filter);
    let hit = |id: &str| {
        if exact {
            id == filter
        } else {
            id.contains(filter)
        }
    };
    let controls: HashSet<String> = cases
        .iter()
        .filter(|case| hit(case.id()))
        .filter_map(|case| case.control().map(str::to_owned))
        .collect();
    cases
        .into_iter()
        .filter(|case| hit(case.id()) || controls.contains(case.id()))
        .collect()
}
