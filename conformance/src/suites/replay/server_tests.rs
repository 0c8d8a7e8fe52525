//! Tests of the replay server's refusals, with tiny scripted clients that have one fault each.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::case::{Shared, TranscriptCase};
use super::client::{Client, RunError};
use super::judgement::Judgement;
use super::script_for_tests::{SIDE, Script, Step, result, send, transcript};
use super::transcript::Transcript;

const OTHER_SIDE: &str = "Bearer 000102030405060708090a0b0c0d0e00";

const ALLOCATE: Step = Step::Send("POST", "/channels", SIDE, r#"{"body":"41aa"}"#);
const POLL: Step = Step::Send("GET", "/channels/7/answer?wait=25", SIDE, "");
const CLOSE: Step = Step::Send("POST", "/channels/7/close", SIDE, r#"{"reason":"done"}"#);
const GIVEN_UP: Step = Step::GiveUp("POST", "/channels", SIDE, r#"{"body":"41aa"}"#, 300);
const BACK_OFF: Step = Step::Wait(30);
const SECOND: Step = Step::Wait(100);

const LAG: Duration = Duration::from_millis(250);

fn good() -> Vec<Step> {
    vec![ALLOCATE, BACK_OFF, ALLOCATE, POLL, SECOND, POLL, CLOSE]
}

fn play(transcript: Value, steps: Vec<Step>, result: Value) -> Judgement {
    let transcript = Transcript::from_text(&transcript.to_string()).unwrap();
    case(transcript).play(&Script { steps, result }, Duration::from_secs(10), LAG)
}

fn case(transcript: Transcript) -> TranscriptCase {
    let shared = Shared::new(tokio::runtime::Runtime::new().unwrap());
    TranscriptCase {
        transcript: Arc::new(transcript),
        shared: Arc::new(shared),
    }
}

/// Plays a script with one deviation from the good one.
fn with(index: usize, step: Step) -> Vec<Step> {
    let mut steps = good();
    steps[index] = step;
    steps
}

#[track_caller]
fn refused(verdict: &Judgement, clause: &str, what: &str) {
    let found = verdict.divergence.as_ref().expect("the deviation is found");
    assert_eq!(
        (found.clause, found.what.as_str()),
        (clause, what),
        "{}",
        verdict.ladder
    );
}

#[test]
fn passes_who_does_as_recorded() {
    let verdict = play(transcript(), good(), result());
    assert!(verdict.divergence.is_none(), "{}", verdict.ladder);
}

#[test]
fn refuses_a_request_too_many_or_too_few() {
    let mut steps = good();
    steps.push(CLOSE);
    refused(
        &play(transcript(), steps, result()),
        "TIME-7",
        "the request",
    );
    let mut steps = good();
    steps.push(POLL);
    refused(
        &play(transcript(), steps, result()),
        "INIT-1",
        "the number of requests",
    );
    let mut steps = good();
    steps.pop();
    refused(
        &play(transcript(), steps, result()),
        "INIT-1",
        "the request",
    );
    let mut steps = good();
    steps.insert(3, ALLOCATE);
    refused(
        &play(transcript(), steps, result()),
        "TIME-1",
        "the request",
    );
}

#[test]
fn refuses_a_changed_repeat() {
    let changed = Step::Send("POST", "/channels", SIDE, r#"{"body": "41aa"}"#);
    let verdict = play(transcript(), with(2, changed), result());
    refused(&verdict, "TIME-1", "the bytes of the repeated allocate");
}

#[test]
fn refuses_other_bodies() {
    let body = |body| {
        play(
            transcript(),
            with(0, Step::Send("POST", "/channels", SIDE, body)),
            result(),
        )
    };
    refused(
        &body(r#"{"body":"41aa","v":1}"#),
        "CLIENT-1",
        "member `v` of allocate",
    );
    refused(
        &body(r#"{"body":"41aa","body":"41aa"}"#),
        "JSON-1",
        "the body of allocate",
    );
    refused(&body("{}"), "JSON-4", "member `body` of allocate");
    refused(
        &body(r#"{"body":"41AA"}"#),
        "HEX-1",
        "`body` of allocate: uppercase hex",
    );
    refused(
        &body(r#"{"body":"42aa"}"#),
        "PAKE-3",
        "`body` of allocate: side byte, byte 0",
    );
    refused(
        &body(r#"{"body":"41ab"}"#),
        "PAKE-3",
        "`body` of allocate: SPAKE2 element, byte 0",
    );
    refused(
        &body(r#"{"body":"41aaaa"}"#),
        "SEAL-3",
        "length of `body` of allocate",
    );
    let poll = Step::Send("GET", "/channels/7/answer?wait=25", SIDE, "{}");
    refused(
        &play(transcript(), with(3, poll), result()),
        "CLIENT-1",
        "the body of get answer",
    );
    let close = Step::Send("POST", "/channels/7/close", SIDE, r#"{"reason":"timeout"}"#);
    refused(
        &play(transcript(), with(6, close), result()),
        "INIT-1",
        "member `reason` of close",
    );
}

#[test]
fn refuses_other_heads() {
    let body = r#"{"body":"41aa"}"#;
    let first = |step| play(transcript(), with(0, step), result());
    let side = "`Authorization` of allocate";
    refused(
        &first(Step::Send("POST", "/channels", OTHER_SIDE, body)),
        "CLIENT-1",
        side,
    );
    refused(
        &first(Step::Send("POST", "/channels", &SIDE[..20], body)),
        "CLIENT-1",
        side,
    );
    let untyped = Step::SendUntyped("POST", "/channels", SIDE, body);
    refused(&first(untyped), "CLIENT-1", "`Content-Type` of allocate");
    refused(
        &first(Step::Send("PUT", "/channels", SIDE, body)),
        "INIT-1",
        "the request",
    );
    let poll = |path| {
        play(
            transcript(),
            with(3, Step::Send("GET", path, SIDE, "")),
            result(),
        )
    };
    refused(
        &poll("/channels/7/answer?wait=30"),
        "CLIENT-1",
        "the target's query",
    );
    refused(
        &poll("/channels/8/answer?wait=25"),
        "CODE-9",
        "the target's channel id",
    );
    refused(&poll("/channels/7/finish?wait=25"), "INIT-1", "the request");
    refused(
        &poll("61/channels/7/answer?wait=25"),
        "RDV-3",
        "the target's appid in hex",
    );
}

/// A second lasts so long here that no slow machine makes up for the haste.
#[test]
fn refuses_haste() {
    let mut hasty = transcript();
    hasty["in"]["second_ms"] = json!(60_000);
    let verdict = play(hasty.clone(), good(), result());
    refused(&verdict, "TIME-1", "the wait before allocate");
    let mut later = transcript();
    later["exchanges"][0] = json!({"request": later["exchanges"][0]["request"],
        "answer": {"status": 429, "headers": {"retry-after": "600"}, "text": "<html>"}});
    let verdict = play(later, good(), result());
    refused(&verdict, "TIME-1", "the wait before allocate");
    let exchanges = hasty["exchanges"].as_array_mut().unwrap();
    exchanges.remove(0);
    exchanges[0].as_object_mut().unwrap().remove("repeat");
    let verdict = play(hasty, vec![ALLOCATE, POLL, POLL, CLOSE], result());
    refused(&verdict, "TIME-4", "the wait before get answer");
    let mut stalled = transcript();
    stalled["in"]["second_ms"] = json!(1000);
    stalled["exchanges"][0]["fault"] = json!({"kind": "stall"});
    let steps = vec![GIVEN_UP, Step::Wait(300), ALLOCATE];
    refused(
        &play(stalled, steps, result()),
        "TIME-2",
        "the wait before allocate",
    );
}

#[test]
fn refuses_two_requests_at_once_and_an_attempt_without_end() {
    let mut stalled = transcript();
    stalled["exchanges"][0]["fault"] = json!({"kind": "stall"});
    let body = r#"{"body":"41aa"}"#;
    let given_up = Step::GiveUp("POST", "/channels", SIDE, body, 1000);
    let verdict = play(stalled.clone(), with(0, given_up), result());
    assert!(verdict.divergence.is_none(), "{}", verdict.ladder);
    let too_long = Step::GiveUp("POST", "/channels", SIDE, body, 2300);
    let verdict = play(stalled.clone(), with(0, too_long), result());
    refused(&verdict, "TIME-2", "the time of an attempt");
    let left = Step::Leave("POST", "/channels", SIDE, body);
    refused(
        &play(stalled, with(0, left), result()),
        "CLIENT-1",
        "the connection of a request that is abandoned",
    );
}

#[test]
fn cancels_when_it_is_told_to() {
    let mut cancelled = transcript();
    cancelled["exchanges"][0] = json!({"request": cancelled["exchanges"][0]["request"],
        "user": "cancel", "fault": {"kind": "stall"}});
    cancelled["exchanges"].as_array_mut().unwrap().truncate(1);
    let steps = vec![
        Step::Leave("POST", "/channels", SIDE, r#"{"body":"41aa"}"#),
        Step::AwaitCancel,
    ];
    let verdict = play(cancelled, steps, result());
    assert!(verdict.divergence.is_none(), "{}", verdict.ladder);
}

#[test]
fn refuses_another_end() {
    for (member, value, clause) in [
        ("outcome", json!("cancelled"), "OUT-1"),
        ("reason", json!("lost"), "OUT-4"),
        ("delivered", json!(false), "INIT-5"),
        ("blob", json!("63"), "SEAL-2"),
        ("verifier", json!([]), "KEY-3"),
        ("exported", json!("00"), "KEY-5"),
    ] {
        let mut other = result();
        other[member] = value;
        refused(&play(transcript(), good(), other), clause, member);
    }
    let mut code = transcript();
    code["expect"]["code"] = json!("8-crossover-clockwork");
    refused(&play(code, good(), result()), "CODE-3", "the code shown");
    let mut seconds = transcript();
    seconds["expect"]["seconds"] = json!({"at_least": 60, "at_most": 70});
    refused(
        &play(seconds, good(), result()),
        "TIME-3",
        "the time of the run",
    );
}

/// Each fault as a client reads it, byte by byte.
#[test]
fn plays_each_fault() {
    let partial =
        json!({"status": 200, "headers": {"content-type": "application/json"}, "text": "{"});
    for (fault, reads) in [
        (json!({"kind": "close"}), ""),
        (
            json!({"kind": "garbage", "bytes": "6f6e652074776f"}),
            "one two",
        ),
        (
            json!({"kind": "break-off", "answer": partial, "declared": 9}),
            "HTTP/1.1 200 Whatever\r\ncontent-length: 9\r\ncontent-type: application/json\r\n\r\n{",
        ),
    ] {
        let text = answer_to(&fault, false);
        assert_eq!(text, reads, "{fault}");
    }
    let half = answer_to(&json!({"kind": "stall-body", "answer": partial}), true);
    assert!(
        half.contains("content-length: 2\r\n") && half.ends_with("\r\n\r\n{"),
        "{half}"
    );
}

fn answer_to(fault: &Value, impatient: bool) -> String {
    struct Reader(bool, std::sync::Mutex<Vec<u8>>);
    impl Client for Reader {
        fn run(
            &self,
            input: Value,
            _: Duration,
            _: &crate::suites::replay::user::ScriptedUser,
            _: &mut dyn FnMut(&crate::subject::adapter::AdapterEvent),
        ) -> Result<Value, RunError> {
            let authority = input["rendezvous"]
                .as_str()
                .unwrap()
                .trim_start_matches("http://");
            let mut stream = send(
                authority,
                "POST",
                "/channels",
                SIDE,
                r#"{"body":"41aa"}"#,
                true,
            );
            if self.0 {
                stream
                    .set_read_timeout(Some(Duration::from_millis(100)))
                    .unwrap();
            }
            let _ = stream.read_to_end(&mut self.1.lock().unwrap());
            Ok(result())
        }
    }
    let mut one = transcript();
    one["exchanges"].as_array_mut().unwrap().truncate(1);
    one["exchanges"][0]["fault"] = fault.clone();
    let reader = Reader(impatient, std::sync::Mutex::default());
    let transcript = Transcript::from_text(&one.to_string()).unwrap();
    case(transcript).play(&reader, Duration::from_secs(10), LAG);
    String::from_utf8(reader.1.into_inner().unwrap()).unwrap()
}

#[test]
fn refuses_a_file_that_contradicts_itself() {
    let refuse = |change: fn(&mut Value)| {
        let mut wrong = transcript();
        change(&mut wrong);
        Transcript::from_text(&wrong.to_string()).unwrap_err();
    };
    refuse(|wrong| wrong["more"] = json!(1));
    refuse(|wrong| wrong["in"]["blob"] = json!("A"));
    refuse(|wrong| wrong["in"]["second_ms"] = json!(0));
    refuse(|wrong| wrong["exchanges"][0]["answer"] = json!({"status": 200}));
    refuse(|wrong| wrong["exchanges"][2]["answer"] = Value::Null);
    refuse(|wrong| wrong["exchanges"][2]["repeat"] = json!(true));
    refuse(|wrong| wrong["exchanges"][2]["again"] = json!(true));
}
