//! A client with a change, judged by the tests of clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::judge::{Examined, PassesUntouched, Played, TestFacts, lock};
use crate::subject::adapter::{AdapterError, AdapterHandle, CommandLine};
use crate::suites::case::{Case, Outcome};

/// The time that each reply may take.
const REPLY: Duration = Duration::from_secs(10);
/// The time that an adapter has to say hello; many start at once.
const HELLO: Duration = Duration::from_secs(60);
/// The number of adapters that one client may use up; one that breaks at everything is found out
/// before.
const MOST_PROCESSES: usize = 12;

/// The tests of clients, and what they say of the client without any change.
pub(crate) struct ClientTests {
    cases: Vec<Box<dyn Case>>,
    facts: Vec<TestFacts>,
    untouched: ClientProcess,
    passes: PassesUntouched,
}

impl ClientTests {
    /// Takes the tests of a plan; `untouched` starts the client as it is.
    pub(crate) fn new(cases: Vec<Box<dyn Case>>, untouched: CommandLine) -> Self {
        let places: HashMap<String, usize> = cases
            .iter()
            .enumerate()
            .map(|(index, case)| (case.id().to_owned(), index))
            .collect();
        let count = cases.len();
        let facts = cases
            .iter()
            .enumerate()
            .map(|(index, case)| TestFacts {
                id: case.id().to_owned(),
                clauses: case.clauses().to_vec(),
                control: case.control().and_then(|id| places.get(id).copied()),
                // A plan has whole exchanges last, and of them those first that wait longest.
                cost: match case.level() {
                    5 => 2 * count - index,
                    _ => index,
                },
            })
            .collect();
        Self {
            cases,
            facts,
            untouched: ClientProcess::new(untouched),
            passes: PassesUntouched::default(),
        }
    }

    /// The tests themselves.
    pub(crate) fn cases(&self) -> &[Box<dyn Case>] {
        &self.cases
    }

    fn passes_untouched(&self, test: usize) -> bool {
        let Some(case) = self.cases.get(test) else {
            return false;
        };
        self.passes.get_or_play(test, || {
            // A machine that is busy with many clients is no proof of anything.
            (0..2).any(|_| self.untouched.play(case.as_ref()) == Played::Passed)
        })
    }
}

/// A client with a change.
pub(crate) struct ChangedClient<'a> {
    tests: &'a ClientTests,
    process: ClientProcess,
}

impl<'a> ChangedClient<'a> {
    /// Makes the client that this command starts.
    pub(crate) fn new(tests: &'a ClientTests, command: CommandLine) -> Self {
        Self {
            tests,
            process: ClientProcess::new(command),
        }
    }
}

impl Examined for ChangedClient<'_> {
    fn tests(&self) -> &[TestFacts] {
        &self.tests.facts
    }

    fn play(&self, test: usize) -> Played {
        match self.tests.cases.get(test) {
            Some(case) => self.process.play(case.as_ref()),
            None => Played::Nothing,
        }
    }

    fn passes_untouched(&self, test: usize) -> bool {
        self.tests.passes_untouched(test)
    }
}

/// One adapter for many tests at once; another one replaces it when it breaks.
struct ClientProcess {
    command: CommandLine,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    adapter: Option<Arc<AdapterHandle>>,
    started: usize,
}

impl ClientProcess {
    fn new(command: CommandLine) -> Self {
        Self {
            command,
            running: Mutex::default(),
        }
    }

    fn adapter(&self) -> Result<Arc<AdapterHandle>, AdapterError> {
        let mut running = lock(&self.running);
        if let Some(adapter) = &running.adapter {
            return Ok(Arc::clone(adapter));
        }
        if running.started >= MOST_PROCESSES {
            return Err(AdapterError::Broke("it broke too often".to_owned()));
        }
        running.started += 1;
        let adapter = Arc::new(AdapterHandle::start_process(&self.command, HELLO)?);
        running.adapter = Some(Arc::clone(&adapter));
        Ok(adapter)
    }

    /// Lets go of an adapter that broke, unless another thread has done so.
    fn replace(&self, broken: &Arc<AdapterHandle>) {
        let mut running = lock(&self.running);
        if (running.adapter.as_ref()).is_some_and(|adapter| Arc::ptr_eq(adapter, broken)) {
            running.adapter = None;
        }
    }

    fn play(&self, case: &dyn Case) -> Played {
        let mut last = false;
        loop {
            let Ok(adapter) = self.adapter() else {
                return Played::Failed(None);
            };
            match case.run(&adapter, REPLY) {
                Outcome::Passed => return Played::Passed,
                Outcome::Inconclusive(_) => return Played::Nothing,
                Outcome::Failed(failure) => return Played::Failed(failure.clause),
                Outcome::Broke(error, failure) => {
                    if !error.needs_another_process() {
                        return Played::Failed(failure.clause);
                    }
                    self.replace(&adapter);
                    // Another test may have broken the adapter that both used.
                    if last || matches!(error, AdapterError::TimedOut(_)) {
                        return Played::Failed(failure.clause);
                    }
                    last = true;
                }
            }
        }
    }
}
