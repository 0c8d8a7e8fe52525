//! What a scenario does to the answers of the relay.

use super::secrets::Known;
use crate::stage::listener::Reply;
use crate::stage::response::{Answer, Fault};
use serde_json::{Value, json};
use std::sync::Arc;
use wormhole_sync::values::hex;

/// What comes of the next request of a name in place of the relay's own answer. Rules of one name
/// are used up in their order; requests without a rule pass.
#[derive(Clone)]
pub(super) struct Rule {
    pub(super) on: &'static str,
    pub(super) act: Act,
    pub(super) again: bool,
    pub(super) cancel: bool,
    pub(super) wrong: Option<String>,
}

#[derive(Clone)]
pub(super) enum Act {
    /// The relay answers.
    Pass,
    /// The request does not reach the relay.
    Instead(Reply),
    /// The relay answers, and the client gets what becomes of that.
    Then(Arc<Change>),
}

/// What becomes of the relay's answer.
pub(super) type Change = dyn Fn(&Known, Answer) -> Result<Reply, String> + Send + Sync;

/// The request comes to nothing: it does not reach the relay.
pub(super) fn lost(on: &'static str, fault: Fault) -> Rule {
    rule(on, Act::Instead(Reply::Fault(fault)))
}

/// The request is answered with this, and does not reach the relay.
pub(super) fn instead(on: &'static str, answer: Answer) -> Rule {
    rule(on, Act::Instead(Reply::Answer(answer)))
}

/// The relay answers the request.
pub(super) fn pass(on: &'static str) -> Rule {
    rule(on, Act::Pass)
}

/// The relay carries out the request; the client gets something else.
pub(super) fn after(
    on: &'static str,
    change: impl Fn(&Known, Answer) -> Result<Reply, String> + Send + Sync + 'static,
) -> Rule {
    rule(on, Act::Then(Arc::new(change)))
}

/// The relay's answer with a change of its own.
pub(super) fn edit(on: &'static str, change: impl Fn(&mut Answer) + Send + Sync + 'static) -> Rule {
    after(on, move |_, mut answer| {
        change(&mut answer);
        Ok(Reply::Answer(answer))
    })
}

/// The relay's answer, written as an HTTP library does not write it; the text is its body.
pub(super) fn raw(on: &'static str, write: fn(&Answer, &str) -> String) -> Rule {
    after(on, move |_, answer| {
        let text = String::from_utf8(answer.content()?).map_err(|error| error.to_string())?;
        let raw = Some(write(&answer, &text));
        Ok(Reply::Answer(Answer {
            status: answer.status,
            raw,
            ..Answer::default()
        }))
    })
}

/// The relay's answer with other bytes in `body`.
pub(super) fn cell(
    on: &'static str,
    change: impl Fn(&Known, Vec<u8>) -> Result<Vec<u8>, String> + Send + Sync + 'static,
) -> Rule {
    after(on, move |known, mut answer| {
        let body = answer.body.as_mut().ok_or("an answer without a body")?;
        let bytes = hex::decode(body["body"].as_str().unwrap_or_default().as_bytes());
        let bytes = change(known, bytes.map_err(|_| "an answer without a cell")?)?;
        body["body"] = json!(hex::encode(&bytes));
        Ok(Reply::Answer(answer))
    })
}

fn rule(on: &'static str, act: Act) -> Rule {
    Rule {
        on,
        act,
        again: false,
        cancel: false,
        wrong: None,
    }
}

impl Rule {
    /// Every repeat of the request gets the same.
    pub(super) fn again(mut self) -> Self {
        self.again = true;
        self
    }

    /// The user gives up when the request has arrived.
    pub(super) fn cancel(mut self) -> Self {
        self.cancel = true;
        self
    }

    /// The answer is wrong on purpose, in this.
    pub(super) fn wrong(mut self, what: impl Into<String>) -> Self {
        self.wrong = Some(what.into());
        self
    }
}

/// A JSON answer.
pub(super) fn answer(status: u16, body: Value) -> Answer {
    Answer {
        body: Some(body),
        ..typed(status, "application/json")
    }
}

/// A refusal as a relay writes it (section 9.3).
pub(super) fn problem(token: &str, reason: Option<&str>) -> Answer {
    let status = match token {
        "malformed" => 400,
        "unauthorized" => 401,
        "forbidden" => 403,
        "no-such-channel" | "not-found" => 404,
        "method-not-allowed" => 405,
        "crowded" | "conflict" | "out-of-order" => 409,
        "closed" => 410,
        "too-large" => 413,
        "rate-limited" => 429,
        _ => 503,
    };
    let tag = format!("tag:wormhole-sync.example,2026:{token}");
    let mut body = json!({"type": tag, "title": token, "status": status});
    if let Some(reason) = reason {
        body["reason"] = json!(reason);
    }
    Answer {
        body: Some(body),
        ..typed(status, "application/problem+json")
    }
}

/// An answer of a content type and no body yet.
pub(super) fn typed(status: u16, content_type: &str) -> Answer {
    let headers = [("content-type".to_owned(), content_type.to_owned())];
    Answer {
        status,
        headers: headers.into(),
        ..Answer::default()
    }
}

/// What a proxy says when the relay is away.
pub(super) fn html(status: u16) -> Answer {
    let text = format!("<html><body><h1>{status}</h1></body></html>\n");
    Answer {
        text: Some(text),
        ..typed(status, "text/html")
    }
}

impl Answer {
    /// The same with one header more.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }
}
