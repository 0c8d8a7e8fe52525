//! `conformance report`: the report of a result that was kept.

use std::io;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::report::{CheckFormat, CheckResult};
use crate::root::read;
use crate::spec::Spec;

/// The arguments of `conformance report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The file that a check wrote with --format json; `-` is standard input
    #[arg(value_name = "RESULT")]
    result: PathBuf,
    /// The report's form
    #[arg(long, value_enum, default_value_t = CheckFormat::Pretty)]
    format: CheckFormat,
}

/// Writes the report, and gives whether all was as expected.
///
/// # Errors
///
/// A sentence about a file that cannot be read or is no result.
pub(crate) fn report(arguments: &ReportArguments) -> anyhow::Result<bool> {
    let path = &arguments.result;
    let (name, text) = match path.as_os_str() == "-" {
        true => {
            let text = io::read_to_string(io::stdin().lock());
            let name = "standard input".to_owned();
            (name, text.context("standard input cannot be read")?)
        }
        false => {
            let text = read(path).map_err(anyhow::Error::msg)?;
            (path.display().to_string(), text)
        }
    };
    let result = CheckResult::read(&text).context(name)?;
    arguments.format.write(&result, &Spec::packed()?)?;
    Ok(result.end.good)
}
