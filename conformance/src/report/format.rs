//! The forms of a report that the user can choose from.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use clap::ValueEnum;

use super::result::CheckResult;
use super::{github, junit, pretty};
use crate::spec::Spec;

/// The form in which the report of a command is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Pretty,
    /// JSON lines.
    Json,
}

/// The form in which the result of a check is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people.
    Pretty,
    /// JSON lines, from which `conformance report` makes the other forms later.
    Json,
    /// JUnit XML, for the test page of a CI server.
    Junit,
    /// Workflow commands of GitHub Actions: an annotation at the broken sentence of the text.
    Github,
}

impl CheckFormat {
    /// Writes a result to standard output.
    ///
    /// # Errors
    ///
    /// A sentence about a standard output that does not take it.
    pub(crate) fn write(self, result: &CheckResult, spec: &Spec) -> anyhow::Result<()> {
        match self.print(result, spec) {
            // A reader may go, since the exit status says the same.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("the report could not be written"),
        }
    }

    fn print(self, result: &CheckResult, spec: &Spec) -> io::Result<()> {
        let stdout = io::stdout();
        let is_colourful = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let mut out = io::BufWriter::new(stdout.lock());
        match self {
            Self::Pretty => pretty::write(result, spec, &mut out, is_colourful)?,
            Self::Json => result.write(&mut out)?,
            Self::Junit => junit::write(result, &mut out)?,
            Self::Github => github::write(result, spec, &mut out)?,
        }
        out.flush()
    }
}
