//! `conformance coverage`: which requirement is judged by what.

use std::io::{self, Write};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use crate::report::Format;
use crate::root::Root;
use crate::run::plan;
use crate::spec::Spec;
use crate::suites::test::Test;
use crate::tools::relay;
use crate::trust::coverage::{Index, Row, index, review};

/// The arguments of `conformance coverage`.
#[derive(Debug, Args)]
pub(crate) struct CoverageArguments {
    /// Take the sentences of all requirements as reviewed, after a look at what tests them
    #[arg(long)]
    reviewed: bool,
    /// The report's form: for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

/// Shows the index of requirements, and gives whether nothing is wrong with it.
///
/// # Errors
///
/// A sentence about what cannot be read or written.
pub(crate) fn coverage(root: &Root, arguments: &CoverageArguments) -> anyhow::Result<bool> {
    let spec = Spec::packed()?;
    if arguments.reviewed {
        review(root, &spec)?;
    }
    let plan = plan::load(None, &spec)?;
    let relays = relay::cases()?;
    let of_relays = relays.iter().map(|case| case as &dyn Test);
    let tests = plan.cases.iter().map(|case| case as &dyn Test);
    let tests: Vec<&dyn Test> = tests.chain(of_relays).collect();
    let index = index(root, &spec, &tests)?;
    match arguments.format {
        Format::Pretty => pretty(&index),
        Format::Json => lines(&index),
    }
    .context("the report could not be written")?;
    Ok(index.faults.is_empty())
}

fn pretty(index: &Index) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "requirement  code  models  mutants  tests")?;
    for row in &index.rows {
        let Row {
            id,
            code,
            models,
            tests,
            mutants,
            reason,
            ..
        } = row;
        let suites = tests
            .iter()
            .map(|(suite, count)| format!("{suite} {count}"));
        let suites: Vec<String> = suites.collect();
        let why = match reason {
            Some(reason) => format!("no mutant: {}", json!(reason).as_str().unwrap_or_default()),
            None => String::new(),
        };
        let text = format!("{}  {why}", suites.join(", "));
        writeln!(
            out,
            "{id:<11}  {:>4}  {:>6}  {:>7}  {}",
            code.len(),
            models.len(),
            mutants.len(),
            text.trim()
        )?;
    }
    for fault in &index.faults {
        writeln!(out, "\nFAIL {fault}")?;
    }
    let excused = index.rows.iter().filter(|row| row.reason.is_some()).count();
    let mutants: usize = index.rows.iter().map(|row| row.mutants.len()).sum();
    let word = if index.faults.is_empty() {
        "PASSED"
    } else {
        "FELL SHORT"
    };
    writeln!(
        out,
        "\n{word:<10} {} requirements: {} with {mutants} mutants, {excused} without, for a reason; {} faults",
        index.rows.len(),
        index
            .rows
            .iter()
            .filter(|row| !row.mutants.is_empty())
            .count(),
        index.faults.len()
    )
}

fn lines(index: &Index) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for row in &index.rows {
        writeln!(out, "{}", json!(row))?;
    }
    let not_judged: Vec<&str> = index
        .rows
        .iter()
        .filter(|row| row.tests.is_empty())
        .map(|row| row.id.as_str())
        .collect();
    let failed = index
        .rows
        .iter()
        .filter(|row| row.mutants.is_empty() && row.reason.is_none());
    let failed = failed.count();
    let end = json!({
        "event": "end",
        "good": index.faults.is_empty(),
        "counts": {
            "planned": index.rows.len(),
            "passed": index.rows.len() - failed,
            "failed": failed,
            "skipped": 0,
            "inconclusive": 0,
        },
        "not_judged": not_judged,
        "faults": index.faults,
    });
    writeln!(out, "{end}")
}
