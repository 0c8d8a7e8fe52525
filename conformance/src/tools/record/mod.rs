//! `conformance record`: makes the transcripts, or proves that they come out again.

mod inputs;
mod proxy;
mod recording;
mod rules;
mod scenario;
mod scenarios;
mod secrets;
mod transcribe;

#[cfg(test)]
mod files_tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use crate::root::Root;
use crate::stage::listener::runtime;
use crate::subject::Subject;
use crate::subject::adapter::AdapterHandle;
use crate::subject::reference::Reference;
use crate::suites::case::{Case, Outcome};
use crate::suites::replay::client::AdapterClient;
use crate::suites::replay::transcript::Transcript;
use crate::suites::replay::{self, BESIDE};
use crate::terminal::{say, show};
use crate::tools::pair::{self, PairArguments};
use recording::Clients;
use scenario::Scenario;

/// The number of scenarios at once; runs wait far more than they compute.
const JOBS: u16 = 16;
/// The time that an adapter has to say hello.
const HELLO: Duration = Duration::from_secs(10);

/// The time that a run of a promoted transcript has, beside its waits.
const PLAYING: Duration = Duration::from_secs(10);

/// The arguments of `conformance record`.
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {
    /// The scenarios to be recorded [default: all]
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Write nothing; fail unless the committed transcripts come out again
    #[arg(long)]
    check: bool,
    /// Record this adapter in place of the reference: a command with its arguments
    #[arg(long, value_name = "COMMAND")]
    adapter: Option<String>,
    /// The number of scenarios at once
    #[arg(long, value_name = "N", default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    #[command(flatten)]
    pair: PairArguments,
}

/// Records transcripts, or an exchange of two programs, and gives whether all ended as they
/// should.
///
/// # Errors
///
/// A sentence that says why nothing could be recorded.
pub(crate) fn record(root: &Root, arguments: &RecordArguments) -> anyhow::Result<bool> {
    arguments.pair.check()?;
    if let Some(out) = &arguments.pair.out {
        return pair::record(root, &arguments.pair, out);
    }
    let root = root.found()?;
    let folder = root.transcripts();
    let scenarios = chosen(&arguments.ids)?;
    let all = arguments.ids.is_empty();
    let ids: BTreeSet<String> = scenarios
        .iter()
        .map(|scenario| scenario.id.clone())
        .collect();
    let runtime = runtime()?;
    let start = |subject: &Subject| {
        let command = subject.command(root)?;
        anyhow::Ok(AdapterHandle::start_process(&command, HELLO)?)
    };
    let peer = start(&Subject::Reference(Reference::Blocking))?;
    let subject = match &arguments.adapter {
        Some(command) => start(&Subject::Adapter(command.clone()))?,
        None => start(&Subject::Reference(Reference::Blocking))?,
    };
    let count = scenarios.len();
    let waiting = Mutex::new(scenarios.into_iter());
    let faults = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next();
            let Some(scenario) = next else { return };
            let id = scenario.id.clone();
            let (subject, peer) = (AdapterClient(&subject), AdapterClient(&peer));
            let clients = Clients {
                subject: &subject,
                peer: &peer,
            };
            let recorded = recording::record(scenario, &clients, &runtime)
                .and_then(|transcript| transcript.to_text())
                .and_then(|text| put(&folder, &id, &text, arguments.check));
            if let Err(fault) = recorded {
                let mut faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
                faults.push(format!("{id}: {fault:#}"));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(work);
        }
    });
    let mut faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
    if all {
        faults.extend(others(&folder, &ids, &subject)?);
    }
    faults.sort();
    for fault in &faults {
        say(fault);
    }
    let done = if arguments.check {
        "as committed"
    } else {
        "recorded"
    };
    show(format_args!(
        "{} of {count} transcripts {done}",
        count - faults.len().min(count)
    ));
    Ok(faults.is_empty())
}

/// The scenarios of these ids, or all.
fn chosen(ids: &[String]) -> anyhow::Result<Vec<Scenario>> {
    let mut all = scenarios::all();
    if let Some(unknown) = ids.iter().find(|id| all.iter().all(|one| one.id != **id)) {
        bail!("there is no scenario {unknown}");
    }
    all.retain(|one| ids.is_empty() || ids.contains(&one.id));
    Ok(all)
}

fn put(folder: &Path, id: &str, text: &str, check: bool) -> anyhow::Result<()> {
    let path = folder.join(format!("{id}.json"));
    let committed = fs::read_to_string(&path);
    if committed.as_ref().is_ok_and(|committed| committed == text) {
        return Ok(());
    }
    if !check {
        return fs::write(&path, text).with_context(|| format!("{}", path.display()));
    }
    let committed = committed.with_context(|| format!("{}", path.display()))?;
    let mut lines = committed.lines().zip(text.lines()).enumerate();
    let line = match lines.find(|(_, (one, other))| one != other) {
        Some((index, (was, is))) => {
            let cut = |line: &str| line.trim().chars().take(60).collect::<String>();
            format!(
                "line {}: committed {}, recorded {}",
                index + 1,
                cut(was),
                cut(is)
            )
        }
        None => "one of the two is longer".to_owned(),
    };
    Err(anyhow!("not as committed, {line}"))
}

/// Looks at the files that belong to no scenario: a transcript that was promoted is played to the
/// client, and anything else is a stranger.
fn others(
    folder: &Path,
    ids: &BTreeSet<String>,
    subject: &AdapterHandle,
) -> anyhow::Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
    let mut faults = Vec::new();
    for name in names {
        let name = name?;
        let name = name.to_string_lossy();
        let is_recorded = name
            .strip_suffix(".json")
            .is_some_and(|id| ids.contains(id));
        if is_recorded || BESIDE.contains(&&*name) {
            continue;
        }
        let text = fs::read_to_string(folder.join(&*name)).unwrap_or_default();
        let promoted = Transcript::from_text(&text).ok();
        match promoted.filter(|transcript| transcript.origin.is_some()) {
            Some(promoted) => faults.extend(otherwise(promoted, subject)?),
            None => faults.push(format!(
                "{name}: no scenario has this name, and it has no origin"
            )),
        }
    }
    Ok(faults)
}

/// Plays a transcript to a client, and says where that does otherwise.
fn otherwise(transcript: Transcript, subject: &AdapterHandle) -> anyhow::Result<Option<String>> {
    let case = replay::case(transcript)?;
    Ok(match case.run(subject, PLAYING) {
        Outcome::Passed => None,
        Outcome::Inconclusive(why) => Some(format!("{}: {why}", case.id())),
        Outcome::Failed(failure) | Outcome::Broke(_, failure) => Some(format!(
            "{}: {} is {}, promoted as {}",
            case.id(),
            failure.difference.unwrap_or_default(),
            failure.actual,
            failure.expected
        )),
    })
}
