//! Proxies that the user names: whole exchanges through their tunnels, and proxies that make none.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use wormhole_sync::client::{ExchangeEvent, Initiator, Proxy, Receiver};
use wormhole_sync::protocol::Outcome;

use crate::kit::client::Client;
use crate::kit::server::{Peer, Server, first_line, serve};
use crate::kit::{APP, PROMPT, relay, second, with_both};
use crate::tls::{GOOD, authority, proxy as tls_proxy};

with_both!(
    a_whole_exchange_through_each_kind,
    tls_goes_end_to_end,
    a_proxy_that_refuses,
    a_proxy_that_wants_other_credentials,
    a_proxy_that_hangs,
    a_proxy_that_answers_byte_by_byte,
    a_proxy_that_answers_garbage_or_goes,
    a_proxy_that_is_not_there,
);

/// The two kinds of proxies, by the schemes of their URLs.
const KINDS: [&str; 2] = ["http", "socks5"];

/// The user name and the password of a proxy, as they are sent.
const NAME: &str = "user";
const PASSWORD: &str = "pass:word";
const BASIC: &str = "Basic dXNlcjpwYXNzOndvcmQ=";

/// A proxy that leads whatever it is asked for to this address, and reports it: the place, and the
/// first byte that passed the tunnel.
fn leading(kind: &str, target: SocketAddr, wants_credentials: bool) -> Server {
    let asked = match kind {
        "http" => asked_by_connect,
        _ => asked_by_socks5,
    };
    serve(move |peer| {
        let Ok(place) = asked(peer, wants_credentials) else {
            return;
        };
        let mut relay = TcpStream::connect(target).unwrap();
        let mut first = [0];
        if peer.stream.read_exact(&mut first).is_err() {
            return;
        }
        peer.report(format!("{place} {:02x}", first[0]));
        relay.write_all(&first).unwrap();
        let (mut from, mut to) = (relay.try_clone().unwrap(), peer.stream.try_clone().unwrap());
        thread::spawn(move || io::copy(&mut from, &mut to));
        let _ = io::copy(&mut peer.stream, &mut relay);
    })
}

