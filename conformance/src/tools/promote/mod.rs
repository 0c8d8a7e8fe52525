//! `conformance promote`: makes a transcript of a recording.

mod known;
mod replayed;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::data::data;
use crate::root::Root;
use crate::spec::Spec;
use crate::subject::Subject;
use crate::subject::adapter::AdapterHandle;
use crate::subject::reference::Reference;
use crate::suites::case::Case;
use crate::suites::replay;
use crate::suites::replay::transcript::{RecordedExchange, RunInput, Transcript};
use crate::terminal::show;
use crate::tools::pair::recording::Recording;
use crate::tools::show::tell;
use crate::whole_file;
use known::{KnownArguments, input_of};

/// The time that the reference has for one run, beside the waits of the transcript.
const RUN: Duration = Duration::from_secs(30);
/// The milliseconds of a second where the exchange waits (HOOK-3), as in the other transcripts.
const SHORT_SECOND: u64 = 100;

/// The arguments of `conformance promote`.
#[derive(Debug, Args)]
pub(crate) struct PromoteArguments {
    /// A recording of one side, as `record --out` writes it
    #[arg(value_name = "RECORDING")]
    recording: PathBuf,
    /// The transcript's name for ever, less its role: lowercase letters, digits and single hyphens
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The subject of the transcript, in one line
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// A requirement that a client breaks that does otherwise, the main one first (repeatable)
    #[arg(long, value_name = "ID", required = true)]
    clause: Vec<String>,
    #[command(flatten)]
    known: KnownArguments,
    /// The folder of the transcript [default: conformance/transcripts of the repository]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace the transcript of this name, if there is one
    #[arg(long)]
    replace: bool,
}

/// Makes a transcript of a recording, once the reference has done as recorded.
///
/// # Errors
///
/// A sentence that says why it is none: what is not known, or where the reference does otherwise.
pub(crate) fn promote(root: &Root, arguments: &PromoteArguments) -> anyhow::Result<()> {
    let spec = Spec::packed()?;
    let recording = Recording::load(&arguments.recording)?;
    let id = format!("{}-{}", recording.role.token(), arguments.name);
    let folder = match &arguments.out {
        Some(folder) => folder.clone(),
        None => root.found()?.transcripts(),
    };
    let path = folder.join(format!("{id}.json"));
    if path.exists() && !arguments.replace {
        bail!("{} is there already; --replace replaces it", path.display());
    }
    if let Some(unknown) = (arguments.clause.iter()).find(|id| spec.clause(id).is_none()) {
        bail!("--clause {unknown}: the specification has no such requirement");
    }
    let name = arguments.recording.display();
    let input = input_of(&recording, &arguments.known)
        .with_context(|| format!("{name} cannot be replayed"))?;
    let draft = Transcript {
        id,
        title: arguments.title.clone(),
        origin: Some(recording.program.clone()),
        clauses: arguments.clause.clone(),
        rows: Vec::new(),
        role: recording.role,
        input: paced(input, &recording.exchanges),
        times: None,
        exchanges: recording.exchanges.clone(),
        expect: recording.expect.clone().unwrap_or_default(),
    };
    let transcript = checked(root, draft, &recording).context("nothing was written")?;
    whole_file::write(&path, transcript.to_text()?.as_bytes())?;
    let case: Box<dyn Case> = Box::new(replay::case(transcript)?);
    tell(&case, &spec)?;
    show(format_args!("\nwritten to {}", path.display()));
    let next = match &arguments.out {
        Some(folder) => format!("`conformance --transcripts {}` plays it", folder.display()),
        None => "build the suite again, and it is one of its tests".to_owned(),
    };
    show(next);
    Ok(())
}

/// The input, with a short second where the client waits.
fn paced(mut input: RunInput, exchanges: &[RecordedExchange]) -> RunInput {
    let is_empty =
        |one: &RecordedExchange| (one.response.as_ref()).is_some_and(|it| it.status == 204);
    if exchanges.iter().any(|one| one.failed() || is_empty(one)) {
        input.second_ms = SHORT_SECOND;
    }
    input
}

/// The transcript, with its end, if it is one in form and the reference does as it says.
fn checked(
    root: &Root,
    mut draft: Transcript,
    recording: &Recording,
) -> anyhow::Result<Transcript> {
    let command = Subject::Reference(Reference::Blocking).command(root)?;
    let reference = AdapterHandle::start_process(&command, RUN)?;
    let told = recording
        .outcome
        .as_deref()
        .filter(|told| *told != "failed");
    if recording.expect.is_none() {
        draft.expect = replayed::end(&draft, &reference, RUN)?;
    }
    in_form(&draft)?;
    replayed::judge(&draft, &reference, RUN)?;
    let outcome = draft.expect.outcome.as_str();
    if let Some(told) = told.filter(|told| *told != outcome) {
        bail!("the program told that it ended as {told}, and the reference ends as {outcome}");
    }
    Ok(draft)
}

/// Refuses what is no transcript by its schema, or by more than that says.
fn in_form(draft: &Transcript) -> anyhow::Result<()> {
    let schema = data()?.text("conformance/transcripts/transcript.schema.json")?;
    let schema: Value = serde_json::from_str(schema)?;
    let schema = jsonschema::validator_for(&schema).map_err(|error| anyhow!("{error}"))?;
    if let Err(error) = schema.validate(&json!(draft)) {
        let said: String = error.to_string().chars().take(300).collect();
        bail!(
            "no transcript has {} as it is here: {said}",
            error.instance_path()
        );
    }
    Transcript::from_text(&draft.to_text()?).map(|_| ())
}
