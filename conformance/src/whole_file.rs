//! Files for users, which are written whole or not at all.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, ensure};
use tempfile::{Builder, NamedTempFile};

/// Writes a file in the place of one that may be there; others may read it, as far as the user's
/// mask allows.
///
/// # Errors
///
/// A sentence that names the file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut new = Builder::new();
    #[cfg(unix)]
    new.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    replace(path, bytes, &new)
}

/// Writes a file in the place of one that may be there; only its owner may read it.
///
/// # Errors
///
/// A sentence that names the file.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    // A temporary file is its owner's alone.
    replace(path, bytes, &Builder::new())
}

/// Finds out whether a file can be written, before the work whose outcome it is to hold.
///
/// # Errors
///
/// A sentence that names the file.
pub(crate) fn try_to_write(path: &Path) -> anyhow::Result<()> {
    ensure!(!path.is_dir(), "{}: it is a folder", cannot(path));
    beside(path, &Builder::new()).map(drop)
}

fn replace(path: &Path, bytes: &[u8], new: &Builder<'_, '_>) -> anyhow::Result<()> {
    let mut file = beside(path, new)?;
    file.write_all(bytes).with_context(|| cannot(path))?;
    file.persist(path).with_context(|| cannot(path))?;
    Ok(())
}

/// A new file in the folder of another one.
fn beside(path: &Path, new: &Builder<'_, '_>) -> anyhow::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let file = new.tempfile_in(folder.unwrap_or(Path::new(".")));
    file.with_context(|| cannot(path))
}

fn cannot(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_there_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"first").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
    }

    #[test]
    fn a_place_for_no_file_is_named_before_and_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        try_to_write(&path).unwrap();
        assert!(!path.exists(), "it was only tried");
        write(&path, b"first").unwrap();
        try_to_write(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        for place in [&path.join("in"), folder.path()] {
            let faults = [write(place, b""), try_to_write(place)];
            for fault in faults.map(|tried| tried.unwrap_err().to_string()) {
                assert!(fault.contains("cannot be written"), "{fault}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"first").unwrap();
        write_private(&path, b"second").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"second");
    }
}
