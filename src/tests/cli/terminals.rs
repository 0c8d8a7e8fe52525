//! Questions at a terminal, and its settings afterwards; `script` of util-linux makes a terminal.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::program::{NOWHERE, Relay, hearing_signals};

/// A shell script at a terminal of its own, in a folder of its own.
struct Script {
    child: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
}

impl Script {
    fn start(relay: &str, folder: &Path, script: &str) -> Script {
        let mut child = hearing_signals("script")
            .args(["--quiet", "--return", "--command", script, "/dev/null"])
            .current_dir(folder)
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm")
            .env("PROGRAM", env!("CARGO_BIN_EXE_wormhole-sync"))
            .env("WORMHOLE_SYNC_RENDEZVOUS", relay)
            .env("XDG_CONFIG_HOME", "/no/such/folder")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Script {
            keyboard: child.stdin.take().unwrap(),
            screen: child.stdout.take().unwrap(),
            child,
        }
    }

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

    fn end(mut self) -> (i32, String) {
        let mut shown = Vec::new();
        // A terminal that is gone gives an error at its end.
        let _ = self.screen.read_to_end(&mut shown);
        let status = self.child.wait().unwrap().code().unwrap();
        (status, String::from_utf8_lossy(&shown).into_owned())
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was_found() {
    for signal in ["TERM", "HUP", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let mut script = Script::start(
            NOWHERE,
            folder.path(),
            r#"stty -g >before; sh -c 'echo $$ >pid; exec "$PROGRAM" receive'; echo $? >status; stty -g >after"#,
        );
        script.wait_for("Code: ");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        let pid = read("pid");
        let killed = Command::new("kill")
            .args(["-s", signal, pid.trim()])
            .status();
        assert!(killed.unwrap().success());
        script.end();
        assert_eq!(read("status"), "24\n", "{signal}");
        assert_eq!(read("before"), read("after"), "{signal}");
    }
}

#[test]
fn a_text_that_names_a_file_is_asked_about() {
    for (said, expected) in [("n\n", "key.pem"), ("y\n", "the key")] {
        let relay = Relay::start();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key.pem"), "the key").unwrap();
        let mut script = Script::start(
            &relay.url,
            folder.path(),
            r#""$PROGRAM" send --code-file code key.pem"#,
        );
        script.wait_for("key.pem is a file here. Hand in its contents? [y/n] ");
        script.keyboard.write_all(said.as_bytes()).unwrap();
        script.wait_for("waiting for the other side");
        let code = fs::read_to_string(folder.path().join("code")).unwrap();
        let receiver = relay.receive(&[code.trim()]);
        assert_eq!(String::from_utf8(receiver.stdout).unwrap(), expected);
        assert_eq!(script.end().0, 0);
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key.pem"), "").unwrap();
    let mut script = Script::start(NOWHERE, folder.path(), r#""$PROGRAM" send key.pem"#);
    script.wait_for("[y/n] ");
    script.keyboard.write_all(b"\x04").unwrap();
    let (status, shown) = script.end();
    assert_eq!(status, 24, "{shown}");
    assert!(shown.contains("nothing was sent"), "{shown}");
}

/// A picture of lines that hold two rows of squares each, black on white, as a camera reads it.
fn read_by_camera(picture: &str) -> String {
    const SIDE: usize = 4;
    let lines: Vec<Vec<char>> = picture.lines().map(|line| line.chars().collect()).collect();
    let is_dark = |x: usize, y: usize| match lines[y / SIDE / 2][x / SIDE] {
        '█' => true,
        '▀' => (y / SIDE).is_multiple_of(2),
        '▄' => !(y / SIDE).is_multiple_of(2),
        other => {
            assert_eq!(other, ' ');
            false
        }
    };
    let (width, height) = (lines[0].len() * SIDE, lines.len() * 2 * SIDE);
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(width, height, is_dark);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "{picture}");
    grids[0].decode().unwrap().1
}

// LINK-1: A program that shows a link MUST write `wormhole-sync:`, the code as CODE-3 shows it
#[test]
fn a_camera_reads_the_link_from_the_screen() {
    let relay = Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let mut script = Script::start(
        &relay.url,
        folder.path(),
        r#"stty cols 100; "$PROGRAM" send --qr --appid a --code-file code x"#,
    );
    let shown = script.wait_for("waiting for the other side");
    let bytes: Vec<u8> = shown.chars().map(|byte| byte as u8).collect();
    let shown = String::from_utf8(bytes).unwrap();
    let squares = shown
        .lines()
        .filter_map(|line| line.trim_end().strip_prefix("\x1b[30;107m"));
    let squares: Vec<&str> = squares
        .map(|line| line.strip_suffix("\x1b[0m").unwrap())
        .collect();
    let code = fs::read_to_string(folder.path().join("code")).unwrap();
    let code = code.trim();
    let link = format!("wormhole-sync:{code}?appid=61&relay={}", relay.url);
    assert_eq!(read_by_camera(&squares.join("\n")), link);
    assert_eq!(relay.receive(&["--appid", "a", code]).status, 0);
}

#[test]
fn a_link_is_shown_on_a_screen_that_has_room_for_it_and_in_no_log() {
    let relay = Relay::start();
    let (sender, code) = relay.send(&["--qr", "x"]);
    assert_eq!(relay.receive(&[&code]).status, 0);
    let sender = sender.end();
    let said = "No QR code: standard error is no terminal.\n";
    assert!(sender.stderr.contains(said), "{}", sender.stderr);
    assert!(
        !sender.stderr.contains("wormhole-sync:"),
        "{}",
        sender.stderr
    );
    let folder = tempfile::tempdir().unwrap();
    let narrow = r#"stty cols 30; "$PROGRAM" send --qr --deadline 1 x"#;
    let script = Script::start(&relay.url, folder.path(), narrow);
    let (_, shown) = script.end();
    assert!(shown.contains("No QR code: it needs "), "{shown}");
}
