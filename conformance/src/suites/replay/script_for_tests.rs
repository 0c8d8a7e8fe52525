//! Scripted clients and a transcript for them, for tests of the replay server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Client, RunError};
use super::user::ScriptedUser;
use crate::subject::adapter::{AdapterEvent, UserEvent, members};

/// The `Authorization` of the client of the transcript.
pub(super) const SIDE: &str = "Bearer 000102030405060708090a0b0c0d0e0f";

/// The `ok` of a client that ends well.
pub(super) fn result() -> Value {
    json!({"outcome": "done", "reason": null, "delivered": true, "blob": "62",
        "verifier": null, "exported": null})
}

/// A transcript of three requests: allocate, which fails once; get answer, twice empty; close.
pub(super) fn transcript() -> Value {
    let request = |method: &str, path: &str, body: Option<Value>| {
        let mut request =
            json!({"method": method, "target": format!("/v1/61{path}"), "authorization": SIDE});
        if let Some(body) = body {
            request["body"] = body;
        }
        request
    };
    let allocate = request("POST", "/channels", Some(json!({"body": "41aa"})));
    let poll = request("GET", "/channels/7/answer?wait=25", None);
    let close = request("POST", "/channels/7/close", Some(json!({"reason": "done"})));
    json!({
        "id": "t", "title": "t", "clauses": ["INIT-1"], "role": "initiator",
        "in": {"appid": "61", "blob": "", "words": 2, "inject": {}, "second_ms": 100},
        "exchanges": [
            {"request": allocate, "fault": {"kind": "close"}},
            {"request": allocate, "repeat": true, "answer": {"status": 201, "body": {"channel": 7, "ttl": 1}}},
            {"request": poll, "answer": {"status": 204}},
            {"request": poll, "answer": {"status": 204}},
            {"request": close, "answer": {"status": 200, "body": {}}},
        ],
        "expect": {"code": "7-crossover-clockwork", "outcome": "done", "reason": null, "delivered": true,
            "blob": "62", "verifier": null, "exported": null},
    })
}

/// One step of a scripted client.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Sends method, path after `/v1/61`, authorization and body, and reads the response.
    Send(&'static str, &'static str, &'static str, &'static str),
    /// Sends as `Send` does, but without `Content-Type`.
    SendUntyped(&'static str, &'static str, &'static str, &'static str),
    /// Sends, waits this number of milliseconds and hangs up.
    GiveUp(&'static str, &'static str, &'static str, &'static str, u64),
    /// Sends, and keeps the connection while the script goes on.
    Leave(&'static str, &'static str, &'static str, &'static str),
    /// Waits this number of milliseconds.
    Wait(u64),
    /// Waits until the user gives up.
    AwaitCancel,
}

/// A client that does these steps and ends with this result.
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) result: Value,
}

impl Client for Script {
    fn run(
        &self,
        input: Value,
        limit: Duration,
        user: &ScriptedUser,
        on_event: &mut dyn FnMut(&AdapterEvent),
    ) -> Result<Value, RunError> {
        let base = input["rendezvous"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap();
        let (authority, path) = base.split_once('/').unwrap_or((base, ""));
        assert_eq!(path, "", "the scripts know no base path");
        let mut left = Vec::new();
        let mut code = Some(AdapterEvent {
            name: "code".to_owned(),
            members: members(json!({"code": "7-crossover-clockwork"})),
        });
        for step in &self.steps {
            if matches!(step, Step::Send("GET", ..) | Step::Leave("GET", ..)) {
                code.take().iter().for_each(&mut *on_event);
            }
            match *step {
                Step::Send(method, path, side, body) => {
                    exchange(authority, method, path, side, body, true);
                }
                Step::SendUntyped(method, path, side, body) => {
                    exchange(authority, method, path, side, body, false);
                }
                Step::GiveUp(method, path, side, body, wait) => {
                    let stream = send(authority, method, path, side, body, true);
                    sleep(Duration::from_millis(wait));
                    drop(stream);
                }
                Step::Leave(method, path, side, body) => {
                    left.push(send(authority, method, path, side, body, true));
                    sleep(Duration::from_millis(50));
                }
                Step::Wait(wait) => sleep(Duration::from_millis(wait)),
                Step::AwaitCancel => {
                    let end = Instant::now() + limit;
                    while user.next() != Some(UserEvent::Cancel) {
                        assert!(Instant::now() < end, "no cancel came");
                        sleep(Duration::from_millis(1));
                    }
                    user.heard();
                }
            }
        }
        code.iter().for_each(on_event);
        Ok(self.result.clone())
    }
}

/// Sends a request and leaves the answer to be read.
pub(super) fn send(
    authority: &str,
    method: &str,
    path: &str,
    side: &str,
    body: &str,
    typed: bool,
) -> TcpStream {
    let mut stream = TcpStream::connect(authority).unwrap();
    let content_type = if typed {
        "Content-Type: application/json\r\n"
    } else {
        ""
    };
    let head = format!(
        "{method} /v1/61{path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {side}\r\n\
         Connection: close\r\n{content_type}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn exchange(
    authority: &str,
    method: &str,
    path: &str,
    side: &str,
    body: &str,
    typed: bool,
) -> Vec<u8> {
    let mut response = Vec::new();
    // A broken connection is one of the things that a transcript may hold.
    let _ = send(authority, method, path, side, body, typed).read_to_end(&mut response);
    response
}
