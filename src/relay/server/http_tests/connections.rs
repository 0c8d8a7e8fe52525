//! Connections: how they end, and what happens to the requests that wait on them.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use super::{
    Client, GUEST, OFFER, OWNER, allocate, loopback, quick_relay, relay, request, until_waiting,
};
use crate::relay::{Clock, Limits, Proxies, Relay, RelayError, RelayHandle, RelayOptions};

/// A client that writes its whole body before it reads must not be stopped by a reset.
#[test]
fn a_body_that_is_refused_early_can_still_be_written() {
    let (relay, _hand) = relay(Limits::default());
    let rest = "x".repeat(10_000);
    for (target, token) in [
        ("/v1/61/channels/1/answer", "too-large"),
        ("/v1/61", "not-found"),
    ] {
        let mut client = Client::new(&relay);
        client.0.set_nodelay(true).unwrap();
        client.write(&request("PUT", target, "content-length: 200000\r\n", ""));
        client.response().unwrap().refuses(token);
        // The relay has answered; the client goes on writing.
        assert_eq!(client.0.read(&mut [0]).unwrap(), 0);
        for _ in 0..20 {
            client.write(&rest);
        }
    }
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

// RELAY-24: A relay MUST answer a request that has wholly arrived even if its client has closed the
// sending half of the connection. It may end the wait of a GET at that moment, with 204, since the
// client may be gone.
#[test]
fn a_client_that_sends_no_more_gets_its_answer() {
    let (relay, _hand) = relay(Limits::default());
    let mut client = Client::new(&relay);
    let path = allocate(&mut client);
    let answer = format!("{path}/answer");

    let mut at_once = Client::new(&relay);
    at_once.send("GET", &answer, OWNER, "");
    at_once.close_half();
    at_once.response().unwrap().is(204, "");
    assert!(at_once.is_closed());

    let mut waiting = Client::new(&relay);
    waiting.send("GET", &format!("{answer}?wait=30"), OWNER, "");
    until_waiting(&relay, 1);
    waiting.close_half();
    waiting.response().unwrap().is(204, "");
    assert!(waiting.is_closed());
    until_waiting(&relay, 0);

    let mut guest = Client::new(&relay);
    guest.ask("POST", &format!("{path}/claim"), GUEST, "{}");
    guest.send("PUT", &answer, GUEST, r#"{"body":"01"}"#);
    guest.close_half();
    guest.response().unwrap().is(200, "{}");
    let mut reader = Client::new(&relay);
    reader.send("GET", &format!("{answer}?wait=30"), OWNER, "");
    reader.close_half();
    reader.response().unwrap().is(200, r#"{"body":"01"}"#);
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

/// The request time is shorter here.
// RELAY-21: A relay MUST drop a request that has not wholly arrived within 30 seconds of its first
// byte, by closing the connection without an answer.
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
    // A slow drip of bytes does not help: the time is that of the whole request.
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

// RELAY-22: A relay behind a proxy MUST take the client's address from a forwarded header only when
// its operator named that proxy's address as trusted
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
    let (clock, _hand) = Clock::manual_for_testing_only();
    let options = RelayOptions {
        proxies,
        clock,
        ..RelayOptions::default()
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
    let relay = Relay::bind(loopback(), limits, RelayOptions::default()).unwrap();
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
    let taken = RelayHandle::spawn(relay.addr(), Limits::default(), RelayOptions::default());
    let error = taken.err().unwrap();
    assert!(matches!(error, RelayError::Bind { .. }));
    assert!(error.to_string().starts_with("cannot listen at 127.0.0.1:"));
    let limits = Limits {
        ttl: 0,
        ..Limits::default()
    };
    let error = Relay::bind(loopback(), limits, RelayOptions::default())
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "the ttl is 0 seconds: it is 1 to 86400 (a day)"
    );
}
