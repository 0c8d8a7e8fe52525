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
    for told in [
        "look initiator",
        "take receiver",
        "refusal receiver",
        "refusal  ",
    ] {
        assert!(report.contains(&format!("ok     {told}")), "{report}");
    }
}

/// Only a relay reads what clients send.
#[cfg(unix)]
#[test]
fn the_doctor_asks_no_client_to_read_requests() {
    let folder = tempfile::tempdir().expect("a folder");
    let (script, asked) = (folder.path().join("sh"), folder.path().join("asked"));
    let body = r#"read -r _
echo '{"hello":{"protocol":1,"name":"x","version":"1","spec":"1.1.0","roles":[],"operations":["json"],"inject":[]}}'
while read -r line; do
    echo "$line" >> "$1"
    id=${line#*\"id\":\"}
    echo "{\"id\":\"${id%%\"*}\",\"error\":\"no\"}"
done
"#;
    std::fs::write(&script, body).expect("a script");
    let command = format!("sh '{}' '{}'", script.display(), asked.display());
    let output = conformance(&["doctor", "--adapter", &command]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    let asked = std::fs::read_to_string(asked).expect("what was asked");
    assert!(asked.contains("\"json\""), "{asked}");
    for message in ["allocate", "claim", "write-answer", "close"] {
        assert!(!asked.contains(&format!("\"{message}\"")), "{asked}");
    }
}

/// An adapter that hears nobody while a run lasts, and one that shows no code.
#[cfg(unix)]
#[test]
fn the_doctor_finds_who_does_not_read_while_a_run_lasts() {
    let program = env!("CARGO_BIN_EXE_conformance");
    let deaf = format!("grep --line-buffered -v user-event | '{program}' adapter");
    let silent = format!("'{program}' adapter | grep --line-buffered -v '\"event\":\"code\"'");
    let (deaf, silent) = std::thread::scope(|scope| {
        let visit = |script: String| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("adapter.sh");
            std::fs::write(&path, script).expect("a script");
            let command = format!("sh '{}'", path.display());
            let output = conformance(&["doctor", "--adapter", &command]);
            assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
            text(&output.stdout)
        };
        let deaf = scope.spawn(move || visit(deaf));
        let silent = scope.spawn(move || visit(silent));
        (
            deaf.join().expect("a visit"),
            silent.join().expect("a visit"),
        )
    });
    for told in [
        "ok     run receiver",
        "WRONG  look initiator",
        "WRONG  look receiver",
        "WRONG  take receiver",
        "ok     refusal receiver",
        "and the adapter reads on: `user-event`",
    ] {
        assert!(deaf.contains(told), "{told:?} in {deaf}");
    }
    for told in [
        "WRONG  run initiator  the code shown (CODE-3)",
        "Expected before the first get answer, and came not by then.",
        "ok     run receiver",
        "ok     take receiver",
    ] {
        assert!(silent.contains(told), "{told:?} in {silent}");
    }
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
