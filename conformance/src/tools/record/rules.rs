//! The rules by which a scenario changes or replaces the responses of the relay.

use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};
use wormhole_sync::values::hex;

use super::secrets::ClientSecrets;
use crate::stage::listener::ServerAction;
use crate::stage::response::{RecordedResponse, TransportFault};
use crate::subject::adapter::UserEvent;
use crate::suites::replay::transcript::Says;

/// A rule for the next request of a name, which replaces the relay's own response. Rules of one
/// name are used up in their order; requests without a rule pass.
#[derive(Clone)]
pub(super) struct Rule {
    pub(super) on: &'static str,
    pub(super) act: RuleAction,
    pub(super) again: bool,
    pub(super) user: Option<Says>,
    pub(super) then_user: Option<Says>,
    pub(super) after: Option<u32>,
    pub(super) wrong: Option<String>,
}

#[derive(Clone)]
pub(super) enum RuleAction {
    /// The relay responds.
    Pass,
    /// The request does not reach the relay.
    Instead(Box<ServerAction>),
    /// A response that needs the client's secrets, in place of the relay's.
    InsteadWith(Arc<SecretResponse>),
    /// The relay responds, and the client gets the changed response.
    Then(Arc<ResponseChange>),
}

/// A response that is made with the client's secrets.
pub(super) type SecretResponse =
    dyn Fn(&ClientSecrets) -> anyhow::Result<RecordedResponse> + Send + Sync;

/// A change of the relay's response, which may use the client's secrets.
pub(super) type ResponseChange =
    dyn Fn(&ClientSecrets, RecordedResponse) -> anyhow::Result<ServerAction> + Send + Sync;

/// The request comes to nothing: it does not reach the relay.
pub(super) fn lost(on: &'static str, fault: TransportFault) -> Rule {
    rule(on, RuleAction::Instead(Box::new(ServerAction::Fail(fault))))
}

/// The request gets this response, and does not reach the relay.
pub(super) fn instead(on: &'static str, response: RecordedResponse) -> Rule {
    rule(
        on,
        RuleAction::Instead(Box::new(ServerAction::Respond(response))),
    )
}

/// The request does not reach the relay, and gets a response that needs the client's secrets.
pub(super) fn instead_with(
    on: &'static str,
    response: impl Fn(&ClientSecrets) -> anyhow::Result<RecordedResponse> + Send + Sync + 'static,
) -> Rule {
    rule(on, RuleAction::InsteadWith(Arc::new(response)))
}

/// The relay responds to the request.
pub(super) fn pass(on: &'static str) -> Rule {
    rule(on, RuleAction::Pass)
}

/// The relay carries out the request; the client gets something else.
pub(super) fn after(
    on: &'static str,
    change: impl Fn(&ClientSecrets, RecordedResponse) -> anyhow::Result<ServerAction>
    + Send
    + Sync
    + 'static,
) -> Rule {
    rule(on, RuleAction::Then(Arc::new(change)))
}

/// The relay's response with a change of its own.
pub(super) fn edit(
    on: &'static str,
    change: impl Fn(&mut RecordedResponse) + Send + Sync + 'static,
) -> Rule {
    after(on, move |_, mut response| {
        change(&mut response);
        Ok(ServerAction::Respond(response))
    })
}

/// The relay's response, written as an HTTP library does not write it; the text is its body.
pub(super) fn raw(
    on: &'static str,
    write: impl Fn(&RecordedResponse, &str) -> String + Send + Sync + 'static,
) -> Rule {
    after(on, move |_, response| {
        let text = String::from_utf8(response.content()?)?;
        let raw = Some(write(&response, &text));
        Ok(ServerAction::Respond(RecordedResponse {
            status: response.status,
            raw,
            ..RecordedResponse::default()
        }))
    })
}

