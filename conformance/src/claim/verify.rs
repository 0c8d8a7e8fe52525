//! `conformance verify`: a claim, checked by playing it again.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::claim;
use super::file::{Claim, JudgedBy};
use crate::check::{self, Check};
use crate::report::CheckFormat;
use crate::root::Root;
use crate::run::expectations::Expectations;
use crate::run::plan;
use crate::run::runner::Settings;
use crate::run::scoring::Scoring;
use crate::run::selection::Selection;
use crate::spec::Spec;
use crate::subject::Subject;
use crate::suites::vectors::printable;
use crate::terminal::show;

/// The arguments of `conformance verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The file of the claim
    #[arg(value_name = "CLAIM")]
    claim: PathBuf,
    /// Start the adapter by this command, instead of the one that the claim names
    #[arg(long, value_name = "COMMAND")]
    adapter: Option<String>,
    /// The number of adapter processes at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// The seconds that each reply may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// Plays a claim again, and gives whether all that it says is so.
///
/// # Errors
///
/// A sentence about a file that is no claim, another suite than the claim's, or an adapter that
/// does not start.
pub(crate) fn verify(root: &Root, arguments: &VerifyArguments) -> anyhow::Result<bool> {
    let claimed = Claim::read(&arguments.claim)?;
    show(format_args!("claimed    {}", printable(&claimed.sentence)));
    let spec = Spec::packed()?;
    let ours = JudgedBy::this_program(&plan::load(None, &spec)?, &spec)?;
    let theirs = &claimed.judged_by;
    if ours != *theirs {
        bail!(
            "the claim was made by suite {} with text {}, and this is {} with {}, or another build \
             of it: get theirs, by the hashes in the claim",
            theirs.suite,
            theirs.spec,
            ours.suite,
            ours.spec
        );
    }
    let command = arguments.adapter.clone();
    let check = Check {
        root,
        subject: Subject::Adapter(command.unwrap_or_else(|| claimed.adapter.command.clone())),
        selection: Selection::default(),
        vectors: None,
        transcripts: None,
        format: CheckFormat::Pretty,
        again: "conformance --filter ".to_owned(),
        settings: Settings {
            jobs: usize::from(arguments.jobs),
            timeout: Duration::from_secs(arguments.timeout),
            fail_fast: false,
            expectations: Expectations::default(),
            scoring: Scoring::packed()?,
            without: claimed.adapter.without.clone(),
        },
    };
    let result = check::judge(&check)?;
    let found = match claim(&check, &result, &claimed.fresh_vectors.seed)? {
        Ok(found) => found,
        Err(why) => {
            check.format.write(&result, &spec)?;
            show(format_args!("NOT SO     nothing can be claimed: {why}"));
            return Ok(false);
        }
    };
    let (mut claimed, mut found) = (json!(claimed), json!(found));
    for claim in [&mut claimed, &mut found] {
        // Another command may start the same program.
        claim["adapter"]["command"].take();
    }
    let mut is_so = true;
    for (name, value) in claimed.as_object().into_iter().flatten() {
        if found[name] != *value {
            is_so = false;
            let text = format!("NOT SO     {name}: claimed {value}, found {}", found[name]);
            show(printable(&text));
        }
    }
    if is_so {
        show("VERIFIED   all of it was found again");
    }
    Ok(is_so)
}
