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
            ["--receiver", "tool {relay} {appid} {nonsense}"],
            "--receiver has {nonsense}, which is no placeholder; there are: {relay}, {appid},",
        ),
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
        (
            "echo ill >&2; exit 3",
            "; it ended with status 3, which --exit does not name",
        ),
        ("kill -SEGV $$", "the program was ended by a signal"),
    ] {
        let command = sloppy(folder.path(), script);
        let filter = "live-initiator-base-path";
        let output = conformance(&["--initiator", &command, "--filter", filter]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{report}");
        assert!(report.contains(told), "{told}: {report}");
    }
}

/// Nothing is judged by a program that is not there.
#[cfg(unix)]
#[test]
fn a_program_that_cannot_be_started_is_one_sentence() {
    for (program, told) in [
        ("no-such-tool", "no folder of PATH has such a program"),
        ("./no-such-tool", "there is no such file"),
        ("/", "there is no such file"),
    ] {
        let command = format!("{program} {{relay}} {{appid}}");
        let output = conformance(&["--initiator", &command]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        let begins = format!("conformance: --initiator: cannot start {program}: ");
        assert!(said.starts_with(&begins) && said.contains(told), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

/// The exit status is told wherever the outcome is.
#[cfg(unix)]
#[test]
fn an_exit_status_without_a_meaning_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let command = sloppy(folder.path(), "exit 18");
    let filter = "live-initiator-refuses-query";
    let exit = "done=0,bad-rendezvous=19";
    let arguments = ["--initiator", &command, "--exit", exit, "--filter", filter];
    let output = conformance(&arguments);
    // What begins no run may end with any status that means a failure.
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let mut arguments = arguments;
    arguments[3] = "done=18,bad-rendezvous=19";
    let report = text(&conformance(&arguments).stdout);
    assert!(report.contains("actual    done"), "{report}");
    arguments[5] = "live-initiator-base-path";
    arguments[3] = exit;
    let report = text(&conformance(&arguments).stdout);
    let told = "it ended with status 18, which --exit does not name";
    assert!(
        report.contains(&format!("actual    none; {told}")),
        "{report}"
    );
    assert!(report.contains(&format!("*  failed: {told}\n")), "{report}");
}

/// Each failure has the standard error of its own run, however many there are at once.
#[cfg(unix)]
#[test]
fn standard_error_is_kept_by_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let command = sloppy(folder.path(), "echo one >&2; echo \"at $1\" >&2; exit 3");
    let filter = "live-initiator-finishing";
    let output = conformance(&[
        "--initiator",
        &command,
        "--filter",
        filter,
        "--format",
        "json",
    ]);
    let result = text(&output.stdout);
    let tests = result.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line["stderr"].as_str().map(str::to_owned)
    });
    let said: Vec<String> = tests.flatten().collect();
    assert!(said.len() > 7, "{result}");
    for said in &said {
        assert_eq!(said.lines().count(), 2, "{said}");
        assert!(said.starts_with("one\nat http://"), "{said}");
    }
}

/// From outside only the live tests judge.
#[cfg(unix)]
#[test]
fn a_choice_that_nobody_sees_from_outside_is_explained() {
    for (choice, told) in [
        (["--level", "1"], "no test here is of level 1, but of: 5"),
        (
            ["--suite", "code"],
            "there is no suite \"code\" here, but: live",
        ),
    ] {
        let command = ["--initiator", "sh {relay} {appid}"];
        let output = conformance(&[command, choice].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        let why = "from outside only the live tests judge, those of level 5: ";
        assert!(said.contains(&format!("{why}{told}")), "{said}");
    }
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
        report.contains("the program cannot be told: words; give {words} to the initiator"),
        "{report}"
    );
    assert!(
        report.contains("the program cannot be told: deadline; give {deadline}"),
        "{report}"
    );
    assert!(!report.contains("reached"), "{report}");
    assert!(!report.contains("live-receiver"), "{report}");
}

/// The reason that no placeholder mends comes first.
#[cfg(unix)]
#[test]
fn what_no_command_line_is_told_is_said_first() {
    let command = "sh {relay} {appid}";
    let filter = "live-receiver-refuses-order";
    let output = conformance(&["--receiver", command, "--filter", filter]);
    let report = text(&output.stdout);
    let told = "cannot be told: order-of-checks; no command line can be told this";
    assert!(report.contains(told), "{report}");
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
