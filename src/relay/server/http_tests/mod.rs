//! Tests of the HTTP interface, over real connections to relays on loopback.

mod connections;
mod ops;
mod requests;

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::relay::{Clock, Limits, ManualClock, RelayHandle, RelayOptions};

const OWNER: &str = "01010101010101010101010101010101";
const GUEST: &str = "02020202020202020202020202020202";
const THIRD: &str = "03030303030303030303030303030303";
const OFFER: &str = r#"{"body":"0a"}"#;

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// A relay whose clock stands still.
fn relay(limits: Limits) -> (RelayHandle, ManualClock) {
    let (clock, hand) = Clock::manual_for_testing_only();
    let options = RelayOptions {
        clock,
        ..RelayOptions::default()
    };
    (
        RelayHandle::spawn(loopback(), limits, options).unwrap(),
        hand,
    )
}

fn quick_relay(request_time: Duration) -> RelayHandle {
    let options = RelayOptions {
        request_time,
        ..RelayOptions::default()
    };
    RelayHandle::spawn(loopback(), Limits::default(), options).unwrap()
}

/// One connection of a client.
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
        // A test that fails should not hang.
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

    /// The next response, or an error when the connection has ended.
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

    /// Ends the sending half of the connection.
    fn close_half(&mut self) {
        self.0.shutdown(Shutdown::Write).unwrap();
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

    /// Checks what holds for every answer.
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

/// Allocates a channel of OWNER in appid `a`, and gives its path.
fn allocate(client: &mut Client) -> String {
    let response = client.ask("POST", "/v1/61/channels", OWNER, OFFER);
    assert_eq!(response.status, 201);
    let allocated: serde_json::Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(allocated["ttl"], 3_600);
    format!("/v1/61/channels/{}", allocated["channel"])
}

/// Waits until this number of GETs wait.
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
