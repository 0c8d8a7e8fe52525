//! The installation of what an implementation needs.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{anyhow, bail};

use crate::subject::group::GroupLeader;

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
    let cannot = |error| anyhow!("{advice}\n({error})");
    // Both outputs are one pipe, so that neither can fill up unread.
    let (mut reader, writer) = io::pipe().map_err(cannot)?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone().map_err(cannot)?)
        .stderr(writer);
    let mut leader = GroupLeader::start(command).map_err(cannot)?;
    // The command keeps the writing ends, which would never end here.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut text = Vec::new();
    reader.read_to_end(&mut text).map_err(cannot)?;
    // It ends when its outputs have.
    let status = leader.wait(Duration::from_secs(60));
    if status.is_some_and(|status| status.success()) {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    let last: Vec<&str> = text.lines().rev().take(8).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(anyhow!("{advice}\n{}", last.join("\n")))
}
