//! Builds and runs the conformance suite.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::pairs::time;

/// Measures the time of a full run against the reference, without the build.
///
/// # Errors
/// Says why there was no such run. A run that judges nothing is an error, too.
pub(crate) fn run() -> Result<Duration, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let suite = ["-p", "wormhole-sync-conformance", "--bin", "conformance"];
    let built = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--release", "--quiet"])
        .args(suite)
        .status();
    if !built.is_ok_and(|status| status.success()) {
        return Err("it does not build".to_owned());
    }
    // This program is target/release/deps/bars-….
    let here = env::current_exe().map_err(|error| error.to_string())?;
    let release = here.parent().and_then(|deps| deps.parent());
    let path = release.ok_or("no target folder")?.join("conformance");
    let mut output = None;
    let took = time(|| {
        let mut suite = Command::new(&path);
        suite.current_dir(env!("CARGO_MANIFEST_DIR"));
        output = Some(suite.stdin(Stdio::null()).output());
    });
    match output {
        Some(Ok(output)) if !output.status.success() => Err(format!("{}", output.status)),
        Some(Ok(output)) if output.stdout.is_empty() => Err("it judges nothing".to_owned()),
        Some(Ok(_)) => Ok(took),
        _ => Err(format!("{} does not start", path.display())),
    }
}
