//! Lines for the user, beside a report. A stream that nobody reads, or a disk that is full, is no
//! reason to panic.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::PoisonError;

/// The first failure to write to standard output, other than a reader that has gone.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// Writes a line to standard error.
pub(crate) fn say(line: impl Display) {
    // There is nobody else to tell.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes a line to standard output. A reader may go, since the exit status says the same; what is
/// lost in another way is kept for [`lost`].
pub(crate) fn show(line: impl Display) {
    if let Err(error) = writeln!(io::stdout(), "{line}")
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let mut lost = LOST.lock().unwrap_or_else(PoisonError::into_inner);
        lost.get_or_insert(error);
    }
}

/// Takes the reason why lines for standard output were lost, such as a full disk.
pub(crate) fn lost() -> Option<io::Error> {
    LOST.lock().unwrap_or_else(PoisonError::into_inner).take()
}
