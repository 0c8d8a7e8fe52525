//! Proof of hookup: faults are planted between the suite and an adapter, and each must be seen.
//! Otherwise something else answers than what is judged, or nobody looks at the answers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use crate::stage::listener;
use crate::subject::adapter::{
    AdapterError, AdapterHandle, CallProgress, Hello, Members, Operations, Refused, Reply, Task,
    UserEvent, within,
};
use crate::suites::case::{Case, Outcome};
use crate::suites::live::scenario::{self, Scenario};
use crate::suites::vectors::derive::Role;

/// The level of runs.
const RUN_LEVEL: usize = 5;
/// The time between two looks at what a run says.
const GLANCE: Duration = Duration::from_millis(2);
/// The time that a run has beside that of a reply.
const RUN: Duration = Duration::from_secs(60);

/// A fault in the replies to one operation.
#[derive(Debug)]
struct PlantedFault {
    op: &'static str,
    /// Whether the fault is in a reply that refuses.
    refuses: bool,
    change: fn(&mut Reply),
}

const fn accepted(op: &'static str, change: fn(&mut Reply)) -> PlantedFault {
    PlantedFault {
        op,
        refuses: false,
        change,
    }
}

const fn refused(op: &'static str, change: fn(&mut Reply)) -> PlantedFault {
    PlantedFault {
        op,
        refuses: true,
        change,
    }
}

/// The faults; those of `run` are in [`RUN_FAULTS`].
const FAULTS: [PlantedFault; 14] = [
    accepted("code-parse", |reply| set(reply, "channel", &json!(0))),
    accepted("code-print", |reply| flip(reply, "code")),
    refused("code-parse", |reply| *reply = Reply::Ok(Members::new())),
    accepted("appid", |reply| flip(reply, "hex")),
    refused("rendezvous", |reply| *reply = Reply::Ok(Members::new())),
    accepted("link-parse", |reply| set(reply, "ask_relay", &Value::Null)),
    accepted("spake2-start", |reply| flip(reply, "message")),
    accepted("spake2-finish", |reply| flip(reply, "K")),
    accepted("key-schedule", |reply| flip(reply, "key_receipt")),
    accepted("export", |reply| flip(reply, "key")),
    accepted("seal", |reply| flip(reply, "sealed")),
    accepted("open", refuse),
    refused("json", |reply| *reply = Reply::Ok(Members::new())),
    accepted("read-answer", |reply| flip(reply, "finish")),
];

/// The faults of a run in each role.
const RUN_FAULTS: [PlantedFault; 2] = [
    accepted("run", |reply| flip(reply, "blob")),
    accepted("run", |reply| set(reply, "outcome", &json!("closed"))),
];

fn set(reply: &mut Reply, name: &str, value: &Value) {
    if let Reply::Ok(result) = reply {
        result.insert(name.to_owned(), value.clone());
    }
}

/// Changes the last character of a text.
fn flip(reply: &mut Reply, name: &str) {
    let Reply::Ok(result) = reply else {
        return;
    };
    let Some(Value::String(text)) = result.get_mut(name) else {
        return;
    };
    let last = text.pop();
    text.push(if last == Some('0') { '1' } else { '0' });
}

fn refuse(reply: &mut Reply) {
    *reply = Reply::Refused(Refused {
        outcome: "wrong-code".to_owned(),
        fault: None,
    });
}

/// The result of the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Hookup {
    /// The faults that were planted.
    pub(crate) planted: usize,
    /// Those of them that a test saw.
    pub(crate) seen: usize,
}

/// Plants every fault that fits what the adapter offers in the levels up to this one.
///
/// # Errors
///
/// A sentence about an adapter that does not start, or a machine without threads.
pub(crate) fn prove(
    cases: &[Box<dyn Case>],
    level: usize,
    connect: &dyn Fn() -> Result<AdapterHandle, AdapterError>,
    timeout: Duration,
) -> anyhow::Result<Hookup> {
    let mut hookup = Hookup {
        planted: 0,
        seen: 0,
    };
    for fault in &FAULTS {
        let fitting = cases.iter().map(AsRef::as_ref).filter(|case: &&dyn Case| {
            usize::from(case.level()) <= level && case.operations() == [fault.op]
        });
        hookup.add(plant(fault, fitting, connect, timeout)?);
    }
    let runtime = Arc::new(listener::runtime()?);
    let whole = RUN_FAULTS.iter().zip(Role::BOTH);
    for (fault, role) in whole.filter(|_| level >= RUN_LEVEL) {
        let title = "an exchange in which all goes well";
        let scenario = Scenario::new("hookup", &["OUT-1"], title, role);
        let cases = scenario::cases(vec![scenario], &runtime);
        hookup.add(plant(
            fault,
            cases.iter().map(AsRef::as_ref),
            connect,
            timeout,
        )?);
    }
    Ok(hookup)
}

