//! The check of an implementation: one adapter, all tests, one report.

use std::path::PathBuf;

use anyhow::Context;

use crate::report::{self, Format, ProgressMeter, ReportContext, not_judged};
use crate::root::Root;
use crate::run::plan;
use crate::run::runner::{self, Settings};
use crate::spec::Spec;
use crate::subject::Subject;
use crate::subject::adapter::AdapterHandle;
use crate::subject::reference::Reference;
use crate::suites::test::Test;

/// A check to be made.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    /// The folder that holds specification, vectors and transcripts.
    pub(crate) root: &'a Root,
    /// The implementation that is judged.
    pub(crate) subject: Subject,
    /// The filter of the tests, if any.
    pub(crate) filter: Option<String>,
    /// Vectors other than the committed ones.
    pub(crate) vectors: Option<PathBuf>,
    /// The form of the report.
    pub(crate) format: Format,
    /// The settings of the run.
    pub(crate) settings: Settings,
}

/// Makes the check, and gives whether all is as expected.
///
/// # Errors
///
/// A sentence that says why it could not be made.
pub(crate) fn run(check: &Check<'_>) -> anyhow::Result<bool> {
    let spec = Spec::packed()?;
    let plan = plan::load(check.vectors.as_deref(), &spec, check.filter.as_deref())?;
    let command = check.subject.command(check.root)?;
    let connect = || AdapterHandle::start_process(&command, check.settings.timeout);
    let progress = ProgressMeter::start(plan.cases.len(), check.format);
    let run = runner::run(&plan.cases, &connect, &check.settings, &|verdict| {
        progress.one(verdict)
    });
    progress.end();
    let mut run = run?;
    run.problems.extend(plan.problems.iter().cloned());
    let tests: Vec<&dyn Test> = plan.cases.iter().map(|case| case as &dyn Test).collect();
    let about = ReportContext {
        not_judged: not_judged(&spec, &tests, &run, |text| !text.starts_with("A relay ")),
        spec: &spec,
        tests,
        all: plan.all,
        vectors_hash: Some(&plan.vectors_hash),
        command: command.to_string(),
        again: again(check),
        filter: check.filter.as_deref(),
    };
    match check.format {
        Format::Pretty => report::pretty(&about, &run),
        Format::Json => report::json(&about, &run),
    }
    .context("the report could not be written")?;
    Ok(run.good(plan.cases.len()))
}

/// The command that runs one test again, less its id.
fn again(check: &Check<'_>) -> String {
    let mut command = "cargo conformance".to_owned();
    match &check.subject {
        Subject::Reference(Reference::Blocking) => {}
        Subject::Reference(Reference::Asynchronous) => command.push_str(" --asynchronous"),
        Subject::External(external) => {
            command.push_str(" --external ");
            command.push_str(external.name());
        }
        Subject::Adapter(adapter) => {
            let quote = if adapter.contains('\'') { '"' } else { '\'' };
            command.push_str(&format!(" --adapter {quote}{adapter}{quote}"));
        }
    }
    if let Some(vectors) = &check.vectors {
        command.push_str(&format!(" --vectors {}", vectors.display()));
    }
    command.push_str(" --filter ");
    command
}
