//! The check of an implementation: one adapter, all tests, one report.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::report::{CheckFormat, CheckResult, ProgressMeter, ReportContext, not_judged};
use crate::root::Root;
use crate::run::expectations::Expectations;
use crate::run::plan;
use crate::run::runner::{self, Settings};
use crate::run::selection::Selection;
use crate::run::verdict::Verdict;
use crate::spec::Spec;
use crate::subject::Subject;
use crate::subject::adapter::AdapterHandle;
use crate::suites::case::Case;
use crate::suites::test::Test;
use crate::suites::vectors::{self, Vectors};

/// A check to be made.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    /// The folder that holds specification, vectors and transcripts.
    pub(crate) root: &'a Root,
    /// The implementation that is judged.
    pub(crate) subject: Subject,
    /// The tests that are run.
    pub(crate) selection: Selection,
    /// Vectors other than the committed ones.
    pub(crate) vectors: Option<PathBuf>,
    /// The folder of transcripts beside the committed ones.
    pub(crate) transcripts: Option<PathBuf>,
    /// The form of the report.
    pub(crate) format: CheckFormat,
    /// The command that runs one test again, less its id.
    pub(crate) again: String,
    /// The settings of the run.
    pub(crate) settings: Settings,
}

/// Makes the check, writes the report, and gives the result.
///
/// # Errors
///
/// A sentence that says why it could not be made.
pub(crate) fn run(check: &Check<'_>) -> anyhow::Result<CheckResult> {
    let result = judge(check)?;
    check.settings.expectations.update(result.verdicts())?;
    check.format.write(&result, &Spec::packed()?)?;
    Ok(result)
}

/// Makes the check, and gives the result.
///
/// # Errors
///
/// A sentence that says why it could not be made.
pub(crate) fn judge(check: &Check<'_>) -> anyhow::Result<CheckResult> {
    let spec = Spec::packed()?;
    let plan = plan::load_with(
        check.vectors.as_deref(),
        check.transcripts.as_deref(),
        &spec,
    )?;
    check_known(&check.settings.without, &plan.cases)?;
    let plan = match check.subject.outside_roles() {
        Some(roles) => plan
            .judging_from_outside(&roles)
            .select(&check.selection)
            .context("from outside only the live tests judge, those of level 5")?,
        None => plan.select(&check.selection)?,
    };
    let command = check.subject.command(check.root)?;
    let connect = || AdapterHandle::start_process(&command, check.settings.timeout);
    let progress = ProgressMeter::start(plan.cases.len());
    let run = runner::run(&plan.cases, &connect, &check.settings, &|id, verdict| {
        progress.one(id, verdict)
    });
    progress.end();
    let mut run = run?;
    run.problems.extend(plan.problems.iter().cloned());
    let tests: Vec<&dyn Test> = plan.cases.iter().map(|case| case as &dyn Test).collect();
    let vectors_folder = check.vectors.as_ref();
    let about = ReportContext {
        not_judged: not_judged(&spec, &tests, &run, |text| !text.starts_with("A relay ")),
        spec: &spec,
        tests,
        all: plan.all,
        vectors_hash: Some(&plan.vectors_hash),
        vectors_folder: vectors_folder.map(|folder| folder.display().to_string()),
        command: command.to_string(),
        again: check.again.clone(),
        filter: check.selection.description(),
    };
    Ok(about.result(run))
}

/// Judges by other vectors, those of the levels up to this one, and gives each with its verdict.
///
/// # Errors
///
/// A sentence that says why nothing could be judged.
pub(crate) fn judge_vectors(
    check: &Check<'_>,
    vectors: Vectors,
    level: usize,
) -> anyhow::Result<Vec<(String, Verdict)>> {
    let mut cases = vectors::cases(vectors);
    cases.retain(|case| usize::from(case.level()) <= level);
    let command = check.subject.command(check.root)?;
    let connect = || AdapterHandle::start_process(&command, check.settings.timeout);
    let settings = Settings {
        expectations: Expectations::default(),
        ..check.settings.clone()
    };
    let run = runner::run(&cases, &connect, &settings, &|_, _| {})?;
    let verdicts = run.judged.into_iter().map(|judged| judged.verdict);
    let ids = cases.iter().map(|case| case.id().to_owned());
    Ok(ids.zip(verdicts).collect())
}

/// Refuses a name behind `--without` that no test needs.
fn check_known(without: &[String], cases: &[Box<dyn Case>]) -> anyhow::Result<()> {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for case in cases {
        known.extend([case.operations(), case.injects(), case.roles()].concat());
        known.extend((case.runs() > 1).then_some("runs"));
    }
    for name in without {
        if !known.contains(name.as_str()) {
            let known: Vec<&str> = known.into_iter().collect();
            bail!(
                "--without {name}: no test needs that; these are needed: {}",
                known.join(", ")
            );
        }
    }
    Ok(())
}
