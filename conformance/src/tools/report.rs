//! `conformance report`: the report of a result that was kept.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::report::{CheckFormat, CheckResult, InteropResult};
use crate::root::read;
use crate::spec::Spec;
use crate::tools::html;

/// The arguments of `conformance report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The file that a check wrote with --format json; `-` is standard input
    #[arg(value_name = "RESULT")]
    result: PathBuf,
    /// The report's form
    #[arg(long, value_enum, default_value_t = CheckFormat::Pretty)]
    format: CheckFormat,
    /// Write a report for a browser into this folder as well: the verdict, all tests, and the text
    /// with what was judged of it. Its first page is index.html
    #[arg(long, value_name = "DIR")]
    html: Option<PathBuf>,
    /// Show in it the matrix of this result of `interop --format json`
    #[arg(long, value_name = "FILE", requires = "html")]
    interop: Option<PathBuf>,
    /// Explain its tests by the vectors of this folder, which judged instead of the committed ones
    #[arg(long, value_name = "DIR", requires = "html")]
    vectors: Option<PathBuf>,
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
    let interop = arguments
        .interop
        .as_deref()
        .map(kept_meetings)
        .transpose()?;
    html::write(
        arguments.html.as_deref(),
        &result,
        arguments.vectors.as_deref(),
        interop,
    )?;
    Ok(result.end.good)
}

/// Reads the meetings that `interop` has written.
fn kept_meetings(path: &Path) -> anyhow::Result<InteropResult> {
    let text = read(path).map_err(anyhow::Error::msg)?;
    InteropResult::read(&text).with_context(|| path.display().to_string())
}
