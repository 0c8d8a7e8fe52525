//! `conformance doctor`: does the adapter speak the protocol at all? One of each operation, before
//! anything is judged.

mod advice;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Args;
use wormhole_sync::protocol::Outcome;

use self::advice::{advice, again, hello_advice, told};
use super::SubjectArguments;
use crate::root::Root;
use crate::run::plan;
use crate::run::scoring::Scoring;
use crate::spec::Spec;
use crate::stage::listener;
use crate::subject::adapter::{AdapterError, AdapterHandle, Hello};
use crate::suites::case::{self, Case};
use crate::suites::live::scenario::{self, Scenario};
use crate::suites::vectors::derive::Role;
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

/// The time that a run may take in which all goes well.
const RUN: Duration = Duration::from_secs(30);

/// The roles that a hello may list.
const ROLES: [&str; 3] = ["initiator", "receiver", "relay"];

/// Those that a run can have.
const CLIENTS: [&str; 2] = ["initiator", "receiver"];

/// The values that a hello may list under `inject`.
const INJECT: [&str; 5] = ["side", "words", "pake_scalar", "second", "ca"];

/// The parts of a run that a hello may list under `lacks`, and the members of a result.
const LACKS: [&str; 13] = [
    "look",
    "take",
    "deadline",
    "words",
    "any-appid",
    "initiator-blob",
    "receiver-blob",
    "order-of-checks",
    "blob",
    "verifier",
    "exported",
    "delivered",
    "reason",
];

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
    let mut is_good = hello(adapter.hello(), &known)?;
    let offered: BTreeSet<String> = adapter.hello().operations.iter().cloned().collect();
    let mut visit = Visit {
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
            "run" => visit.runs(),
            // A word of the user's needs a run, which the tests that it is for begin.
            "user-event" => continue,
            _ => visit.tries(&cases, operation),
        };
        good += usize::from(works);
        is_good &= works;
    }
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

/// Looks at a hello; gives whether it names only what there is.
fn hello(hello: &Hello, known: &[(u8, String)]) -> anyhow::Result<bool> {
    let names: Vec<&str> = known.iter().map(|(_, name)| name.as_str()).collect();
    show(format_args!(
        "  ok     hello          {} {}, of text {}; {}",
        printable(&hello.name),
        printable(&hello.version),
        printable(&hello.spec),
        match hello.roles.is_empty() {
            true => "no role".to_owned(),
            false => printable(&hello.roles.join(", ")),
        }
    ));
    let scoring = Scoring::packed()?;
    let mut is_good = match scoring.of(&hello.spec).problem() {
        Some(problem) => wrong("hello", &problem, ""),
        None => true,
    };
    let outcomes = Outcome::ALL.map(Outcome::token);
    let told_apart = hello.outcomes.as_ref();
    let told_apart = told_apart.unwrap_or(const { &Vec::new() });
    for (kind, listed, there_are) in [
        ("operations", &hello.operations, &names[..]),
        ("roles", &hello.roles, &ROLES[..]),
        ("inject", &hello.inject, &INJECT[..]),
        ("lacks", &hello.lacks, &LACKS[..]),
        ("outcomes", told_apart, &outcomes[..]),
    ] {
        for name in listed
            .iter()
            .filter(|name| !there_are.contains(&name.as_str()))
        {
            is_good = false;
            let near = |known: &&&str| strsim::osa_distance(known, name) <= 3;
            let near = there_are.iter().filter(near);
            let near = near.min_by_key(|known| strsim::osa_distance(known, name));
            wrong(
                "hello",
                &format!("{kind:?} lists {name:?}, which ADAPTER.md does not have"),
                &match near {
                    Some(near) => format!("Is {near:?} meant?"),
                    None => format!("There are: {}.", there_are.join(", ")),
                },
            );
        }
    }
    let runs = hello.operations.iter().any(|name| name == "run");
    if runs
        && !hello
            .roles
            .iter()
            .any(|role| CLIENTS.contains(&role.as_str()))
    {
        is_good = false;
        let why = "it offers run, and no role: every run would be skipped";
        wrong(
            "hello",
            &why,
            "\"roles\" lists initiator, receiver or both.",
        );
    }
    Ok(is_good)
}

/// An adapter that is tried.
struct Visit<'a> {
    connect: &'a dyn Fn() -> Result<AdapterHandle, AdapterError>,
    /// Nothing after it broke: the next operation begins with another process.
    adapter: Option<AdapterHandle>,
    timeout: Duration,
    /// The command that judges by one test, less its id.
    again: String,
}

