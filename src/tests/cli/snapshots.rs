//! Reviewed texts: the help, the message of every outcome, the events of `--json`, and the demo.
//! What is random in them has a name in capitals.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Instant;

use insta::{Settings, assert_snapshot};
use wormhole_sync::Receiver;
use wormhole_sync::protocol::{CloseReason, Outcome};

use crate::AMPLE;
use crate::program::{Ended, NOWHERE, Relay, Running, end, program};
use crate::server::{allocated, answering, json, problem};

/// Compares with the text of this name, from which these are taken out.
pub(crate) fn reviewed(name: &str, random: &[(&str, &str)], shown: &str) {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (text, name) in random {
        settings.add_filter(text, *name);
    }
    settings.bind(|| assert_snapshot!(name, shown));
}

/// The places and codes of a run, and the names that stand for them.
pub(crate) const RANDOM: [(&str, &str); 6] = [
    (r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:PORT"),
    (r"\b\d+-[a-z]+-[a-z]+\b", "CODE"),
    (r"within \d+ (min|s)\b", "within TIME"),
    (r"\((\d+ min ?)?(\d+ s ?)?left\)", "(TIME left)"),
    (r"yours are: .*", "yours are: WORDS"),
    (r#"("words":)\[[^]]*\]"#, "$1[WORDS]"),
];

/// The end of a run as a person or a program sees it.
fn shown(ended: &Ended) -> String {
    format!(
        "exit status {}\n-- standard output --\n{}\n-- standard error --\n{}",
        ended.status,
        String::from_utf8_lossy(&ended.stdout).trim_end(),
        ended.stderr.trim_end()
    )
}

#[test]
fn help() {
    for command in ["", "send", "receive", "relay", "demo", "completions", "man"] {
        for (flag, kind) in [("-h", "short"), ("--help", "long")] {
            let arguments = [command, flag];
            let arguments = arguments.into_iter().filter(|text| !text.is_empty());
            let arguments: Vec<&str> = arguments.collect();
            let ended = end(program(NOWHERE, &arguments).env_remove("COLUMNS"));
            assert_eq!((ended.status, &*ended.stderr), (0, ""));
            let name = match command {
                "" => format!("help_{kind}"),
                command => format!("help_{command}_{kind}"),
            };
            reviewed(&name, &[], &String::from_utf8(ended.stdout).unwrap());
        }
    }
}

/// Runs to this outcome, and gives the end of each side that has something to say about it.
fn ends_with(outcome: Outcome) -> Vec<Ended> {
    let run = |arguments: &[&str]| vec![end(&mut program(NOWHERE, arguments))];
    match outcome {
        Outcome::Done => {
            let relay = Relay::start();
            let (sender, code) = relay.send(&["secret"]);
            vec![relay.receive(&[&code, "back"]), sender.end()]
        }
        Outcome::BadCode => run(&["receive", "7-crossover-clokwork"]),
        Outcome::BadAppid => run(&["send", "--appid", "", "secret"]),
        Outcome::BlobTooLarge => run(&["send", "--file", "/dev/zero"]),
        Outcome::BadRendezvous => run(&["send", "--rendezvous", "http://relay.example", "x"]),
        Outcome::NoSuchChannel => vec![Relay::start().receive(&["7-crossover-clockwork"])],
        Outcome::Crowded => {
            let relay = Relay::start();
            let (sender, code) = relay.send(&["secret"]);
            sender.signal("STOP");
            let mut first = Running::start(&mut program(&relay.url, &["receive", &code]));
            first.wait_for("waiting for the other side's blob");
            vec![relay.receive(&[&code])]
        }
        Outcome::Closed(_) => answered(problem("410 Gone", "closed", r#","reason":"cancelled""#)),
        Outcome::Expired => answered(problem("410 Gone", "closed", r#","reason":"expired""#)),
        Outcome::WrongCode => {
            let relay = Relay::start();
            let (sender, code) = relay.send(&["secret"]);
            let (number, _) = code.split_once('-').unwrap();
            let other = ["crossover-clockwork", "tissue-unicorn"];
            let other = other.into_iter().find(|words| !code.ends_with(words));
            let receiver = relay.receive(&[&format!("{number}-{}", other.unwrap())]);
            vec![receiver, sender.end()]
        }
        Outcome::VerifierMismatch => crate::verifying::told_apart().into(),
        Outcome::BadElement => {
            let element = "41".repeat(33);
            answered(json(
                "200 OK",
                format!(r#"{{"body":"{element}","ttl":600}}"#),
            ))
        }
        Outcome::MalformedMessage => answered(json("200 OK", r#"{"body":"41","ttl":600}"#)),
        Outcome::RelayMisbehaved => answered(json("200 OK", "[]")),
        Outcome::RelayUnreachable => {
            let fields = "Content-Type: application/problem+json\r\nRetry-After: 3600\r\n";
            answered(crate::server::answer("503 Busy", fields, "{}"))
        }
        Outcome::Timeout => {
            let relay = Relay::start();
            let mut sender = program(&relay.url, &["send", "--deadline", "3", "secret"]);
            vec![end(&mut sender)]
        }
        Outcome::Cancelled => {
            let relay = Relay::start();
            let (mut sender, _) = relay.send(&["secret"]);
            sender.wait_for("left)\n");
            sender.signal("INT");
            vec![sender.end()]
        }
        Outcome::NotTaken => {
            let relay = Relay::start();
            let (sender, code) = relay.send(&["secret"]);
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            let receiver = end(program(&relay.url, &["receive", &code]).stdout(full));
            vec![receiver, sender.end()]
        }
        // The machine has to fail; a test of the program's parts shows it.
        Outcome::Internal => vec![],
    }
}

/// A receiver whose claim gets this answer.
fn answered(answer: Vec<u8>) -> Vec<Ended> {
    let relay = answering([answer]);
    let mut receiver = program(&relay.url(), &["receive", "7-crossover-clockwork"]);
    vec![end(&mut receiver)]
}

#[cfg(target_os = "linux")]
#[test]
fn every_outcome_says_what_happened_and_what_to_do() {
    for outcome in Outcome::ALL {
        let ends = ends_with(outcome);
        let texts: Vec<String> = ends.iter().map(shown).collect();
        if !texts.is_empty() {
            let name = format!("outcome_{}", outcome.token());
            reviewed(&name, &RANDOM, &texts.join("\n\n"));
        }
    }
}

/// A sender whose receipt has not come when its user gives up: the receiver's application has not
/// said yet that it has the blob.
fn unconfirmed(arguments: &[&str]) -> Ended {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code");
    let given = ["--code-file", file.to_str().unwrap(), "secret"];
    let (sender, _) = relay.send(&[arguments, &given].concat());
    let code = read_when_there(&file);
    let receiver = Receiver::new("wormhole-sync.example/cli", code.trim(), b"mine");
    let answered = receiver.rendezvous(&relay.url).start().unwrap();
    let taking = answered.open().unwrap();
    sender.signal("INT");
    let sender = sender.end();
    drop(taking);
    sender
}

/// The content of a file that is written whole and at once.
fn read_when_there(file: &Path) -> String {
    let begun = Instant::now();
    loop {
        match fs::read_to_string(file) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => assert!(begun.elapsed() < AMPLE, "no code"),
        }
        std::thread::yield_now();
    }
}

// INIT-4: An initiator whose finish may have been stored MUST end as `done` with `delivered` false
// when no receipt opened
#[test]
fn a_sender_whose_blob_may_not_have_arrived_says_so() {
    let ended = unconfirmed(&[]);
    assert_eq!((ended.status, &*ended.stdout), (3, &b"mine"[..]));
    reviewed("outcome_done_unconfirmed", &RANDOM, &shown(&ended));
    let ended = unconfirmed(&["--json"]);
    let events = String::from_utf8(ended.stdout).unwrap();
    reviewed("events_send_unconfirmed", &RANDOM, &events);
    // A script that is told nothing but errors hears of it as well.
    let ended = unconfirmed(&["--quiet"]);
    assert_eq!(ended.status, 3);
    assert!(
        ended.stderr.starts_with("error: done, but"),
        "{}",
        ended.stderr
    );
}

#[test]
fn every_reason_of_a_close_says_what_happened() {
    let mut texts = vec![];
    for reason in CloseReason::ALL {
        let more = format!(r#","reason":"{}""#, reason.token());
        let ended = match reason {
            // The relay does not say it: it has forgotten the channel.
            CloseReason::Lost => {
                let forgotten = problem("404 Not Found", "no-such-channel", "");
                let relay = answering([allocated(), forgotten]);
                end(&mut program(&relay.url(), &["send", "secret"]))
            }
            _ => answered(problem("410 Gone", "closed", &more)).remove(0),
        };
        assert_eq!(ended.status, 16);
        let words = ended
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: ") || line.starts_with("hint: "));
        let words: Vec<&str> = words.collect();
        texts.push(format!("{}\n{}\n", reason.token(), words.join("\n")));
    }
    reviewed("close_reasons", &[], &texts.join("\n"));
}
