//! A test of a relay, with what it needs.

use std::fmt;

use super::bench::Bench;
use super::fault::Fault;
use crate::subject::relay_settings::RelaySettings;
use crate::suites::test::Test;

/// The body of a test.
type Body = dyn Fn(&Bench<'_>) -> Result<(), Fault> + Send + Sync;

/// One test of a relay.
pub(crate) struct RelayCase {
    id: String,
    suite: &'static str,
    title: String,
    clauses: Vec<String>,
    /// The settings of the relay.
    pub(crate) settings: RelaySettings,
    /// The needs beside the settings.
    pub(crate) needs: Needs,
    /// The most allocates and claims that the test makes, as far as they are rated.
    pub(crate) starts: u32,
    /// About how long it waits, in milliseconds.
    pub(crate) waits: u64,
    run: Box<Body>,
}

/// The needs of a test that no placeholder meets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The relay is the test's alone.
    pub(crate) own: bool,
    /// The suite can end the relay.
    pub(crate) ending: bool,
    /// All other tests have been run before.
    pub(crate) last: bool,
}

impl RelayCase {
    /// A test that needs nothing but a relay.
    pub(crate) fn new(
        suite: &'static str,
        id: impl fmt::Display,
        title: impl Into<String>,
        clauses: &[&str],
        run: impl Fn(&Bench<'_>) -> Result<(), Fault> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id: format!("{suite}-{id}"),
            suite,
            title: title.into(),
            clauses: clauses.iter().map(|id| (*id).to_owned()).collect(),
            settings: RelaySettings::default(),
            needs: Needs::default(),
            starts: 2,
            waits: 0,
            run: Box::new(run),
        }
    }

    /// The test with these settings.
    pub(crate) fn told(mut self, settings: RelaySettings) -> Self {
        self.settings = settings;
        self
    }

    /// The test with a relay of its own.
    pub(crate) fn alone(mut self) -> Self {
        self.needs.own = true;
        self
    }

    /// The test with a relay of its own, which it ends.
    pub(crate) fn ending(mut self) -> Self {
        self.needs.own = true;
        self.needs.ending = true;
        self
    }

    /// The test after all others.
    pub(crate) fn last(mut self) -> Self {
        self.needs.last = true;
        self
    }

    /// The test with this number of rated requests.
    pub(crate) fn starts(mut self, starts: u32) -> Self {
        self.starts = starts;
        self
    }

    /// The test that waits about so many milliseconds.
    pub(crate) fn waits(mut self, milliseconds: u64) -> Self {
        self.waits = milliseconds;
        self
    }

    /// Runs the test.
    ///
    /// # Errors
    ///
    /// [`Fault`], unless it passed.
    pub(crate) fn run(&self, bench: &Bench<'_>) -> Result<(), Fault> {
        (self.run)(bench)
    }
}

impl Test for RelayCase {
    fn id(&self) -> &str {
        &self.id
    }

    fn suite(&self) -> &str {
        self.suite
    }

    fn level(&self) -> u8 {
        0
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn clauses(&self) -> &[String] {
        &self.clauses
    }

    fn content(&self) -> Vec<(&'static str, String)> {
        let told = self.settings.placeholders();
        let told = told
            .iter()
            .map(|name| format!("{{{name}}} = {}", self.settings.value(name)));
        let mut needs: Vec<String> = told.collect();
        if self.needs.own {
            needs.push("a relay of its own".to_owned());
        }
        if self.needs.ending {
            needs.push("a relay that can be ended".to_owned());
        }
        needs.into_iter().map(|need| ("needs", need)).collect()
    }
}

impl fmt::Debug for RelayCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayCase")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
