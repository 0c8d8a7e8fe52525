//! Standard streams that were closed when the program started.

use std::io;

use super::failure::Failure;

/// Refuses a standard output that is closed: what is written to it is lost without an error.
pub(super) fn check_output() -> Result<(), Failure> {
    if was_closed(io::stdout()) {
        return Err(Failure::local(
            "standard output is closed",
            "Nothing was sent. Leave it open, or lead it to a file or a pipe.",
        ));
    }
    Ok(())
}

/// Refuses a standard input that is closed: nothing can be read from it.
pub(super) fn check_input() -> Result<(), Failure> {
    if is_input_closed() {
        return Err(Failure::local(
            "standard input is closed, and there is no text and no --file",
            "Nothing was sent. Give a text, or '' to hand in nothing.",
        ));
    }
    Ok(())
}

/// Whether standard input is closed.
pub(super) fn is_input_closed() -> bool {
    was_closed(io::stdin())
}

/// Whether a stream was closed when the program started.
///
/// Rust's runtime then opens the null device in its place, for reading and writing at once. A shell
/// opens a device for one of them only, so that `>/dev/null` is not mistaken for a closed stream.
#[cfg(unix)]
fn was_closed(stream: impl std::os::fd::AsFd) -> bool {
    use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat, stat};

    let is_null = || {
        let (stream, null) = (fstat(&stream)?, stat("/dev/null")?);
        let is_device = FileType::from_raw_mode(stream.st_mode) == FileType::CharacterDevice;
        rustix::io::Result::Ok(is_device && stream.st_rdev == null.st_rdev)
    };
    let access = fcntl_getfl(&stream).map(|flags| flags & OFlags::ACCMODE);
    access == Ok(OFlags::RDWR) && is_null() == Ok(true)
}

#[cfg(not(unix))]
fn was_closed<T>(_: T) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs::OpenOptions;

    use super::was_closed;

    #[test]
    fn the_null_device_counts_as_closed_only_as_the_runtime_opens_it() {
        let null = |read: bool, write: bool| {
            let mut options = OpenOptions::new();
            options.read(read).write(write).open("/dev/null").unwrap()
        };
        assert!(was_closed(null(true, true)));
        assert!(!was_closed(null(true, false)) && !was_closed(null(false, true)));
        assert!(!was_closed(tempfile::tempfile().unwrap()));
    }
}