impl Visit<'_> {
    /// Tries an operation by the first test of it that is to be accepted.
    fn tries(&mut self, cases: &[Box<dyn Case>], operation: &str) -> bool {
        let cases = cases.iter().map(AsRef::as_ref);
        let mut cases = cases.filter(|case: &&dyn Case| case.operations() == [operation]);
        let simple = cases.clone().find(|case| case.control().is_none());
        let case = simple.or_else(|| cases.next());
        case.is_some_and(|case| self.plays(operation, case, self.timeout))
    }

    /// Tries a run in which all goes well, in each role.
    fn runs(&mut self) -> bool {
        let roles = self.adapter().map(|adapter| adapter.hello().roles.clone());
        let runtime = match listener::runtime() {
            Ok(runtime) => Arc::new(runtime),
            Err(error) => return wrong("run", &format!("the suite cannot try: {error:#}"), ""),
        };
        let (mut is_good, mut is_tried) = (true, false);
        for role in Role::BOTH {
            if roles
                .as_ref()
                .is_ok_and(|roles| roles.iter().any(|it| it == role.name()))
            {
                let scenario = Scenario::new(
                    &format!("doctor-{}", role.name()),
                    &["OUT-1"],
                    "an exchange in which all goes well",
                    role,
                );
                is_tried = true;
                for case in scenario::cases(vec![scenario], &runtime) {
                    let name = format!("run {}", role.name());
                    is_good &= self.plays(&name, case.as_ref(), RUN.max(self.timeout));
                }
            }
        }
        is_good && is_tried
    }

    fn adapter(&mut self) -> Result<&AdapterHandle, AdapterError> {
        let adapter = match self.adapter.take() {
            Some(adapter) => adapter,
            None => (self.connect)()?,
        };
        Ok(self.adapter.insert(adapter))
    }

    /// Plays a test, and says what came of it.
    fn plays(&mut self, name: &str, case: &dyn Case, timeout: Duration) -> bool {
        let adapter = match self.adapter() {
            Ok(adapter) => adapter,
            Err(error) => return wrong(name, &error, ""),
        };
        let mark = adapter.stderr_mark();
        match case.run(adapter, timeout) {
            case::Outcome::Passed => {
                show(format_args!(
                    "  ok     {name:14} {}",
                    printable(case.title())
                ));
                true
            }
            case::Outcome::Failed(failure) => {
                let more = match name.starts_with("run ") {
                    true => format!(
                        "More: {} --suite live",
                        self.again.trim_end_matches(" --filter ")
                    ),
                    false => format!("More: {}{}", self.again, case.id()),
                };
                wrong(name, &told(&failure), &more)
            }
            case::Outcome::Inconclusive(why) => wrong(name, &why, ""),
            case::Outcome::Broke(error, _) => {
                // What it said last may still be on its way.
                thread::sleep(Duration::from_millis(50));
                let said = adapter.stderr_since(mark);
                self.adapter = None;
                wrong(name, &error, advice(&error));
                if let Some(last) = said.trim_end().lines().next_back() {
                    show(format_args!(
                        "         {:14} on standard error: {}",
                        "",
                        printable(last)
                    ));
                }
                false
            }
        }
    }

    /// Ends the adapter as a check does.
    fn ends(&mut self) -> bool {
        let Some(adapter) = self.adapter.take() else {
            return true;
        };
        match adapter.finish(self.timeout) {
            Ok(()) => {
                show("  ok     end            with its standard input, by status 0");
                true
            }
            Err(error) => wrong(
                "end",
                &error,
                "When standard input ends, so does the adapter.",
            ),
        }
    }
}

/// Says what is wrong, and gives false.
fn wrong(name: &str, what: &impl ToString, advice: &str) -> bool {
    let what = what.to_string();
    let mut lines = what.lines().map(printable);
    let first = lines.next().unwrap_or_default();
    show(format_args!("  WRONG  {name:14} {first}"));
    for line in lines.chain((!advice.is_empty()).then(|| advice.to_owned())) {
        show(format_args!("         {:14} {line}", ""));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The doctor knows the names of ADAPTER.md.
    #[test]
    fn names_are_those_of_the_page() {
        let page = include_str!("../../../ADAPTER.md");
        let (_, rest) = page.split_once("`lacks` names the parts").unwrap();
        let (sentence, _) = rest.split_once("; `outcomes` lists").unwrap();
        let named: BTreeSet<&str> = sentence.split('`').skip(1).step_by(2).collect();
        let named: BTreeSet<&str> = named.into_iter().filter(|name| *name != "run").collect();
        assert_eq!(named, BTreeSet::from(LACKS));
    }
}
