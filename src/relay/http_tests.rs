//! The HTTP face, over real connections to relays on loopback.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::{Clock, Hand, Limits, Options, Proxies, Relay, RelayHandle};

const OWNER: &str = "01010101010101010101010101010101";
const GUEST: &str = "02020202020202020202020202020202";
const THIRD: &str = "03030303030303030303030303030303";
const OFFER: &str = r#"{"body":"0a"}"#;

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// A relay whose clock stands still.
fn relay(limits: Limits) -> (RelayHandle, Hand) {
    let (clock, hand) = Clock::manual();
    let options = Options {
        clock,
        ..Options::default()
    };
    (
        RelayHandle::spawn(loopback(), limits, options).unwrap(),
        hand,
    )
}

fn quick_relay(request_time: Duration) -> RelayHandle {
    let options = Options {
        request_time,
        ..Options::default()
    };
    RelayHandle::spawn(loopback(), Limits::default(), options).unwrap()
}

/// One connection.
struct Client(TcpStream);

#[derive(Debug)]
struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Client {
    fn new(relay: &RelayHandle) -> Self {
        Self::to(relay.addr())
    }

    fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        // A test that fails shall not hang.
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Self(stream)
    }

    fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).unwrap();
    }

    fn send(&mut self, method: &str, target: &str, side: &str, body: &str) {
        let headers = format!("authorization: Bearer {side}\r\n");
        self.write(&request(method, target, &headers, body));
    }

    fn ask(&mut self, method: &str, target: &str, side: &str, body: &str) -> Response {
        self.send(method, target, side, body);
        self.response().unwrap()
    }

    /// The next response, or that the connection ended.
    fn response(&mut self) -> io::Result<Response> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut response = Response {
            status,
            headers,
            body: String::new(),
        };
        let length = response
            .header("content-length")
            .map_or(0, |text| text.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        response.body = String::from_utf8(body).unwrap();
        response.check();
        Ok(response)
    }

    fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0; 1]), Ok(0) | Err(_))
    }
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name);
        let value = values.next()?;
        assert!(values.next().is_none(), "{name} twice");
        Some(&value.1)
    }

    /// What holds for every answer.
    fn check(&self) {
        assert_eq!(self.header("cache-control"), Some("no-store, no-transform"));
        let cors = self
            .headers
            .iter()
            .any(|(name, _)| name.starts_with("access-control"));
        assert!(!cors, "{:?}", self.headers);
        let content = match self.status {
            204 => None,
            200 | 201 => Some("application/json"),
            _ => Some("application/problem+json"),
        };
        assert_eq!(self.header("content-type"), content, "{self:?}");
    }

    fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, body));
    }

    #[track_caller]
    fn refuses(&self, token: &str) {
        let document: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        let kind = format!("tag:wormhole-sync.example,2026:{token}");
        assert_eq!(document["type"], kind, "{self:?}");
        assert_eq!(document["status"], self.status);
        assert!(document["title"].is_string());
    }

    fn reason(&self) -> String {
        self.refuses("closed");
        let document: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        document["reason"].as_str().unwrap().to_owned()
    }
}

fn request(method: &str, target: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: relay\r\n{headers}");
    if !body.is_empty() {
        write!(text, "content-length: {length}\r\n").unwrap();
    }
    text + "\r\n" + body
}

/// Allocates a channel of OWNER in appid `a`; gives its path.
fn allocate(client: &mut Client) -> String {
    let response = client.ask("POST", "/v1/61/channels", OWNER, OFFER);
    assert_eq!(response.status, 201);
    let allocated: serde_json::Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(allocated["ttl"], 3_600);
    format!("/v1/61/channels/{}", allocated["channel"])
}

/// Waits until so many GETs wait.
fn until_waiting(relay: &RelayHandle, count: usize) {
    let start = Instant::now();
    while relay.counts().waiting_gets != count {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{:?}",
            relay.counts()
        );
        std::thread::yield_now();
    }
}

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

/// RELAY-9: each request has all the faults that follow, and is refused for the first.
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
    .refuses("forbidden");
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
    client.ask("GET", &answer, THIRD, "").refuses("forbidden");
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

/// RELAY-1
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

