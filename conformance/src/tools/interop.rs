//! `conformance interop`: every client with every client over every relay.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;

use crate::report::{Format, InteropResult, MeetingResult, MeetingVerdict};
use crate::root::Root;
use crate::spec::Spec;
use crate::subject::Subject;
use crate::subject::adapter::AdapterHandle;
use crate::subject::external::External;
use crate::subject::reference::Reference;
use crate::subject::relay::RelaySubject;
use crate::suites::interop::meeting::{Meeting, meetings};
use crate::suites::interop::play::{Fault, play};

/// The number of meetings at once; they wait more than they compute.
const JOBS: usize = 8;
/// The time that an adapter has to say hello.
const HELLO: Duration = Duration::from_secs(30);

/// The arguments of `conformance interop`.
#[derive(Debug, Args)]
pub(crate) struct InteropArguments {
    /// Another client: the command of its adapter (repeatable)
    #[arg(long, value_name = "COMMAND")]
    adapter: Vec<String>,
    /// Another relay: a command in which {listen} stands for the address and {ttl} for the seconds
    /// that a channel lives; it prints its URL once it listens, and lets some hundred allocations a
    /// minute through (repeatable)
    #[arg(long, value_name = "COMMAND")]
    relay_cmd: Vec<String>,
    /// The report's form: for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

/// A client, and its name.
struct Party {
    name: String,
    adapter: AdapterHandle,
}

/// One meeting of two clients over a relay.
struct Cell<'a> {
    relay: usize,
    initiator: &'a Party,
    receiver: &'a Party,
    meeting: &'a Meeting,
}