/// The relay's response with these lines in the place of its content type; the text is its body.
pub(super) fn lines(on: &'static str, lines: &'static [&'static str]) -> Rule {
    raw(on, move |response, text| {
        written(response.status, lines, Some(text.len()), text)
    })
}

/// A response as it goes over the connection.
pub(super) fn written(status: u16, lines: &[&str], length: Option<usize>, text: &str) -> String {
    let length = length.map(|length| format!("Content-Length: {length}\r\n"));
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let length = length.unwrap_or_default();
    format!("HTTP/1.1 {status} .\r\nConnection: close\r\n{lines}{length}\r\n{text}")
}

/// A response that is written as no HTTP library writes it.
pub(super) fn raw_response(status: u16, raw: String) -> RecordedResponse {
    RecordedResponse {
        status,
        raw: Some(raw),
        ..RecordedResponse::default()
    }
}

/// The answer to a poll that brings nothing.
pub(super) fn no_content() -> RecordedResponse {
    RecordedResponse {
        status: 204,
        ..RecordedResponse::default()
    }
}

/// The relay's response with other bytes in `body`.
pub(super) fn cell(
    on: &'static str,
    change: impl Fn(&ClientSecrets, Vec<u8>) -> anyhow::Result<Vec<u8>> + Send + Sync + 'static,
) -> Rule {
    after(on, move |secrets, mut response| {
        let body = response.body.as_mut().context("an answer without a body")?;
        let bytes = hex::decode(body["body"].as_str().unwrap_or_default().as_bytes());
        let bytes = change(secrets, bytes.ok().context("an answer without a cell")?)?;
        body["body"] = json!(hex::encode(&bytes));
        Ok(ServerAction::Respond(response))
    })
}

fn rule(on: &'static str, act: RuleAction) -> Rule {
    Rule {
        on,
        act,
        again: false,
        user: None,
        then_user: None,
        after: None,
        wrong: None,
    }
}

impl Rule {
    /// Every repeat of the request gets the same.
    pub(super) fn again(mut self) -> Self {
        self.again = true;
        self
    }

    /// The user says something when the request has arrived.
    pub(super) fn user(mut self, event: UserEvent) -> Self {
        self.user = Some(event.into());
        self
    }

    /// The user says something a second after the response.
    pub(super) fn then_user(mut self, event: UserEvent) -> Self {
        self.then_user = Some(event.into());
        self
    }

    /// The user says several things when the request has arrived, one after the other.
    pub(super) fn users(mut self, events: &[UserEvent]) -> Self {
        self.user = Some(Says::Several(events.to_vec()));
        self
    }

    /// The user says several things a second after the response.
    pub(super) fn then_users(mut self, events: &[UserEvent]) -> Self {
        self.then_user = Some(Says::Several(events.to_vec()));
        self
    }

    /// The user gives up when the request has arrived.
    pub(super) fn cancel(self) -> Self {
        self.user(UserEvent::Cancel)
    }

    /// The response or the fault comes so many seconds after the request.
    pub(super) fn after(mut self, seconds: u32) -> Self {
        self.after = Some(seconds);
        self
    }

    /// The response is wrong on purpose, in the way that the text says.
    pub(super) fn wrong(mut self, what: impl Into<String>) -> Self {
        self.wrong = Some(what.into());
        self
    }
}

/// A JSON response.
pub(super) fn json_response(status: u16, body: Value) -> RecordedResponse {
    RecordedResponse {
        body: Some(body),
        ..typed(status, "application/json")
    }
}

/// A refusal as a relay writes it (section 9.3).
pub(super) fn problem(token: &str, reason: Option<&str>) -> RecordedResponse {
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
    RecordedResponse {
        body: Some(body),
        ..typed(status, "application/problem+json")
    }
}

/// A response of a content type and no body yet.
pub(super) fn typed(status: u16, content_type: &str) -> RecordedResponse {
    let headers = [("content-type".to_owned(), content_type.to_owned())];
    RecordedResponse {
        status,
        headers: headers.into(),
        ..RecordedResponse::default()
    }
}

/// The page of a proxy whose relay is away.
pub(super) fn html(status: u16) -> RecordedResponse {
    let text = format!("<html><body><h1>{status}</h1></body></html>\n");
    RecordedResponse {
        text: Some(text),
        ..typed(status, "text/html")
    }
}

impl RecordedResponse {
    /// Adds one header.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }
}
