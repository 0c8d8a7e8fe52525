//! The file format of a transcript: one exchange between a client and a relay, with all that
//! determines it. `transcripts/transcript.schema.json` says the same as a JSON Schema.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stage::bytes::TranscriptBytes;
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::subject::adapter::UserEvent;

/// One transcript, one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transcript {
    /// The identifier, which is stable for ever, and is the file's name without `.json`.
    pub(crate) id: String,
    /// One line that says what the transcript shows.
    pub(crate) title: String,
    /// The program that it was recorded of, where no scenario of this suite determines it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<String>,
    /// The requirements that a client breaks if it does otherwise.
    pub(crate) clauses: Vec<String>,
    /// The rows `state/event` of the table of section 11.4 or 11.5 that the transcript is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rows: Vec<String>,
    /// The client that is tested.
    pub(crate) role: ClientRole,
    /// The client's input.
    #[serde(rename = "in")]
    pub(crate) input: RunInput,
    /// The number of runs, unless it is one: what is drawn anew in each is judged over all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u32>,
    /// The requests that the client makes, in order, with their responses and faults.
    pub(crate) exchanges: Vec<RecordedExchange>,
    /// The client's end.
    pub(crate) expect: ExpectedEnd,
}

/// The role of the client that is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ClientRole {
    /// The client that makes the code (section 11.4).
    Initiator,
    /// The client that is given the code (section 11.5).
    Receiver,
}

impl ClientRole {
    /// The token of the adapter protocol.
    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Receiver => "receiver",
        }
    }

    /// The other role.
    pub(crate) fn peer(self) -> Self {
        match self {
            Self::Initiator => Self::Receiver,
            Self::Receiver => Self::Initiator,
        }
    }
}

/// The `in` of the adapter operation `run` without the role; the suite puts in the address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunInput {
    /// A whole address in place of that of the suite's relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rendezvous: Option<String>,
    /// The rest of the address after that of the suite's relay: a path, or a slash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    pub(crate) appid: TranscriptBytes,
    pub(crate) blob: TranscriptBytes,
    /// Receiver: the code as it was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<TranscriptBytes>,
    /// Initiator: the number of words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<u32>,
    /// Named values (section 3.5) in hex; `null` is a source that fails (HOOK-2).
    pub(crate) inject: BTreeMap<String, Option<String>>,
    /// The number of milliseconds that a second lasts (HOOK-3).
    pub(crate) second_ms: u64,
    /// The user's own deadline in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deadline: Option<u32>,
    /// Whether the user looks first (INIT-2, RECV-5).
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) look: bool,
    /// Receiver: the application's event in `taking`; without one it takes the blob at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) take: Option<Take>,
    /// The key to export at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) export: Option<Export>,
}

/// One event of the user, or several that come one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Says {
    One(UserEvent),
    Several(Vec<UserEvent>),
}

impl From<UserEvent> for Says {
    fn from(event: UserEvent) -> Self {
        Self::One(event)
    }
}

impl Says {
    /// The events in their order.
    pub(crate) fn events(&self) -> &[UserEvent] {
        match self {
            Self::One(event) => std::slice::from_ref(event),
            Self::Several(events) => events,
        }
    }
}

/// The application's events in `taking` (RECV-6), and their time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Take {
    pub(crate) says: Says,
    /// The seconds of HOOK-3 from the beginning of `taking`; none unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u32>,
}

/// A key that the application asks for (section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Export {
    pub(crate) label: TranscriptBytes,
    pub(crate) length: u32,
}

/// One request with its response or its fault, never both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedExchange {
    pub(crate) request: RecordedRequest,
    /// Whether this is the request before once more, with the same bytes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) repeat: bool,
    /// Whether every further repeat of this request gets the same. Their number depends on the
    /// client's jitter.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) again: bool,
    /// The user's events as soon as this request has arrived, before its response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<Says>,
    /// The user's events a second after the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) then_user: Option<Says>,
    /// The seconds of HOOK-3 from the request to the response or the fault; none unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u32>,
    /// The deliberate fault of the response, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wrong: Option<String>,
    #[serde(rename = "answer", default, skip_serializing_if = "Option::is_none")]
    pub(crate) response: Option<RecordedResponse>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<TransportFault>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The parts of a request that HOOK-3 compares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedRequest {
    pub(crate) method: String,
    /// The target as it stands in the request line, query included.
    pub(crate) target: String,
    pub(crate) authorization: String,
    /// The JSON value of the body; absent for a request without a body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
}

/// The name of section 9.2 for a request, or the request line for one that has none there.
pub(crate) fn request_name(method: &str, target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.rsplit('/').collect();
    match (method, parts.as_slice()) {
        ("POST", ["channels", ..]) => "allocate".into(),
        ("POST", [last @ ("claim" | "close"), _, "channels", ..]) => (*last).into(),
        ("PUT" | "GET", [cell @ ("answer" | "finish" | "receipt"), _, "channels", ..]) => {
            format!("{} {cell}", method.to_lowercase())
        }
        _ => format!("{method} {target}"),
    }
}

