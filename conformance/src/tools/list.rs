//! `conformance list`: shows the tests.

use std::io::{self, Write};

use anyhow::{Error, bail};

use crate::run::plan;
use crate::spec::Spec;
use crate::suites::test::Test;
use crate::tools::relay;

/// Prints one line for each test that the filter hits, and gives whether there is any. A reader
/// that has seen enough, such as `head`, may close the output.
///
/// # Errors
///
/// A sentence that says why the tests could not be loaded or printed.
pub(crate) fn list(filter: Option<&str>) -> anyhow::Result<bool> {
    let plan = plan::load(None, &Spec::packed()?, None)?;
    let relays = relay::cases()?;
    let of_relays = relays.iter().map(|case| case as &dyn Test);
    let tests = plan.cases.iter().map(|case| case as &dyn Test);
    let tests: Vec<&dyn Test> = tests.chain(of_relays).collect();
    let exact = tests.iter().any(|test| Some(test.id()) == filter);
    let hit = |test: &&dyn Test| match filter {
        Some(filter) if exact => test.id() == filter,
        Some(filter) => test.id().contains(filter),
        None => true,
    };
    let all = tests.len();
    let tests: Vec<&dyn Test> = tests.into_iter().filter(hit).collect();
    if let (Some(filter), []) = (filter, &tests[..]) {
        bail!("no test has an id with {filter:?}; `conformance list` shows all {all}");
    }
    let mut output = io::stdout().lock();
    let printed = tests.iter().try_for_each(|case| {
        let clauses = case.clauses().join(" ");
        let (id, suite, title) = (case.id(), case.suite(), case.title());
        writeln!(output, "{id}\t{suite}\t{clauses}\t{title}")
    });
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(error).context("the list cannot be printed"))
        }
        _ => Ok(!tests.is_empty()),
    }
}
