//! The checks that hold for every answer, whatever the test: headers, content types, messages and
//! problem documents.
//!
//! What they find fails the tests of `every`, each of which is about one check, and not the test
//! that happened to ask.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow};
use serde_json::{Value, json};

use super::check::Check;
use super::reply::{Reply, TOKENS};
use super::request::{Request, short};
use crate::suites::case::Failure;

/// The checker, with what it has found.
pub(crate) struct Checker {
    validators: BTreeMap<&'static str, jsonschema::Validator>,
    openapi: Value,
    found: Mutex<BTreeMap<Check, Found>>,
}

/// The findings of one check.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// The number of answers that it was about.
    pub(crate) answers: usize,
    /// The number of them that were wrong.
    pub(crate) wrong: usize,
    /// The first of these.
    pub(crate) first: Option<Failure>,
}

/// The messages of answers, as the schema names them.
const MESSAGES: [&str; 7] = [
    "allocated",
    "claimed",
    "cell_answer",
    "cell_finish",
    "cell_receipt",
    "empty",
    "problem",
];

impl Checker {
    /// A checker by the texts of `messages.schema.json` and `openapi.json`.
    ///
    /// # Errors
    ///
    /// A sentence, when they are not what they should be.
    pub(crate) fn new(schema: &str, openapi: &str) -> anyhow::Result<Self> {
        let schema: Value = serde_json::from_str(schema).context("messages.schema.json")?;
        let openapi = serde_json::from_str(openapi).context("openapi.json")?;
        let mut validators = BTreeMap::new();
        for name in MESSAGES {
            let one = json!({
                "$schema": schema["$schema"],
                "$defs": schema["$defs"],
                "$ref": format!("#/$defs/{name}"),
            });
            let validator = jsonschema::draft202012::new(&one)
                .map_err(|error| anyhow!("messages.schema.json, {name}: {error}"))?;
            validators.insert(name, validator);
        }
        Ok(Self {
            validators,
            openapi,
            found: Mutex::default(),
        })
    }

    /// The finding of a check so far.
    pub(crate) fn found(&self, check: Check) -> Found {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(&check).cloned().unwrap_or_default()
    }

