//! Judgements and their counts.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::suites::case::Failure;

/// The judgement of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// The adapter did as expected.
    Passed,
    /// The adapter did something else.
    Failed(Failure),
    /// The adapter did something else, as the user has said that it does.
    Expected(ExpectedFailure),
    /// The test was not run, since the adapter cannot; `named` when the user has said so
    /// beforehand.
    Skipped { why: String, named: bool },
    /// The test was run or not, and proves nothing.
    Inconclusive { why: String },
    /// The test does not count, whatever came of it.
    Unscored(Unscored),
}

/// The kind of a failure that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExpectedKind {
    /// A fault that is to be mended.
    Bug,
    /// A deviation on purpose.
    Choice,
    /// A verdict that the implementer holds to be wrong.
    Dispute,
}

impl ExpectedKind {
    /// The word in files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bug => "bug",
            Self::Choice => "choice",
            Self::Dispute => "dispute",
        }
    }
}

/// An entry: a test that is known to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// The test.
    pub(crate) test: String,
    /// The requirement that its failure comes down to.
    pub(crate) clause: String,
    /// The kind of the failure.
    pub(crate) kind: ExpectedKind,
    /// The reason of the failure, in words.
    pub(crate) reason: String,
    /// The place where it is discussed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
}

impl Display for Expectation {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (kind, clause, reason) = (self.kind.name(), &self.clause, &self.reason);
        write!(formatter, "{kind} ({clause}), {reason}")?;
        match &self.link {
            Some(link) => write!(formatter, ", {link}"),
            None => Ok(()),
        }
    }
}

/// A failure that the user expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExpectedFailure {
    /// The failure.
    #[serde(flatten)]
    pub(crate) failure: Failure,
    /// The user's entry.
    pub(crate) expectation: Expectation,
}

/// The verdict on a test that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unscored {
    /// The reason why it does not count, in words.
    pub(crate) why: String,
    /// The place where that is discussed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
    /// The verdict, if it counted.
    pub(crate) would_be: Box<Verdict>,
}

impl Display for Unscored {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (why, would_be) = (&self.why, self.would_be.name());
        write!(formatter, "{why}; {would_be}")?;
        match &self.link {
            Some(link) => write!(formatter, ", {link}"),
            None => Ok(()),
        }
    }
}

impl Verdict {
    /// The word for the verdict, as in the JSON result.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Expected(_) => "expected",
            Self::Skipped { .. } => "skipped",
            Self::Inconclusive { .. } => "inconclusive",
            Self::Unscored(_) => "unscored",
        }
    }

    /// The verdict on a test that proves nothing, with the reason.
    pub(crate) fn inconclusive(why: impl Into<String>) -> Self {
        Self::Inconclusive { why: why.into() }
    }
}

/// The number of verdicts of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VerdictCounts {
    pub(crate) planned: usize,
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    pub(crate) inconclusive: usize,
    /// The failures that the user expects, which are none of the failed.
    pub(crate) expected: usize,
    /// The skipped tests whose lack the user has not named.
    pub(crate) silently_skipped: usize,
    /// The tests that do not count, whatever came of them; they are among no other number but the
    /// planned.
    pub(crate) unscored: usize,
}

impl VerdictCounts {
    /// Counts verdicts of a number of planned tests.
    pub(crate) fn of<'a>(planned: usize, verdicts: impl IntoIterator<Item = &'a Verdict>) -> Self {
        let mut counts = Self {
            planned,
            ..Self::default()
        };
        for verdict in verdicts {
            match verdict {
                Verdict::Passed => counts.passed += 1,
                Verdict::Failed(_) => counts.failed += 1,
                Verdict::Expected(_) => counts.expected += 1,
                Verdict::Inconclusive { .. } => counts.inconclusive += 1,
                Verdict::Unscored(_) => counts.unscored += 1,
                Verdict::Skipped { named, .. } => {
                    counts.skipped += 1;
                    counts.silently_skipped += usize::from(!named);
                }
            }
        }
        counts
    }

    /// Says whether each planned test has exactly one verdict.
    pub(crate) fn add_up(&self) -> bool {
        let judged = self.passed + self.failed + self.expected;
        self.planned == judged + self.skipped + self.inconclusive + self.unscored
    }

    /// Says whether any of the tests counts.
    pub(crate) fn any_scored(&self) -> bool {
        self.unscored < self.planned
    }

    /// Says whether something was tested, and all of it is as expected.
    pub(crate) fn good(&self) -> bool {
        self.add_up()
            && self.passed > 0
            && self.failed == 0
            && self.inconclusive == 0
            && self.silently_skipped == 0
    }

    /// Says whether all is as expected, and no failure is among that.
    pub(crate) fn all_good(&self) -> bool {
        self.good() && self.expected == 0
    }
}

impl Display for VerdictCounts {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            planned,
            passed,
            failed,
            skipped,
            inconclusive,
            expected,
            silently_skipped: _,
            unscored,
        } = self;
        write!(
            formatter,
            "{planned} planned = {passed} passed + {failed} failed + {skipped} skipped + \
             {inconclusive} inconclusive"
        )?;
        for (count, name) in [(expected, "failed as expected"), (unscored, "unscored")] {
            if *count > 0 {
                write!(formatter, " + {count} {name}")?;
            }
        }
        Ok(())
    }
}
