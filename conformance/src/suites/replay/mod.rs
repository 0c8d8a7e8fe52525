//! Replay: recorded exchanges, played to a client over real HTTP.
//!
//! A transcript (`transcripts/*.json`) holds the input of a client, each request that it then makes
//! with its response or fault, and the client's end. Named values are injected (HOOK-2), so that
//! the requests are determined; the suite plays the relay, faults included.

pub(crate) mod case;
#[cfg(test)]
mod case_tests;
pub(crate) mod client;
pub(crate) mod compare;
mod jitter;
pub(crate) mod judgement;
pub(crate) mod ladder;
mod repeat;
mod server;
mod timing;
pub(crate) mod transcript;
pub(crate) mod user;

#[cfg(test)]
mod script_for_tests;
#[cfg(test)]
mod server_tests;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::data::data;
use crate::stage::listener::runtime;
use crate::suites::case::Case;
use case::TranscriptCase;
use transcript::Transcript;

/// The files in the folder of transcripts that are none: their schema and their page.
pub(crate) const BESIDE: [&str; 2] = ["transcript.schema.json", "README.md"];

/// The transcripts of this program as tests; those that wait longest come first.
///
/// # Errors
///
/// A sentence about the first file that is no transcript.
pub(crate) fn cases() -> anyhow::Result<Vec<Box<dyn Case>>> {
    let mut transcripts = transcripts_in(data()?.folder("conformance/transcripts"))?;
    // A test that waits for seconds must not be the last to begin.
    transcripts.sort_by_key(|transcript| std::cmp::Reverse(transcript.waits()));
    tests(transcripts)
}

/// The transcripts of a folder as tests.
///
/// # Errors
///
/// A sentence about a folder without any, or about a file that is none.
pub(crate) fn cases_in(folder: &Path) -> anyhow::Result<Vec<Box<dyn Case>>> {
    let name = folder.display();
    let cannot = || format!("the folder of transcripts {name} cannot be read");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let file = path.file_name().and_then(|name| name.to_str());
        if let Some(file) = file.filter(|file| file.ends_with(".json")) {
            let text = fs::read_to_string(&path);
            let text = text.with_context(|| format!("cannot read {}", path.display()))?;
            files.push((file.to_owned(), text));
        }
    }
    let files = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let transcripts = transcripts_in(files)?;
    if transcripts.is_empty() {
        bail!("{name} has no transcript; `conformance promote --out {name}` writes one");
    }
    tests(transcripts)
}

/// A transcript as a test.
///
/// # Errors
///
/// A sentence when there are no threads for its relay.
pub(crate) fn case(transcript: Transcript) -> anyhow::Result<TranscriptCase> {
    let shared = Arc::new(case::Shared::new(runtime()?));
    let transcript = Arc::new(transcript);
    Ok(TranscriptCase { transcript, shared })
}

fn tests(transcripts: Vec<Transcript>) -> anyhow::Result<Vec<Box<dyn Case>>> {
    let shared = Arc::new(case::Shared::new(runtime()?));
    let case = |transcript| -> Box<dyn Case> {
        let (transcript, shared) = (Arc::new(transcript), Arc::clone(&shared));
        Box::new(TranscriptCase { transcript, shared })
    };
    Ok(transcripts.into_iter().map(case).collect())
}

/// The transcripts of these files, in the order of their ids.
pub(crate) fn transcripts_in<'a>(
    files: impl Iterator<Item = (&'a str, &'a str)>,
) -> anyhow::Result<Vec<Transcript>> {
    let mut transcripts = Vec::new();
    for (name, text) in files.filter(|(name, _)| !BESIDE.contains(name)) {
        let transcript = Transcript::from_text(text).with_context(|| name.to_owned())?;
        if name != format!("{}.json", transcript.id) {
            bail!("{name}: its id is {}", transcript.id);
        }
        transcripts.push(transcript);
    }
    transcripts.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(transcripts)
}
