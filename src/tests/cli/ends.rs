//! Exchanges that do not end well.

use std::process::Stdio;

use wormhole_sync::Initiator;

use crate::program::{NOWHERE, Relay, Running, end, program};

const APPID: &str = "wormhole-sync.example/cli";

/// The code with another last word.
fn mistyped(code: &str) -> String {
    let (rest, last) = code.rsplit_once('-').unwrap();
    let other = if last == "aardvark" {
        "absurd"
    } else {
        "aardvark"
    };
    format!("{rest}-{other}")
}

#[test]
fn a_wrong_word_is_told_to_both() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["secret"]);
    let receiver = relay.receive(&[&mistyped(&code), "mine"]);
    assert_eq!(receiver.status, 16, "{}", receiver.stderr);
    assert!(
        receiver.stderr.contains("error: closed (wrong-code)"),
        "{}",
        receiver.stderr
    );
    assert!(
        receiver
            .stderr
            .contains("hint: The relay says that the words did not match")
    );
    assert!(receiver.stdout.is_empty());
    let sender = sender.end();
    assert_eq!(sender.status, 18, "{}", sender.stderr);
    assert!(
        sender.stderr.contains("hint: The words did not match"),
        "{}",
        sender.stderr
    );
    assert!(sender.stdout.is_empty());
}

#[test]
fn without_a_relay_advice_comes_at_once_and_ctrl_c_ends_it() {
    let mut sender = Running::start(&mut program(NOWHERE, &["send", "secret"]));
    sender.wait_for("connection refused at http://127.0.0.1:1 (from WORMHOLE_SYNC_RENDEZVOUS)");
    sender.wait_for("`wormhole-sync relay`");
    sender.signal("INT");
    let sender = sender.end();
    assert_eq!((sender.status, &*sender.stdout), (24, b"".as_slice()));
    assert!(
        sender.stderr.contains("error: cancelled"),
        "{}",
        sender.stderr
    );
}

#[test]
fn a_deadline_is_kept() {
    let ended = end(&mut program(
        NOWHERE,
        &["send", "--deadline", "1", "secret"],
    ));
    assert_eq!(ended.status, 23, "{}", ended.stderr);
}

#[test]
fn ctrl_c_closes_the_channel() {
    for signal in ["INT", "TERM"] {
        let relay = Relay::start();
        let (mut sender, code) = relay.send(&["secret"]);
        sender.wait_for("waiting for the other side");
        sender.signal(signal);
        let sender = sender.end();
        assert_eq!(sender.status, 24, "{}", sender.stderr);
        assert!(sender.stderr.contains("giving up"), "{}", sender.stderr);
        // The channel is closed and not just abandoned: an hour of its life was left.
        assert_eq!(relay.receive(&[&code]).status, 14);
    }
}

#[test]
fn the_other_side_hears_of_it() {
    let relay = Relay::start();
    let waiting = Initiator::new(APPID, b"secret")
        .rendezvous(&relay.url)
        .start()
        .unwrap();
    let code = waiting.code().reveal().to_string();
    let receiver = Running::start(&mut program(&relay.url, &["receive", &code]));
    let _ = waiting.hold().unwrap().refuse();
    let receiver = receiver.end();
    assert_eq!(receiver.status, 16, "{}", receiver.stderr);
    assert!(
        receiver.stderr.contains("error: closed (cancelled)"),
        "{}",
        receiver.stderr
    );
}

#[test]
fn what_had_come_is_handed_over_with_the_failure() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["secret"]);
    // The sender sleeps while the receiver comes, answers and goes.
    sender.signal("STOP");
    let mut receiver = Running::start(&mut program(&relay.url, &["receive", &code, "mine"]));
    receiver.wait_for("waiting for the other side's blob");
    receiver.signal("INT");
    assert_eq!(receiver.end().status, 24);
    sender.signal("CONT");
    let sender = sender.end();
    // INIT-3
    assert_eq!(
        (sender.status, &*sender.stdout),
        (16, b"mine".as_slice()),
        "{}",
        sender.stderr
    );
    assert!(
        sender.stderr.contains("error: closed (cancelled)"),
        "{}",
        sender.stderr
    );
}

#[test]
fn a_code_that_nobody_can_read_is_given_up() {
    let relay = Relay::start();
    let mut command = program(&relay.url, &["send", "secret"]);
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("cannot write the code"), "{stderr}");
}

#[test]
fn a_relay_goes_down_when_told_and_refuses_a_taken_address() {
    let relay = Relay::start();
    let address = relay.url.strip_prefix("http://").unwrap();
    let ended = end(&mut program(NOWHERE, &["relay", "--listen", address]));
    assert_eq!(ended.status, 1);
    assert!(
        ended
            .stderr
            .contains(&format!("cannot listen at {address}")),
        "{}",
        ended.stderr
    );
    assert!(
        ended
            .stderr
            .contains("hint: Perhaps a relay runs there already")
    );
    let (mut sender, _code) = relay.send(&["secret"]);
    sender.wait_for("waiting for the other side");
    relay.running.signal("TERM");
    assert_eq!(relay.running.end().status, 0);
}
