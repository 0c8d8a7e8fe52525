//! Tests of what is played again: a busy machine is no fault of the client's, and a fault is not
//! excused by another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::case::{Playing, Shared, TranscriptCase};
use super::client::{Client, RunError};
use super::repeat::{ENOUGH, ENOUGH_IN_ALL};
use super::script_for_tests::{SIDE, Script, Step, result, transcript};
use super::transcript::Transcript;
use super::user::ScriptedUser;
use crate::subject::adapter::AdapterEvent;

const ALLOCATE: Step = Step::Send("POST", "/channels", SIDE, r#"{"body":"41aa"}"#);
const POLL: Step = Step::Send("GET", "/channels/7/answer?wait=25", SIDE, "");
const CLOSE: Step = Step::Send("POST", "/channels/7/close", SIDE, r#"{"reason":"done"}"#);

/// The way in which a machine upsets its client.
#[derive(Clone, Copy)]
enum Upset {
    /// The second between two polls is left out.
    Busy,
    /// A back-off lasts this number of milliseconds longer.
    Stalled(u64),
}

/// A client that is upset by its machine, as long as that is busy.
struct Busy {
    upset: Upset,
    /// The number of plays in which it is.
    plays: usize,
    played: AtomicUsize,
}

impl Client for Busy {
    fn run(
        &self,
        input: Value,
        limit: Duration,
        user: &ScriptedUser,
        on_event: &mut dyn FnMut(&AdapterEvent),
    ) -> Result<Value, RunError> {
        let second = input["second_ms"].as_u64().unwrap();
        let is_busy = self.played.fetch_add(1, Ordering::Relaxed) < self.plays;
        let (pause, stall) = match self.upset {
            Upset::Busy if is_busy => (0, 0),
            Upset::Stalled(stall) if is_busy => (second, stall),
            _ => (second, 0),
        };
        let steps = vec![
            ALLOCATE,
            Step::Wait(second * 3 / 10 + stall),
            ALLOCATE,
            POLL,
            Step::Wait(pause),
            POLL,
            CLOSE,
        ];
        let result = result();
        Script { steps, result }.run(input, limit, user, on_event)
    }
}

/// Whether the client passes, and the number of plays, where so many failures of these requirements
/// have been seen again before.
fn judged(plays: usize, confirmed: &[(&str, usize)]) -> (bool, usize) {
    judged_when(Upset::Busy, plays, confirmed)
}

fn judged_when(upset: Upset, plays: usize, confirmed: &[(&str, usize)]) -> (bool, usize) {
    let shared = Shared::new(tokio::runtime::Runtime::new().unwrap());
    for (clause, times) in confirmed {
        (shared.confirmed.lock().unwrap()).insert((*clause).to_owned(), *times);
    }
    let case = TranscriptCase {
        transcript: Arc::new(Transcript::from_text(&transcript().to_string()).unwrap()),
        shared: Arc::new(shared),
    };
    let client = Busy {
        upset,
        plays,
        played: AtomicUsize::default(),
    };
    let judgement = case.judge(&Playing {
        client: &client,
        timeout: Duration::from_secs(10),
        at_once: 1,
    });
    let played = client.played.into_inner();
    (judgement.divergence.is_none(), played)
}

#[test]
fn what_differs_once_is_played_again() {
    assert_eq!(judged(0, &[]), (true, 1));
    assert_eq!(judged(1, &[]), (true, 2));
    let (passes, played) = judged(usize::MAX, &[]);
    assert!(!passes && played >= 2, "{played}");
}

/// A stall is no fault, as long as there is none each time, and a longer one is a fault at once.
#[test]
fn what_is_a_little_late_is_played_alone_a_few_times() {
    assert_eq!(judged_when(Upset::Stalled(700), 4, &[]), (true, 5));
    let (passes, played) = judged_when(Upset::Stalled(1_500), usize::MAX, &[]);
    assert!(!passes && played <= 4, "{played}");
}

#[test]
fn enough_failures_of_one_requirement_excuse_none_of_another() {
    assert_eq!(judged(1, &[("TIME-8", ENOUGH)]), (true, 2));
    assert_eq!(judged(1, &[("TIME-4", ENOUGH - 1)]), (true, 2));
    assert_eq!(judged(1, &[("TIME-4", ENOUGH)]), (false, 1));
    assert_eq!(judged(1, &[("TIME-8", ENOUGH_IN_ALL)]), (false, 1));
}
