//! One test's judgement, and what a run of tests is given.

use std::thread;
use std::time::Duration;

use super::expectations::Expectations;
use super::scoring::Scoring;
use crate::run::verdict::Verdict;
use crate::subject::adapter::{AdapterError, AdapterHandle};
use crate::suites::case::Failure;

/// A function that starts an adapter.
pub(crate) type Connect<'a> = dyn Fn() -> Result<AdapterHandle, AdapterError> + Sync + 'a;

/// A function that hears of each test that has ended, by its id.
pub(crate) type Done<'a> = dyn Fn(&str, &Verdict) + Sync + 'a;

/// The settings of a run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The number of threads and of adapter processes.
    pub(crate) jobs: usize,
    /// The time that each reply may take.
    pub(crate) timeout: Duration,
    /// Whether the tests that follow a failure are not tried.
    pub(crate) fail_fast: bool,
    /// The failures that the user expects.
    pub(crate) expectations: Expectations,
    /// The tests that count, for each edition of the text.
    pub(crate) scoring: Scoring,
    /// Operations that the user has said the adapter lacks.
    pub(crate) without: Vec<String>,
}

/// The settings of a run at a relay.
#[derive(Debug)]
pub(crate) struct RelayRunSettings {
    /// Whether the tests that follow a failure are not tried.
    pub(crate) fail_fast: bool,
    /// The failures that the user expects.
    pub(crate) expectations: Expectations,
    /// The tests that count. A relay says no edition: it is judged by the current one.
    pub(crate) scoring: Scoring,
}

impl RelayRunSettings {
    /// Whether nothing more is tried once this test has failed.
    pub(super) fn ends_at(&self, test: &str) -> bool {
        let may_fail = self.expectations.has(test) || !self.scoring.of_current().counts(test);
        self.fail_fast && !may_fail
    }
}

/// The sentence about tests that `--fail-fast` leaves out.
pub(crate) const AFTER_A_FAILURE: &str = "not tried: another test failed before (--fail-fast)";

/// The judgement of one test, with its time and its standard error.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// The judgement.
    pub(crate) verdict: Verdict,
    /// The time that the test took.
    pub(crate) time: Duration,
    /// The text that the adapter wrote to its standard error meanwhile; kept for failures.
    pub(crate) stderr: String,
}

impl Judged {
    /// The judgement of a test that no thread came to.
    pub(super) fn untried() -> Self {
        Self {
            verdict: Verdict::inconclusive("not tried: the suite went wrong"),
            time: Duration::ZERO,
            stderr: String::new(),
        }
    }
}

/// The most bytes of standard error that are kept for one test: a report shows some lines of it.
const MOST_WORDS: usize = 4 * 1024;

/// The standard error of a test that did not pass: that of its own run, where it is known, or else
/// the end of the adapter's since a mark, after a moment for what is still on its way.
pub(super) fn words_of(verdict: &Verdict, adapter: &AdapterHandle, mark: usize) -> String {
    let text = match verdict {
        Verdict::Passed => return String::new(),
        Verdict::Failed(Failure {
            stderr: Some(own), ..
        }) => own.clone(),
        _ => {
            thread::sleep(Duration::from_millis(20));
            adapter.stderr_since(mark)
        }
    };
    let start = text.ceil_char_boundary(text.len().saturating_sub(MOST_WORDS));
    text.get(start..).unwrap_or_default().to_owned()
}
