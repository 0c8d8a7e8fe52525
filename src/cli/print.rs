//! Lines for people, which cannot end a run.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints a line to standard error.
///
/// A reader that is gone, a full disk or a closed terminal changes nothing: the exchange matters
/// more than words about it.
pub(super) fn tell(what: impl Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// Prints a line to standard output, for people, under the same rule as [`tell`].
pub(super) fn show(what: impl Display) {
    let _ = writeln!(io::stdout(), "{what}");
}
