//! `--json` and `--code-file`: the command line as a program meets it.

use std::fs;

use serde_json::{Value, json};

use crate::program::{NOWHERE, Relay, Running, end, program};
use crate::snapshots::{RANDOM, reviewed};

fn events(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect()
}

#[test]
fn each_thing_that_happens_is_an_object_on_a_line() {
    let relay = Relay::start();
    let (sender, line) = relay.send(&["--json", "secret"]);
    let code: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(code["event"], "code");
    let code = code["code"].as_str().unwrap();
    let receiver = relay.receive(&[code, "--json", "back"]);
    let sender = sender.end();
    assert_eq!((sender.status, receiver.status), (0, 0));
    let text = |ended: &[u8]| String::from_utf8(ended.to_vec()).unwrap();
    let all = format!(
        "send\n{line}\n{}\nreceive\n{}",
        text(&sender.stdout),
        text(&receiver.stdout)
    );
    reviewed("events", &RANDOM, &all);
    let (sent, received) = (events(&sender.stdout), events(&receiver.stdout));
    assert_eq!(names(&sent), ["verifier", "blob", "result"]);
    assert_eq!(names(&received), ["verifier", "blob", "result"]);
    assert_eq!(sent[0]["words"], received[0]["words"]);
    assert_eq!(sent[0]["words"].as_array().unwrap().len(), 8);
    assert_eq!(received[1]["blob"], "736563726574");
    assert_eq!(sent[1]["blob"], "6261636b");
    let done = json!({"event": "result", "outcome": "done", "reason": null, "delivered": true, "status": 0});
    assert_eq!((&sent[2], &received[2]), (&done, &done));
}

#[test]
fn a_blob_that_goes_to_a_file_is_no_event() {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let (sender, code) = relay.send(&["secret"]);
    let receiver = relay.receive(&[&code, "--json", "--output", output.to_str().unwrap()]);
    assert_eq!(names(&events(&receiver.stdout)), ["verifier", "result"]);
    assert_eq!(fs::read(&output).unwrap(), b"secret");
    assert_eq!(sender.end().status, 0);
}

#[test]
fn a_failure_is_the_last_event() {
    for (relay, arguments, outcome, status) in [
        (
            NOWHERE,
            &["receive", "--json", "7-crossover"][..],
            json!("bad-code"),
            10,
        ),
        (
            NOWHERE,
            &["send", "--json", "--words", "9", "x"],
            json!("bad-code"),
            10,
        ),
        (
            NOWHERE,
            &["send", "--json", "--file", "/no/such"],
            json!(null),
            1,
        ),
        (
            NOWHERE,
            &["send", "--json", "--deadline", "3", "x"],
            json!("timeout"),
            23,
        ),
        (
            "nonsense",
            &["send", "--json", "x"],
            json!("bad-rendezvous"),
            13,
        ),
    ] {
        let ended = end(&mut program(relay, arguments));
        let events = events(&ended.stdout);
        let last = events.last().unwrap();
        assert_eq!(ended.status, status, "{arguments:?}: {}", ended.stderr);
        assert_eq!(
            (&last["event"], &last["outcome"], &last["status"]),
            (&json!("result"), &outcome, &json!(status)),
            "{arguments:?}"
        );
        let what = last["error"].as_str().unwrap();
        assert!(ended.stderr.contains(&format!("error: {what}\n")), "{what}");
        assert!(last["hint"].is_string());
        let first = last["outcome"].as_str().unwrap_or("local");
        let name = format!("events_{}_{first}", arguments[0]);
        reviewed(&name, &RANDOM, &String::from_utf8(ended.stdout).unwrap());
    }
}

#[test]
fn a_failure_of_the_other_side_has_its_reason() {
    let relay = Relay::start();
    let (sender, line) = relay.send(&["--json", "secret"]);
    let code: Value = serde_json::from_str(&line).unwrap();
    let (number, _) = code["code"].as_str().unwrap().split_once('-').unwrap();
    let other = ["crossover-clockwork", "tissue-unicorn"]
        .map(|words| format!("{number}-{words}"))
        .into_iter()
        .find(|other| *other != code["code"]);
    let receiver = relay.receive(&[&other.unwrap(), "--json"]);
    let (sent, received) = (events(&sender.end().stdout), events(&receiver.stdout));
    let (sent, received) = (sent.last().unwrap(), received.last().unwrap());
    assert_eq!(
        (&sent["outcome"], &sent["reason"]),
        (&json!("wrong-code"), &json!(null))
    );
    assert_eq!(
        (&received["outcome"], &received["reason"]),
        (&json!("closed"), &json!("wrong-code"))
    );
}

#[test]
fn a_script_finds_the_code_in_a_file() {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code");
    fs::write(&file, "an old one").unwrap();
    let path = file.to_str().unwrap();
    let (sender, code) = relay.send(&["--code-file", path, "secret"]);
    // The file is written after the line.
    let mut read = String::new();
    while read != format!("{code}\n") {
        read = fs::read_to_string(&file).unwrap();
        assert!(read == "an old one" || read.starts_with(&code), "{read}");
    }
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(relay.receive(&[&code]).stdout, b"secret");
    assert_eq!(sender.end().status, 0);
    // A code that cannot be written is given up.
    let arguments = ["send", "--code-file", "/no/such/folder", "secret"];
    let mut sender = Running::start(&mut program(&relay.url, &arguments));
    let code = sender.line();
    assert_eq!(sender.end().status, 1);
    assert_eq!(relay.receive(&[&code]).status, 14);
}
