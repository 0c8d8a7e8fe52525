//! The help for who writes an adapter: the doctor, one test explained, and the log.

use super::{conformance, text};

/// A script that does one thing wrong in each operation, in a folder of the test's own.
#[cfg(unix)]
fn ill_adapter(folder: &std::path::Path) -> String {
    let script = folder.join("adapter.sh");
    let text = r#"read -r _
echo '{"hello":{"protocol":1,"name":"ill","version":"1","spec":"1.0.0","roles":["initator"],"operations":["code-prase","code-parse","appid","seal","open","pad","unpad","run"],"inject":[],"lacks":["lok","colour"],"outcomes":["done","wrong_code","failed"]}}'
while read -r line; do
    id=${line#*\"id\":\"}
    id=${id%%\"*}
    case $line in
        *code-parse*) echo "{\"id\":\"$id\",\"ok\":{\"channel\":\"7\",\"words\":[\"crossover\",\"clockwork\"]}}" ;;
        *appid*) echo "{\"id\":\"$id\",\"ok\":{}}" ;;
        *'"open"'*) echo '{"ok":{"plaintext":""}}' ;;
        *seal*) echo "sealing" ;;
        *unpad*) ;;
        *pad*) echo 'no such thing' >&2; exit 3 ;;
    esac
done
"#;
    std::fs::write(&script, text).expect("a script");
    format!("sh '{}'", script.display())
}

#[cfg(unix)]
#[test]
fn the_doctor_explains_each_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = ill_adapter(folder.path());
    let output = conformance(&["doctor", "--timeout", "1", "--adapter", &adapter]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{report}");
    for told in [
        "follows text 1.0.0, by which nobody can be judged",
        "\"lacks\" lists \"lok\"",
        "Is \"look\" meant?",
        "\"lacks\" lists \"colour\"",
        "There are: look, take,",
        "Is \"wrong-code\" meant?",
        "\"outcomes\" lists \"failed\"",
        "There are: done,",
        "\"operations\" lists \"code-prase\"",
        "Is \"code-parse\" meant?",
        "Is \"initiator\" meant?",
        "every run would be skipped",
        "appid          hex: missing",
        "code-parse     channel: a string, expected an integer",
        "refused as JSON",
        "logs go to standard error",
        "\"id\" is missing",
        "did not reply within 1 s",
        "Is each line flushed",
        "it ended before its standard input did",
        "on standard error: no such thing",
        "rendezvous     not offered (level 1)",
        "0 of 7 offered operations work",
    ] {
        assert!(report.contains(told), "{told:?} in {report}");
    }
    for (command, told) in [
        ("/no/such/program", "No shell is used"),
        ("sleep 60", "in one line, and flush it"),
        ("cat", "section Lines"),
    ] {
        let output = conformance(&["doctor", "--timeout", "1", "--adapter", command]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{report}");
        assert!(report.contains(told), "{report}");
    }
}

#[test]
fn the_doctor_finds_nothing_wrong_with_the_reference() {
    let output = conformance(&["doctor"]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(
        report.contains("21 of 21 offered operations work"),
        "{report}"
    );
    assert!(!report.contains("WRONG"), "{report}");
}

#[test]
fn a_test_of_each_kind_is_explained() {
    for (id, told) in [
        ("code-canonical", "that is `7-crossover-clockwork`"),
        ("initiator-get-answer-wrong-status", "get answer (wait=25)"),
        (
            "live-initiator-finishing-forbidden",
            "at attempt 2 of put finish: not carried out, and answered 403",
        ),
        ("relay-life-open", "{second_ms}"),
    ] {
        let output = conformance(&["show", id]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{id}");
        assert!(report.starts_with(id) && report.contains(told), "{report}");
        assert!(report.contains("(spec/wormhole-sync.md:"), "{report}");
    }
    for (id, told) in [
        ("code-", "but: code-canonical"),
        ("zzz", "`conformance list`"),
    ] {
        let output = conformance(&["show", id]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn a_log_has_every_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lines");
    let log = file.to_str().expect("a path of the test's own");
    let output = conformance(&["--filter", "code-canonical", "--log", log]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = std::fs::read_to_string(&file).expect("a log");
    for part in [
        " 1 > {\"hello\"",
        " 1 < {\"hello\"",
        "\"op\":\"code-parse\"",
        "\"ok\":{\"channel\":7",
    ] {
        assert!(lines.contains(part), "{part} in {lines}");
    }
    let output = conformance(&[
        "--filter",
        "code-canonical",
        "--log",
        "/no/such/folder/file",
    ]);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(
        error.contains("the log /no/such/folder/file cannot be made"),
        "{error}"
    );
}
