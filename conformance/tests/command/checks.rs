//! Checks of adapters: what is judged, and what is told when nothing can be.

use std::process::Command;

use super::{conformance, text};

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
        command.current_dir(folder.path()).args(arguments);
        let output = command.args(["--root", "/no/such"]).output();
        output.expect("the copy starts")
    };
    let output = run(&["--filter", "code-canonical"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let fresh = run(&["generate", "--seed", "another", "--out", "fresh"]);
    assert_eq!(fresh.status.code(), Some(0), "{}", text(&fresh.stderr));
    assert!(folder.path().join("fresh/code.json").is_file());
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

/// A claim needs a whole check, an adapter, and a level that was reached.
#[test]
fn what_allows_no_claim_is_said_before_anything_is_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let claim = folder.path().join("claim.json").display().to_string();
    let outside = ["--claim", &claim, "--receiver", "sh {relay} {appid} {code}"];
    for (arguments, told) in [
        (
            &["--claim", &claim, "--level", "1"][..],
            "a claim is about all tests",
        ),
        (
            &outside[..],
            "nothing can be claimed of a program from outside",
        ),
        (&["verify", &claim][..], "cannot be read"),
    ] {
        let output = conformance(arguments);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains(told), "{told}: {said}");
    }
    std::fs::write(&claim, "{}").expect("a file");
    let output = conformance(&["verify", &claim]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("is no claim"));
}

/// An implementation that reaches no level has fallen short, and the suite has not.
#[cfg(unix)]
#[test]
fn where_no_level_is_reached_nothing_is_claimed() {
    let folder = tempfile::tempdir().expect("a folder");
    let claim = folder.path().join("claim.json");
    let hello = r#"{"hello":{"protocol":1,"name":"none","version":"1","spec":"1.1.0","roles":[],"operations":[],"inject":[]}}"#;
    let script = folder.path().join("adapter.sh");
    std::fs::write(
        &script,
        format!("read -r _\necho '{hello}'\ncat >/dev/null\n"),
    )
    .expect("a script");
    let adapter = format!("sh '{}'", script.display());
    let path = claim.display().to_string();
    let output = conformance(&["--adapter", &adapter, "--claim", &path]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("nothing can be claimed: not level 1: "),
        "{said}"
    );
    assert!(!claim.exists());
}

/// Whose claim it is, is said before anything is played.
#[test]
fn a_claim_of_another_suite_is_not_refuted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("claim.json");
    let claim = serde_json::json!({
        "claim": 2, "sentence": "theirs", "edition": "1.0.0", "level": 5, "verdicts": "", "not_judged": [],
        "adapter": {
            "name": "a", "version": "1", "spec": "1.0.0", "roles": [], "command": "no-such-adapter",
            "without": [],
        },
        "judged_by": {
            "suite": "9.9.9", "spec": "1.0.0", "spec_sha256": "", "tests_sha256": "",
            "vectors": "", "transcripts_sha256": "", "scoring_sha256": "",
        },
        "counts": {
            "planned": 1, "passed": 1, "failed": 0, "skipped": 0, "inconclusive": 0, "expected": 0,
            "silently_skipped": 0, "unscored": 0,
        },
        "fresh_vectors": {"seed": "", "vectors": "", "passed": 1},
        "hookup": {"planted": 1, "seen": 1},
    });
    std::fs::write(&path, claim.to_string()).expect("a file");
    let output = conformance(&["verify", &path.display().to_string()]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("was made by suite 9.9.9 with text 1.0.0"),
        "{said}"
    );
}
