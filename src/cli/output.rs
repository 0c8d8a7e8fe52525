//! The place of the peer's blob. A blob comes only once, so the place is checked before the
//! exchange, and a failure after it falls back to standard output.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::arguments::PeerArguments;
use super::failure::Failure;
use super::print;
use super::printable;
use super::progress::Progress;
use super::streams;
use super::wording::bytes;
use crate::values::hex;

/// The place where a blob was written.
#[derive(Debug)]
#[must_use = "a blob that is elsewhere is a failure to report"]
pub(super) enum Written {
    /// Where the user wanted it.
    There,
    /// On standard output, and the failure that says so.
    Elsewhere(Failure),
}

impl Written {
    /// The failure, if the blob is not where the user wanted it.
    pub(super) fn into_result(self) -> Result<(), Failure> {
        match self {
            Written::There => Ok(()),
            Written::Elsewhere(failure) => Err(failure),
        }
    }
}

/// A place for the peer's blob, which has been checked.
#[derive(Debug)]
pub(super) enum Output {
    /// Standard output.
    Standard,
    /// A line of `--json` on standard output.
    Event,
    /// A new file with the mode 600, which becomes `path` when it is whole.
    File {
        file: NamedTempFile,
        path: PathBuf,
        force: bool,
    },
    /// Something that is no ordinary file, such as a device or a named pipe, open already: what was
    /// checked is what is written.
    Special { file: File, path: PathBuf },
}

impl Output {
    /// Checks the place before anybody types, and leaves nothing there, so that a Ctrl-C meanwhile
    /// has nothing to clean up.
    pub(super) fn check(options: &PeerArguments) -> Result<(), Failure> {
        match &options.output {
            // A pipe that is opened and closed is at its end for its reader.
            Some(path) if is_special(path) => Ok(()),
            _ => Output::prepare(options).map(drop),
        }
    }

    /// Checks the place and opens it.
    pub(super) fn prepare(options: &PeerArguments) -> Result<Output, Failure> {
        match &options.output {
            Some(path) if path != Path::new("-") => Output::at(path, options.force),
            _ => streams::check_output().map(|()| match options.json {
                true => Output::Event,
                false => Output::Standard,
            }),
        }
    }

    fn at(path: &Path, force: bool) -> Result<Output, Failure> {
        let unusable = |why: &dyn std::fmt::Display| {
            Failure::local(
                format!("cannot write {}: {why}", path.display()),
                "Nothing was sent. Give --output a file that can be written.",
            )
        };
        let path = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(unusable(&"it is a directory")),
            Ok(found) if !found.is_file() => {
                let file = open_special(path).map_err(|error| unusable(&error))?;
                let path = path.to_owned();
                return Ok(Output::Special { file, path });
            }
            Ok(_) if !force => {
                return Err(unusable(&"it exists")
                    .hint("Nothing was sent. Give --output another name, or add --force to replace the file."));
            }
            // A link stays a link: the file that it leads to is replaced.
            Ok(_) => fs::canonicalize(path).map_err(|error| unusable(&error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(unusable(&error)),
        };
        let file = temporary(folder(&path)).map_err(|error| {
            Failure::local(
                format!(
                    "cannot write to the folder of {}: {}",
                    path.display(),
                    error.kind()
                ),
                "Nothing was sent. Give --output a file that can be written.",
            )
        })?;
        Ok(Output::File { file, path, force })
    }

    /// The file that has no lasting name yet.
    pub(super) fn unfinished(&self) -> Option<PathBuf> {
        match self {
            Output::File { file, .. } => Some(file.path().to_owned()),
            Output::Standard | Output::Event | Output::Special { .. } => None,
        }
    }

    /// Writes the blob, whole and synced.
    ///
    /// # Errors
    /// The blob could not be written anywhere.
    pub(super) fn write(self, blob: &[u8], progress: &Progress) -> Result<Written, Failure> {
        let (path, written) = match self {
            Output::Standard => {
                standard(blob, progress)?;
                return Ok(Written::There);
            }
            Output::Event => {
                let blob = Zeroizing::new(hex::encode(blob));
                let written = print::event(&json!({"event": "blob", "blob": *blob}));
                return written
                    .map(|()| Written::There)
                    .map_err(|error| lost(&error));
            }
            Output::File { file, path, force } => {
                let written = replace(file, &path, force, blob);
                (path, written)
            }
            Output::Special { mut file, path } => {
                let written = file.write_all(blob).and_then(|()| synced(&file));
                (path, written)
            }
        };
        match written {
            Ok(()) => {
                progress.say(format!(
                    "wrote the other side's {} to {}",
                    bytes(blob.len()),
                    path.display()
                ));
                Ok(Written::There)
            }
            Err(error) => {
                standard(blob, progress)?;
                Ok(Written::Elsewhere(Failure::local(
                    format!("cannot write {}: {error}", path.display()),
                    "The other side's blob is on standard output instead.",
                )))
            }
        }
    }
}

fn replace(mut file: NamedTempFile, path: &Path, force: bool, blob: &[u8]) -> io::Result<()> {
    file.write_all(blob)?;
    file.as_file().sync_all()?;
    // Another program may have made the file meanwhile.
    match force {
        true => file.persist(path),
        false => file.persist_noclobber(path),
    }
    .map(drop)
    .map_err(|error| error.error)
}

/// Writes a file of mode 600, whole or not at all; an older one is replaced.
pub(super) fn private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(temporary(folder(path))?, path, true, content)
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A new file of mode 600 without a lasting name.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".wormhole-sync-")
        .tempfile_in(folder)
}