    /// Checks one answer.
    pub(crate) fn look(&self, request: &Request, reply: &Reply) {
        let operation = operation(request);
        let mut results = vec![(Check::CacheControl, cache_control(reply))];
        let to_head = request.method == "HEAD";
        match reply.status() {
            200 | 201 | 204 => {
                results.push((Check::ContentType, content_type(reply)));
                if let Some(name) = operation.and_then(|it| it.message())
                    && reply.status() != 204
                {
                    results.push((Check::Message, self.message(name, reply)));
                }
            }
            _ if !to_head => results.extend(self.problem(reply)),
            _ => {}
        }
        if reply.status() == 401 {
            results.push((Check::Challenge, challenge(reply)));
        }
        if reply.status() == 405 {
            results.push((Check::Allow, allow(request, reply)));
        }
        if reply.status() == 429 {
            results.push((Check::RetryAfter, retry_after(reply)));
        }
        if reply.answer.all("retry-after").next().is_some() {
            results.push((Check::RetryAfterValue, retry_after_value(reply)));
        }
        if let Some(operation) = operation {
            results.push((Check::Listed, self.listed(operation, reply)));
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (check, result) in results {
            let entry = found.entry(check).or_default();
            entry.answers += 1;
            let Err((expected, actual)) = result else {
                continue;
            };
            entry.wrong += 1;
            entry.first.get_or_insert_with(|| Failure {
                given: vec![request.to_string(), format!("-> {reply}")],
                expected,
                actual,
                ..Failure::default()
            });
        }
    }

    fn message(&self, name: &str, reply: &Reply) -> Judged {
        let text = short(&reply.answer.body, 200);
        let value = reply
            .json()
            .ok_or_else(|| ("JSON".to_owned(), text.clone()))?;
        let Some(validator) = self.validators.get(name) else {
            return Ok(());
        };
        match validator.validate(&value) {
            Ok(()) => Ok(()),
            Err(error) => Err((format!("a message `{name}`"), format!("{text}: {error}"))),
        }
    }

    fn problem(&self, reply: &Reply) -> Vec<(Check, Judged)> {
        let kind = media_type(reply);
        let by_kind = match kind.as_deref() {
            Some("application/problem+json") => Ok(()),
            _ => Err((
                "Content-Type: application/problem+json".to_owned(),
                kind.unwrap_or_else(|| "none".to_owned()),
            )),
        };
        let kind = reply.text("type").unwrap_or_default();
        let known = TOKENS
            .iter()
            .find(|(token, _)| kind == format!("tag:wormhole-sync.example,2026:{token}"));
        let by_token = match known {
            Some(_) => Ok(()),
            None => Err((
                "a type of the list of section 9.3".to_owned(),
                format!("{reply}"),
            )),
        };
        let mut results = vec![
            (Check::ProblemType, by_kind),
            (Check::ProblemToken, by_token),
        ];
        if let Some((_, status)) = known {
            let both = (u64::from(reply.status()), reply.number("status"));
            let wanted = u64::from(*status);
            let by_status = match both {
                (given, Some(told)) if given == wanted && told == wanted => Ok(()),
                (given, told) => Err((
                    format!("the status {status}, and a member `status` of {status}"),
                    format!("the status {given}, and a member `status` of {told:?}"),
                )),
            };
            results.push((Check::ProblemStatus, by_status));
            let by_members = self.message("problem", reply).and_then(|()| {
                let reason = reply.text("reason");
                let is_closed = kind.ends_with(":closed");
                match reason.as_deref() {
                    Some(reason) if is_closed && !REASONS.contains(&reason) => Err((
                        "a reason of RELAY-16, `other` or `expired`".to_owned(),
                        reason.to_owned(),
                    )),
                    _ => Ok(()),
                }
            });
            // A wrong status is the business of the check before.
            let is_status_alone = results.iter().any(|(_, result)| result.is_err());
            if !is_status_alone || reply.member("title").is_none() {
                results.push((Check::ProblemMembers, by_members));
            }
        }
        results
    }

    fn listed(&self, operation: Operation, reply: &Reply) -> Judged {
        let (path, method) = operation.in_openapi();
        let responses = &self.openapi["paths"][path][method]["responses"];
        let status = reply.status().to_string();
        if responses.get(&status).is_some() {
            return Ok(());
        }
        let listed: Vec<&String> = responses
            .as_object()
            .into_iter()
            .flat_map(|map| map.keys())
            .collect();
        Err((format!("one of {listed:?}"), status))
    }
}

/// The expectation and the answer, of one that is wrong.
type Judged = Result<(), (String, String)>;

/// The reasons that a relay gives (RELAY-15, RELAY-16).
pub(crate) const REASONS: [&str; 11] = [
    "done",
    "wrong-code",
    "bad-element",
    "malformed-message",
    "verifier-mismatch",
    "not-taken",
    "cancelled",
    "timeout",
    "relay-misbehaved",
    "other",
    "expired",
];

/// A request of the table of section 9.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Allocate,
    Claim,
    Get(&'static str),
    Put(&'static str),
    Close,
}

impl Operation {
    fn message(self) -> Option<&'static str> {
        match self {
            Self::Allocate => Some("allocated"),
            Self::Claim => Some("claimed"),
            Self::Get("answer") => Some("cell_answer"),
            Self::Get("finish") => Some("cell_finish"),
            Self::Get(_) => Some("cell_receipt"),
            Self::Put(_) | Self::Close => Some("empty"),
        }
    }

    fn in_openapi(self) -> (&'static str, &'static str) {
        match self {
            Self::Allocate => ("/v1/{appid}/channels", "post"),
            Self::Claim => ("/v1/{appid}/channels/{n}/claim", "post"),
            Self::Close => ("/v1/{appid}/channels/{n}/close", "post"),
            Self::Get(cell) => (path_of(cell), "get"),
            Self::Put(cell) => (path_of(cell), "put"),
        }
    }
}

fn path_of(cell: &str) -> &'static str {
    match cell {
        "answer" => "/v1/{appid}/channels/{n}/answer",
        "finish" => "/v1/{appid}/channels/{n}/finish",
        _ => "/v1/{appid}/channels/{n}/receipt",
    }
}

