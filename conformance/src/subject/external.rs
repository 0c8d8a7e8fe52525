//! The adapter in Python: another language over other people's libraries, in an environment of its
//! own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Error, anyhow, bail};

use crate::root::{Root, read};
use crate::subject::adapter::CommandLine;

/// The command that starts the adapter. Its environment is made first if it is missing or old.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(crate) fn command(root: &Root) -> anyhow::Result<CommandLine> {
    let folder = root.path().join("conformance/adapters/python");
    let adapter = folder.join("adapter.py");
    if !adapter.is_file() {
        bail!("there is no adapter {}", adapter.display());
    }
    let python = environment(root, &folder.join("requirements.txt"))?;
    // These options keep out the user's own Python settings and packages, and write nothing beside
    // the sources.
    let arguments = ["-E", "-s", "-B"].map(str::to_owned).into_iter();
    let arguments = arguments.chain([adapter.display().to_string()]);
    Ok(CommandLine::new(python.display().to_string(), arguments))
}

/// Makes the environment of exactly these requirements, once, and gives its Python.
fn environment(root: &Root, requirements: &Path) -> anyhow::Result<PathBuf> {
    let wanted = read(requirements).map_err(Error::msg)?;
    let folder = root.path().join("target/conformance-python");
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
    eprintln!("making a Python environment in {} (once)", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    run(
        Command::new("python3").args(["-m", "venv"]).arg(&folder),
        "--external needs python3 (3.11 or later) with its module venv; install it, or leave --external out",
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
        "the pinned Python packages could not be installed; --external needs the network for that, once",
    )?;
    fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(python)
}

/// Runs a command to its end.
fn run(command: &mut Command, advice: &str) -> anyhow::Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| anyhow!("{advice}\n({error})"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    let last: Vec<&str> = text.lines().rev().take(8).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(anyhow!("{advice}\n{}", last.join("\n")))
}
