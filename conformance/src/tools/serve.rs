//! `conformance serve`: one transcript or live scenario, played to a program that a person starts.

use std::time::Duration;

use anyhow::bail;
use clap::Args;

use crate::run::plan;
use crate::spec::Spec;
use crate::stage::listener;
use crate::subject::by_hand::by_hand;
use crate::subject::group::TemporaryFolder;
use crate::suites::case::Outcome;
use crate::suites::vectors::printable;
use crate::terminal::show;
use crate::tools::show::{find, tell};

/// The arguments of `conformance serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The id of a test of the suites `replay` or `live`
    #[arg(value_name = "TEST")]
    test: String,
    /// The seconds that all may take
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

/// Plays a test to a program that a person starts, and gives whether the program did right, as far
/// as its requests and its outcome tell.
///
/// # Errors
///
/// A sentence about a test that there is not, or that nobody can play by hand.
pub(crate) fn serve(arguments: &ServeArguments) -> anyhow::Result<bool> {
    let spec = Spec::packed()?;
    let plan = plan::load(None, &spec)?;
    let id = &arguments.test;
    let case = find(&plan.cases, id)?;
    let suites = ["replay", "live"];
    if !suites.contains(&case.suite()) || !case.operations().contains(&"run") {
        bail!("{id} is no exchange, so nothing can be played; `conformance show {id}` explains it");
    }
    let folder = TemporaryFolder::make()?;
    let timeout = Duration::from_secs(arguments.timeout);
    let person = by_hand(folder.path(), timeout)?;
    if let Some(part) = case
        .parts()
        .into_iter()
        .find(|part| !person.adapter.hello().can(part))
    {
        bail!("{id} needs what no person can be asked for by lines: {part}");
    }
    if case.runs() > 1 || case.roles().len() != 1 {
        bail!("{id} makes several runs; one by hand shows nothing of it");
    }
    tell(case, &spec)?;
    show("");
    listener::narrate();
    let outcome = case.run(&person.adapter, timeout);
    if person.has_left() {
        bail!("nothing is proved: standard input ended before it was typed how the program ended");
    }
    let (word, failure) = match outcome {
        Outcome::Passed => {
            show("PASSED    these are the requests, and the outcome, that are right");
            return Ok(true);
        }
        Outcome::Inconclusive(why) => bail!("nothing is proved: {why}"),
        Outcome::Failed(failure) => ("FELL SHORT", failure),
        Outcome::Broke(error, failure) => {
            show(format_args!("  {error}"));
            ("FELL SHORT", failure)
        }
    };
    for line in &failure.detail {
        show(printable(line));
    }
    if let Some(difference) = &failure.difference {
        show(format_args!("{word} in {}", printable(difference)));
    }
    show(format_args!("  expected  {}", printable(&failure.expected)));
    show(format_args!("  actual    {}", printable(&failure.actual)));
    Ok(false)
}
