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
    /// The test was not run, since the adapter cannot; `named` when the user has said so
    /// beforehand.
    Skipped { why: String, named: bool },
    /// The test was run or not, and proves nothing.
    Inconclusive { why: String },
}

impl Verdict {
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
    /// The skipped tests whose lack the user has not named.
    pub(crate) silently_skipped: usize,
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
                Verdict::Inconclusive { .. } => counts.inconclusive += 1,
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
        self.planned == self.passed + self.failed + self.skipped + self.inconclusive
    }

    /// Says whether something was tested, and all of it is as expected.
    pub(crate) fn good(&self) -> bool {
        self.add_up()
            && self.passed > 0
            && self.failed == 0
            && self.inconclusive == 0
            && self.silently_skipped == 0
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
            ..
        } = self;
        write!(
            formatter,
            "{planned} planned = {passed} passed + {failed} failed + {skipped} skipped + \
             {inconclusive} inconclusive"
        )
    }
}
