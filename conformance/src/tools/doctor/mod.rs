//! `conformance doctor`: does the adapter speak the protocol at all? One of each operation, before
//! anything is judged.

mod advice;
mod hello;
mod runs;
mod visit;

use std::collections::BTreeSet;
use std::time::Duration;

use clap::Args;

use self::advice::{again, hello_advice, wrong};
use self::visit::Visit;
use super::SubjectArguments;
use crate::root::Root;
use crate::run::plan;
use crate::spec::Spec;
use crate::subject::adapter::AdapterHandle;
use crate::suites::case::Case;
use crate::suites::vectors::printable;
use crate::terminal::show;

/// The arguments of `conformance doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    subject: SubjectArguments,
    /// The seconds that each reply may take
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// The operations in the order in which one builds on the other.
const ORDER: [&str; 22] = [
    "code-parse",
    "code-print",
    "appid",
    "rendezvous",
    "link-parse",
    "link-print",
    "spake2-start",
    "spake2-finish",
    "key-schedule",
    "verifier",
    "export",
    "pad",
    "unpad",
    "seal",
    "open",
    "json",
    "read-offer",
    "read-answer",
    "read-finish",
    "read-receipt",
    "run",
    "user-event",
];

/// Tries an adapter, and gives whether all that it offers works.
///
/// # Errors
///
/// A sentence when the suite itself cannot try.
pub(crate) fn doctor(root: &Root, arguments: &DoctorArguments) -> anyhow::Result<bool> {
    let spec = Spec::packed()?;
    let cases = plan::load(None, &spec)?.cases;
    let subject = arguments.subject.subject()?;
    let command = subject.command(root)?;
    show(format_args!("started  {}", printable(&command.to_string())));
    let timeout = Duration::from_secs(arguments.timeout);
    let adapter = match AdapterHandle::start_process(&command, timeout) {
        Ok(adapter) => adapter,
        Err(error) => {
            wrong("hello", &error, hello_advice(&error));
            return Ok(false);
        }
    };
    let known = operations(&cases);
    let mut is_good = hello::look_at(adapter.hello(), &known)?;
    let offered: BTreeSet<String> = adapter.hello().operations.iter().cloned().collect();
    let mut visit = Visit {
        hello: adapter.hello().clone(),
        connect: &|| AdapterHandle::start_process(&command, timeout),
        adapter: Some(adapter),
        timeout,
        again: again(),
    };
    let (mut good, mut next) = (0, None);
    for (level, operation) in &known {
        if !offered.contains(operation) {
            next.get_or_insert((level, operation));
            show(format_args!(
                "  -      {operation:14} not offered (level {level})"
            ));
            continue;
        }
        let works = match operation.as_str() {
            "run" => visit.runs(&cases),
            // A word of the user's needs a run, and is tried with it.
            "user-event" => continue,
            _ => visit.tries(&cases, operation),
        };
        good += usize::from(works);
        is_good &= works;
    }
    is_good &= visit.refuses(&cases, known.iter().map(|(_, name)| name.as_str()));
    is_good &= visit.ends();
    let of = known
        .iter()
        .filter(|(_, name)| offered.contains(name) && name != "user-event");
    let of = of.count();
    show(format_args!("\n{good} of {of} offered operations work."));
    let next = match (is_good && good > 0, next) {
        (false, _) => "Mend what is above; `--log FILE` of a check shows every line.".to_owned(),
        (true, Some((level, operation))) => {
            let is_begun = |(its, name): &(u8, String)| its == level && offered.contains(name);
            let judged = match known.iter().any(is_begun) {
                true => *level,
                false => level.saturating_sub(1),
            };
            format!("`--level {judged}` judges what is there. Next: {operation}, of level {level}.")
        }
        (true, None) => "Next: the whole suite, by --adapter and no other option.".to_owned(),
    };
    show(next);
    Ok(is_good && good > 0)
}

/// The operations with the levels at which they are asked first, in the order of the levels.
fn operations(cases: &[Box<dyn Case>]) -> Vec<(u8, String)> {
    let mut found: Vec<(u8, String)> = Vec::new();
    for case in cases.iter().filter(|case| case.level() > 0) {
        for operation in case.operations() {
            match found.iter_mut().find(|(_, known)| known == operation) {
                Some((level, _)) => *level = case.level().min(*level),
                None => found.push((case.level(), operation.to_owned())),
            }
        }
    }
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    found.sort_by_key(|(level, name)| (*level, place(name)));
    found
}
