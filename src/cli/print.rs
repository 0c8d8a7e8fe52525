//! Lines for people, which cannot end a run, and events for programs.

use std::fmt::Display;
use std::io::{self, Write};

use serde_json::Value;

/// Prints a line to standard error.
///
/// A reader that is gone, a full disk or a closed terminal changes nothing: the exchange matters
/// more than words about it.
pub(super) fn tell(what: impl Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// Writes one JSON object as a line of standard output, at once.
pub(super) fn event(event: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{event}")?;
    out.flush()
}

/// Prints a line to standard output, for people, under the same rule as [`tell`].
pub(super) fn show(what: impl Display) {
    let _ = writeln!(io::stdout(), "{what}");
}