/// Whether something is there that is neither a file nor a folder.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Opens a device or a named pipe for writing, without waiting for a pipe's reader.
#[cfg(unix)]
fn open_special(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use rustix::io::Errno;

    // The flags of open(2) fit into an i32.
    let flag = OFlags::NONBLOCK.bits() as i32;
    let file = File::options().write(true).custom_flags(flag).open(path);
    let file = file.map_err(|error| match Errno::from_io_error(&error) {
        Some(Errno::NXIO) => io::Error::other("nobody reads it"),
        _ => error,
    })?;
    let flags = fcntl_getfl(&file)?;
    fcntl_setfl(&file, flags.difference(OFlags::NONBLOCK))?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_special(path: &Path) -> io::Result<File> {
    File::options().write(true).open(path)
}

/// Syncs a device or a pipe, where that means something.
fn synced(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

/// Writes the blob to standard output as it is, but escaped for a terminal, which would obey
/// control characters.
fn standard(blob: &[u8], progress: &Progress) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = if !out.is_terminal() {
        out.write_all(blob)
    } else if blob.is_empty() {
        Ok(())
    } else {
        let shown = printable::text(blob);
        if shown.is_escaped {
            progress.say(
                "the blob is shown with escapes, because it has bytes that a terminal would obey; \
                 next time give --output FILE",
            );
        }
        let end = if shown.text.ends_with('\n') { "" } else { "\n" };
        out.write_all(shown.text.as_bytes())
            .and_then(|()| out.write_all(end.as_bytes()))
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| lost(&error))
}

fn lost(error: &io::Error) -> Failure {
    Failure::local(
        format!("cannot write the other side's blob to standard output: {error}"),
        "The blob is lost. Start again with a new code.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(output: Output, blob: &[u8]) -> Result<(), Failure> {
        output
            .write(blob, &Progress::new(true, false))?
            .into_result()
    }

    #[test]
    fn a_file_appears_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blob");
        let output = Output::at(&path, false).unwrap();
        assert!(!path.exists());
        write(output, b"theirs").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_force_replaces_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blob");
        fs::write(&path, b"mine").unwrap();
        let refused = Output::at(&path, false).unwrap_err();
        assert_eq!(refused.status(), super::super::status::LOCAL);
        let output = Output::at(&path, true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        write(output, b"theirs").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
    }

    #[test]
    fn a_file_made_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blob");
        let output = Output::at(&path, false).unwrap();
        fs::write(&path, b"mine").unwrap();
        assert!(write(output, b"").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }

    #[test]
    fn what_cannot_be_written_is_refused_first() {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        assert!(Output::at(&inside(""), true).is_err());
        assert!(Output::at(&inside("no/such"), true).is_err());
    }
}
