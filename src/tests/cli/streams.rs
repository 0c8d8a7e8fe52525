//! Standard error that nobody can read, and signals that were ignored at the start.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use crate::program::{NOWHERE, Relay, Running, end, hearing_signals, program};

/// The ways in which standard error is lost.
#[derive(Clone, Copy, Debug)]
enum Lost {
    Closed,
    Full,
    Broken,
}

const LOST: [Lost; 3] = [Lost::Closed, Lost::Full, Lost::Broken];

impl Lost {
    /// The program with these arguments and a standard error that is lost.
    fn program(self, relay: &str, arguments: &[&str]) -> Command {
        let mut command = program(relay, arguments);
        match self {
            Lost::Closed => return shell(r#"exec "$0" "$@" 2>&-"#, relay, arguments),
            Lost::Full => {
                let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
                command.stderr(full);
            }
            Lost::Broken => {
                let (reader, writer) = std::io::pipe().unwrap();
                drop(reader);
                command.stderr(writer);
            }
        }
        command
    }
}

/// The program, started by a shell with this script.
fn shell(script: &str, relay: &str, arguments: &[&str]) -> Command {
    let mut command = hearing_signals("sh");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_wormhole-sync")])
        .args(arguments)
        .env("WORMHOLE_SYNC_RENDEZVOUS", relay)
        .env("XDG_CONFIG_HOME", "/no/such/folder")
        .env_remove("CARGO")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn an_exchange_ends_the_same_when_nobody_can_read_the_words_about_it() {
    let relay = Relay::start();
    for lost in LOST {
        let mut sender = Running::start(&mut lost.program(&relay.url, &["send", "secret"]));
        let code = sender.line();
        let receiver = end(&mut lost.program(&relay.url, &["receive", &code, "back"]));
        let sender = sender.end();
        assert_eq!(
            (receiver.status, &*receiver.stdout),
            (0, &b"secret"[..]),
            "{lost:?}"
        );
        assert_eq!(
            (sender.status, &*sender.stdout),
            (0, &b"back"[..]),
            "{lost:?}"
        );
    }
}

#[test]
fn a_failure_keeps_its_exit_status_when_nobody_can_read_the_words_about_it() {
    let relay = Relay::start();
    let other_words = |code: &str| {
        let (number, _) = code.split_once('-').unwrap();
        let words = ["crossover-clockwork", "tissue-unicorn"];
        let words = words.into_iter().find(|words| !code.ends_with(words));
        format!("{number}-{}", words.unwrap())
    };
    let ends = |relay: &str, arguments: &[&str]| {
        let read = end(&mut program(relay, arguments));
        assert_ne!(read.status, 0, "{arguments:?}");
        for lost in LOST {
            let ended = end(&mut lost.program(relay, arguments));
            assert_eq!(ended.status, read.status, "{lost:?} {arguments:?}");
        }
    };
    std::thread::scope(|scope| {
        for (relay, arguments) in [
            (&*relay.url, &["receive", "7-crossover"][..]),
            (&*relay.url, &["receive", "999-crossover-clockwork"]),
            (
                &*relay.url,
                &["receive", "--appid", "", "7-crossover-clockwork"],
            ),
            (&*relay.url, &["receive", "--deadline", "soon"]),
            (&*relay.url, &["send", "--deadline", "1", "secret"]),
            (NOWHERE, &["send", "--deadline", "1", "secret"]),
            (
                NOWHERE,
                &["receive", "--deadline", "1s", "7-crossover-clockwork"],
            ),
            ("http://relay.example.com", &["send", "secret"]),
        ] {
            scope.spawn(move || ends(relay, arguments));
        }
    });
    for lost in LOST {
        let mut sender = Running::start(&mut lost.program(&relay.url, &["send", "secret"]));
        let code = other_words(&sender.line());
        let receiver = end(&mut lost.program(&relay.url, &["receive", &code]));
        assert_eq!((sender.end().status, receiver.status), (18, 16), "{lost:?}");
    }
}

#[test]
fn a_signal_closes_the_channel_when_nobody_can_read_the_words_about_it() {
    let relay = Relay::start();
    for lost in LOST {
        for signal in ["INT", "TERM", "HUP"] {
            let mut sender = Running::start(&mut lost.program(&relay.url, &["send", "secret"]));
            let code = sender.line();
            sender.signal(signal);
            assert_eq!(sender.end().status, 24, "{lost:?} {signal}");
            let receiver = relay.receive(&[&code]);
            assert_eq!(
                receiver.status, 14,
                "{lost:?} {signal}: {}",
                receiver.stderr
            );
        }
    }
}

/// `nohup`, and shells that start a job in the background, count on it.
#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let relay = Relay::start();
    let script = r#"trap "" HUP INT; exec "$0" "$@""#;
    let mut sender = Running::start(&mut shell(script, &relay.url, &["send", "secret"]));
    let code = sender.line();
    sender.signal("HUP");
    sender.signal("INT");
    let receiver = relay.receive(&[&code]);
    assert_eq!((receiver.status, &*receiver.stdout), (0, &b"secret"[..]));
    assert_eq!(sender.end().status, 0);
    // A signal beside them is not ignored.
    let mut sender = Running::start(&mut shell(script, &relay.url, &["send", "secret"]));
    sender.line();
    sender.signal("TERM");
    assert_eq!(sender.end().status, 24);
}

#[test]
fn a_relay_goes_on_through_signals_that_were_ignored_and_broken_words() {
    let script = r#"trap "" HUP; exec "$0" "$@""#;
    let listen = ["relay", "--listen", "127.0.0.1:0"];
    let mut relay = Running::start(&mut shell(script, NOWHERE, &listen));
    let url = relay.line().replace("listening on ", "");
    relay.signal("HUP");
    assert_eq!(
        end(&mut program(&url, &["send", "--deadline", "1", "x"])).status,
        23
    );
    relay.signal("TERM");
    assert_eq!(relay.end().status, 0);
    let mut relay = Running::start(&mut Lost::Broken.program(NOWHERE, &listen));
    relay.line();
    relay.signal("TERM");
    assert_eq!(relay.end().status, 0);
}

#[test]
fn the_demo_ends_well_without_a_reader() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = program(NOWHERE, &["demo"]).stdout(writer).status().unwrap();
    assert_eq!(status.code(), Some(0));
}
