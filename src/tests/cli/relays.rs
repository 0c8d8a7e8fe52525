//! A relay as its operator meets it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use crate::program::{NOWHERE, Running, end, program};

/// A relay with these arguments, and its address.
fn relay(arguments: &[&str]) -> (Running, String) {
    let all = [&["relay", "--listen", "127.0.0.1:0"], arguments].concat();
    let mut running = Running::start(&mut program(NOWHERE, &all));
    let line = running.line();
    let address = line.strip_prefix("listening on http://").unwrap();
    (running, address.to_owned())
}

/// Sends a request with this header, and gives the status line of its answer.
fn ask(address: &str, header: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /v1/61/channels/7/answer HTTP/1.1\r\nHost: relay\r\n{header}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap().to_owned()
}

#[test]
fn a_proxy_that_was_forgotten_is_told_once() {
    for header in ["X-Forwarded-For: 192.0.2.7", "Forwarded: for=192.0.2.7"] {
        let (relay, address) = relay(&[]);
        for _ in 0..3 {
            assert!(ask(&address, header).contains(" 401 "));
        }
        relay.signal("TERM");
        let said = relay.end().stderr;
        assert_eq!(said.matches("--trust-proxy 127.0.0.1").count(), 1, "{said}");
        assert!(!said.contains("192.0.2.7"), "{said}");
    }
    let (relay, address) = relay(&["--trust-proxy", "127.0.0.0/8"]);
    ask(&address, "X-Forwarded-For: 192.0.2.7");
    relay.signal("TERM");
    let said = relay.end().stderr;
    assert!(!said.contains("--trust-proxy"), "{said}");
}

fn with(variable: (&str, &str), arguments: &[&str]) -> Command {
    let mut command = program(NOWHERE, &[&["relay"], arguments].concat());
    command.env("WORMHOLE_SYNC_RELAY_LISTEN", "127.0.0.1:0");
    command.env(variable.0, variable.1);
    command
}

#[test]
fn the_environment_says_what_no_option_does() {
    let ttl = "WORMHOLE_SYNC_RELAY_TTL";
    for (variable, part) in [
        ((ttl, "0"), "it is 1 to 86400"),
        ((ttl, "an hour"), "for '--ttl"),
        (
            ("WORMHOLE_SYNC_RELAY_CHANNELS", "0"),
            "the bound channels is 0",
        ),
        (
            ("WORMHOLE_SYNC_RELAY_TRUST_PROXY", "10.0.0.1,proxy"),
            "expected an address",
        ),
    ] {
        let ended = end(&mut with(variable, &[]));
        assert_ne!(ended.status, 0);
        assert!(
            ended.stderr.contains(part),
            "{variable:?}: {}",
            ended.stderr
        );
    }
    let mut relay = Running::start(&mut with((ttl, "0"), &["--ttl", "60"]));
    assert!(relay.line().starts_with("listening on http://127.0.0.1:"));
    relay.signal("TERM");
    assert_eq!(relay.end().status, 0);
}

#[test]
fn operators_have_a_listener_of_their_own() {
    let (mut relay, _) = relay(&["--ops", "0"]);
    let line = relay.line();
    let address = line.strip_prefix("operators: http://").unwrap();
    let (address, paths) = address.split_once('/').unwrap();
    assert_eq!(paths, "metrics, /healthz, /readyz");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: relay\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    for (listen, ops, part) in [
        ("0", address, "--ops 127.0.0.1:0 takes a free one"),
        ("1", "127.0.0.1:1", "both 127.0.0.1:1"),
        ("0", "nowhere", "--ops"),
    ] {
        let ended = end(&mut program(
            NOWHERE,
            &["relay", "--listen", listen, "--ops", ops],
        ));
        assert_ne!(ended.status, 0);
        assert!(ended.stderr.contains(part), "{ops}: {}", ended.stderr);
    }
    relay.signal("TERM");
    assert_eq!(relay.end().status, 0);
}
