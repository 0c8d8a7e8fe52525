//! A test of any suite: it asks an adapter and judges the reply.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::subject::adapter::{AdapterError, AdapterHandle};

/// One test. Its verdict depends on the adapter alone, not on other tests.
pub(crate) trait Case: Send + Sync {
    /// The identifier, unique over all suites and stable for ever.
    fn id(&self) -> &str;
    /// The suite that the test counts in: one line of the report.
    fn suite(&self) -> &str;
    /// The level that the test belongs to (`conformance/README.md`): 5 is a hostile relay.
    fn level(&self) -> u8 {
        5
    }
    /// The subject of the test, in one line.
    fn title(&self) -> &str;
    /// The requirements that an implementation violates when it fails, the first one above all.
    fn clauses(&self) -> &[String];
    /// The operations that an adapter needs for the test.
    fn operations(&self) -> Vec<&str>;
    /// The named values that an adapter must take for the test (HOOK-2, HOOK-3).
    fn injects(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The roles that an adapter must have for the test, as its hello names them.
    fn roles(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The number of runs that an adapter must take at once for the test.
    fn runs(&self) -> usize {
        1
    }
    /// The parts of a run that the test asks for, such as a deadline, which an adapter in front of
    /// a whole program may lack.
    fn parts(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The test, in the same suite, that must pass for this one's verdict to mean anything.
    fn control(&self) -> Option<&str> {
        None
    }
    /// Whether the test is a run of a whole client, which waits far more than it computes, so that
    /// one adapter process may have many of them at once.
    fn shares_a_process(&self) -> bool {
        false
    }
    /// The questions and the right answers of the test, for people: names and lines.
    fn content(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// Runs the test; every wait ends after this timeout.
    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome;
}

/// The result of running a test.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The adapter did as expected.
    Passed,
    /// The adapter did something else.
    Failed(Failure),
    /// The machine was too busy to prove anything: what came too late may be its fault.
    Inconclusive(String),
    /// The adapter gave no reply, which is a failure too; its other lines are here.
    Broke(AdapterError, Failure),
}

/// The description of a failure, from which a stranger sees what went wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// The question of the test, line by line.
    pub(crate) given: Vec<String>,
    /// The expected result.
    pub(crate) expected: String,
    /// The actual result.
    pub(crate) actual: String,
    /// The first value that differs, in the specification's words.
    pub(crate) difference: Option<String>,
    /// The requirement that this value breaks, where it may be another than the test's main one.
    pub(crate) clause: Option<String>,
    /// The known mistake that this looks like.
    pub(crate) mistake: Option<String>,
    /// More, line by line, such as the requests of an exchange.
    pub(crate) detail: Vec<String>,
    /// The standard error of the run that failed, where it is known by itself.
    #[serde(skip)]
    pub(crate) stderr: Option<String>,
}
