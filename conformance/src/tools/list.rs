//! `conformance list`: shows the tests.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Error;

use crate::run::plan;
use crate::run::selection::Selection;
use crate::spec::Spec;
use crate::suites::replay;
use crate::suites::test::Test;
use crate::tools::relay;

/// The ids of all tests, of clients and of relays, and of the transcripts of a folder.
///
/// # Errors
///
/// A sentence that says why the tests could not be loaded.
pub(crate) fn ids(transcripts: Option<&Path>) -> anyhow::Result<BTreeSet<String>> {
    let plan = plan::load_with(None, transcripts, &Spec::packed()?)?;
    let relays = relay::cases()?;
    let of_relays = relays.iter().map(|case| case.id().to_owned());
    let of_clients = plan.cases.iter().map(|case| case.id().to_owned());
    Ok(of_clients.chain(of_relays).collect())
}

/// The ids of the transcripts of a folder.
///
/// # Errors
///
/// A sentence that says why they could not be loaded.
pub(crate) fn ids_in(transcripts: &Path) -> anyhow::Result<BTreeSet<String>> {
    let cases = replay::cases_in(transcripts)?;
    Ok(cases.iter().map(|case| case.id().to_owned()).collect())
}

/// Prints one line for each test that is chosen. A reader that has seen enough, such as `head`, may
/// close the output.
///
/// # Errors
///
/// A sentence that says why the tests could not be loaded or printed, or about an option that fits
/// none.
pub(crate) fn list(selection: &Selection) -> anyhow::Result<()> {
    let plan = plan::load(None, &Spec::packed()?)?;
    let relays = relay::cases()?;
    let of_relays = relays.iter().map(|case| case as &dyn Test);
    let tests = plan.cases.iter().map(|case| case as &dyn Test);
    let tests: Vec<&dyn Test> = tests.chain(of_relays).collect();
    let chosen = selection.choose(&tests)?;
    let chosen = tests.iter().zip(chosen).filter(|(_, chosen)| *chosen);
    let mut output = io::stdout().lock();
    let printed = chosen.map(|(test, _)| test).try_for_each(|case| {
        let clauses = case.clauses().join(" ");
        let (id, suite, title) = (case.id(), case.suite(), case.title());
        writeln!(output, "{id}\t{suite}\t{clauses}\t{title}")
    });
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(error).context("the list cannot be printed"))
        }
        _ => Ok(()),
    }
}
