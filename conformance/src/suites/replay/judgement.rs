//! The judgement about a replay, and its text for people.

use std::time::Duration;

use serde_json::{Value, json};
use wormhole_sync::values::hex;

use super::client::RunError;
use super::compare::Divergence;
use super::ladder;
use super::server::Seen;
use super::transcript::{ClientRole, ExpectedEnd, RunInput, Seconds, Transcript};
use crate::stage::bytes::TranscriptBytes;
use crate::subject::adapter::{AdapterError, AdapterEvent};

/// The name of a duration that differs.
const THE_RUN: &str = "the time of the run";

/// The judgement about one run.
#[derive(Debug, Clone)]
pub(crate) struct Judgement {
    /// The first thing that is wrong, if anything is.
    pub(crate) divergence: Option<Divergence>,
    /// The exchange as it was.
    pub(crate) ladder: String,
    /// The adapter's error, if it gave no reply.
    pub(crate) no_reply: Option<AdapterError>,
    /// The number of exchanges that took place.
    exchanges: usize,
    /// The places of the back-offs in their ranges.
    pub(crate) back_offs: Vec<f64>,
}

impl Judgement {
    /// The requirement that is broken. What says only that something else was done than expected is
    /// a breach of what the transcript is about, once its first exchange has taken place.
    pub(crate) fn blamed<'a>(&self, found: &'a Divergence, transcript: &'a Transcript) -> &'a str {
        let is_general = matches!(
            found.clause,
            "INIT-1" | "RECV-1" | "OUT-1" | "INIT-3" | "RECV-2"
        ) || found.what == THE_RUN;
        let first = transcript.clauses.first().filter(|_| is_general);
        let has_begun = self.exchanges > 0 || transcript.exchanges.is_empty();
        first
            .filter(|_| has_begun)
            .map_or(found.clause, String::as_str)
    }
}

/// The end of a run.
#[derive(Debug)]
pub(crate) struct RunEnd {
    /// The `ok` of the adapter's reply, or why there is none.
    pub(crate) result: Result<Value, RunError>,
    /// The events that the client reported on the way.
    pub(crate) shown: Shown,
    pub(crate) took: Duration,
    /// The real time by which the run may have lasted too long.
    pub(crate) lag: Duration,
    /// The results that the client cannot tell.
    pub(crate) lacks: Vec<String>,
}

impl RunEnd {
    fn tells(&self, name: &str) -> bool {
        !self.lacks.iter().any(|lacking| lacking == name)
    }
}

/// The events that a client reports before its end.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// The code of an initiator.
    pub(crate) code: Option<String>,
    /// The verifier, where the user looks first.
    looking: Option<Value>,
    /// The blob that the application is given, in hex.
    taking: Option<Value>,
    /// Whether the application was given the blob before the user had agreed.
    pub(crate) taking_too_early: bool,
    /// The first event that came twice.
    twice: Option<String>,
}

impl Shown {
    /// Notes an event.
    pub(crate) fn note(&mut self, event: &AdapterEvent) {
        let member = |name: &str| event.members.get(name).cloned();
        let before = match event.name.as_str() {
            "code" => self.code.is_some(),
            "looking" => self.looking.is_some(),
            "taking" => self.taking.is_some(),
            _ => false,
        };
        if before {
            self.twice.get_or_insert_with(|| event.name.clone());
        }
        match event.name.as_str() {
            "code" => {
                let code = member("code");
                self.code = code.as_ref().and_then(Value::as_str).map(str::to_owned);
            }
            "looking" => self.looking = member("verifier"),
            "taking" => self.taking = member("blob"),
            // An adapter may report more.
            _ => {}
        }
    }

    /// The end of a run with these events and this result, as a transcript holds it; `None` where
    /// the client does not tell all of it.
    pub(crate) fn end(&self, result: &Value) -> Option<ExpectedEnd> {
        let told = json!({
            "outcome": result["outcome"],
            "reason": result["reason"],
            "delivered": result["delivered"],
            "blob": result["blob"],
            "verifier": result["verifier"],
            "exported": result["exported"],
        });
        let end: ExpectedEnd = serde_json::from_value(told).ok()?;
        Some(ExpectedEnd {
            code: self.code.clone(),
            looking: self.looking(),
            taking: self
                .taking()
                .map(|blob| TranscriptBytes::Hex(blob.to_owned())),
            ..end
        })
    }

    /// The verifier that was shown.
    pub(crate) fn looking(&self) -> Option<Vec<String>> {
        let words = self.looking.as_ref()?.as_array()?.iter();
        words.map(|word| word.as_str().map(str::to_owned)).collect()
    }

    /// The blob that the application was given, in hex.
    pub(crate) fn taking(&self) -> Option<&str> {
        self.taking.as_ref()?.as_str()
    }
}

/// Judges a run by its exchanges and by its end.
pub(crate) fn judge(transcript: &Transcript, seen: Seen, ended: RunEnd) -> Judgement {
    let divergence = seen
        .difference
        .or_else(|| missing(transcript, &seen.missing, &ended))
        .or_else(|| end(transcript, &ended).err());
    let ladder = ladder::draw(transcript.role, &seen.ladder, &end_of(&ended));
    let exchanges = transcript.exchanges.len() - seen.missing.len();
    let no_reply = match ended.result {
        Err(RunError::NoReply(error)) => Some(error),
        Err(RunError::Suite(_) | RunError::Refused(_) | RunError::CannotTry(_)) | Ok(_) => None,
    };
    Judgement {
        divergence,
        ladder,
        no_reply,
        exchanges,
        back_offs: seen.back_offs,
    }
}

