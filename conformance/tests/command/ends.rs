//! Runs that something ends from outside: a signal, a stream that breaks, a folder that nobody may
//! write to.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{conformance, text};

/// The arguments of a short check of the reference.
const SHORT: [&str; 2] = ["--filter", "code-canonical"];

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
}

/// Makes an adapter that starts a process of its own and waits with it for ever. Both hold the
/// writing end of the named pipe that is returned.
fn forking_adapter(folder: &Path) -> (String, String) {
    let pipe = folder.join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let script = folder.join("adapter.sh");
    let body = format!(
        "exec 9>'{}'\nsleep 1000 &\necho started >&9\nwait\n",
        pipe.display()
    );
    fs::write(&script, body).expect("a script");
    (
        format!("sh '{}'", script.display()),
        pipe.display().to_string(),
    )
}

#[test]
fn a_signal_ends_all_that_was_started() {
    for signal in ["INT", "TERM", "HUP"] {
        let folder = tempfile::tempdir().expect("a folder");
        let (adapter, pipe) = forking_adapter(folder.path());
        let suite = program()
            .args(["--timeout", "600", "--adapter", &adapter])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the suite");
        let mut pipe = BufReader::new(File::open(pipe).expect("the adapter opens it as well"));
        let mut line = String::new();
        pipe.read_line(&mut line).expect("a line of the adapter");
        assert_eq!(line, "started\n");
        let sent = Command::new("kill")
            .args([format!("-{signal}"), suite.id().to_string()])
            .status();
        assert!(sent.expect("kill").success());
        // The pipe ends when the last process that holds it has ended.
        assert_eq!(pipe.read_to_end(&mut Vec::new()).expect("an end"), 0);
        let output = suite.wait_with_output().expect("an end");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{signal}: {told}");
        assert!(told.contains("ended by a signal"), "{signal}: {told}");
        assert_eq!(told.lines().count(), 1, "{signal}: {told}");
    }
}

/// A check that a signal ends has no verdict, but what failed so far is told.
#[test]
fn failures_so_far_outlive_a_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipe, script) = (folder.path().join("pipe"), folder.path().join("adapter.sh"));
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    // The first request is answered, and the second never.
    let body = r#"read -r _
echo '{"hello":{"protocol":1,"name":"x","version":"1","spec":"1.1.0","roles":[],"operations":["code-parse"],"inject":[]}}'
read -r line
id=${line#*\"id\":\"}
echo "{\"id\":\"${id%%\"*}\",\"error\":\"no\"}"
read -r _
echo second > "$1"
read -r _
"#;
    fs::write(&script, body).expect("a script");
    let adapter = format!("sh '{}' '{}'", script.display(), pipe.display());
    let suite = program()
        .args(["--jobs", "1", "--timeout", "600", "--suite", "code"])
        .args(["--adapter", &adapter])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the suite");
    assert_eq!(fs::read_to_string(&pipe).expect("a line"), "second\n");
    let sent = Command::new("kill")
        .args(["-INT", &suite.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
    let output = suite.wait_with_output().expect("an end");
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("INCOMPLETE: ") && told.contains(" tests, 1 failed\nFAIL code-"),
        "{told}"
    );
    assert!(!told.contains("nothing was judged"), "{told}");
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn an_adapter_that_forks_and_never_speaks_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let (adapter, pipe) = forking_adapter(folder.path());
    let suite = program()
        .args(["--timeout", "1", "--adapter", &adapter])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the suite");
    let mut pipe = File::open(pipe).expect("the adapter opens it as well");
    let mut said = String::new();
    pipe.read_to_string(&mut said).expect("an end");
    assert_eq!(said, "started\n");
    let output = suite.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no hello within 1 s"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_sentence() {
    let full = || {
        File::options()
            .write(true)
            .open("/dev/full")
            .expect("a device")
    };
    for format in ["pretty", "json", "junit", "github"] {
        let output = program()
            .args(SHORT)
            .args(["--format", format])
            .stdout(full())
            .stderr(Stdio::piped())
            .output()
            .expect("the suite");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{format}: {told}");
        assert!(told.contains("No space left on device"), "{format}: {told}");
        assert_eq!(told.lines().count(), 1, "{format}: {told}");
    }
    let output = program().args(SHORT).stderr(full()).output().expect("it");
    assert_eq!(output.status.code(), Some(0), "words are no verdict");
}

/// A reader that has read enough is no fault, as of `| head`: the status says the verdict.
#[test]
fn a_closed_reader_does_not_change_the_verdict() {
    for format in ["pretty", "json", "junit", "github"] {
        let mut suite = program()
            .args(SHORT)
            .args(["--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the suite");
        drop(suite.stdout.take());
        let output = suite.wait_with_output().expect("an end");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{format}: {told}");
        assert!(!told.contains("panicked"), "{format}: {told}");
    }
}

#[test]
fn no_environment_and_no_locale_are_no_obstacle() {
    for variables in [&[][..], &[("LC_ALL", "xx_YY"), ("TERM", "no-such")][..]] {
        let output = program()
            .args(SHORT)
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .expect("the suite");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
}

/// A place that cannot be written to is told before anything is judged.
#[test]
fn a_place_that_cannot_be_written_to_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    // A file is no folder, for every user.
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let place = file.join("place").display().to_string();
    for option in ["--html", "--log", "--claim"] {
        let filter: &[&str] = if option == "--claim" { &[] } else { &SHORT };
        let adapter = format!("'{}' adapter", env!("CARGO_BIN_EXE_conformance"));
        let mut arguments = vec!["--adapter", &adapter, option, &place];
        arguments.extend(filter);
        let output = conformance(&arguments);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{option}: {told}");
        assert!(told.contains(&place), "{option}: {told}");
        assert!(!text(&output.stdout).contains("PASSED"), "{option}");
    }
}
