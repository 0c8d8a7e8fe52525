//! Failures as they are told and kept.

use std::process::Command;

use super::{conformance, text};

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
fn failures_that_are_expected_are_no_surprise() {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = refusing_adapter(folder.path());
    let file = folder.path().join("expected.toml");
    let file = file.to_str().expect("a path of the test's own");
    let check = |more: &[&str]| {
        let all = ["--suite", "code", "--expectations", file];
        let output = conformance(&[&all, more].concat());
        let code = output.status.code();
        (code, text(&output.stdout) + &text(&output.stderr))
    };
    let (code, said) = check(&["--adapter", &adapter]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("--update-expectations"), "{said}");
    // Refusals whose control fails prove nothing, so something else has to pass.
    let refused = [
        "--adapter",
        &adapter,
        "--filter",
        "code-empty",
        "--filter",
        "code-canonical",
    ];
    let (code, said) = check(&[&refused[..], &["--update-expectations"]].concat());
    assert_eq!(code, Some(1), "nothing passed: {said}");
    assert!(said.contains("failed as expected"), "{said}");
    let written = std::fs::read_to_string(file).expect("a file of expectations");
    assert!(written.contains("test = \"code-canonical\""), "{written}");
    // The reference passes what the file says to fail.
    let (code, said) = check(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("they pass now: code-canonical"), "{said}");
    let (code, said) = check(&["--update-expectations"]);
    assert_eq!(code, Some(0), "{said}");
    let written = std::fs::read_to_string(file).expect("a file of expectations");
    assert!(
        written.starts_with("# Tests that are known") && !written.contains("[["),
        "{written}"
    );
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

/// The pages come beside any form, at once and from a file that was kept.
#[cfg(unix)]
#[test]
fn pages_come_beside_any_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = refusing_adapter(folder.path());
    let path = |name: &str| {
        let path = folder.path().join(name);
        path.to_str().expect("a path of the test's own").to_owned()
    };
    let output = conformance(&[
        "--adapter",
        &adapter,
        "--filter",
        "code-canonical",
        "--format",
        "json",
        "--html",
        &path("at once/report"),
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    std::fs::write(path("kept"), &output.stdout).expect("a file");
    let output = conformance(&["report", &path("kept"), "--html", &path("later")]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    for page in ["index.html", "tests.html", "spec.html"] {
        let read = |name: &str| std::fs::read_to_string(path(name)).expect("a page");
        let page_at_once = read(&format!("at once/report/{page}"));
        assert_eq!(page_at_once, read(&format!("later/{page}")));
        assert!(page_at_once.contains("code-canonical"), "{page}");
    }
    // A folder that cannot be made ends it before anything is judged.
    let output = conformance(&["--html", &path("kept/in a file")]);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("cannot make the folder"), "{error}");
    assert!(output.stdout.is_empty());
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

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_sentence() {
    for arguments in [
        ["list", "--filter", "code-canonical"],
        ["--filter", "code-canonical", "--fail-fast"],
        ["generate", "--check", "--root=."],
    ] {
        let full = std::fs::File::create("/dev/full").expect("a device");
        let program = env!("CARGO_BIN_EXE_conformance");
        let mut command = Command::new(program);
        command.args(arguments).stdout(full).current_dir("..");
        let output = command.output().expect("the program of this crate starts");
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains("No space left"), "{arguments:?}: {error}");
    }
}
