//! The adapter and the relay in Python, each in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error};

use super::install::{run, there};
use crate::root::{Root, read};
use crate::subject::adapter::CommandLine;
use crate::terminal::say;

/// The command that starts the adapter. Its environment is made first if it is missing or old.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(super) fn command(root: &Root) -> anyhow::Result<CommandLine> {
    let (python, folder) = client_environment(root)?;
    let adapter = folder.join("adapter.py");
    // These options keep out the user's own Python settings and packages, and write nothing beside
    // the sources.
    let arguments = ["-E", "-s", "-B"].map(str::to_owned).into_iter();
    let arguments = arguments.chain([adapter.display().to_string()]);
    Ok(CommandLine::new(python.display().to_string(), arguments))
}

/// The Python that has what the client needs, and the client's folder.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(super) fn client_environment(root: &Root) -> anyhow::Result<(PathBuf, PathBuf)> {
    let folder = root.path().join("conformance/adapters/python");
    there(&folder.join("adapter.py"))?;
    let python = environment(root, "conformance-python", &folder)?;
    Ok((python, folder))
}

/// The Python that has what the relay needs, and the relay's folder.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(super) fn relay_environment(root: &Root) -> anyhow::Result<(PathBuf, PathBuf)> {
    let folder = root.path().join("conformance/relays/python");
    there(&folder.join("relay/__main__.py"))?;
    let python = environment(root, "conformance-relay-python", &folder)?;
    Ok((python, folder))
}

/// The command that starts the relay, less its options. Its environment is made first if it is
/// missing or old.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(super) fn relay(root: &Root) -> anyhow::Result<CommandLine> {
    let (python, folder) = relay_environment(root)?;
    // The module is found by its folder, and the user's own Python settings are kept out.
    let run = format!(
        "import runpy, sys; sys.path.insert(0, {:?}); runpy.run_module('relay', run_name='__main__')",
        folder.display().to_string()
    );
    let mut arguments = ["-E", "-s", "-B", "-c"].map(str::to_owned).to_vec();
    arguments.push(run);
    Ok(CommandLine::new(python.display().to_string(), arguments))
}

/// Makes the environment of exactly the requirements in `sources`, once, and gives its Python.
fn environment(root: &Root, name: &str, sources: &Path) -> anyhow::Result<PathBuf> {
    let requirements = &sources.join("requirements.txt");
    let wanted = read(requirements).map_err(Error::msg)?;
    let folder = root.path().join("target").join(name);
    let bin = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python3"
    };
    let python = folder.join(bin);
    let marker = folder.join("requirements-installed.txt");
    if python.exists() && fs::read_to_string(&marker).is_ok_and(|made| made == wanted) {
        return Ok(python);
    }
    say(format_args!(
        "making a Python environment in {} (once)",
        folder.display()
    ));
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    run(
        Command::new("python3").args(["-m", "venv"]).arg(&folder),
        "this needs python3 (3.11 or later) with its module venv; install it, or leave it out",
    )?;
    run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--require-hashes", "--only-binary", ":all:"])
            .arg("--requirement")
            .arg(requirements),
        "the pinned Python packages could not be installed; that needs the network, once",
    )?;
    fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(python)
}