impl Hookup {
    /// Counts a fault, by whether a test saw it; nothing where it could not be planted.
    fn add(&mut self, seen: Option<bool>) {
        self.planted += usize::from(seen.is_some());
        self.seen += usize::from(seen == Some(true));
    }
}

/// Plants a fault in the first of these tests to which it applies, and gives whether it was seen.
fn plant<'a>(
    fault: &'static PlantedFault,
    cases: impl Iterator<Item = &'a dyn Case>,
    connect: &dyn Fn() -> Result<AdapterHandle, AdapterError>,
    timeout: Duration,
) -> anyhow::Result<Option<bool>> {
    let faulty = Faulty {
        inner: connect()?,
        fault,
        is_planted: Arc::default(),
        timeout,
    };
    let (hello, is_planted) = (faulty.hello(), Arc::clone(&faulty.is_planted));
    let has = |all: &[String], name: &str| all.iter().any(|it| it == name);
    if !has(&hello.operations, fault.op) {
        return Ok(None);
    }
    let adapter = within(faulty, timeout)?;
    for case in cases.filter(|case| case.roles().iter().all(|role| has(&hello.roles, role))) {
        let outcome = case.run(&adapter, timeout);
        if is_planted.load(Ordering::SeqCst) {
            return Ok(Some(matches!(outcome, Outcome::Failed(_))));
        }
    }
    Ok(None)
}

/// An adapter behind which another answers, and that spoils the answers to one operation.
struct Faulty {
    inner: AdapterHandle,
    fault: &'static PlantedFault,
    /// Whether a reply was spoilt.
    is_planted: Arc<AtomicBool>,
    timeout: Duration,
}

impl Operations for Faulty {
    fn hello(&self) -> Hello {
        self.inner.hello().clone()
    }

    fn perform(&self, task: &Task<'_>) -> Reply {
        let reply = match task.op {
            "run" => self.run(task),
            op => (self.inner.call(op, task.input.clone(), self.timeout)).map_err(Into::into),
        };
        let mut reply = reply.unwrap_or_else(|error| Reply::Error(format!("{error:#}")));
        let refuses = matches!(reply, Reply::Refused(_));
        let tells = refuses || matches!(reply, Reply::Ok(_));
        if tells && task.op == self.fault.op && refuses == self.fault.refuses {
            (self.fault.change)(&mut reply);
            self.is_planted.store(true, Ordering::SeqCst);
        }
        reply
    }
}

impl Faulty {
    /// Passes a run on, with its events and what its user says.
    fn run(&self, task: &Task<'_>) -> anyhow::Result<Reply> {
        let end = Instant::now() + self.timeout + RUN;
        let mut run = self.inner.start("run", task.input.clone())?;
        let (say, said) = mpsc::channel::<UserEvent>();
        task.user.listen(move |event| {
            // The run may have ended.
            let _ = say.send(event);
        });
        loop {
            while let Ok(event) = said.try_recv() {
                self.inner.say(&run, event, self.timeout)?;
            }
            match run.next(GLANCE) {
                Ok(CallProgress::Reply(reply)) => return Ok(reply),
                Ok(CallProgress::Event(event)) => {
                    let mut told = event.members;
                    for name in ["id", "event"] {
                        told.shift_remove(name);
                    }
                    task.report(&event.name, told);
                }
                Err(AdapterError::TimedOut(_)) if Instant::now() < end => {}
                Err(error) => return Err(error).context("the run was lost"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::plan;
    use crate::spec::Spec;
    use crate::subject::adapter::members;
    use crate::subject::reference::Reference;

    /// Accepts everything, whatever is asked.
    struct Deaf;

    impl Operations for Deaf {
        fn hello(&self) -> Hello {
            Reference::Blocking.hello()
        }

        fn perform(&self, _: &Task<'_>) -> Reply {
            Reply::Ok(members(json!({})))
        }
    }

    #[test]
    fn every_fault_is_seen_before_the_reference() {
        let cases = plan::load(None, &Spec::packed().unwrap()).unwrap().cases;
        let timeout = Duration::from_secs(60);
        let connect = || within(Reference::Blocking, timeout);
        let hookup = prove(&cases, 5, &connect, timeout).unwrap();
        let all = FAULTS.len() + RUN_FAULTS.len();
        assert_eq!((hookup.planted, hookup.seen), (all, all));
        // Where everything is accepted, no fault in a refusal can be planted.
        let hookup = prove(&cases, 5, &|| within(Deaf, timeout), timeout).unwrap();
        assert!(hookup.planted < all);
    }
}
