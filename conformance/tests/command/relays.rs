//! Checks of relays.

use super::{conformance, text};

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
