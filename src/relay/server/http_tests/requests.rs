//! The answers to requests.

use std::io::Read;
use std::time::Duration;

use super::{Client, GUEST, OFFER, OWNER, THIRD, allocate, relay, request};
use crate::relay::Limits;

#[test]
fn an_exchange() {
    let (relay, _hand) = relay(Limits::default());
    let mut owner = Client::new(&relay);
    let mut guest = Client::new(&relay);
    let path = allocate(&mut owner);
    let claim = format!("{path}/claim");
    guest
        .ask("POST", &claim, GUEST, "{}")
        .is(200, r#"{"body":"0a","ttl":600}"#);
    guest
        .ask("POST", &claim, GUEST, " {\"later\":[1e9]} ")
        .is(200, r#"{"body":"0a","ttl":600}"#);
    for (cell, writer, reader) in [
        ("answer", GUEST, OWNER),
        ("finish", OWNER, GUEST),
        ("receipt", GUEST, OWNER),
    ] {
        let target = format!("{path}/{cell}");
        owner.ask("GET", &target, reader, "").is(204, "");
        owner
            .ask("GET", &format!("{target}?wait=0"), reader, "")
            .is(204, "");
        guest
            .ask("PUT", &target, writer, r#"{"body":"00ff"}"#)
            .is(200, "{}");
        guest
            .ask("PUT", &target, writer, r#"{"body":"00ff"}"#)
            .is(200, "{}");
        guest
            .ask("PUT", &target, writer, r#"{"body":"00fe"}"#)
            .refuses("conflict");
        owner
            .ask("GET", &format!("{target}?wait=30"), reader, "")
            .is(200, r#"{"body":"00ff"}"#);
    }
    let close = format!("{path}/close");
    owner
        .ask("POST", &close, OWNER, r#"{"reason":"done"}"#)
        .is(200, "{}");
    owner
        .ask("POST", &close, OWNER, r#"{"reason":"timeout"}"#)
        .is(200, "{}");
    assert_eq!(guest.ask("POST", &claim, GUEST, "{}").reason(), "done");
}

/// Each request has the fault of its row and of all later rows, and is refused for the first.
// RELAY-9: A relay MUST check a request in this order, and refuse with the first check that fails
#[test]
fn the_order_of_checks() {
    let limits = Limits {
        starts_per_minute: 1,
        ..Limits::default()
    };
    let (relay, _hand) = relay(limits);
    let mut client = Client::new(&relay);
    let path = allocate(&mut client);
    let long = "x".repeat(1_025);
    let ask = |method: &str, target: &str, headers: &str, body: &str| {
        let mut client = Client::new(&relay);
        client.write(&request(method, target, headers, body));
        client.response().unwrap()
    };
    let good = format!("authorization: Bearer {THIRD}\r\n");
    let bad = "authorization: Basic x\r\n";
    ask("PATCH", "/v1/6A/channels?x", bad, &long).refuses("not-found");
    let wrong_method = ask("PATCH", "/v1/61/channels?x", bad, &long);
    wrong_method.refuses("method-not-allowed");
    assert_eq!(wrong_method.header("allow"), Some("POST"));
    let wrong_method = ask("DELETE", &format!("{path}/finish"), "", "");
    assert_eq!(wrong_method.header("allow"), Some("GET, PUT"));
    ask("POST", "/v1/61/channels?x", bad, &long).refuses("too-large");
    let unauthorized = ask("POST", "/v1/61/channels?x", bad, &long[1..]);
    unauthorized.refuses("unauthorized");
    assert_eq!(unauthorized.header("www-authenticate"), Some("Bearer"));
    ask("POST", "/v1/61/channels?x", &good, OFFER).refuses("malformed");
    ask("POST", "/v1/61/channels", &good, &long[1..]).refuses("malformed");
    let over = format!(r#"{{"body":"{}"}}"#, "00".repeat(65));
    ask("POST", "/v1/61/channels", &good, &over).refuses("too-large");
    let limited = ask("POST", "/v1/61/channels", &good, OFFER);
    limited.refuses("rate-limited");
    assert_eq!(limited.header("retry-after"), Some("60"));
    ask("POST", "/v1/61/channels/99/claim", &good, "{}").refuses("rate-limited");
    ask(
        "POST",
        &format!("{path}/close"),
        &good,
        r#"{"reason":"done"}"#,
    )
    .refuses("no-such-channel");
    let close = r#"{"reason":"done"}"#;
    ask("POST", "/v1/61/channels/99/close", &good, close).refuses("no-such-channel");
    ask("POST", "/v1/62/channels/1/close", &good, close).refuses("no-such-channel");
}

#[test]
fn the_refusals_of_channels() {
    let (relay, hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let path = allocate(&mut client);
    let (claim, answer) = (format!("{path}/claim"), format!("{path}/answer"));
    let body = r#"{"body":"01"}"#;
    client.ask("POST", &claim, OWNER, "{}").refuses("forbidden");
    client
        .ask("PUT", &format!("{path}/finish"), OWNER, body)
        .refuses("out-of-order");
    client
        .ask("POST", "/v1/61/channels", OWNER, r#"{"body":"0b"}"#)
        .refuses("conflict");
    client
        .ask("POST", &claim, GUEST, "{}")
        .is(200, r#"{"body":"0a","ttl":600}"#);
    client.ask("POST", &claim, THIRD, "{}").refuses("crowded");
    client.ask("GET", &answer, GUEST, "").refuses("forbidden");
    // A stranger learns nothing about the channel that an absent one would not tell.
    let absent = path.replace("/channels/", "/channels/99");
    for (method, tail, body) in [
        ("GET", "/answer", ""),
        ("PUT", "/answer", body),
        ("POST", "/close", r#"{"reason":"done"}"#),
    ] {
        let mut of = |path: &str| client.ask(method, &format!("{path}{tail}"), THIRD, body);
        let (live, absent) = (of(&path), of(&absent));
        live.refuses("no-such-channel");
        assert_eq!(live.body, absent.body);
    }
    hand.advance(Duration::from_secs(600));
    assert_eq!(client.ask("PUT", &answer, GUEST, body).reason(), "expired");
    client
        .ask("PUT", &answer, THIRD, body)
        .refuses("no-such-channel");
    hand.advance(Duration::from_secs(60));
    client
        .ask("PUT", &answer, GUEST, body)
        .refuses("no-such-channel");
    let path = allocate(&mut client);
    let close = format!("{path}/close");
    client
        .ask("POST", &close, OWNER, r#"{"reason":"expired"}"#)
        .is(200, "{}");
    assert_eq!(
        client.ask("POST", "/v1/61/channels", OWNER, OFFER).reason(),
        "other"
    );
}

// RELAY-1: A relay MUST refuse as `unauthorized` a request that does not have exactly one
// `Authorization` header
#[test]
fn authorization_is_strict() {
    let (relay, _hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let mut status = |headers: &str| {
        client.write(&request("GET", "/v1/61/channels/1/answer", headers, ""));
        client.response().unwrap().status
    };
    for good in ["Bearer", "bearer", "BEARER"] {
        assert_eq!(status(&format!("Authorization: {good} {OWNER}\r\n")), 404);
    }
    let one = format!("authorization: Bearer {OWNER}\r\n");
    for bad in [
        String::new(),
        format!("{one}{one}"),
        format!("{one}authorization: Basic eDp5\r\n"),
        format!("authorization: {OWNER}\r\n"),
        format!("authorization: Bearer  {OWNER}\r\n"),
        format!("authorization: Bearer\t{OWNER}\r\n"),
        format!("authorization: Bearer{OWNER}\r\n"),
        format!("authorization: Bearer {OWNER}0\r\n"),
        format!("authorization: Bearer {}\r\n", &OWNER[1..]),
        format!("authorization: Bearer {OWNER},\r\n"),
        format!("authorization: Bearer {}A\r\n", &OWNER[1..]),
        "authorization: Bearer \r\n".to_owned(),
        "authorization: B\u{e9}arer\r\n".to_owned(),
    ] {
        assert_eq!(status(&bad), 401, "{bad:?}");
    }
}

// RELAY-10: and refuse longer ones as `too-large`.
#[test]
fn bodies_are_bounded() {
    let (relay, _hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let path = allocate(&mut client);
    client.ask("POST", &format!("{path}/claim"), GUEST, "{}");
    let padded = |body: &str, length: usize| " ".repeat(length - body.len()) + body;
    let largest = format!(r#"{{"body":"{}"}}"#, "0f".repeat(65_600));
    for (name, method, body, bound) in [
        ("claim", "POST", "{}", 1_024),
        ("answer", "PUT", largest.as_str(), 139_264),
        ("receipt", "PUT", r#"{"body":"00"}"#, 1_024),
        ("close", "POST", r#"{"reason":"done"}"#, 1_024),
    ] {
        let target = format!("{path}/{name}");
        let whole = padded(body, bound);
        let status = client.ask(method, &target, GUEST, &whole).status;
        assert!([200, 409].contains(&status), "{name}: {status}");
        // The announced length is over the bound: the connection ends.
        let mut other = Client::new(&relay);
        let response = other.ask(method, &target, GUEST, &padded(body, bound + 1));
        response.refuses("too-large");
        assert_eq!(response.header("connection"), Some("close"));
        assert!(other.is_closed());
        // The chunks together are over the bound.
        let chunk = format!("{bound:x}\r\n{whole}\r\n1\r\n \r\n0\r\n\r\n");
        let headers = format!("authorization: Bearer {GUEST}\r\ntransfer-encoding: chunked\r\n");
        let mut other = Client::new(&relay);
        other.write(&(request(method, &target, &headers, "") + &chunk));
        other.response().unwrap().refuses("too-large");
    }
    let over = format!(r#"{{"body":"{}"}}"#, "0f".repeat(65_601));
    client
        .ask("PUT", &format!("{path}/answer"), GUEST, &over)
        .refuses("too-large");
    // A refusal before the body is read arrives as well.
    for (method, target) in [("PUT", "/v1/61"), ("POST", "/v1/61/channels/1/answer")] {
        let mut other = Client::new(&relay);
        let status = other.ask(method, target, GUEST, &largest).status;
        assert!([404, 405].contains(&status));
    }
    // An over-long body is refused before it comes; the body of a GET is ignored.
    let mut other = Client::new(&relay);
    let headers = format!("authorization: Bearer {GUEST}\r\ncontent-length: 999999999\r\n");
    other.write(&request("PUT", &format!("{path}/answer"), &headers, ""));
    other.response().unwrap().refuses("too-large");
    let ignored = client.ask("GET", &format!("{path}/finish"), GUEST, "not json");
    assert_eq!(ignored.reason(), "done");
}

// RELAY-23: A relay MUST refuse as `malformed`, before the checks of RELAY-9, an HTTP/1.1 request
// that does not have exactly one `Host` header (RFC 9112, section 3.2); an HTTP/1.0 request may
// have any number.
#[test]
fn a_request_has_one_host() {
    let (relay, _hand) = relay(Limits::default());
    let ask = |target: &str, version: &str, hosts: &str| {
        let mut client = Client::new(&relay);
        let side = format!("authorization: Bearer {OWNER}\r\n");
        client.write(&format!("GET {target} HTTP/{version}\r\n{hosts}{side}\r\n"));
        client.response().unwrap()
    };
    let get = "/v1/61/channels/7/answer";
    ask(get, "1.1", "host: a\r\n").refuses("no-such-channel");
    ask(get, "1.0", "").refuses("no-such-channel");
    ask(get, "1.1", "host:\r\n").refuses("no-such-channel");
    for target in [get, "/nowhere"] {
        ask(target, "1.1", "").refuses("malformed");
        ask(target, "1.1", "host: a\r\nhost: a\r\n").refuses("malformed");
        ask(target, "1.1", "host: a\r\nHost: b\r\n").refuses("malformed");
    }
}

// RELAY-25: A relay MUST answer a request that has `Expect: 100-continue` with 100 before it reads
// the body, or at once with the refusal that comes first (RFC 9110, section 10.1.1).
#[test]
fn a_body_may_wait_for_its_permission() {
    let (relay, _hand) = relay(Limits::default());
    let head = |target: &str, version: &str| {
        let length = OFFER.len();
        format!(
            "POST {target} HTTP/{version}\r\nhost: relay\r\nexpect: 100-continue\r\n\
             authorization: Bearer {OWNER}\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let mut client = Client::new(&relay);
    client.write(&head("/v1/61/channels", "1.1"));
    let mut permission = [0; 25];
    client.0.read_exact(&mut permission).unwrap();
    assert_eq!(&permission, b"HTTP/1.1 100 Continue\r\n\r\n");
    client.write(OFFER);
    assert_eq!(client.response().unwrap().status, 201);
    let mut client = Client::new(&relay);
    client.write(&head("/v1/61/nowhere", "1.1"));
    client.response().unwrap().refuses("not-found");
    // An HTTP/1.0 request gets no 100.
    let mut client = Client::new(&relay);
    client.write(&head("/v1/61/channels", "1.0"));
    client.write(OFFER);
    assert_eq!(client.response().unwrap().status, 201);
}

#[test]
fn head_is_refused_without_a_body() {
    let (relay, _hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let side = format!("authorization: Bearer {OWNER}\r\nconnection: close\r\n");
    client.write(&request("HEAD", "/v1/61/channels/7/answer", &side, ""));
    let mut text = String::new();
    client.0.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 405 "), "{text}");
    assert!(text.contains("\r\nallow: GET, PUT\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\n"), "{text}");
}
