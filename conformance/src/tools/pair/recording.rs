//! The file format of a recording: what went between one side of an exchange and the relay, with
//! what is known about that side. `recording.schema.json` says the same as a JSON Schema.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::suites::replay::ladder;
use crate::suites::replay::transcript::{ClientRole, ExpectedEnd, RecordedExchange, RunInput};

/// The version of the format.
const FORMAT: u32 = 1;
/// The most bytes of a file.
const LONGEST: u64 = 64 << 20;

/// The warning of a recording that has the input.
const EVERYTHING: &str = "It holds the blobs, the code and all that was drawn: whoever has it can \
                          read the exchange. Record invented blobs alone.";
/// The warning of a recording of what went over the relay alone.
const SEALED: &str = "It holds sealed messages and no key, but also the code's number and the \
                      side's own value, by which others can act as this side until its channel \
                      has ended.";

/// The text of a file of a user's, which has an end.
///
/// # Errors
///
/// A sentence about a file that cannot be read, or is too long.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let cannot = || format!("{name} cannot be read");
    let mut text = String::new();
    let file = File::open(path).with_context(cannot)?;
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    if read.with_context(cannot)? as u64 > LONGEST {
        bail!("{name} is longer than any recording");
    }
    Ok(text)
}

/// One side of an exchange, one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recording {
    /// The version of the format.
    recording: u32,
    /// The secrets that the file gives away, in words.
    warning: String,
    pub(crate) role: ClientRole,
    /// The program that was recorded, in words.
    pub(crate) program: String,
    /// The client's input, with all that it would have drawn; absent where that is not known.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<RunInput>,
    /// The requests in their order. One without an answer was given up by the client.
    pub(crate) exchanges: Vec<RecordedExchange>,
    /// The client's end, as far as a transcript holds it; absent where the program does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expect: Option<ExpectedEnd>,
    /// The outcome that the program told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
}

impl Recording {
    /// An empty recording of a program that nothing is known of.
    pub(super) fn new(role: ClientRole) -> Self {
        Self {
            recording: FORMAT,
            warning: SEALED.to_owned(),
            role,
            program: "a program that was started by hand".to_owned(),
            input: None,
            exchanges: Vec::new(),
            expect: None,
            outcome: None,
        }
    }

    /// Notes the client's input, with all that it would have drawn.
    pub(super) fn know(&mut self, input: Option<RunInput>) {
        EVERYTHING.clone_into(&mut self.warning);
        self.input = input;
    }

    /// The file's text: two spaces of indent, and one LF at the end.
    pub(super) fn to_text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// A sentence about a text that is no recording.
    pub(crate) fn from_text(text: &str) -> anyhow::Result<Self> {
        let recording: Self = serde_json::from_str(text)?;
        match recording.recording {
            FORMAT => Ok(recording),
            other => bail!("a recording of format {other}, where this suite reads {FORMAT}"),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A sentence about a file that cannot be read, or is no recording.
    pub(crate) fn load(path: &Path) -> anyhow::Result<Self> {
        let no_recording = || {
            format!(
                "{} is no recording of `conformance record --out`",
                path.display()
            )
        };
        Self::from_text(&read(path)?).with_context(no_recording)
    }

    /// The message ladder, and the client's end as far as it is known.
    pub(crate) fn ladder(&self) -> String {
        let outcome = self.outcome.as_deref();
        let end = outcome.unwrap_or("(nobody told how it ended)");
        ladder::of_exchanges(self.role, &self.exchanges, end)
    }

    /// The facts for people: names and lines.
    pub(crate) fn content(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            (
                "records",
                format!("{}, {}", self.role.token(), self.program),
            ),
            ("warning", self.warning.clone()),
        ];
        let drawn = self.ladder();
        lines.extend(drawn.lines().map(|line| ("played", line.to_owned())));
        let promotes = match self.input {
            Some(_) => "as it stands; it knows all that was drawn",
            None => "with the code, pake_scalar and the blob, which it does not have",
        };
        lines.push(("promotes", promotes.to_owned()));
        lines
    }
}
