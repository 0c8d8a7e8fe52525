//! Exchanges of two programs: recorded, looked at, promoted and played.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::{conformance, text};

/// A recording of the reference as both sides, in a folder of its own below this one.
fn recorded(folder: &Path) -> PathBuf {
    let adapter = format!("'{}' adapter", env!("CARGO_BIN_EXE_conformance"));
    let out = folder.join("recorded");
    let output = conformance(&[
        "record",
        "--out",
        out.to_str().expect("a path of the test's own"),
        "--initiator-adapter",
        &adapter,
        "--receiver-adapter",
        &format!("{adapter} --asynchronous"),
    ]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        report.starts_with("listening on http://127.0.0.1:"),
        "{report}"
    );
    assert!(report.contains("|  put receipt"), "{report}");
    out
}

fn value(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

/// Promotes a recording under the name `ours` into a folder.
fn promote(recording: &Path, folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .arg("promote")
        .arg(recording)
        .args([
            "--name",
            "ours",
            "--title",
            "An exchange",
            "--clause",
            "INIT-5",
        ])
        .arg("--out")
        .arg(folder)
        .args(more)
        .output()
        .expect("the program of this crate starts")
}

fn check_schema(recording: &Path) {
    let schema = include_str!("../../recording.schema.json");
    let schema = serde_json::from_str(schema).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let recording = value(recording);
    let faults = schema.iter_errors(&recording).map(|e| e.to_string());
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn what_two_adapters_say_becomes_a_transcript() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, ours) = (recorded(folder.path()), folder.path().join("ours"));
    std::fs::create_dir(&ours).expect("a folder");
    for role in ["initiator", "receiver"] {
        let recording = out.join(format!("{role}.json"));
        check_schema(&recording);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&recording)
                .expect("a file")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let output = promote(&recording, &ours, &[]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        for told in [
            "judges    INIT-5: ",
            "*  done",
            "conformance --transcripts ",
        ] {
            assert!(report.contains(told), "{told}: {report}");
        }
        let output = promote(&recording, &ours, &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("--replace replaces it"));
        let output = promote(&recording, &ours, &["--replace"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let ours = ours.to_str().expect("a path of the test's own");
    let output = conformance(&["--transcripts", ours, "--filter=-ours"]);
    let report = text(&output.stdout);
    assert!(report.contains("2 planned = 2 passed"), "{report}");
    for (file, told) in [
        (
            format!("{ours}/receiver-ours.json"),
            "tests     An exchange",
        ),
        (
            out.join("receiver.json").display().to_string(),
            "promotes  as it stands",
        ),
    ] {
        let report = text(&conformance(&["show", &file]).stdout);
        assert!(
            report.contains(told) && report.contains("|  claim "),
            "{report}"
        );
    }
}

/// Promotes a recording with this change, and gives why that is refused.
fn refusal(out: &Path, change: impl Fn(&mut Value)) -> String {
    let mut recording = value(&out.join("receiver.json"));
    change(&mut recording);
    let changed = out.join("changed.json");
    std::fs::write(&changed, recording.to_string()).expect("a file");
    let output = promote(&changed, out, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(!out.join("receiver-ours.json").exists());
    text(&output.stderr)
}

#[test]
fn what_the_reference_does_not_do_is_not_promoted() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = recorded(folder.path());
    let said = refusal(&out, |recording| {
        recording["in"]["blob"] = "00".into();
    });
    assert!(said.contains("the reference does otherwise"), "{said}");
    assert!(said.contains("`body` of put answer: sealed blob"), "{said}");
    let said = refusal(&out, |recording| {
        recording["expect"]["outcome"] = "closed".into();
    });
    assert!(
        said.contains("outcome (INIT-5) it is done, recorded closed"),
        "{said}"
    );
    let said = refusal(&out, |recording| {
        recording["exchanges"][0]["request"]["body"] = "no JSON".into();
    });
    assert!(said.contains("/exchanges/0/request/body"), "{said}");
    let said = refusal(&out, |recording| recording["recording"] = 2.into());
    assert!(said.contains("a recording of format 2"), "{said}");
    let said = refusal(&out, |recording| recording["role"] = "relay".into());
    assert!(
        said.contains("is no recording of `conformance record --out`"),
        "{said}"
    );
    let output = promote(&out.join("receiver.json"), &out, &["--clause", "RECV"]);
    assert!(text(&output.stderr).contains("no such requirement"));
    let output = promote(&out.join("receiver.json"), &out, &["--code", "7-a-b"]);
    assert!(text(&output.stderr).contains("it has its code, scalar and blob"));
}

/// A program without hooks is promoted once its user tells what it drew.
#[test]
fn values_that_are_told_stand_for_those_that_are_injected() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = recorded(folder.path());
    let code = value(&out.join("initiator.json"))["expect"]["code"].clone();
    let code = code.as_str().expect("a code");
    let other = promote(&out.join("initiator.json"), &out, &[]);
    assert_eq!(other.status.code(), Some(0), "{}", text(&other.stderr));
    for role in ["initiator", "receiver"] {
        let mut recording = value(&out.join(format!("{role}.json")));
        let known = recording["in"].take();
        let members = recording.as_object_mut().expect("an object");
        members.remove("in");
        members.remove("expect");
        let bare = out.join("bare.json");
        std::fs::write(&bare, recording.to_string()).expect("a file");
        let blob = out.join("blob");
        std::fs::write(&blob, format!("from the {role}")).expect("a file");
        let blob = blob.to_str().expect("a path of the test's own");
        let output = promote(&bare, &out, &["--replace", "--code", code]);
        let said = text(&output.stderr);
        assert!(
            said.contains("it does not have the scalar that was drawn"),
            "{said}"
        );
        assert!(said.contains("the side's own blob (--blob FILE)"), "{said}");
        let scalar = known["inject"]["pake_scalar"].as_str().expect("a scalar");
        let told = |scalar: &str| {
            let values = ["--code", code, "--pake-scalar", scalar, "--blob", blob];
            promote(&bare, &out, &[&values[..], &["--replace"]].concat())
        };
        let output = told(&format!("00{}", &scalar[2..]));
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains("SPAKE2 element"),
            "{}",
            text(&output.stderr)
        );
        assert!(text(&told("77").stderr).contains("64 lowercase hex digits"));
        let output = told(scalar);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let made = value(&out.join(format!("{role}-ours.json")));
        assert_eq!(made["in"], known);
        assert_eq!(made["expect"]["delivered"], true);
    }
}

/// Half a client, for one side of an exchange that ends early. It needs python3.
#[cfg(unix)]
const HALF_A_CLIENT: &str = r#"
import json, sys, urllib.request
relay, appid, code = sys.argv[1], sys.argv[2], sys.argv[3:]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
def ask(method, path, side, body=None):
    headers = {"Authorization": "Bearer " + side * 32, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    url = f"{relay}/v1/{appid}/channels{path}"
    request = urllib.request.Request(url, data, headers, method=method)
    with opener.open(request, timeout=20) as response:
        return json.loads(response.read() or b"{}")
if not code:
    channel = ask("POST", "", "a", {"body": "41" + "00" * 32})["channel"]
    print(f"{channel}-crossover-clockwork", flush=True)
    ask("GET", f"/{channel}/answer?wait=25", "a")
    ask("POST", f"/{channel}/close", "a", {"reason": "wrong-code"})
    sys.exit(18)
channel = code[0].split("-")[0]
ask("POST", f"/{channel}/claim", "b", {})
ask("PUT", f"/{channel}/answer", "b", {"body": "42" + "00" * 304})
"#;

#[cfg(unix)]
#[test]
fn what_two_command_lines_say_is_for_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("half.py");
    std::fs::write(&script, HALF_A_CLIENT).expect("a script");
    let command = format!("python3 '{}' {{relay}} {{appid_hex}}", script.display());
    let out = folder.path().join("recorded");
    let output = conformance(&[
        "record",
        "--out",
        out.to_str().expect("a path of the test's own"),
        "--initiator",
        &command,
        "--receiver",
        &format!("{command} {{code}}"),
        "--exit",
        "done=0,wrong-code=18",
    ]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for told in ["|  put answer", "|  close", "*  wrong-code", "*  done"] {
        assert!(report.contains(told), "{told}: {report}");
    }
    let recording = out.join("initiator.json");
    check_schema(&recording);
    let kept = std::fs::read_to_string(&recording).expect("a file");
    assert!(!kept.contains("crossover"), "the words are in {kept}");
    assert_eq!(value(&recording)["outcome"], "wrong-code");
    let said = text(&promote(&recording, &out, &[]).stderr);
    assert!(
        said.contains("it does not have the code (--code CODE)"),
        "{said}"
    );
}

/// Both sides by hand: a person starts them, and ends the recording by Enter.
#[test]
fn what_programs_say_that_a_person_starts_is_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("recorded");
    let mut recorder = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(["record", "--timeout", "60", "--out"])
        .arg(&out)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program of this crate starts");
    let mut told = BufReader::new(recorder.stdout.take().expect("standard output"));
    let mut line = String::new();
    told.read_line(&mut line).expect("a line");
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .expect("an address");
    let body = format!("{{\"body\":\"41{}\"}}", "00".repeat(32));
    let request = format!(
        "POST /v1/61/channels HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        "a".repeat(32),
        body.len(),
    );
    let mut stream = TcpStream::connect(address).expect("the recorder listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    // What has been answered is written already.
    let recording = out.join("initiator.json");
    assert_eq!(value(&recording)["exchanges"][0]["answer"]["status"], 201);
    let mut typed = recorder.stdin.take().expect("standard input");
    typed.write_all(b"\n").expect("it reads");
    let mut report = String::new();
    told.read_to_string(&mut report).expect("its lines");
    assert!(recorder.wait().expect("it ends").success(), "{report}");
    for told in [
        "Start both sides",
        "Press Enter",
        "|  allocate",
        "nobody told how it ended",
    ] {
        assert!(report.contains(told), "{told}: {report}");
    }
}

#[test]
fn an_exchange_that_cannot_be_recorded_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a path of the test's own");
    let new = folder.path().join("new").display().to_string();
    std::fs::write(folder.path().join("kept"), "").expect("a file");
    let adapter = format!("'{}' adapter", env!("CARGO_BIN_EXE_conformance"));
    for (arguments, told) in [
        (
            &["--initiator", "tool {relay} {appid}"][..],
            "--out DIR says where to",
        ),
        (
            &["--out", &new, "--initiator", "tool {appid}"],
            "--initiator has no {relay}",
        ),
        (
            &["--out", &new, "--exit", "done=0,closed=3"],
            "--exit is about --initiator",
        ),
        (
            &["--out", path],
            "is not empty, and no recording is overwritten",
        ),
        (
            &["--out", &new, "--relay", "https://a.example"],
            "plain http to a relay",
        ),
        (&["--relay", "http://127.0.0.1:1"], "--out <DIR>"),
        (&["--out", &new, "--check"], "cannot be used with"),
        (
            &[
                "--out",
                &new,
                "--initiator-adapter",
                "/no/such",
                "--receiver-adapter",
                &adapter,
            ],
            "the initiator: ",
        ),
    ] {
        let output = conformance(&[&["record"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains(told), "{told}: {said}");
    }
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    let empty = empty.display().to_string();
    let said = text(&conformance(&["--transcripts", &empty]).stderr);
    assert!(
        said.contains("has no transcript; `conformance promote"),
        "{said}"
    );
    let said = text(&conformance(&["show", "none.json"]).stderr);
    assert!(said.contains("none.json cannot be read"), "{said}");
}
