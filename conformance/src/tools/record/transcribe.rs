//! The step from a recording to a transcript, if the recording is what the scenario says.

use anyhow::bail;
use serde_json::Value;
use wormhole_sync::values::hex;

use super::inputs::joined;
use super::scenario::{PeerKind, Scenario};
use crate::stage::bytes::TranscriptBytes;
use crate::suites::replay::judgement::Shown;
use crate::suites::replay::transcript::{ExpectedEnd, RecordedExchange, RunInput, Transcript};

/// Puts the transcript together, if the run was as the scenario says.
pub(super) fn finish(
    scenario: Scenario,
    input: RunInput,
    result: &Value,
    exchanges: Vec<RecordedExchange>,
    shown: Shown,
    peer: Option<&Value>,
) -> anyhow::Result<Transcript> {
    let Scenario {
        id,
        title,
        clauses,
        rows,
        role,
        times,
        peer: other_side,
        mut expect,
        closes,
        ..
    } = scenario;
    let closed = exchanges.iter().find_map(|exchange| {
        exchange
            .request
            .body
            .as_ref()
            .and_then(|body| body["reason"].as_str())
    });
    if closed != closes {
        let ended = &result["outcome"];
        bail!("it closed with {closed:?}, expected {closes:?}, and ended as {ended}");
    }
    // Values that cannot be written down beforehand come from the recording, and are checked
    // against the other side if there is one.
    if expect.blob.is_some() {
        expect.verifier = words(&result["verifier"]);
        if input.export.is_some() {
            let exported = result["exported"].as_str().unwrap_or_default().to_owned();
            expect.exported = Some(TranscriptBytes::Hex(exported));
        }
    }
    let theirs = peer
        .map(|peer| &peer["verifier"])
        .filter(|words| words.is_array());
    if let (Some(_), Some(theirs)) = (&expect.verifier, theirs)
        && result["verifier"] != *theirs
    {
        bail!("the two verifiers differ");
    }
    if let Some(code) = &shown.code {
        let (_, words) = code.split_once('-').unwrap_or_default();
        let injected = input
            .inject
            .get("words")
            .cloned()
            .flatten()
            .unwrap_or_default();
        let bytes = hex::decode(injected.as_bytes()).unwrap_or_default();
        if words != joined(&bytes) {
            bail!("the code {code} does not have the injected words");
        }
    }
    expect.looking = shown.looking();
    if expect.looking.is_some() != input.look {
        bail!("the user does not see the words that are to be compared");
    }
    for known in [&expect.verifier, &theirs.and_then(words)] {
        if let (Some(shown), Some(known)) = (&expect.looking, known)
            && shown != known
        {
            bail!("the words shown are not those of the end, or of the other side");
        }
    }
    let expected = match (&input.take, other_side) {
        (Some(_), PeerKind::Honest(blob)) => Some(blob),
        _ => None,
    };
    let given = expected.as_ref().map(TranscriptBytes::expand).transpose()?;
    if given.map(|blob| hex::encode(&blob)).as_deref() != shown.taking() {
        bail!("the blob in `taking` is not the other side's");
    }
    expect.taking = expected;
    expect.code = shown.code;
    let transcript = Transcript {
        id,
        title,
        origin: None,
        clauses: each_once(clauses),
        rows,
        role,
        input,
        times,
        exchanges,
        expect,
    };
    ended_as(&transcript.expect, result)?;
    Ok(transcript)
}

/// The words of a verifier in JSON.
fn words(verifier: &Value) -> Option<Vec<String>> {
    let words = verifier.as_array()?.iter();
    words.map(|word| word.as_str().map(str::to_owned)).collect()
}

fn ended_as(expect: &ExpectedEnd, result: &Value) -> anyhow::Result<()> {
    let expected = serde_json::json!({
        "outcome": expect.outcome,
        "reason": expect.reason,
        "delivered": expect.delivered,
        "blob": expect.blob.as_ref().map(|b| b.expand().map(|b| hex::encode(&b))).transpose()?,
        "verifier": expect.verifier,
        "exported": expect.exported,
    });
    for (name, expected) in expected.as_object().into_iter().flatten() {
        if result[name] != *expected {
            bail!("`{name}` is {}, expected {expected}", result[name]);
        }
    }
    Ok(())
}

/// The requirements in their order, each where it stands first.
fn each_once(clauses: Vec<&'static str>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for clause in clauses {
        if !once.iter().any(|known| known == clause) {
            once.push(clause.to_owned());
        }
    }
    once
}
