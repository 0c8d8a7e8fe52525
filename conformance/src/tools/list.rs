//! `conformance list`: shows the tests.

use anyhow::Error;

use crate::root::Root;
use crate::run::plan;
use crate::spec::Spec;

/// Prints one line for each test that the filter hits, and gives whether there is any.
///
/// # Errors
///
/// A sentence that says why the tests could not be loaded.
pub(crate) fn list(root: &Root, filter: Option<&str>) -> anyhow::Result<bool> {
    let spec = Spec::load(root).map_err(Error::msg)?;
    let plan = plan::load(root, &root.vectors(), &spec, filter)?;
    for case in &plan.cases {
        let clauses = case.clauses().join(" ");
        println!(
            "{}\t{}\t{clauses}\t{}",
            case.id(),
            case.suite(),
            case.title()
        );
    }
    Ok(!plan.cases.is_empty())
}
