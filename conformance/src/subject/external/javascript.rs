//! The adapter in JavaScript, with its packages in `node_modules` beside it.

use std::fs;
use std::process::Command;

use anyhow::{Context, Error};

use super::install::{run, there};
use crate::root::{Root, read};
use crate::subject::adapter::CommandLine;
use crate::terminal::say;

/// The command that starts the adapter. Its packages are installed first if they are missing or
/// old.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub(super) fn command(root: &Root) -> anyhow::Result<CommandLine> {
    let folder = root.path().join("conformance/adapters/javascript");
    let adapter = folder.join("adapter.js");
    there(&adapter)?;
    let wanted = read(&folder.join("package-lock.json")).map_err(Error::msg)?;
    let marker = folder.join("node_modules/installed-package-lock.json");
    if !fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        say(format_args!(
            "installing the pinned packages in {} (once)",
            folder.display()
        ));
        run(
            Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(&folder),
            "--external javascript needs node (20.19 or later) with npm, and the network once; install it, or leave --external out",
        )?;
        fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    }
    Ok(CommandLine::new("node", [adapter.display().to_string()]))
}