/// Lets all clients meet, and gives whether all ended as they should.
///
/// # Errors
///
/// A sentence that says why they could not meet.
pub(crate) fn interop(root: &Root, arguments: &InteropArguments) -> anyhow::Result<bool> {
    let spec = Spec::packed()?;
    let mut subjects = vec![
        (
            "reference".to_owned(),
            Subject::Reference(Reference::Blocking),
        ),
        (
            "asynchronous".to_owned(),
            Subject::Reference(Reference::Asynchronous),
        ),
        ("python".to_owned(), Subject::External(External::Python)),
        (
            "javascript".to_owned(),
            Subject::External(External::JavaScript),
        ),
    ];
    let others = arguments.adapter.iter();
    subjects.extend(others.map(|command| (command.clone(), Subject::Adapter(command.clone()))));
    let mut parties = Vec::new();
    for (name, subject) in subjects {
        let adapter = AdapterHandle::start_process(&subject.command(root)?, HELLO)
            .with_context(|| format!("the client {name}"))?;
        parties.push(Party { name, adapter });
    }
    let mut relays = vec![RelaySubject::Reference, RelaySubject::Python];
    relays.extend(
        arguments
            .relay_cmd
            .iter()
            .cloned()
            .map(RelaySubject::Command),
    );
    let running = relays.iter().map(|relay| relay.start(root));
    let running = running.collect::<anyhow::Result<Vec<_>>>()?;
    let meetings = meetings();
    let mut cells = Vec::new();
    for relay in 0..relays.len() {
        for initiator in &parties {
            for receiver in &parties {
                cells.extend(meetings.iter().map(|meeting| Cell {
                    relay,
                    initiator,
                    receiver,
                    meeting,
                }));
            }
        }
    }
    let started = Instant::now();
    let waiting = Mutex::new(cells.iter());
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..JOBS {
            scope.spawn(|| {
                loop {
                    let next = waiting
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .next();
                    let Some(cell) = next else { return };
                    let result = play(
                        cell.meeting,
                        &cell.initiator.adapter,
                        &cell.receiver.adapter,
                        running[cell.relay].url(),
                    );
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((cell, result.err()));
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let report = Report {
        spec: &spec,
        relays: &relays,
        parties: &parties,
        results: &results,
        planned: cells.len(),
        took: started.elapsed(),
    };
    match arguments.format {
        Format::Pretty => report.pretty(),
        Format::Json => report.json(),
    }
    .context("the report could not be written")?;
    Ok(report.failed() == 0 && results.len() == cells.len())
}

struct Report<'a> {
    spec: &'a Spec,
    relays: &'a [RelaySubject],
    parties: &'a [Party],
    results: &'a [(&'a Cell<'a>, Option<Fault>)],
    planned: usize,
    took: Duration,
}

impl Report<'_> {
    fn failed(&self) -> usize {
        self.results
            .iter()
            .filter(|(_, fault)| fault.is_some())
            .count()
    }

    fn pretty(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let width = self
            .parties
            .iter()
            .map(|party| party.name.len())
            .max()
            .unwrap_or(0)
            .min(24);
        let short = |name: &str| name.chars().take(width).collect::<String>();
        for (index, relay) in self.relays.iter().enumerate() {
            writeln!(
                out,
                "relay {}: initiator down, receiver across",
                relay.name()
            )?;
            write!(out, "  {:width$}", "")?;
            for receiver in self.parties {
                write!(out, "  {:>width$}", short(&receiver.name))?;
            }
            writeln!(out)?;
            for initiator in self.parties {
                write!(out, "  {:width$}", short(&initiator.name))?;
                for receiver in self.parties {
                    let (good, all) = self.counts(index, initiator, receiver);
                    let cell = format!("{good} of {all}");
                    write!(out, "  {cell:>width$}")?;
                }
                writeln!(out)?;
            }
        }
        // What one client does wrong with all others is one fault.
        let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (cell, fault) in self.results {
            if let Some(fault) = fault {
                let relay = self.relays[cell.relay].name();
                let (one, other) = (&cell.initiator.name, &cell.receiver.name);
                let Meeting { name, clauses, .. } = cell.meeting;
                faults
                    .entry(format!("{name} ({clauses}): {fault}"))
                    .or_default()
                    .push(format!("{one} with {other} over {relay}"));
            }
        }
        for (fault, cells) in faults {
            writeln!(out, "\nFAIL {fault}")?;
            for cell in cells {
                writeln!(out, "     {cell}")?;
            }
        }
        let failed = self.failed();
        let word = if failed == 0 { "PASSED" } else { "FELL SHORT" };
        writeln!(
            out,
            "\n{word:<10} {} planned = {} passed + {failed} failed, in {:.1} s",
            self.planned,
            self.results.len() - failed,
            self.took.as_secs_f64()
        )
    }

    fn counts(&self, relay: usize, initiator: &Party, receiver: &Party) -> (usize, usize) {
        let of_cell = self.results.iter().filter(|(cell, _)| {
            cell.relay == relay
                && std::ptr::eq(cell.initiator, initiator)
                && std::ptr::eq(cell.receiver, receiver)
        });
        of_cell.fold((0, 0), |(good, all), (_, fault)| {
            (good + usize::from(fault.is_none()), all + 1)
        })
    }

    fn json(&self) -> io::Result<()> {
        let meetings = self.results.iter().map(|(cell, fault)| MeetingResult {
            relay: self.relays[cell.relay].name().to_owned(),
            initiator: cell.initiator.name.clone(),
            receiver: cell.receiver.name.clone(),
            meeting: cell.meeting.name.to_owned(),
            clauses: cell.meeting.clauses.split(' ').map(str::to_owned).collect(),
            verdict: match fault {
                None => MeetingVerdict::Passed,
                Some(_) => MeetingVerdict::Failed,
            },
            side: fault
                .as_ref()
                .and_then(|fault| fault.side)
                .map(|side| side.token().to_owned()),
            what: fault.as_ref().map(ToString::to_string),
        });
        let clauses = self.results.iter();
        let clauses = clauses.flat_map(|(cell, _)| cell.meeting.clauses.split(' '));
        let not_judged = self.spec.ids_without(clauses).into_iter();
        let result = InteropResult::new(
            self.planned,
            meetings.collect(),
            not_judged.map(str::to_owned).collect(),
            self.took.as_secs_f64(),
        );
        result.write(&mut io::stdout().lock())
    }
}
