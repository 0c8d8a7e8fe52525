//! The installation of what an implementation needs.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{anyhow, bail};

/// Checks that a file is there.
///
/// # Errors
///
/// A sentence.
pub(super) fn there(adapter: &Path) -> anyhow::Result<()> {
    if !adapter.is_file() {
        bail!("there is no {}", adapter.display());
    }
    Ok(())
}

/// Runs a command to its end.
///
/// # Errors
///
/// The advice, with the last lines that the command wrote.
pub(super) fn run(command: &mut Command, advice: &str) -> anyhow::Result<()> {
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
