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
mod ladder;
mod server;
mod timing;
pub(crate) mod transcript;
pub(crate) mod user;

#[cfg(test)]
mod script_for_tests;
#[cfg(test)]
mod server_tests;

use std::sync::Arc;

use anyhow::{Context, bail};

use crate::data::data;
use crate::stage::listener::runtime;
use crate::suites::case::Case;
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
    let shared = Arc::new(case::Shared::new(runtime()?));
    let case = |transcript| -> Box<dyn Case> {
        let (transcript, shared) = (Arc::new(transcript), Arc::clone(&shared));
        Box::new(case::TranscriptCase { transcript, shared })
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