/// The operation of a request whose method and target are right.
fn operation(request: &Request) -> Option<Operation> {
    let path = request.target.split('?').next()?;
    let mut parts = path.strip_prefix("/v1/")?.split('/').skip(1);
    if parts.next()? != "channels" {
        return None;
    }
    let name = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => "allocate",
        (Some(number), Some(name), None) if is_channel(number) => name,
        _ => return None,
    };
    match (request.method.as_str(), name) {
        ("POST", "allocate") => Some(Operation::Allocate),
        ("POST", "claim") => Some(Operation::Claim),
        ("POST", "close") => Some(Operation::Close),
        (method, "answer" | "finish" | "receipt") => {
            let cell = path_of(name).rsplit('/').next()?;
            match method {
                "GET" => Some(Operation::Get(cell)),
                "PUT" => Some(Operation::Put(cell)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_channel(text: &str) -> bool {
    (1..=9).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0')
}

// RELAY-6: A relay MUST send `Cache-Control: no-store, no-transform` with every answer
fn cache_control(reply: &Reply) -> Judged {
    let lines: Vec<&str> = reply.answer.all("cache-control").collect();
    let mut words: Vec<String> = lines
        .iter()
        .flat_map(|line| line.split(','))
        .map(|word| word.trim().to_ascii_lowercase())
        .collect();
    words.sort();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["no-store", "no-transform"] => Ok(()),
        _ => Err((
            "Cache-Control: no-store, no-transform".to_owned(),
            format!("Cache-Control: {lines:?}, with {reply}"),
        )),
    }
}

fn media_type(reply: &Reply) -> Option<String> {
    let value = reply.answer.one("content-type")?;
    let kind = value.split(';').next()?.trim();
    Some(kind.to_ascii_lowercase())
}

fn content_type(reply: &Reply) -> Judged {
    if reply.status() == 204 {
        return match reply.answer.body.is_empty() {
            true => Ok(()),
            false => Err(("no body".to_owned(), format!("{reply}"))),
        };
    }
    match media_type(reply).as_deref() {
        Some("application/json") => Ok(()),
        other => Err((
            "Content-Type: application/json".to_owned(),
            format!("{other:?}, with {reply}"),
        )),
    }
}

fn challenge(reply: &Reply) -> Judged {
    let value = reply.answer.one("www-authenticate").unwrap_or_default();
    let scheme = value.split(' ').next().unwrap_or_default();
    match scheme.eq_ignore_ascii_case("bearer") {
        true => Ok(()),
        false => Err(("WWW-Authenticate: Bearer".to_owned(), format!("{value:?}"))),
    }
}

fn allow(request: &Request, reply: &Reply) -> Judged {
    let lines: Vec<&str> = reply.answer.all("allow").collect();
    let mut methods: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|method| !method.is_empty())
        .collect();
    methods.sort_unstable();
    let path = request.target.split('?').next().unwrap_or_default();
    let is_cell = ["/answer", "/finish", "/receipt"]
        .iter()
        .any(|end| path.ends_with(end));
    let wanted: &[&str] = if is_cell { &["GET", "PUT"] } else { &["POST"] };
    match methods == wanted {
        true => Ok(()),
        false => Err((
            format!("Allow: {}", wanted.join(", ")),
            format!("Allow: {lines:?}"),
        )),
    }
}

fn retry_after(reply: &Reply) -> Judged {
    match reply.answer.all("retry-after").count() {
        1 => Ok(()),
        count => Err((
            "one Retry-After".to_owned(),
            format!("{count}, with {reply}"),
        )),
    }
}

fn retry_after_value(reply: &Reply) -> Judged {
    let value = reply.answer.all("retry-after").next().unwrap_or_default();
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match digits && value.bytes().any(|byte| byte != b'0') {
        true => Ok(()),
        false => Err((
            "Retry-After of at least 1, in digits".to_owned(),
            format!("Retry-After: {value}"),
        )),
    }
}
