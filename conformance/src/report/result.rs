//! The result of a check as one value, from which every form of the report is made, at once or from
//! a file that was kept.

use std::borrow::Cow;
use std::io::{self, Write};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::run::verdict::{ExpectedFailure, Verdict, VerdictCounts};
use crate::subject::adapter::Hello;

/// All that a check found out. As text it is JSON lines (`conformance/result.schema.json`).
#[derive(Debug, Clone)]
pub(crate) struct CheckResult {
    /// The implementation that was judged, and all that judged it.
    pub(crate) start: Start,
    /// The tests in their order.
    pub(crate) tests: Vec<TestResult>,
    /// The sum.
    pub(crate) end: End,
}

/// The implementation that was judged, and all that judged it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Start {
    /// The version of the suite.
    pub(crate) suite: String,
    /// The version of the specification's text.
    pub(crate) spec: String,
    /// The edition of the text whose tests count.
    pub(crate) edition: String,
    /// The options that chose the tests; nothing when all were run.
    pub(crate) filter: Option<String>,
    /// The number of tests that there are.
    pub(crate) all: usize,
    /// The command that started the adapter or the relay, or the relay's address.
    pub(crate) command: String,
    /// The command that runs one test again, less its id.
    pub(crate) again: String,
    /// The hash of all vectors, where vectors judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vectors: Option<String>,
    /// The folder of other vectors than the committed ones, where such judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vectors_folder: Option<String>,
    /// The adapter's hello; a relay says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) adapter: Option<Hello>,
}

/// A test and its verdict.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TestResult {
    /// The identifier.
    pub(crate) id: String,
    /// The suite that the test counts in.
    pub(crate) suite: String,
    /// The level that the test belongs to; 0 for what is in no level.
    pub(crate) level: u8,
    /// The requirements that are violated when it fails, the first one above all.
    pub(crate) clauses: Vec<String>,
    /// The subject of the test, in one line.
    pub(crate) title: String,
    /// The verdict.
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    /// The text on standard error meanwhile; kept for what did not pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) stderr: String,
    /// The time that it took.
    pub(crate) milliseconds: u64,
}

impl TestResult {
    /// The main requirement; empty for a test that has none.
    pub(crate) fn clause(&self) -> &str {
        self.clauses.first().map_or("", String::as_str)
    }

    /// The requirement of the first value that differs, or the main one.
    pub(crate) fn headline(&self) -> &str {
        match &self.verdict {
            Verdict::Failed(failure) | Verdict::Expected(ExpectedFailure { failure, .. }) => {
                failure.clause.as_deref().unwrap_or(self.clause())
            }
            _ => self.clause(),
        }
    }
}

/// The sum of a check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct End {
    /// Whether everything is as expected.
    pub(crate) good: bool,
    /// The highest level up to which everything passed.
    pub(crate) level: Option<usize>,
    /// The counts over all tests.
    pub(crate) counts: VerdictCounts,
    /// The requirements that no test of this run judged.
    pub(crate) not_judged: Vec<String>,
    /// The faults outside any test, in words.
    pub(crate) problems: Vec<String>,
    /// The number of tests that were played again because something came too late.
    pub(crate) repeated: usize,
    /// The longest lag of the machine.
    pub(crate) lag_milliseconds: u64,
    /// The time from start to end.
    pub(crate) milliseconds: u64,
}

/// A line of the result as text.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Start(Cow<'a, Start>),
    Test(Cow<'a, TestResult>),
    End(Cow<'a, End>),
}

impl CheckResult {
    /// The tests with their verdicts.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = (&str, &Verdict)> + Clone {
        self.tests
            .iter()
            .map(|test| (test.id.as_str(), &test.verdict))
    }

    /// Writes the lines.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let start = Line::Start(Cow::Borrowed(&self.start));
        let tests = self
            .tests
            .iter()
            .map(|test| Line::Test(Cow::Borrowed(test)));
        let end = Line::End(Cow::Borrowed(&self.end));
        for line in std::iter::once(start).chain(tests).chain([end]) {
            let text = serde_json::to_string(&line)?;
            writeln!(out, "{text}")?;
        }
        Ok(())
    }

    /// Reads the lines of a result that was kept.
    ///
    /// # Errors
    ///
    /// A sentence about text that is no result, or one whose end is missing or does not add up.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let (mut start, mut tests, mut end) = (None, Vec::new(), None);
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let line: Line<'_> = serde_json::from_str(line)
                .with_context(|| format!("line {number} is no line of a result"))?;
            match (line, &start, &end) {
                (Line::Start(found), None, None) => start = Some(found.into_owned()),
                (Line::Test(found), Some(_), None) => tests.push(found.into_owned()),
                (Line::End(found), Some(_), None) => end = Some(found.into_owned()),
                _ => bail!("line {number} is at a wrong place"),
            }
        }
        let (Some(start), Some(end)) = (start, end) else {
            bail!("the line of its end is missing: the run was cut off, or the file was");
        };
        let counts = VerdictCounts::of(end.counts.planned, tests.iter().map(|test| &test.verdict));
        if counts != end.counts || end.good != (end.problems.is_empty() && counts.good()) {
            bail!("its end says something else than its tests: lines are missing or changed");
        }
        Ok(Self { start, tests, end })
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::sample;
    use super::*;

    #[test]
    fn a_kept_result_comes_back() {
        let mut text = Vec::new();
        sample().write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let mut again = Vec::new();
        CheckResult::read(&text).unwrap().write(&mut again).unwrap();
        assert_eq!(text.as_bytes(), again);
        let fails = |text: &str| CheckResult::read(text).unwrap_err().to_string();
        let lines: Vec<&str> = text.lines().collect();
        let without = |from: usize, to: usize| {
            let kept = lines.iter().enumerate();
            let kept = kept.filter(|(index, _)| !(from..to).contains(index));
            kept.map(|(_, line)| format!("{line}\n"))
                .collect::<String>()
        };
        assert!(fails("").contains("end is missing"));
        assert!(fails("{}").contains("line 1 is no line"));
        assert!(fails(&without(0, 1)).contains("line 1 is at a wrong place"));
        assert!(fails(&without(1, 2)).contains("missing or changed"));
        assert!(fails(&without(lines.len() - 1, lines.len())).contains("cut off"));
        let changed = text.replace("\"good\":false", "\"good\":true");
        assert!(fails(&changed).contains("missing or changed"));
    }

    /// The lines follow the schema that programs read.
    #[test]
    fn lines_follow_the_schema() {
        let schema = include_str!("../../result.schema.json");
        let schema = serde_json::from_str(schema).unwrap();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let mut text = Vec::new();
        sample().write(&mut text).unwrap();
        for line in String::from_utf8(text).unwrap().lines() {
            let line = serde_json::from_str(line).unwrap();
            let faults: Vec<String> = schema.iter_errors(&line).map(|e| e.to_string()).collect();
            assert!(faults.is_empty(), "{line}: {faults:?}");
        }
    }
}
