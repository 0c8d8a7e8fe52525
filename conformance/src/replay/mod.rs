//! Recorded transcripts: none yet.

use clap::Args;

use crate::case::Case;
use crate::root::Root;

/// How `conformance record` is called.
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {}

/// The committed transcripts as tests.
///
/// # Errors
///
/// A sentence.
pub(crate) fn cases(_root: &Root) -> Result<Vec<Box<dyn Case>>, String> {
    Ok(Vec::new())
}

/// Records transcripts; gives whether all ended as they should.
///
/// # Errors
///
/// A sentence.
pub(crate) fn record(_root: &Root, _arguments: &RecordArguments) -> Result<bool, String> {
    Err("there is nothing to record yet".to_owned())
}
