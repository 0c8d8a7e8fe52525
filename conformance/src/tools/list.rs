//! `conformance list`: shows the tests.

use std::io::{self, Write};

use anyhow::Error;

use crate::root::Root;
use crate::run::plan;
use crate::spec::Spec;

/// Prints one line for each test that the filter hits, and gives whether there is any. A reader
/// that has seen enough, such as `head`, may close the output.
///
/// # Errors
///
/// A sentence that says why the tests could not be loaded or printed.
pub(crate) fn list(root: &Root, filter: Option<&str>) -> anyhow::Result<bool> {
    let spec = Spec::load(root).map_err(Error::msg)?;
    let plan = plan::load(root, &root.vectors(), &spec, filter)?;
    let mut output = io::stdout().lock();
    let printed = plan.cases.iter().try_for_each(|case| {
        let clauses = case.clauses().join(" ");
        let (id, suite, title) = (case.id(), case.suite(), case.title());
        writeln!(output, "{id}\t{suite}\t{clauses}\t{title}")
    });
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(error).context("the list cannot be printed"))
        }
        _ => Ok(!plan.cases.is_empty()),
    }
}
