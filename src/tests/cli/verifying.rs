//! Users who compare the words, at a terminal that `script` of util-linux makes for them.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use crate::AMPLE;
use crate::program::{Ended, Relay, Running, hearing_signals, program};

/// The program at a terminal of its own. Its standard output and its messages go to files, so that
/// only the questions are at the terminal.
struct AtTerminal {
    child: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
    folder: TempDir,
}

impl AtTerminal {
    fn start(relay: &Relay, arguments: &[&str]) -> AtTerminal {
        let folder = tempfile::tempdir().unwrap();
        let mut child = hearing_signals("script")
            .args(["--quiet", "--return", "--command"])
            .arg(r#"exec "$PROGRAM" $ARGUMENTS >"$FOLDER/out" 2>"$FOLDER/errors""#)
            .arg("/dev/null")
            .env("SHELL", "/bin/sh")
            .env("PROGRAM", env!("CARGO_BIN_EXE_wormhole-sync"))
            .env("ARGUMENTS", arguments.join(" "))
            .env("FOLDER", folder.path())
            .env("WORMHOLE_SYNC_RENDEZVOUS", &relay.url)
            .env("XDG_CONFIG_HOME", "/no/such/folder")
            .env_remove("CARGO")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        AtTerminal {
            keyboard: child.stdin.take().unwrap(),
            screen: child.stdout.take().unwrap(),
            child,
            folder,
        }
    }

    /// Starts `send --verify`, and gives it with its code.
    fn send(relay: &Relay) -> (AtTerminal, String) {
        let sender = AtTerminal::start(relay, &["send", "--verify", "secret"]);
        let start = Instant::now();
        loop {
            let shown = read(sender.folder.path(), "out");
            if let Some(code) = shown.strip_suffix('\n') {
                return (sender, code.to_owned());
            }
            assert!(start.elapsed() < AMPLE, "no code: {shown}");
            thread::yield_now();
        }
    }

    fn receive(relay: &Relay, code: &str) -> AtTerminal {
        AtTerminal::start(relay, &["receive", "--verify", code, "mine"])
    }

    /// Waits until the terminal shows this, and gives all that it has shown since the last time.
    fn wait_for(&mut self, text: &str) -> String {
        let mut shown = String::new();
        while !shown.contains(text) {
            let mut byte = [0];
            let read = self.screen.read_exact(&mut byte);
            read.unwrap_or_else(|_| panic!("ended with {shown}"));
            shown.push(char::from(byte[0]));
        }
        shown
    }

    /// Waits for the question, and gives the words in it.
    fn asked(&mut self) -> String {
        let shown = self.wait_for("Does it? [y/n] ");
        let line = shown.lines().find(|line| line.starts_with("    "));
        line.expect("eight words").trim().to_owned()
    }

    fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    fn end(mut self) -> Ended {
        // The end of what is typed would be a Ctrl-D.
        let _ = self.screen.read_to_end(&mut Vec::new());
        let status = self.child.wait().unwrap().code().unwrap();
        let path = self.folder.path();
        Ended {
            status,
            stdout: fs::read(path.join("out")).unwrap(),
            stderr: read(path, "errors"),
        }
    }
}

/// A test that fails leaves no process behind: the terminal hangs up.
impl Drop for AtTerminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_default()
}

/// Both sides, asked about the same words.
fn asked() -> (Relay, AtTerminal, AtTerminal) {
    let relay = Relay::start();
    let (mut sender, code) = AtTerminal::send(&relay);
    let mut receiver = AtTerminal::receive(&relay, &code);
    let words = [sender.asked(), receiver.asked()];
    assert_eq!(words[0], words[1]);
    assert_eq!(words[0].split(' ').count(), 8, "{words:?}");
    (relay, sender, receiver)
}

/// The status of a side whose user sees other words, and of the side that hears of it.
const DIFFERS: i32 = 26;
const CLOSED: i32 = 16;

/// A side has heard that the other user sees other words, and shows no blob.
fn has_heard(ended: &Ended) {
    assert_eq!(ended.status, CLOSED, "{}", ended.stderr);
    for text in [
        "error: closed (verifier-mismatch)",
        "hint: The relay says that the words differ",
    ] {
        assert!(ended.stderr.contains(text), "{text:?} in {}", ended.stderr);
    }
}

#[test]
fn both_users_agree() {
    let (_relay, mut sender, mut receiver) = asked();
    receiver.types("perhaps\n");
    receiver.wait_for("Please type yes or no: ");
    receiver.types("YES\n");
    sender.types("y\n");
    let (sender, receiver) = (sender.end(), receiver.end());
    assert_eq!(
        (receiver.status, &*receiver.stdout),
        (0, b"secret".as_slice()),
        "{}",
        receiver.stderr
    );
    assert_eq!(sender.status, 0, "{}", sender.stderr);
    assert!(sender.stdout.ends_with(b"\nmine"));
    assert!(sender.stderr.ends_with("Done.\n"), "{}", sender.stderr);
}

/// The ends of a sender whose user sees other words, and of the receiver that hears of it.
pub(crate) fn told_apart() -> [Ended; 2] {
    let (_relay, mut sender, receiver) = asked();
    sender.types("n\n");
    [sender.end(), receiver.end()]
}

#[test]
fn the_senders_user_sees_other_words() {
    let [sender, receiver] = told_apart();
    assert_eq!(sender.status, DIFFERS, "{}", sender.stderr);
    // The receiver's blob may be anybody's.
    assert!(!sender.stdout.ends_with(b"mine"));
    assert!(
        sender.stderr.contains("hint: The words differ"),
        "{}",
        sender.stderr
    );
    has_heard(&receiver);
    assert!(receiver.stdout.is_empty());
}

#[test]
fn the_receivers_user_sees_other_words() {
    for agreed in [false, true] {
        let (_relay, mut sender, mut receiver) = asked();
        if agreed {
            sender.types("y\n");
        }
        receiver.types("no\n");
        let (sender, receiver) = (sender.end(), receiver.end());
        assert_eq!(receiver.status, DIFFERS, "{}", receiver.stderr);
        assert!(receiver.stdout.is_empty());
        has_heard(&sender);
        assert!(!sender.stdout.ends_with(b"mine"));
    }
}

#[test]
fn nobody_is_asked_about_what_is_over() {
    let relay = Relay::start();
    let (mut sender, code) = AtTerminal::send(&relay);
    let mut receiver = Running::start(&mut program(&relay.url, &["receive", &code]));
    sender.asked();
    receiver.wait_for("waiting for the other side's blob");
    receiver.signal("INT");
    assert_eq!(receiver.end().status, 24);
    let sender = sender.end();
    assert_eq!(sender.status, CLOSED, "{}", sender.stderr);
    assert!(
        sender.stderr.contains("closed (cancelled)"),
        "{}",
        sender.stderr
    );
    // Nobody has compared the words.
    assert!(!sender.stdout.ends_with(b"mine"));
}

#[test]
fn a_user_who_cannot_be_asked_has_not_agreed() {
    let (_relay, mut sender, receiver) = asked();
    // Ctrl-D
    sender.types("\x04");
    let (sender, receiver) = (sender.end(), receiver.end());
    assert_eq!(sender.status, 24, "{}", sender.stderr);
    assert_eq!(receiver.status, CLOSED, "{}", receiver.stderr);
    assert!(
        receiver.stderr.contains("closed (cancelled)"),
        "{}",
        receiver.stderr
    );
}
