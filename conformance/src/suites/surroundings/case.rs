//! A test of surroundings.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::door::{Door, Keys};
use crate::stage::listener::listen;
use crate::subject::adapter::AdapterHandle;
use crate::suites::case::{Case, Outcome};
use crate::suites::live::judge::{self, Difference};
use crate::suites::live::play::{self, Played};
use crate::suites::live::relay::LiveRelay;
use crate::suites::live::scenario::Scenario;

/// The body of a test: it gets what it needs to play runs.
type Body = Box<dyn Fn(&Setting<'_>) -> Result<(), Fault> + Send + Sync>;

/// A test of surroundings.
pub(super) struct SurroundingsCase {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) clauses: Vec<String>,
    /// The named values that the adapter must take: `ca` for runs over TLS.
    pub(super) injects: Vec<&'static str>,
    pub(super) roles: Vec<&'static str>,
    pub(super) runtime: Arc<Runtime>,
    pub(super) body: Body,
}

/// The reason why a test does not pass.
pub(super) enum Fault {
    /// The client did otherwise than expected.
    Client(Difference, Option<Box<Played>>),
    /// The suite could not try.
    Suite(String),
}

/// The means of a test's body.
pub(super) struct Setting<'a> {
    pub(super) adapter: &'a AdapterHandle,
    pub(super) timeout: Duration,
    runtime: &'a Runtime,
}

impl Setting<'_> {
    /// Waits for what needs the relays' threads.
    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Plays a scenario's run at a door of its own, judges it, and gives what was played and the
    /// number of connections that came.
    pub(super) fn play(
        &self,
        adapter: &AdapterHandle,
        scenario: &Scenario,
        keys: Option<&Keys>,
        address: impl Fn(u16) -> String,
    ) -> Result<(Played, usize), Fault> {
        let limit = self.timeout + Duration::from_secs(scenario.script.deadline.unwrap_or(0));
        let relay = Arc::new(LiveRelay::new(&scenario.script, &scenario.expect.requests));
        let (_server, door) = self.runtime.block_on(async {
            let server = listen(Arc::clone(&relay)).await.map_err(suite)?;
            let door = Door::open(&server.url(), keys).await.map_err(suite)?;
            Ok((server, door))
        })?;
        let url = address(door.port());
        let played = play::play_at(adapter, &url, &scenario.script, &relay, limit);
        match judge::judge(&scenario.expect, &played) {
            Ok(()) => Ok((played, door.connections())),
            Err(difference) => Err(Fault::Client(difference, Some(Box::new(played)))),
        }
    }
}

pub(super) fn suite(error: impl std::fmt::Display) -> Fault {
    Fault::Suite(error.to_string())
}

impl Case for SurroundingsCase {
    fn id(&self) -> &str {
        &self.id
    }

    fn suite(&self) -> &str {
        "surroundings"
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

    fn operations(&self) -> Vec<&str> {
        vec!["run"]
    }

    fn injects(&self) -> Vec<&str> {
        self.injects.clone()
    }

    fn roles(&self) -> Vec<&str> {
        self.roles.clone()
    }

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        let setting = Setting {
            adapter,
            timeout,
            runtime: &self.runtime,
        };
        match (self.body)(&setting) {
            Ok(()) => Outcome::Passed,
            Err(Fault::Suite(text)) => Outcome::Inconclusive(text),
            Err(Fault::Client(difference, Some(played))) => {
                judge::outcome(Err(difference), &played)
            }
            Err(Fault::Client(difference, None)) => {
                Outcome::Failed(judge::failure(difference, None))
            }
        }
    }
}