/// The client's end, as the adapter's reply to `run` says it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedEnd {
    /// The code that an initiator shows, if it gets so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    pub(crate) outcome: String,
    pub(crate) reason: Option<String>,
    pub(crate) delivered: bool,
    pub(crate) blob: Option<TranscriptBytes>,
    pub(crate) verifier: Option<Vec<String>>,
    pub(crate) exported: Option<TranscriptBytes>,
    /// The words that a side whose user looks first shows, if it gets so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) looking: Option<Vec<String>>,
    /// The blob that a receiver's application is given in `taking`, if it gets so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) taking: Option<TranscriptBytes>,
    /// The time that the whole run lasts, in seconds of HOOK-3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<Seconds>,
}

/// Bounds on a time, in seconds of HOOK-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seconds {
    pub(crate) at_least: u32,
    pub(crate) at_most: u32,
}

impl Transcript {
    /// The number of times that this is said while a request is in hand, or after it, and not in
    /// `taking`.
    pub(crate) fn says(&self, event: UserEvent) -> usize {
        let during = (self.exchanges.iter()).flat_map(|one| [&one.user, &one.then_user]);
        let all = during.flatten().flat_map(Says::events);
        all.filter(|said| **said == event).count()
    }

    /// The file's text: two spaces of indent, members in the order of this module, one LF at the
    /// end.
    pub(crate) fn to_text(&self) -> anyhow::Result<String> {
        let text = serde_json::to_string_pretty(self)?;
        Ok(text + "\n")
    }

    /// Reads a file's text, and checks more than the types alone do.
    pub(crate) fn from_text(text: &str) -> anyhow::Result<Self> {
        let transcript: Self = serde_json::from_str(text)?;
        transcript.check()?;
        Ok(transcript)
    }

    /// The number of milliseconds that a run waits, roughly.
    pub(crate) fn waits(&self) -> u64 {
        let stalls = self.exchanges.iter().map(|exchange| {
            match (&exchange.fault, exchange.user.is_some()) {
                (Some(TransportFault::Stall | TransportFault::StallBody { .. }), false) => 20,
                _ => u64::from(exchange.failed()) + u64::from(exchange.after.unwrap_or(0)),
            }
        });
        let seconds = self
            .expect
            .seconds
            .map_or(0, |seconds| u64::from(seconds.at_least));
        self.input.second_ms * seconds.max(stalls.sum())
    }

    fn check(&self) -> anyhow::Result<()> {
        let RunInput {
            appid,
            blob,
            code,
            inject,
            export,
            ..
        } = &self.input;
        let given = [
            Some(appid),
            Some(blob),
            code.as_ref(),
            export.as_ref().map(|e| &e.label),
        ];
        let expected = [self.expect.blob.as_ref(), self.expect.exported.as_ref()];
        for bytes in given.into_iter().chain(expected).flatten() {
            bytes.expand()?;
        }
        for value in inject.values().flatten() {
            TranscriptBytes::Hex(value.clone()).expand()?;
        }
        if self.input.second_ms == 0 {
            bail!("second_ms is 0");
        }
        let mut before: Option<&RecordedExchange> = None;
        for (index, exchange) in self.exchanges.iter().enumerate() {
            exchange
                .check(before)
                .with_context(|| format!("exchange {index}"))?;
            before = Some(exchange);
        }
        Ok(())
    }
}

impl RecordedExchange {
    fn check(&self, before: Option<&Self>) -> anyhow::Result<()> {
        match (&self.response, &self.fault) {
            (Some(response), None) => {
                response.content()?;
            }
            (
                None,
                Some(
                    TransportFault::StallBody { response }
                    | TransportFault::BreakOff { response, .. },
                ),
            ) => {
                response.content()?;
            }
            (None, Some(TransportFault::Garbage { bytes })) => {
                bytes.expand()?;
            }
            (None, Some(TransportFault::Close | TransportFault::Stall)) => {}
            _ => bail!("it needs either an answer or a fault"),
        }
        if self.again && !self.failed() {
            bail!("`again`, but nothing fails");
        }
        match before {
            _ if !self.repeat => Ok(()),
            Some(before) if before.failed() && before.request == self.request => Ok(()),
            _ => Err(anyhow!(
                "`repeat`, but the exchange before is not the same request, failed"
            )),
        }
    }

    /// Whether a client repeats the request: it was *lost* or *busy* (section 11.2).
    pub(crate) fn failed(&self) -> bool {
        let request = request_name(&self.request.method, &self.request.target);
        self.fault.is_some()
            || (self.response.as_ref()).is_some_and(|response| response.busy(&request))
    }
}
