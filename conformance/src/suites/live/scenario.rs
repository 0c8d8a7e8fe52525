//! A scenario of the live suite as a test.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::expect::Expect;
use super::judge::{self, Difference};
use super::play::{self, Played};
use super::script::Script;
use crate::subject::adapter::AdapterHandle;
use crate::suites::case::{Case, Outcome};
use crate::suites::vectors::derive::Role;
use crate::suites::vectors::short;

/// The name of the suite.
pub(crate) const SUITE: &str = "live";

/// A further judgement of a run.
pub(crate) type Further = fn(&Played) -> Result<(), Difference>;

/// One scenario: a script, and how the run must end.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) clauses: Vec<String>,
    pub(crate) script: Script,
    pub(crate) expect: Expect,
    /// The request, or the event, at which what is tested happens: a run that its deadline ends
    /// before that on a busy machine is played again with a longer one.
    pub(crate) reaches: Option<&'static str>,
    /// More that is judged, when all else is right.
    pub(crate) more: Option<Further>,
}

/// The longest time that a busy machine is given to come to the point.
const LONGEST_TIME: u64 = 16;

impl Scenario {
    /// A scenario with the expected end of this script when all goes well.
    pub(crate) fn new(id: &str, clauses: &[&str], title: &str, role: Role) -> Self {
        let id = format!("live-{id}");
        let requests: &[&str] = match role {
            Role::Initiator => &[
                "allocate",
                "get answer",
                "put finish",
                "get receipt",
                "close done",
            ],
            Role::Receiver => &["claim", "put answer", "get finish", "put receipt"],
        };
        Self {
            title: title.to_owned(),
            clauses: clauses.iter().map(|id| (*id).to_owned()).collect(),
            script: Script::usual(role, &id),
            id,
            expect: Expect {
                requests: requests.iter().map(|name| (*name).to_owned()).collect(),
                outcome: "done".to_owned(),
                reason: None,
                delivered: true,
                blob: true,
                arrived: true,
                attempts: Vec::new(),
                pace: false,
                seconds: None,
            },
            reaches: None,
            more: None,
        }
    }

    /// Changes the script.
    pub(crate) fn with(mut self, change: impl FnOnce(Script) -> Script) -> Self {
        self.script = change(self.script);
        self
    }

    /// Expects these requests.
    pub(crate) fn requests(mut self, requests: &[&str]) -> Self {
        self.expect.requests = requests.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Expects this failure: nothing delivered, no blob, nothing at the other side.
    pub(crate) fn fails(mut self, outcome: &str) -> Self {
        outcome.clone_into(&mut self.expect.outcome);
        self.expect.delivered = false;
        self.expect.blob = false;
        self.expect.arrived = false;
        self
    }

    /// Changes what is expected.
    pub(crate) fn expecting(mut self, change: impl FnOnce(&mut Expect)) -> Self {
        change(&mut self.expect);
        self
    }

    /// Expects so many attempts of a request, and judges the pauses between them.
    pub(crate) fn attempts(self, request: &'static str, count: usize) -> Self {
        self.expecting(|expect| {
            expect.attempts.push((request, count));
            expect.pace = true;
        })
    }

    /// Judges more.
    pub(crate) fn judging(mut self, more: fn(&Played) -> Result<(), Difference>) -> Self {
        self.more = Some(more);
        self
    }

    /// Whether the run waits, so that it should begin early.
    fn waits(&self) -> u64 {
        let repeats = self.expect.attempts.iter().map(|(_, count)| *count as u64);
        self.script.deadline.unwrap_or(0) + repeats.max().unwrap_or(0)
    }
}

/// A scenario with the threads that serve its relay.
pub(crate) struct LiveCase {
    pub(crate) scenario: Scenario,
    pub(crate) runtime: Arc<Runtime>,
}

/// Scenarios as tests; those that wait longest come first.
pub(crate) fn cases(mut scenarios: Vec<Scenario>, runtime: &Arc<Runtime>) -> Vec<Box<dyn Case>> {
    scenarios.sort_by_key(|scenario| std::cmp::Reverse(scenario.waits()));
    let case = |scenario| -> Box<dyn Case> {
        Box::new(LiveCase {
            scenario,
            runtime: Arc::clone(runtime),
        })
    };
    scenarios.into_iter().map(case).collect()
}

impl Case for LiveCase {
    fn id(&self) -> &str {
        &self.scenario.id
    }

    fn suite(&self) -> &str {
        SUITE
    }

    fn title(&self) -> &str {
        &self.scenario.title
    }

    fn clauses(&self) -> &[String] {
        &self.scenario.clauses
    }

    fn operations(&self) -> Vec<&str> {
        match self.scenario.script.has_user() {
            true => vec!["run", "user-event"],
            false => vec!["run"],
        }
    }

    fn roles(&self) -> Vec<&str> {
        vec![self.scenario.script.role.name()]
    }

    fn parts(&self) -> Vec<&str> {
        self.scenario.script.parts()
    }

    fn shares_a_process(&self) -> bool {
        true
    }

    fn content(&self) -> Vec<(&'static str, String)> {
        let Scenario { script, expect, .. } = &self.scenario;
        let given = script.input("(the relay of the suite)");
        let given = given.as_object().into_iter().flatten();
        let given = given.map(|(name, value)| ("given", format!("{name} = {}", short(value))));
        let plays = script.told().into_iter().map(|line| ("plays", line));
        let expected = expect.told().into_iter().map(|line| ("expected", line));
        given.chain(plays).chain(expected).collect()
    }

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        let mut script = self.scenario.script.clone();
        loop {
            let limit = timeout + Duration::from_secs(script.deadline.unwrap_or(0));
            let expected = &self.scenario.expect.requests;
            let played = match play::play(adapter, &self.runtime, &script, expected, limit) {
                Ok(played) => played,
                Err(fault) => return Outcome::Inconclusive(fault),
            };
            if !self.has_reached(&played) && lengthen(&mut script) {
                continue;
            }
            let judged = self.judged(&played);
            return judge::outcome(judged, &played);
        }
    }
}

impl LiveCase {
    fn has_reached(&self, played: &Played) -> bool {
        let Some(place) = self.scenario.reaches else {
            return true;
        };
        match place {
            "looking" => !played.looking.is_empty(),
            "taking" => !played.taking.is_empty(),
            name => played.world.seen.iter().any(|seen| seen.name == name),
        }
    }

    fn judged(&self, played: &Played) -> Result<(), Difference> {
        let mut expect = self.scenario.expect.clone();
        // A longer time makes a longer run.
        let more = (time_of(&played.script) - time_of(&self.scenario.script)) as f64;
        expect.seconds = expect
            .seconds
            .map(|(least, most)| (least + more, most + more));
        judge::judge(&expect, played)?;
        self.scenario.more.map_or(Ok(()), |more| more(played))
    }
}

/// The seconds after which a script ends a run: its deadline, or else the channel's life.
fn time_of(script: &Script) -> u64 {
    script.deadline.unwrap_or(script.ttl.into())
}

/// Doubles that time; gives false where it is long enough for any machine.
fn lengthen(script: &mut Script) -> bool {
    let longer = 2 * time_of(script);
    if longer > LONGEST_TIME {
        return false;
    }
    match &mut script.deadline {
        Some(deadline) => *deadline = longer,
        None => script.ttl *= 2,
    }
    true
}