fn asked_by_connect(peer: &mut Peer, wants_credentials: bool) -> io::Result<String> {
    let head = peer.read_message().ok_or(io::ErrorKind::UnexpectedEof)?;
    // A proxy learns nothing of the exchange or of this program but the place.
    assert!(!head.contains("Bearer") && !head.contains("ureq"), "{head}");
    let line = first_line(&head);
    let place = line.strip_prefix("CONNECT ").unwrap();
    let place = place.strip_suffix(" HTTP/1.1").unwrap().to_owned();
    if wants_credentials && !head.contains(&format!("Proxy-Authorization: {BASIC}\r\n")) {
        peer.send("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n");
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    peer.send("HTTP/1.1 200 There\r\nVia: test\r\n\r\n");
    Ok(place)
}

/// RFC 1928 and 1929.
fn asked_by_socks5(peer: &mut Peer, wants_credentials: bool) -> io::Result<String> {
    let read = |peer: &mut Peer, length: u8| {
        let mut bytes = vec![0; length.into()];
        peer.stream.read_exact(&mut bytes).map(|()| bytes)
    };
    let counted = |peer: &mut Peer| {
        let length = read(peer, 1)?[0];
        read(peer, length)
    };
    assert_eq!(read(peer, 1)?, [5]);
    let methods = counted(peer)?;
    let method = if wants_credentials { 2 } else { 0 };
    if !methods.contains(&method) {
        peer.send([5, 0xff]);
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    peer.send([5, method]);
    if wants_credentials {
        assert_eq!(read(peer, 1)?, [1]);
        let said = [counted(peer)?, counted(peer)?];
        if said != [NAME.as_bytes(), PASSWORD.as_bytes()] {
            peer.send([1, 1]);
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        peer.send([1, 0]);
    }
    assert_eq!(
        read(peer, 4)?,
        [5, 1, 0, 3],
        "a name, which the proxy looks up"
    );
    let name = String::from_utf8(counted(peer)?).unwrap();
    let port = read(peer, 2)?;
    peer.send([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    Ok(format!("{name}:{}", u16::from_be_bytes([port[0], port[1]])))
}

fn named(kind: &str, address: SocketAddr) -> Proxy {
    format!("{kind}://{address}").parse().unwrap()
}

fn with_credentials(kind: &str, address: SocketAddr, password: &str) -> Proxy {
    let url = format!("{kind}://{NAME}:{}@{address}", password.replace(':', "%3A"));
    url.parse().unwrap()
}

/// Both sides through this proxy to a relay that only the proxy knows by this address.
fn exchange<C: Client>(url: &str, proxy: &Proxy, authority: Option<&str>) {
    let initiator = Initiator::<C>::new(APP, *b"mine").rendezvous(url);
    let initiator = initiator.allow_plain_http().proxy(proxy.clone());
    let initiator = match authority {
        Some(pem) => initiator.trust(pem.as_bytes()).unwrap(),
        None => initiator,
    };
    let waiting = C::start(initiator).unwrap();
    let receiver = Receiver::<C>::new(APP, C::code(&waiting), *b"theirs").rendezvous(url);
    let receiver = receiver.allow_plain_http().proxy(proxy.clone());
    let receiver = match authority {
        Some(pem) => receiver.trust(pem.as_bytes()).unwrap(),
        None => receiver,
    };
    let receiving = thread::spawn(|| C::receive(receiver).unwrap());
    let received = C::finish(waiting).unwrap();
    assert_eq!(received.blob(), b"theirs");
    assert!(received.delivered());
    assert_eq!(receiving.join().unwrap().blob(), b"mine");
}

// CLIENT-3: it uses one only when its user names it
fn a_whole_exchange_through_each_kind<C: Client>() {
    let relay = relay();
    for kind in KINDS {
        for wants_credentials in [false, true] {
            let server = leading(kind, relay.addr(), wants_credentials);
            let proxy = match wants_credentials {
                true => with_credentials(kind, server.address, PASSWORD),
                false => named(kind, server.address),
            };
            exchange::<C>("http://relay.invalid", &proxy, None);
            // A port that is left out is the scheme's. `P` of POST: plain http.
            server.wait_for("relay.invalid:80 50");
        }
    }
}

// CLIENT-3: On `https` it asks that proxy for a tunnel (CONNECT)
fn tls_goes_end_to_end<C: Client>() {
    let (ours, relay) = (authority("ours"), relay());
    let tls = tls_proxy(&ours, &GOOD, relay.addr());
    for kind in KINDS {
        let server = leading(kind, tls.address, false);
        let proxy = named(kind, server.address);
        exchange::<C>("https://localhost", &proxy, Some(&ours.pem()));
        // A record of TLS, of the type handshake.
        server.wait_for("localhost:443 16");
    }
    // The certificate is checked as it is without a proxy.
    let server = leading("http", tls.address, false);
    let initiator = Initiator::<C>::new(APP, *b"mine").rendezvous("https://elsewhere.invalid");
    let initiator = initiator.trust(ours.pem().as_bytes()).unwrap();
    let error = C::start(initiator.proxy(named("http", server.address))).unwrap_err();
    let line = "relay-unreachable: the certificate is not valid for that name";
    assert_eq!(error.to_string(), line);
}

/// Checks the line of an initiator that reaches no relay through each of these proxies. A second
/// lasts 100 ms, and so an attempt at most a second.
fn say<C: Client>(cases: Vec<(Proxy, &str)>) {
    let lines: Vec<String> = thread::scope(|scope| {
        let begin = |(proxy, _): &(Proxy, _)| {
            let initiator = initiator::<C>(proxy.clone(), 100);
            scope.spawn(move || first_line_of_trouble::<C>(initiator, Outcome::RelayUnreachable))
        };
        let running: Vec<_> = cases.iter().map(begin).collect();
        let ended = running.into_iter().map(|thread| thread.join().unwrap());
        ended.collect()
    });
    for ((proxy, expected), line) in cases.iter().zip(lines) {
        assert_eq!(line, *expected, "{proxy}");
    }
}

fn initiator<C: Client>(proxy: Proxy, milliseconds: u64) -> Initiator<C> {
    Initiator::new(APP, *b"blob")
        .rendezvous("https://relay.invalid")
        .proxy(proxy)
        .hooks_for_testing_only(second(milliseconds))
}

fn first_line_of_trouble<C: Client>(initiator: Initiator<C>, outcome: Outcome) -> String {
    let lines = Arc::new(Mutex::new(vec![]));
    let keep = Arc::clone(&lines);
    let initiator = initiator.on_event(move |event| {
        if let ExchangeEvent::Trouble { failure, .. } = event {
            keep.lock().unwrap().push(failure.to_string());
        }
    });
    let error = C::start(initiator).unwrap_err();
    assert_eq!(error.outcome(), outcome, "{error}");
    let said = format!("{error} {error:?}");
    assert!(
        !said.contains(PASSWORD) && !said.contains("dXNlcj"),
        "{said}"
    );
    lines.lock().unwrap()[0].clone()
}

const NO_TUNNEL: &str = "the proxy made no connection to the relay";

fn a_proxy_that_refuses<C: Client>() {
    let by_connect = ["403 No", "502 Cannot"].map(|status| {
        let server = serve(move |peer| {
            peer.read_message();
            peer.send(format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno"));
        });
        (named("http", server.address), NO_TUNNEL)
    });
    let by_socks5 = [1, 2, 5, 9].map(|reply| {
        let server = serve(move |peer| {
            let _ = peer.stream.read_exact(&mut [0; 3]);
            peer.send([5, 0]);
            let _ = peer.stream.read_exact(&mut [0; 5]);
            peer.send([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
            let _ = io::copy(&mut peer.stream, &mut io::sink());
        });
        (named("socks5", server.address), NO_TUNNEL)
    });
    say::<C>(by_connect.into_iter().chain(by_socks5).collect());
}

fn a_proxy_that_wants_other_credentials<C: Client>() {
    let relay = relay();
    let line = "the proxy wants a user name and a password, or others";
    let cases = KINDS.map(|kind| {
        let address = leading(kind, relay.addr(), true).address;
        let wrong = with_credentials(kind, address, "other");
        [(named(kind, address), line), (wrong, line)]
    });
    say::<C>(cases.concat());
}

/// The line of one whose attempts take at most 200 ms.
fn hangs<C: Client>(proxy: Proxy) {
    let begun = Instant::now();
    let initiator = initiator::<C>(proxy, 20);
    let line = first_line_of_trouble::<C>(initiator, Outcome::RelayUnreachable);
    assert_eq!(line, "the proxy did not answer in time");
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
}

fn a_proxy_that_hangs<C: Client>() {
    let server = serve(Peer::wait_for_end);
    for kind in KINDS {
        hangs::<C>(named(kind, server.address));
        server.wait_for("end");
        // The user's own deadline ends an attempt.
        let begun = Instant::now();
        let initiator = initiator::<C>(named(kind, server.address), 1_000);
        let error = C::start(initiator.deadline(Duration::from_millis(200))).unwrap_err();
        assert_eq!(error.outcome(), Outcome::Timeout, "{error}");
        assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    }
}

/// No byte of the answer makes the time of the attempt longer.
fn a_proxy_that_answers_byte_by_byte<C: Client>() {
    let slowly = |peer: &mut Peer, bytes: &[u8]| {
        let pace = Some(Duration::from_millis(20));
        peer.stream.set_read_timeout(pace).unwrap();
        for byte in bytes {
            peer.send([*byte]);
            let _ = peer.stream.read(&mut [0; 1_000]);
        }
    };
    let endless = [b"HTTP/1.1 200 There\r\nX: ".to_vec(), vec![b'x'; 300]].concat();
    let server = serve(move |peer| slowly(peer, &endless));
    hangs::<C>(named("http", server.address));
    let long = [vec![5, 0, 5, 0, 0, 3, 255], vec![b'x'; 255]].concat();
    let server = serve(move |peer| slowly(peer, &long));
    hangs::<C>(named("socks5", server.address));
}

fn a_proxy_that_answers_garbage_or_goes<C: Client>() {
    let mut cases = vec![];
    for (sent, line) in [
        (&b""[..], "the connection to the proxy broke off"),
        (b"\x00\x01\x02 nonsense \x03\r\n\r\n", NO_TUNNEL),
        (b"SSH-2.0-OpenSSH_9.9\r\n", NO_TUNNEL),
    ] {
        for kind in KINDS {
            let server = serve(move |peer| {
                let _ = peer.stream.read(&mut [0; 1_000]);
                peer.send(sent);
                if !sent.is_empty() {
                    let _ = io::copy(&mut peer.stream, &mut io::sink());
                }
            });
            cases.push((named(kind, server.address), line));
        }
    }
    say::<C>(cases);
}

fn a_proxy_that_is_not_there<C: Client>() {
    // The socket is bound, so that nobody else gets the port, but does not listen.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let line = "nothing listens at the proxy's address";
    say::<C>(KINDS.map(|kind| (named(kind, address), line)).into());
}
