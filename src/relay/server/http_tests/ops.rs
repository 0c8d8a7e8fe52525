//! The listener for operators.

use super::*;

/// A relay with a listener for operators.
fn observed(limits: Limits) -> RelayHandle {
    let options = RelayOptions {
        ops: Some(loopback()),
        ..RelayOptions::default()
    };
    RelayHandle::spawn(loopback(), limits, options).unwrap()
}

/// The head and the body of an operator's answer.
fn ask(relay: &RelayHandle, method: &str, path: &str) -> (String, String) {
    let mut client = Client::to(relay.ops_addr().unwrap());
    client.write(&request(method, path, "", ""));
    read(client)
}

fn read(mut client: Client) -> (String, String) {
    let mut text = String::new();
    client.0.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// The value of one line of the metrics, whose name and labels these are.
#[track_caller]
fn value(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.strip_prefix(' '));
    number
        .unwrap_or_else(|| panic!("{name} in {text}"))
        .parse()
        .unwrap()
}

#[test]
fn metrics_tell_what_the_relay_has_done() {
    let relay = observed(Limits::default());
    let mut client = Client::new(&relay);
    let channel = allocate(&mut client);
    client.ask("POST", &format!("{channel}/claim"), GUEST, "{}");
    client.ask("POST", &format!("{channel}/claim"), THIRD, "{}");
    client.ask("GET", &format!("{channel}/answer?wait=0"), OWNER, "");
    client.ask(
        "POST",
        &format!("{channel}/close"),
        OWNER,
        r#"{"reason":"wrong-code"}"#,
    );
    client.ask("POST", "/v1/62/channels", OWNER, OFFER);
    let mut waiting = Client::new(&relay);
    client.ask("GET", "/nowhere", OWNER, "");
    waiting.send("GET", "/v1/61/channels/9999/answer?wait=0", OWNER, "");
    waiting.response().unwrap();

    let (head, text) = ask(&relay, "GET", "/metrics");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        head.contains("application/openmetrics-text; version=1.0.0"),
        "{head}"
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
    for (name, expected) in [
        (r#"requests_total{operation="allocate",answer="201"}"#, 2),
        (r#"requests_total{operation="claim",answer="200"}"#, 1),
        (r#"requests_total{operation="claim",answer="crowded"}"#, 1),
        (r#"requests_total{operation="get",answer="204"}"#, 1),
        (
            r#"requests_total{operation="get",answer="no-such-channel"}"#,
            1,
        ),
        (r#"requests_total{operation="close",answer="200"}"#, 1),
        (r#"requests_total{operation="none",answer="not-found"}"#, 1),
        (r#"request_duration_seconds_count{operation="claim"}"#, 2),
        (r#"ended_channels_total{reason="wrong-code"}"#, 1),
        (r#"ended_channels_total{reason="done"}"#, 0),
        ("allocated_channels_total", 2),
        ("live_channels", 1),
        ("waiting_gets", 0),
        ("connections", 2),
    ] {
        let name = format!("wormhole_sync_relay_{name}");
        assert_eq!(value(&text, &name), expected, "{name}");
    }
    assert!(value(&text, "wormhole_sync_relay_stored_bytes") > 0);
    for secret in [OWNER, GUEST, "127.0.0.1", "v1/61"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn connections_over_the_bounds_are_counted() {
    let relay = observed(Limits {
        connections: 1,
        ..Limits::default()
    });
    let mut client = Client::new(&relay);
    allocate(&mut client);
    Client::new(&relay)
        .response()
        .unwrap()
        .refuses("unavailable");
    let (_, text) = ask(&relay, "GET", "/metrics");
    let name = r#"wormhole_sync_relay_refused_connections_total{refusal="unavailable"}"#;
    assert_eq!(value(&text, name), 1);
}

#[test]
fn health_and_readiness_are_told() {
    let relay = observed(Limits::default());
    for path in ["/healthz", "/readyz"] {
        let (head, body) = ask(&relay, "GET", path);
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert_eq!(body, "ok\n");
    }
    let (head, body) = ask(&relay, "HEAD", "/healthz");
    assert!(
        head.starts_with("HTTP/1.1 200 ") && body.is_empty(),
        "{head}"
    );
    let (head, _) = ask(&relay, "GET", "/");
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    let (head, _) = ask(&relay, "POST", "/metrics");
    assert!(head.starts_with("HTTP/1.1 405 "), "{head}");
    assert!(head.contains("allow: GET, HEAD"), "{head}");
    // The relay's own listener has none of it.
    let mut client = Client::new(&relay);
    client
        .ask("GET", "/metrics", OWNER, "")
        .refuses("not-found");
}

/// A relay that goes down is alive, and takes no more clients.
#[test]
fn a_relay_that_goes_down_is_not_ready() {
    let relay = observed(Limits::default());
    // A request whose body is being read holds the shutdown up.
    let mut client = Client::new(&relay);
    let headers = "content-length: 9\r\nexpect: 100-continue\r\n";
    client.write(&request("POST", "/v1/61/channels", headers, ""));
    let mut interim = [0; 25];
    client.0.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    let ops = relay.ops_addr().unwrap();
    let mut asking = Client::to(ops);
    let stopping = std::thread::spawn(move || relay.shutdown());
    let begun = Instant::now();
    loop {
        asking.write(&request("GET", "/readyz", "", ""));
        let (head, body) = read(asking);
        asking = Client::to(ops);
        if head.starts_with("HTTP/1.1 503 ") {
            assert_eq!(body, "going down\n");
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{head}");
    }
    asking.write(&request("GET", "/healthz", "", ""));
    assert!(read(asking).0.starts_with("HTTP/1.1 200 "));
    drop(client);
    stopping.join().unwrap();
}
