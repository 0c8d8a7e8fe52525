//! The standing of each requirement in a run: judged by which tests, or why not.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::result::{CheckResult, TestResult};
use super::facts::{HtmlFacts, ReviewedRequirement};
use crate::run::verdict::Verdict;

/// The standing of all requirements.
pub(super) struct Standings<'a> {
    result: &'a CheckResult,
    reviewed: &'a BTreeMap<String, ReviewedRequirement>,
    not_judged: HashSet<&'a str>,
    tests: HashMap<&'a str, Vec<&'a TestResult>>,
}

/// The standing of one requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// All tests that judged it passed.
    Kept,
    /// A failure comes down to it.
    Broken,
    /// A test that cites it failed, by another requirement as far as is seen.
    Doubtful,
    /// No test judged it, for this reason.
    NotJudged(String),
    /// Another kind of program is bound by it.
    Elsewhere,
}

impl Standing {
    /// The class of its colour and symbol.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Kept => "p",
            Self::Broken => "f",
            Self::Doubtful => "e",
            Self::NotJudged(_) => "i",
            Self::Elsewhere => "s",
        }
    }

    /// Its word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Doubtful => "in doubt",
            Self::NotJudged(_) => "not judged",
            Self::Elsewhere => "not asked here",
        }
    }
}

impl<'a> Standings<'a> {
    /// Sorts the tests of a result by requirement.
    pub(super) fn new(result: &'a CheckResult, facts: &'a HtmlFacts<'_>) -> Self {
        let mut tests: HashMap<&str, Vec<&TestResult>> = HashMap::new();
        for test in &result.tests {
            let headline =
                Some(test.headline()).filter(|id| !test.clauses.iter().any(|it| it == id));
            for id in test.clauses.iter().map(String::as_str).chain(headline) {
                tests.entry(id).or_default().push(test);
            }
        }
        // What fell short is first.
        for tests in tests.values_mut() {
            tests.sort_by_key(|test| matches!(test.verdict, Verdict::Passed));
        }
        Self {
            result,
            reviewed: &facts.reviewed,
            not_judged: result.end.not_judged.iter().map(String::as_str).collect(),
            tests,
        }
    }

    /// The tests that cite a requirement, or whose failure comes down to it.
    pub(super) fn tests(&self, id: &str) -> &[&'a TestResult] {
        self.tests.get(id).map_or(&[], Vec::as_slice)
    }

    /// The facts about a requirement that are the same whatever is judged.
    pub(super) fn reviewed(&self, id: &str) -> Option<&'a ReviewedRequirement> {
        self.reviewed.get(id)
    }

    /// The standing of a requirement.
    pub(super) fn of(&self, id: &str) -> Standing {
        let tests = self.tests(id);
        let failed =
            |test: &&&TestResult| matches!(test.verdict, Verdict::Failed(_) | Verdict::Expected(_));
        if tests
            .iter()
            .filter(failed)
            .any(|test| test.headline() == id)
        {
            return Standing::Broken;
        }
        if tests.iter().any(|test| failed(&test)) {
            return Standing::Doubtful;
        }
        if tests.iter().any(|test| test.verdict == Verdict::Passed) {
            return Standing::Kept;
        }
        match self.why_not(id) {
            Some(why) => Standing::NotJudged(why),
            None => Standing::Elsewhere,
        }
    }

    /// The reason why a requirement was not judged; nothing for one of another kind of program.
    fn why_not(&self, id: &str) -> Option<String> {
        let whys = self
            .tests(id)
            .iter()
            .filter_map(|test| match &test.verdict {
                Verdict::Skipped { why, .. } => Some(format!("its tests were skipped: {why}")),
                Verdict::Inconclusive { why } => Some(format!("its tests are inconclusive: {why}")),
                Verdict::Unscored(it) => Some(format!("its tests do not count: {}", it.why)),
                Verdict::Passed | Verdict::Failed(_) | Verdict::Expected(_) => None,
            });
        if let Some(why) = { whys }.next() {
            return Some(why);
        }
        let reason = self.reviewed(id).and_then(|it| it.reason.as_ref());
        if !self.not_judged.contains(id) {
            return None;
        }
        Some(match reason {
            Some(reason) => format!("{}: {}", reason.kind, reason.why),
            None if self.result.start.filter.is_some() => {
                "no test of this choice is about it".to_owned()
            }
            None => "there is no test of it for this kind of program".to_owned(),
        })
    }

    /// The requirements that were not judged, with the reasons, in the order of the result.
    pub(super) fn not_judged(&self) -> Vec<(&'a str, String)> {
        let ids = self.result.end.not_judged.iter().map(String::as_str);
        ids.map(|id| (id, self.why_not(id).unwrap_or_default()))
            .collect()
    }
}
