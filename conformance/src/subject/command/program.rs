//! The program of a command line, looked for before anything is judged by it.

use std::env;
use std::path::Path;

use anyhow::bail;

/// Refuses a program that nothing could start.
///
/// # Errors
///
/// A sentence that says where it was looked for.
pub(super) fn find(program: &str) -> anyhow::Result<()> {
    let path = Path::new(program);
    if path.components().count() > 1 || program.contains('/') {
        return match (path.is_file(), is_executable(path)) {
            (_, true) => Ok(()),
            (true, false) => bail!("cannot start {program}: the file is not executable"),
            (false, _) => bail!("cannot start {program}: there is no such file"),
        };
    }
    // Elsewhere names may have endings, and the system has rules of its own.
    let Some(folders) = env::var_os("PATH").filter(|_| cfg!(unix)) else {
        return Ok(());
    };
    if env::split_paths(&folders).any(|folder| is_executable(&folder.join(program))) {
        return Ok(());
    }
    bail!(
        "cannot start {program}: no folder of PATH has such a program; \
         ./{program} would be a file of this folder"
    )
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let found = path.metadata();
    found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_as_the_system_does() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let fails = |program: &Path| find(program.to_str().unwrap()).unwrap_err().to_string();
        assert!(fails(&file).contains("not executable"));
        assert!(fails(folder.path()).contains("no such file"));
        assert!(fails(Path::new("no-such-tool")).contains("no folder of PATH"));
        assert!(find("sh").is_ok() && find("/bin/sh").is_ok());
    }
}