fn missing(transcript: &Transcript, missing: &[String], ended: &RunEnd) -> Option<Divergence> {
    let first = missing.first()?;
    let clause = super::compare::table(transcript.role);
    let actual = match &ended.result {
        Ok(result) => format!("the run ended as {}", shown(&result["outcome"])),
        Err(error) => error.to_string(),
    };
    Some(Divergence::new(clause, "the request", first, actual))
}

fn end(transcript: &Transcript, ended: &RunEnd) -> Result<(), Divergence> {
    let ExpectedEnd {
        outcome,
        reason,
        delivered,
        blob,
        verifier,
        exported,
        code,
        looking,
        taking,
        seconds,
    } = &transcript.expect;
    let result = match &ended.result {
        Ok(result) => result,
        Err(error) => {
            let actual = error.to_string();
            return Err(Divergence::new("OUT-1", "the end", outcome, actual));
        }
    };
    let bytes = |bytes: &Option<crate::stage::bytes::TranscriptBytes>| {
        bytes
            .as_ref()
            .and_then(|bytes| bytes.expand().ok())
            .map(|bytes| hex::encode(&bytes))
    };
    let fields = [
        ("OUT-1", "outcome", json!(outcome)),
        ("OUT-4", "reason", json!(reason)),
        ("INIT-5", "delivered", json!(delivered)),
        ("OUT-2", "blob", json!(bytes(blob))),
        ("KEY-3", "verifier", json!(verifier)),
        ("KEY-5", "exported", json!(bytes(exported))),
    ];
    for (clause, name, expected) in fields {
        if ended.tells(name) && result[name] != expected {
            let clause = match (name, transcript.role) {
                ("blob", role) => blob_clause(role, outcome),
                ("delivered", ClientRole::Receiver) => "RECV-2",
                _ => clause,
            };
            return Err(Divergence::new(
                clause,
                name,
                shown(&expected),
                shown(&result[name]),
            ));
        }
    }
    let Shown {
        code: shown_code,
        looking: shown_looking,
        taking: shown_taking,
        taking_too_early,
        twice,
    } = &ended.shown;
    if let Some(name) = twice {
        let clause = match (name.as_str(), transcript.role) {
            ("code", _) => "CODE-3",
            ("looking", ClientRole::Initiator) => "INIT-2",
            ("looking", ClientRole::Receiver) => "RECV-5",
            _ => "RECV-6",
        };
        let what = format!("the event `{name}`");
        return Err(Divergence::new(clause, what, "once", "twice"));
    }
    if *taking_too_early {
        let what = "the blob";
        return Err(Divergence::new(
            "RECV-5",
            what,
            "kept back until the user agrees",
            "handed over before",
        ));
    }
    let on_the_way = [
        ("KEY-3", "the words shown", json!(looking), shown_looking),
        (
            "RECV-6",
            "the blob in `taking`",
            json!(bytes(taking)),
            shown_taking,
        ),
    ];
    for (clause, what, expected, actual) in on_the_way {
        let actual = actual.clone().unwrap_or(Value::Null);
        if actual != expected {
            return Err(Divergence::new(
                clause,
                what,
                shown(&expected),
                shown(&actual),
            ));
        }
    }
    if shown_code != code {
        let text = |code: &Option<String>| code.clone().unwrap_or_else(|| "none".into());
        return Err(Divergence::new(
            "CODE-3",
            "the code shown",
            text(code),
            text(shown_code),
        ));
    }
    let Some(seconds) = seconds.filter(|_| ended.tells("time")) else {
        return Ok(());
    };
    duration(&transcript.input, seconds, ended)
}

/// The requirement that a wrong blob breaks.
fn blob_clause(role: ClientRole, outcome: &str) -> &'static str {
    match role {
        _ if outcome == "done" => "SEAL-2",
        ClientRole::Initiator => "INIT-3",
        ClientRole::Receiver => "OUT-2",
    }
}

fn duration(input: &RunInput, seconds: Seconds, ended: &RunEnd) -> Result<(), Divergence> {
    let Seconds { at_least, at_most } = seconds;
    let (took, second) = (ended.took, Duration::from_millis(input.second_ms));
    let is_late = took > second * at_most + ended.lag;
    if took >= second * at_least && !is_late {
        return Ok(());
    }
    let actual = format!("{:.1} s", took.as_secs_f64() / second.as_secs_f64());
    let expected = format!("{at_least} to {at_most} s");
    let differs = Divergence::new("TIME-3", THE_RUN, expected, actual);
    Err(match is_late {
        true => differs.late_by(took.saturating_sub(second * at_most)),
        false => differs,
    })
}

/// A value in one line, cut where it is long.
fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}... ({} characters)", &text[..at], text.len()),
        None => text,
    }
}

/// The client's end, for the ladder.
fn end_of(ended: &RunEnd) -> String {
    match &ended.result {
        Ok(result) => match result["reason"].as_str() {
            Some(reason) => format!("{} ({reason})", shown(&result["outcome"])),
            None => shown(&result["outcome"]),
        },
        Err(error) => error.to_string(),
    }
}