/// RELAY-10
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
        // Longer, by what it announces, and the connection ends.
        let mut other = Client::new(&relay);
        let response = other.ask(method, &target, GUEST, &padded(body, bound + 1));
        response.refuses("too-large");
        assert_eq!(response.header("connection"), Some("close"));
        assert!(other.is_closed());
        // Longer, in chunks.
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
    // A body that is only announced is refused before it comes; a GET's is ignored.
    let mut other = Client::new(&relay);
    let headers = format!("authorization: Bearer {GUEST}\r\ncontent-length: 999999999\r\n");
    other.write(&request("PUT", &format!("{path}/answer"), &headers, ""));
    other.response().unwrap().refuses("too-large");
    let ignored = client.ask("GET", &format!("{path}/finish"), GUEST, "not json");
    assert_eq!(ignored.reason(), "done");
}

#[test]
fn a_waiting_get_is_answered_by_a_write_a_newer_one_time_and_the_end() {
    let (relay, hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let path = allocate(&mut client);
    let (mut first, mut second) = (Client::new(&relay), Client::new(&relay));
    let target = format!("{path}/answer?wait=25");
    first.send("GET", &target, OWNER, "");
    until_waiting(&relay, 1);
    second.send("GET", &target, OWNER, "");
    first.response().unwrap().is(204, "");
    until_waiting(&relay, 1);
    client.ask("POST", &format!("{path}/claim"), GUEST, "{}");
    client
        .ask("PUT", &format!("{path}/answer"), GUEST, r#"{"body":"07"}"#)
        .is(200, "{}");
    second.response().unwrap().is(200, r#"{"body":"07"}"#);
    let target = format!("{path}/finish?wait=25");
    first.send("GET", &target, GUEST, "");
    until_waiting(&relay, 1);
    hand.advance(Duration::from_secs(25));
    first.response().unwrap().is(204, "");
    first.send("GET", &target, GUEST, "");
    until_waiting(&relay, 1);
    let close = format!("{path}/close");
    client
        .ask("POST", &close, OWNER, r#"{"reason":"cancelled"}"#)
        .is(200, "{}");
    assert_eq!(first.response().unwrap().reason(), "cancelled");
    hand.advance(Duration::from_secs(60));
    let path = allocate(&mut client);
    first.send("GET", &format!("{path}/answer?wait=30"), OWNER, "");
    until_waiting(&relay, 1);
    // A client that goes away waits no more.
    drop(first);
    until_waiting(&relay, 0);
}

#[test]
fn going_down_answers_what_waits_and_closes() {
    let (relay, _hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let path = allocate(&mut client);
    let mut idle = Client::new(&relay);
    client.send("GET", &format!("{path}/answer?wait=25"), OWNER, "");
    until_waiting(&relay, 1);
    let address = relay.addr();
    relay.shutdown();
    client.response().unwrap().refuses("unavailable");
    assert!(client.is_closed());
    assert!(idle.is_closed());
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let (relay, _hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let path = allocate(&mut client);
    let headers = |side| format!("authorization: Bearer {side}\r\n");
    let answer = format!("{path}/answer");
    let all = [
        request("GET", &answer, &headers(OWNER), ""),
        request("POST", &format!("{path}/claim"), &headers(GUEST), "{}"),
        request("PUT", &answer, &headers(GUEST), r#"{"body":"01"}"#),
        request("GET", &answer, &headers(OWNER), ""),
        request("GET", "/", "", ""),
    ];
    client.write(&all.concat());
    let statuses = all.map(|_| client.response().unwrap().status);
    assert_eq!(statuses, [204, 200, 200, 200, 404]);
}

/// RELAY-21, with a shorter time.
#[test]
fn a_request_that_does_not_arrive_is_dropped() {
    let relay = quick_relay(Duration::from_millis(300));
    let head = request("POST", "/v1/61/channels", "", OFFER);
    for part in [
        "",
        "POST /v1",
        head.trim_end_matches(OFFER),
        &head[..head.len() - 1],
    ] {
        let mut client = Client::new(&relay);
        client.write(part);
        let start = Instant::now();
        assert!(client.is_closed(), "{part:?}");
        assert!(start.elapsed() < Duration::from_secs(10));
    }
    // A drip does not help: the time is that of the whole request.
    let mut client = Client::new(&relay);
    client.0.set_nodelay(true).unwrap();
    client
        .0
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let start = Instant::now();
    let mut dropped = false;
    for byte in head.repeat(20).as_bytes() {
        let broken = client.0.write_all(&[*byte]).is_err();
        let ended = matches!(client.0.read(&mut [0]), Ok(0));
        if broken || ended {
            dropped = true;
            break;
        }
    }
    assert!(dropped && start.elapsed() < Duration::from_secs(10));
}

/// RELAY-20: connections, and RELAY-22.
#[test]
fn connections_are_bounded() {
    let limits = Limits {
        connections: 3,
        connections_per_address: 2,
        ..Limits::default()
    };
    let (relay, _hand) = relay(limits);
    let (mut one, mut two) = (Client::new(&relay), Client::new(&relay));
    assert_eq!(one.ask("GET", "/", OWNER, "").status, 404);
    assert_eq!(two.ask("GET", "/", OWNER, "").status, 404);
    let mut three = Client::new(&relay);
    three.response().unwrap().refuses("rate-limited");
    assert_eq!(one.ask("GET", "/", OWNER, "").status, 404);
    drop(two);
    // The place becomes free as soon as the relay has noticed.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        let mut again = Client::new(&relay);
        let sent = again.0.write_all(request("GET", "/", "", "").as_bytes());
        if sent.is_ok()
            && again
                .response()
                .is_ok_and(|response| response.status == 404)
        {
            return;
        }
    }
    panic!("the place of a closed connection stays taken");
}

/// RELAY-22
#[test]
fn addresses_come_from_trusted_proxies_only() {
    let ask = |relay: &RelayHandle, from: &str| {
        let headers = format!("authorization: Bearer {OWNER}\r\nx-forwarded-for: {from}\r\n");
        let mut client = Client::new(relay);
        client.write(&request("POST", "/v1/61/channels", &headers, OFFER));
        client.response().unwrap().status
    };
    let limits = Limits {
        starts_per_minute: 1,
        ..Limits::default()
    };
    let (direct, _hand) = relay(limits.clone());
    assert_eq!(ask(&direct, "192.0.2.1"), 201);
    assert_eq!(ask(&direct, "192.0.2.2"), 429);
    let trusted = vec![IpAddr::from(Ipv4Addr::LOCALHOST).into()];
    let proxies = Proxies {
        trusted,
        ..Proxies::default()
    };
    let (clock, _hand) = Clock::manual();
    let options = Options {
        proxies,
        clock,
        ..Options::default()
    };
    let behind = RelayHandle::spawn(loopback(), limits, options).unwrap();
    assert_eq!(ask(&behind, "192.0.2.1"), 201);
    assert_eq!(ask(&behind, "192.0.2.1"), 429);
    assert_eq!(ask(&behind, "6.6.6.6, 192.0.2.1"), 429);
    assert_eq!(ask(&behind, "192.0.2.2"), 201);
    assert_eq!(ask(&behind, "2001:db8::1"), 201);
    assert_eq!(ask(&behind, "2001:db8::2"), 429);
}

#[test]
fn many_threads_share_one_relay() {
    let limits = Limits {
        starts_per_minute: u32::MAX,
        channels_per_address: 1_000,
        ..Limits::default()
    };
    let relay = Relay::bind(loopback(), limits, Options::default()).unwrap();
    let (address, monitor) = (relay.local_addr(), relay.monitor());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = runtime.spawn(relay.run(async {
        let _ = stopped.await;
    }));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                let mut client = Client::to(address);
                for count in 0..50 {
                    let side = format!("{thread:016x}{count:016x}");
                    let response = client.ask("POST", "/v1/61/channels", &side, OFFER);
                    assert_eq!(response.status, 201);
                }
            });
        }
    });
    assert_eq!(monitor.counts().live_channels, 200);
    stop.send(()).unwrap();
    runtime.block_on(running).unwrap().unwrap();
}

#[test]
fn errors_of_binding_are_typed() {
    let (relay, _hand) = relay(Limits::default());
    let taken = RelayHandle::spawn(relay.addr(), Limits::default(), Options::default());
    let error = taken.err().unwrap();
    assert!(matches!(error, super::RelayError::Bind { .. }));
    assert!(error.to_string().starts_with("cannot listen at 127.0.0.1:"));
    let limits = Limits {
        ttl: 0,
        ..Limits::default()
    };
    let error = Relay::bind(loopback(), limits, Options::default())
        .err()
        .unwrap();
    assert_eq!(error.to_string(), "a ttl of 0 s is outside 1 to 86400");
}
