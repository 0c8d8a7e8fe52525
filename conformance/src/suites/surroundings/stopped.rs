//! A process that is stopped and goes on: its times count on (TIME-5, TIME-10).

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::Runtime;

use super::case::{Fault, Setting, SurroundingsCase, suite};
use crate::subject::adapter::{AdapterHandle, Surroundings};
use crate::suites::case::Case;
use crate::suites::live::judge::Difference;
use crate::suites::live::play::Played;
use crate::suites::live::scenario::Scenario;
use crate::suites::live::script::{Act, Script};
use crate::suites::vectors::derive::Role;

/// The time after which the process is stopped: it has begun to wait by then on most machines.
const BEFORE: Duration = Duration::from_millis(600);
/// The seconds for which it is stopped, tried in this order when a busy machine was too late to
/// tell.
const STOPS: [u64; 3] = [3, 6, 12];

/// The tests.
pub(super) fn cases(runtime: &Arc<Runtime>) -> Vec<Box<dyn Case>> {
    let case = |role: Role| -> Box<dyn Case> {
        Box::new(SurroundingsCase {
            id: format!("surroundings-stopped-{}", role.name()),
            title: "The process is stopped past its deadline, and goes on".to_owned(),
            clauses: ["TIME-5", "TIME-10"].map(str::to_owned).into(),
            injects: Vec::new(),
            roles: vec![role.name()],
            runtime: Arc::clone(runtime),
            body: Box::new(move |setting| stopped(setting, role)),
        })
    };
    Role::BOTH.map(case).into()
}

/// A client that does not count while it is stopped ends later by as long as it was stopped; this
/// is told from a busy machine by a stop that is longer than its lag.
fn stopped(setting: &Setting<'_>, role: Role) -> Result<(), Fault> {
    let (poll, close): (_, &[&str]) = match role {
        Role::Initiator => ("get answer", &["allocate", "get answer", "close timeout"]),
        Role::Receiver => (
            "get finish",
            &["claim", "put answer", "get finish", "close timeout"],
        ),
    };
    let adapter = setting
        .adapter
        .another(&Surroundings::default(), setting.timeout)
        .map_err(suite)?;
    let mut late = None;
    for seconds in STOPS {
        let stop = Duration::from_secs(seconds);
        let scenario = Scenario::new(&format!("stopped-{}-{seconds}", role.name()), &[], "", role)
            .with(|script| Script {
                deadline: Some(seconds),
                ..script.always(poll, Act::Hold(None))
            })
            .requests(close)
            .fails("timeout");
        let address = |port| format!("http://127.0.0.1:{port}");
        let played = thread::scope(|scope| {
            let pausing = scope.spawn(|| pause(&adapter, stop));
            let played = setting.play(&adapter, &scenario, None, address);
            pausing.join().map_err(|_| suite("a thread panicked"))??;
            played
        });
        let (played, _) = match played {
            Err(Fault::Client(difference, Some(played)))
                if !has_come_to(&played, poll) && played.took >= stop =>
            {
                late = Some(Fault::Client(difference, Some(played)));
                continue;
            }
            played => played?,
        };
        // By then it has ended, unless the time of its stop did not count.
        let least = Duration::from_secs(seconds);
        let most = BEFORE + stop + stop.mul_f64(0.6);
        if played.took < least {
            let actual = format!("{:.2} s", played.took.as_secs_f64());
            let expected = format!("{seconds} s at least");
            let difference = Difference::new("TIME-5", "the deadline", expected, actual);
            return Err(Fault::Client(difference, Some(Box::new(played))));
        }
        if played.took <= most {
            return Ok(());
        }
        let expected = format!("{seconds} s, counted on while it was stopped");
        let actual = format!("{:.2} s", played.took.as_secs_f64());
        let difference = Difference::new("TIME-10", "the deadline", expected, actual);
        late = Some(Fault::Client(difference, Some(Box::new(played))));
    }
    late.map_or(Ok(()), Err)
}

/// Whether the client has come to the point before its deadline.
fn has_come_to(played: &Played, request: &str) -> bool {
    let mut seen = played.world.seen.iter();
    seen.any(|seen| seen.name == request)
}

/// Stops the process for a while.
fn pause(adapter: &AdapterHandle, time: Duration) -> Result<(), Fault> {
    let id = adapter.process_id().and_then(|id| i32::try_from(id).ok());
    let process = id.and_then(Pid::from_raw);
    let process = process.ok_or_else(|| suite("the adapter has no process"))?;
    thread::sleep(BEFORE);
    kill_process(process, Signal::STOP).map_err(suite)?;
    thread::sleep(time);
    kill_process(process, Signal::CONT).map_err(suite)
}
