//! Several runs at once in one process: each event and each result belongs to its run.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::judge::{self, Difference};
use super::play::{self, Played};
use super::scenario::{SUITE, Scenario};
use super::script::{Act, Script};
use crate::subject::adapter::{AdapterHandle, UserEvent};
use crate::suites::case::{Case, Outcome};
use crate::suites::vectors::derive::Role;

/// The runs that are made at once.
const RUNS: usize = 4;
/// The time that a first answer takes, so that the runs are under way together.
const LATE: Duration = Duration::from_millis(400);

struct TogetherCase {
    id: &'static str,
    clauses: Vec<String>,
    title: &'static str,
    scenarios: Vec<Scenario>,
    runtime: Arc<Runtime>,
}

/// The tests.
pub(super) fn cases(runtime: &Arc<Runtime>) -> Vec<Box<dyn Case>> {
    let case = |id, clauses: &[&str], title, scenarios| -> Box<dyn Case> {
        Box::new(TogetherCase {
            id,
            clauses: clauses.iter().map(|id| (*id).to_owned()).collect(),
            title,
            scenarios,
            runtime: Arc::clone(runtime),
        })
    };
    let runs = |id: &str, roles: [Role; RUNS]| -> Vec<Scenario> {
        let numbered = roles.into_iter().enumerate();
        numbered
            .map(|(number, role)| one(id, number, role))
            .collect()
    };
    let (a, b) = (Role::Initiator, Role::Receiver);
    let mut cancelled = runs("together-cancelled", [a, b, a, b]);
    for (scenario, (poll, close)) in cancelled.iter_mut().skip(1).zip([
        (
            "get finish",
            ["claim", "put answer", "get finish", "close cancelled"].as_slice(),
        ),
        ("get answer", &["allocate", "get answer", "close cancelled"]),
    ]) {
        let given_up = scenario.clone().with(|mut script| {
            script.rules.clear();
            script.always(poll, Act::Hold(Some(UserEvent::Cancel)))
        });
        *scenario = given_up.requests(close).fails("cancelled");
    }
    vec![
        case(
            "live-together-initiators",
            &["CODE-3", "RAND-1", "OUT-1"],
            "Four initiators at once in one process: each code and result is of its run",
            runs("together-initiators", [a; RUNS]),
        ),
        case(
            "live-together-receivers",
            &["OUT-1", "RAND-1", "OUT-2"],
            "Four receivers at once in one process: each result is of its run",
            runs("together-receivers", [b; RUNS]),
        ),
        case(
            "live-together-cancelled",
            &["OUT-1", "INIT-1", "RECV-1"],
            "Two of four runs at once are cancelled: the others go on",
            cancelled,
        ),
    ]
}

fn one(id: &str, number: usize, role: Role) -> Scenario {
    let poll = match role {
        Role::Initiator => "get answer",
        Role::Receiver => "get finish",
    };
    Scenario::new(&format!("{id}-{number}"), &[], "", role).with(|script| Script {
        appid: format!("example.com/{number}").into_bytes(),
        blob: format!("the client's blob of run {number}").into_bytes(),
        peer_blob: format!("the peer's blob of run {number}").into_bytes(),
        words: 2 + number,
        ..script.always(poll, Act::Delay(LATE))
    })
}

impl Case for TogetherCase {
    fn id(&self) -> &str {
        self.id
    }

    fn suite(&self) -> &str {
        SUITE
    }

    fn title(&self) -> &str {
        self.title
    }

    fn clauses(&self) -> &[String] {
        &self.clauses
    }

    fn operations(&self) -> Vec<&str> {
        vec!["run", "user-event"]
    }

    fn roles(&self) -> Vec<&str> {
        let roles = self.scenarios.iter().map(|scenario| scenario.script.role);
        let mut roles: Vec<&str> = roles.map(Role::name).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    fn parts(&self) -> Vec<&str> {
        // The blobs of the runs are of one length, and are empty where there can be none.
        let parts = self
            .scenarios
            .iter()
            .flat_map(|scenario| scenario.script.parts());
        parts.filter(|part| !part.ends_with("-blob")).collect()
    }

    fn runs(&self) -> usize {
        RUNS
    }

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        let all: Vec<Result<Played, String>> = thread::scope(|scope| {
            let threads: Vec<_> = self
                .scenarios
                .iter()
                .map(|Scenario { script, expect, .. }| {
                    scope.spawn(|| {
                        play::play(adapter, &self.runtime, script, &expect.requests, timeout)
                    })
                })
                .collect();
            let lost = || Err("a thread of the suite panicked".to_owned());
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| lost()))
                .collect()
        });
        for (scenario, played) in self.scenarios.iter().zip(all) {
            let played = match played {
                Ok(played) => played,
                Err(fault) => return Outcome::Inconclusive(fault),
            };
            let judged = code(&played).and_then(|()| judge::judge(&scenario.expect, &played));
            if judged.is_err() {
                return judge::outcome(judged, &played);
            }
        }
        Outcome::Passed
    }
}

/// CODE-3, the code of the run's own channel, once, with as many words as the run was asked for.
fn code(played: &Played) -> Result<(), Difference> {
    if played.script.role == Role::Receiver {
        return Ok(());
    }
    let channel = format!("{}-", played.script.channel);
    let own = |code: &String| {
        code.starts_with(&channel) && code.matches('-').count() == played.script.words
    };
    match played.world.codes.as_slice() {
        [one] if own(one) => Ok(()),
        codes => Err(Difference::new(
            "CODE-3",
            "the code of this run",
            format!("{channel} and {} words, once", played.script.words),
            format!("{codes:?}"),
        )),
    }
}
