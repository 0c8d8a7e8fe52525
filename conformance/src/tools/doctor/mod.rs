//! `conformance doctor`: does the adapter speak the protocol at all? One of each operation, before
//! anything is judged.

mod advice;
mod hello;
mod runs;

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use clap::Args;

use self::advice::{advice, again, hello_advice, told};
use super::SubjectArguments;
use crate::root::Root;
use crate::run::plan;
use crate::spec::Spec;
use crate::subject::adapter::{AdapterError, AdapterHandle, Hello};
use crate::suites::case::{self, Case};
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

/// An adapter that is tried.
struct Visit<'a> {
    hello: Hello,
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
        let mut cases = cases
            .filter(|case: &&dyn Case| case.operations() == [operation] && self.can_try(*case));
        let simple = cases.clone().find(|case| case.control().is_none());
        let case = simple.or_else(|| cases.next());
        case.is_some_and(|case| self.plays(operation, case, self.timeout, ""))
    }

    /// Tries the first refusal of an operation that is offered.
    fn refuses<'n>(
        &mut self,
        cases: &[Box<dyn Case>],
        mut operations: impl Iterator<Item = &'n str>,
    ) -> bool {
        let cases = || cases.iter().map(AsRef::as_ref);
        let case = operations.find_map(|operation| {
            cases().find(|case: &&dyn Case| {
                let is_refusal = case.level() < 5 && case.control().is_some();
                is_refusal && case.operations() == [operation] && self.can_try(*case)
            })
        });
        let hint = "`refused` says the outcome; `error` is for what could not be tried.";
        case.is_none_or(|case| self.plays("refusal", case, self.timeout, hint))
    }

    /// Whether the adapter offers all that a test asks for.
    fn can_try(&self, case: &dyn Case) -> bool {
        let has = |wanted: Vec<&str>, offered: &[String]| {
            let mut wanted = wanted.into_iter();
            wanted.all(|name| offered.iter().any(|its| its == name))
        };
        has(case.operations(), &self.hello.operations)
            && has(case.roles(), &self.hello.roles)
            && case.parts().into_iter().all(|part| self.hello.can(part))
    }

    fn adapter(&mut self) -> Result<&AdapterHandle, AdapterError> {
        let adapter = match self.adapter.take() {
            Some(adapter) => adapter,
            None => (self.connect)()?,
        };
        Ok(self.adapter.insert(adapter))
    }

    /// Plays a test, and says what came of it, with a hint when it is wrong.
    fn plays(&mut self, name: &str, case: &dyn Case, timeout: Duration, hint: &str) -> bool {
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
                let more = match runs::is_own(case.id()) {
                    true => format!(
                        "More: {} --suite live",
                        self.again.trim_end_matches(" --filter ")
                    ),
                    false => format!("More: {}{}", self.again, case.id()),
                };
                wrong(name, &told(&failure), &format!("{hint}\n{more}"))
            }
            case::Outcome::Inconclusive(why) => wrong(name, &why, ""),
            case::Outcome::Broke(error, _) => {
                // What it said last may still be on its way.
                thread::sleep(Duration::from_millis(50));
                let said = adapter.stderr_since(mark);
                self.adapter = None;
                let advice = match hint {
                    "" => advice(&error),
                    hint => hint,
                };
                wrong(name, &error, advice);
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
    let advice = advice.lines().filter(|line| !line.is_empty());
    for line in lines.chain(advice.map(str::to_owned)) {
        show(format_args!("         {:14} {line}", ""));
    }
    false
}
