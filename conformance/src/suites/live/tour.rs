//! A tour of runs that together make all requests and meet the usual ends. Each check is made over
//! all of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::judge::{self, Difference};
use super::peer::PeerMessage;
use super::play::{self, Played};
use super::request_checks::{CHECKS, Check, TEXT};
use super::responses::{self, With};
use super::scenario::{SUITE, Scenario};
use super::script::{Act, Script};
use super::table::flipped;
use crate::subject::adapter::AdapterHandle;
use crate::suites::case::{Case, Outcome};
use crate::suites::vectors::derive::Role;

/// The runs of a tour.
fn tour() -> Vec<Scenario> {
    let both = |id: &str| {
        Role::BOTH.map(|role| Scenario::new(&format!("{id}-{}", role.name()), &[], "", role))
    };
    let [initiator, receiver] = both("tour-cut");
    let mut all: Vec<Scenario> = both("tour-usual").into();
    all.push(initiator.with(|script| script.at("allocate", 0, Act::CutAfter)));
    all.push(receiver.with(|script| script.at("put answer", 0, Act::CutAfter)));
    let [initiator, receiver] = both("tour-wrong-code");
    let first = PeerMessage::of(|_, agreement| flipped(agreement.answer(b"tour")));
    let requests = ["allocate", "get answer", "close wrong-code"];
    all.push(
        initiator
            .with(|script| Script { first, ..script })
            .requests(&requests),
    );
    let second = PeerMessage::of(|_, agreement| flipped(agreement.finish(b"tour")));
    let requests = ["claim", "put answer", "get finish", "close wrong-code"];
    all.push(
        receiver
            .with(|script| Script { second, ..script })
            .requests(&requests),
    );
    let [initiator, receiver] = both("tour-misbehaved");
    let odd = || {
        let text = responses::message(203, serde_json::json!({"title": TEXT, "body": TEXT}));
        Act::Respond(text.header("x-note", TEXT))
    };
    let requests = ["allocate", "get answer", "close relay-misbehaved"];
    all.push(
        initiator
            .with(|script| script.always("get answer", odd()))
            .requests(&requests),
    );
    let requests = ["claim", "close relay-misbehaved"];
    all.push(
        receiver
            .with(|script| script.always("claim", odd()))
            .requests(&requests),
    );
    let [initiator, receiver] = both("tour-closed");
    let closed = || Act::Respond(responses::closed(TEXT));
    let requests = ["allocate", "get answer"];
    all.push(
        initiator
            .with(|script| script.always("get answer", closed()))
            .requests(&requests),
    );
    let requests = ["claim", "put answer", "get finish"];
    all.push(
        receiver
            .with(|script| script.always("get finish", closed()))
            .requests(&requests),
    );
    all
}

/// A check as a test.
struct TourCase {
    id: String,
    clauses: Vec<String>,
    check: Check,
    runtime: Arc<Runtime>,
}

/// The checks as tests.
pub(super) fn cases(runtime: &Arc<Runtime>) -> Vec<Box<dyn Case>> {
    let case = |check: &Check| -> Box<dyn Case> {
        Box::new(TourCase {
            id: format!("live-{}", check.id),
            clauses: check.clauses.iter().map(|id| (*id).to_owned()).collect(),
            check: *check,
            runtime: Arc::clone(runtime),
        })
    };
    CHECKS.iter().map(case).collect()
}

impl Case for TourCase {
    fn id(&self) -> &str {
        &self.id
    }

    fn suite(&self) -> &str {
        SUITE
    }

    fn title(&self) -> &str {
        self.check.title
    }

    fn clauses(&self) -> &[String] {
        &self.clauses
    }

    fn operations(&self) -> Vec<&str> {
        vec!["run"]
    }

    fn run(&self, adapter: &AdapterHandle, timeout: Duration) -> Outcome {
        for scenario in tour() {
            let role = scenario.script.role.name();
            if !adapter.hello().roles.iter().any(|has| has == role) {
                continue;
            }
            let expected = &scenario.expect.requests;
            let played = play::play(adapter, &self.runtime, &scenario.script, expected, timeout);
            let played = match played {
                Ok(played) => played,
                Err(fault) => return Outcome::Inconclusive(fault),
            };
            let judged = judge::result(&played)
                .and_then(|_| has_requests(&played))
                .and_then(|()| (self.check.holds)(&played));
            if judged.is_err() {
                return judge::outcome(judged, &played);
            }
        }
        Outcome::Passed
    }
}

/// A run without a request shows nothing, good or bad.
fn has_requests(played: &Played) -> Result<(), Difference> {
    match played.world.seen.is_empty() {
        true => Err(Difference::new("CLIENT-1", "the run", "requests", "none")),
        false => Ok(()),
    }
}
