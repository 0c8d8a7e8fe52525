//! Tests of the program as its users meet it: its output and its exit status.

use std::process::{Command, Output, Stdio};

fn conformance(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .output()
        .expect("the program of this crate starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn judges_the_reference() {
    let output = conformance(&["--filter", "code-"]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(
        report.lines().any(|line| line.starts_with("PASSED")),
        "{report}"
    );
    assert!(report.contains("vectors sha256:"), "{report}");
}

#[test]
fn json_lines_begin_and_end() {
    let output = conformance(&["--filter", "code-canonical", "--format", "json"]);
    let report = text(&output.stdout);
    let events: Vec<serde_json::Value> = report
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let of = |index: usize| events.get(index).and_then(|event| event["event"].as_str());
    assert_eq!(
        (of(0), of(1), of(2), of(3)),
        (Some("start"), Some("test"), Some("end"), None)
    );
    assert_eq!(events[2]["counts"]["passed"], 1);
    assert_eq!(events[2]["good"], true);
}

#[test]
fn a_filter_without_a_hit_is_no_success() {
    let output = conformance(&["--filter", "no-such-test"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no-such-test"));
}

#[test]
fn a_filter_brings_controls_along() {
    let output = conformance(&["--filter", "code-nul"]);
    let report = text(&output.stdout);
    assert!(report.contains("2 planned = 2 passed"), "{report}");
}

#[cfg(unix)]
#[test]
fn what_is_no_adapter_is_told() {
    for (command, report) in [
        ("/no/such/program", "cannot start"),
        ("true", "ended before it said hello"),
        ("cat", "chooses protocol [1,1]"),
        ("sleep 60", "no hello within 1 s"),
        ("ls /no/such/folder", "/no/such/folder"),
    ] {
        let output = conformance(&["--timeout", "1", "--adapter", command]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command}: {error}");
        assert!(error.contains(report), "{command}: {error}");
    }
}

#[test]
fn another_process_is_judged_like_the_reference() {
    let adapter = format!("'{}' adapter", env!("CARGO_BIN_EXE_conformance"));
    let output = conformance(&["--filter", "words-", "--adapter", &adapter]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

#[test]
fn lists_every_test() {
    let output = conformance(&["list"]);
    assert!(text(&output.stdout).lines().count() > 1000);
    assert!(text(&output.stdout).contains("code-leading-zero\tcode\tCODE-6\tA leading zero"));
}

#[test]
fn a_list_that_is_read_in_part_is_no_failure() {
    let mut list = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .arg("list")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(list.stdout.take());
    let output = list.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_fresh_set_judges_as_well() {
    let folder = std::env::temp_dir().join(format!("wormhole-sync-fresh-{}", std::process::id()));
    let path = folder.to_str().expect("a path of the test's own");
    let made = conformance(&["generate", "--seed", "another", "--out", path]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let output = conformance(&["--vectors", path, "--filter", "exchange-"]);
    std::fs::remove_dir_all(&folder).expect("the folder was just made");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

/// The program carries all that it judges by.
#[test]
fn runs_without_the_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("conformance");
    std::fs::copy(env!("CARGO_BIN_EXE_conformance"), &program).expect("a copy");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command
            .current_dir(folder.path())
            .args(["--root", "/no/such"]);
        command.args(arguments).output().expect("the copy starts")
    };
    let output = run(&["--filter", "code-canonical"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = run(&["--external"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("needs the repository"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn vectors_that_are_missing_are_no_pass() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors");
    for entry in std::fs::read_dir(all).expect("vectors") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let name = path.file_name().expect("a name");
            std::fs::copy(&path, folder.path().join(name)).expect("a copy");
        }
    }
    let run = || {
        let vectors = folder.path().to_str().expect("a path");
        conformance(&["--vectors", vectors, "--filter", "code-canonical"])
    };
    assert_eq!(run().status.code(), Some(0));
    std::fs::remove_file(folder.path().join("seal.json")).expect("it is there");
    let output = run();
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.contains("of seal.json are missing"), "{report}");
    assert!(report.contains("FELL SHORT"), "{report}");
}

#[test]
fn what_was_not_judged_is_said() {
    let output = conformance(&["--filter", "code-canonical", "--format", "json"]);
    let report = text(&output.stdout);
    let end: serde_json::Value =
        serde_json::from_str(report.lines().last().expect("an end")).expect("JSON");
    let not_judged = end["not_judged"].as_array().expect("a list");
    assert!(not_judged.iter().any(|id| id == "SEAL-1"), "{end}");
    assert!(!not_judged.iter().any(|id| id == "RELAY-1"), "{end}");
    let clauses: Vec<serde_json::Value> = report
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|event| event["clauses"].as_array().cloned())
        .flatten()
        .collect();
    assert!(!clauses.is_empty());
    assert!(clauses.iter().all(|id| !not_judged.contains(id)));
}

/// A relay that gives one answer to every request, until the test ends.
fn lying_relay(answer: &'static str) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    format!("http://{address}")
}

fn counts(report: &str) -> (bool, u64, u64) {
    let last = report.lines().last().expect("a last line");
    let end: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(end["event"], "end");
    assert!(end["not_judged"].is_array());
    let of = |name: &str| end["counts"][name].as_u64().expect("a count");
    (end["good"] == true, of("passed"), of("failed"))
}

#[test]
fn judges_the_references_relay() {
    let output = conformance(&[
        "--relay-kept",
        "reference",
        "--filter",
        "relay-table",
        "--format",
        "json",
    ]);
    let (good, passed, failed) = counts(&text(&output.stdout));
    assert_eq!(output.status.code(), Some(0));
    assert!(good && passed > 150 && failed == 0);
}

#[test]
fn a_relay_that_lies_falls_short() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store, no-transform\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        "HTTP/1.1 201 Created\r\nContent-Length: 24\r\nConnection: close\r\n\r\n{\"channel\":7,\"ttl\":3600}",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "nonsense\r\n\r\n",
        "",
    ] {
        let output = conformance(&["--relay", &lying_relay(answer), "--format", "json"]);
        let (good, _, failed) = counts(&text(&output.stdout));
        assert_eq!(output.status.code(), Some(1), "{answer}");
        assert!(!good && failed > 0, "{answer}");
    }
}

#[test]
fn no_relay_is_one_sentence() {
    for (arguments, part) in [
        (
            ["--relay", "http://127.0.0.1:1"],
            "nobody listens at http://127.0.0.1:1",
        ),
        (["--relay", "ftp://127.0.0.1"], "no http:// address"),
        (
            ["--relay-cmd", "no-such-program {listen}"],
            "cannot start `no-such-program",
        ),
        (["--relay-cmd", "no-such-program"], "has no {listen}"),
    ] {
        let output = conformance(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains(part) && !said.contains("panicked"), "{said}");
    }
}

#[test]
fn options_choose_tests_and_lists() {
    let ids = |arguments: &[&str]| {
        let output = conformance(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).lines().count()
    };
    let suite = ids(&["list", "--suite", "code"]);
    assert!(suite > 300);
    let clause = ids(&["list", "--suite", "code", "--clause", "CODE-6"]);
    assert!(clause > 0 && clause < suite);
    assert!(ids(&["list", "--level", "1"]) > suite);
    for (arguments, part) in [
        (["--suite", "codes"], "there is no suite \"codes\""),
        (["--level", "7"], "of level 7"),
        (["--clause", "CODE"], "cites \"CODE\""),
    ] {
        let output = conformance(&[&["list"][..], &arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}");
    }
}

/// A script that says a hello and refuses every question, in a folder of the test's own.
#[cfg(unix)]
fn refusing_adapter(folder: &std::path::Path) -> String {
    let script = folder.join("adapter.sh");
    let text = r#"read -r _
echo '{"hello":{"protocol":1,"name":"refusing","version":"1","spec":"1.1.0","roles":[],"operations":["code-parse"],"inject":[]}}'
while read -r line; do
    id=${line#*\"id\":\"}
    echo "{\"id\":\"${id%%\"*}\",\"refused\":{\"outcome\":\"internal\"}}"
done
"#;
    std::fs::write(&script, text).expect("a script");
    format!("sh '{}'", script.display())
}

#[cfg(unix)]
#[test]
fn a_failure_is_told_in_every_form_and_again_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = refusing_adapter(folder.path());
    let check = |format: &str, more: &[&str]| {
        let all = ["--adapter", &adapter, "--suite", "code", "--format", format];
        let output = conformance(&[&all, more].concat());
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let json = check("json", &["--filter", "code-canonical"]);
    let kept = folder.path().join("result.json");
    std::fs::write(&kept, &json).expect("a file");
    let kept = kept.to_str().expect("a path of the test's own");
    for (format, part) in [
        ("pretty", "FAIL code-canonical"),
        ("junit", "<failure "),
        ("github", "::error file=spec/wormhole-sync.md,line="),
        ("json", "\"verdict\":\"failed\""),
    ] {
        let output = conformance(&["report", kept, "--format", format]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert!(report.contains(part), "{report}");
        if format == "json" {
            assert_eq!(report, json);
        }
    }
    let pretty = check(
        "pretty",
        &["--without", "run", "--jobs", "1", "--fail-fast"],
    );
    assert!(pretty.contains("(--fail-fast)"), "{pretty}");
    assert!(pretty.contains("1 failed"), "{pretty}");
    // The command that repeats it is the one that was typed.
    let again = pretty.lines().find(|line| line.contains(" again "));
    let again = again.expect("a command");
    assert!(
        again.contains("--without run --jobs 1 --filter code-"),
        "{again}"
    );
    assert!(
        !again.contains("--fail-fast") && !again.contains("--suite"),
        "{again}"
    );
}

#[test]
fn no_result_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("no result");
    std::fs::write(&file, "{}\n").expect("a file");
    let file = file.to_str().expect("a path of the test's own");
    for (path, part) in [
        ("/no/such/result", "cannot read /no/such/result"),
        (file, "line 1 is no line of a result"),
    ] {
        let output = conformance(&["report", path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(
            text(&output.stderr).contains(part),
            "{}",
            text(&output.stderr)
        );
    }
}

#[cfg(unix)]
#[test]
fn too_few_descriptors_are_one_sentence() {
    let program = env!("CARGO_BIN_EXE_conformance");
    let script = format!("ulimit -n 100 && exec '{program}' --filter code-");
    let output = Command::new("sh").args(["-c", &script]).output();
    let output = output.expect("a shell");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("ulimit -n 512"),
        "{}",
        text(&output.stderr)
    );
}
