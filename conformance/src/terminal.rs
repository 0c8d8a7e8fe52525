//! Lines for the user, beside a report. A stream that nobody reads, or a disk that is full, is no
//! reason to fail, let alone to panic.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes a line to standard error.
pub(crate) fn say(line: impl Display) {
    // There is nobody else to tell.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes a line to standard output. The exit status says the same, so that a reader may go.
pub(crate) fn show(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
