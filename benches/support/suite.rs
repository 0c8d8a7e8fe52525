//! Builds and runs the conformance suite.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::pairs::time;

/// The suite, once built.
pub(crate) struct Suite(PathBuf);

impl Suite {
    /// Builds the suite.
    ///
    /// # Errors
    /// Says why there is no such program.
    pub(crate) fn build() -> Result<Self, String> {
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
        Ok(Self(path))
    }

    /// Measures the time of one run with these arguments.
    ///
    /// # Errors
    /// Says why there was no such run. A run that judges nothing, or falls short, is an error, too.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Duration, String> {
        let mut output = Err(String::new());
        let took = time(|| output = self.output(arguments));
        output.map(|_| took)
    }

    /// The options that choose the vectors and transcripts: all suites but those that are played
    /// live.
    ///
    /// # Errors
    /// Says why there is no list of tests.
    pub(crate) fn vectors_and_replay(&self) -> Result<Vec<String>, String> {
        let list = self.output(&["list"])?;
        let suites = list
            .lines()
            .filter_map(|line| line.split_whitespace().nth(1));
        let suites: BTreeSet<&str> = suites
            .filter(|suite| !["live", "surroundings"].contains(suite))
            .collect();
        let options = suites.into_iter().flat_map(|suite| ["--suite", suite]);
        Ok(options.map(str::to_owned).collect())
    }

    fn output(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new(&self.0)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|_| format!("{} does not start", self.0.display()))?;
        match output.stdout.is_empty() {
            _ if !output.status.success() => Err(output.status.to_string()),
            true => Err("it judges nothing".to_owned()),
            false => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        }
    }
}
