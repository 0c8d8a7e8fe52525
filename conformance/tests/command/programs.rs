//! Programs that are judged as they are, by `--initiator` and `--receiver`.

use super::{conformance, text};

#[test]
fn a_command_that_cannot_be_judged_is_explained() {
    for (arguments, told) in [
        (
            ["--initiator", "tool {appid}"],
            "--initiator has no {relay}",
        ),
        (
            ["--initiator", "tool {relay}"],
            "neither {appid} nor {appid_hex}",
        ),
        (
            ["--initiator", "tool {relay} {appid} {code}"],
            "only a receiver is given",
        ),
        (["--receiver", "tool 'x"], "a quote is left open"),
        (
            ["--exit", "done=0,gone=3"],
            "\"gone\" is no outcome of section 12",
        ),
        (
            ["--exit", "closed=3"],
            "--exit is about --initiator and --receiver",
        ),
    ] {
        let output = conformance(&arguments);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains(told), "{told}: {said}");
    }
}

/// A script that shows a code, and then does something else than a client.
#[cfg(unix)]
fn sloppy(folder: &std::path::Path, script: &str) -> String {
    let path = folder.join("tool.sh");
    std::fs::write(&path, script).expect("a script");
    format!("sh '{}' {{relay}} {{appid}}", path.display())
}

#[cfg(unix)]
#[test]
fn what_a_program_does_wrong_is_a_failure_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for (script, told) in [
        (
            "echo 'Code: 7-crossover-clockwork'; exit 0",
            "; it ended as done",
        ),
        ("echo ill >&2; exit 3", "; it ended as failed"),
        ("kill -SEGV $$", "the program was ended by a signal"),
    ] {
        let command = sloppy(folder.path(), script);
        let filter = "live-initiator-base-path";
        let output = conformance(&["--initiator", &command, "--filter", filter]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{report}");
        assert!(report.contains(told), "{told}: {report}");
    }
    let command = "no-such-tool {relay} {appid}";
    let output = conformance(&[
        "--initiator",
        command,
        "--filter",
        "live-initiator-base-path",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("cannot start no-such-tool"));
}

/// Only what a program can be told is asked of it, and no level is reached from outside.
#[cfg(unix)]
#[test]
fn what_cannot_be_told_is_skipped_and_no_level_is_reached() {
    let folder = tempfile::tempdir().expect("a folder");
    let command = sloppy(folder.path(), "exit 1");
    let output = conformance(&[
        "--initiator",
        &command,
        "--clause",
        "CODE-1",
        "--clause",
        "TIME-9",
    ]);
    let report = text(&output.stdout);
    assert!(
        report.contains("the program cannot be told: words"),
        "{report}"
    );
    assert!(
        report.contains("the program cannot be told: deadline"),
        "{report}"
    );
    assert!(!report.contains("reached"), "{report}");
    assert!(!report.contains("live-receiver"), "{report}");
}

/// A person is told how to start the program, and what came of it.
#[test]
fn a_test_is_played_by_hand() {
    let mut serving = std::process::Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(["serve", "live-receiver-refuses-one-word"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program of this crate starts");
    let mut typed = serving.stdin.take().expect("standard input");
    std::io::Write::write_all(&mut typed, b"bad kode\nbad-code\n").expect("it reads");
    let output = serving.wait_with_output().expect("it ends");
    let report = text(&output.stdout);
    assert!(output.status.success(), "{report}");
    for told in [
        "as the receiver:",
        "7-crossover\n",
        "Type one of: done, ",
        "PASSED",
    ] {
        assert!(report.contains(told), "{told}: {report}");
    }
}

/// Whoever leaves has proved nothing, and no test has fallen short.
#[test]
fn a_test_that_is_left_proves_nothing() {
    for (test, typed) in [
        ("live-receiver-refuses-one-word", ""),
        ("live-receiver-refuses-one-word", "no outcome\n"),
        ("live-initiator-base-path", ""),
    ] {
        let mut serving = std::process::Command::new(env!("CARGO_BIN_EXE_conformance"))
            .args(["serve", test])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the program of this crate starts");
        let mut input = serving.stdin.take().expect("standard input");
        std::io::Write::write_all(&mut input, typed.as_bytes()).expect("it reads");
        drop(input);
        let output = serving.wait_with_output().expect("it ends");
        let (report, error) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{report}{error}");
        assert!(error.contains("standard input ended before"), "{error}");
        assert!(!report.contains("FELL SHORT"), "{report}");
    }
}

#[test]
fn a_test_that_nobody_can_play_by_hand_is_explained() {
    for (test, told) in [
        ("code-canonical", "nothing can be played"),
        (
            "live-initiator-looks",
            "needs what no person can be asked for by lines: look",
        ),
        ("live-together-receivers", "makes several runs"),
        ("live-initiator-lookz", "there is no test"),
    ] {
        let output = conformance(&["serve", test]);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains(told), "{told}: {said}");
    }
}
