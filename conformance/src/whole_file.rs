//! Files for users, which are written whole or not at all.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

/// Writes a file in the place of one that may be there; others may read it, as far as the user's
/// mask allows.
///
/// # Errors
///
/// A sentence that names the file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut new = tempfile::Builder::new();
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
    replace(path, bytes, &tempfile::Builder::new())
}

fn replace(path: &Path, bytes: &[u8], new: &tempfile::Builder<'_, '_>) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let file = new.tempfile_in(folder.unwrap_or(Path::new(".")));
    let mut file = file.with_context(cannot)?;
    file.write_all(bytes).with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(())
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
        let fault = write(&path.join("in"), b"").unwrap_err().to_string();
        assert!(fault.contains("in cannot be written"), "{fault}");
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
