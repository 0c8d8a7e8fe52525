//! Giving up from another thread (the blocking client), and at any time (both clients).

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use wormhole_sync::blocking::{Blocking, Canceller};
use wormhole_sync::client::Initiator;
use wormhole_sync::protocol::Outcome;

use crate::kit::client::Client;
use crate::kit::server::{Server, allocated, answering, serve, stored};
use crate::kit::{APP, PROMPT};

fn initiator(url: String, canceller: &Canceller) -> Initiator<Blocking> {
    Initiator::new(APP, *b"blob")
        .rendezvous(url)
        .canceller(canceller)
}

/// Relays that keep the GET waiting at different points, and report when it has come.
fn waiting_relays() -> Vec<(&'static str, Server)> {
    let heads = [
        ("nothing", ""),
        ("header", "HTTP/1.1 200 OK\r\nContent-Le"),
        ("body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
        (
            "chunk",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        ),
        ("to the end", "HTTP/1.1 200 OK\r\n\r\nhalf"),
    ];
    let relays = heads.map(|(point, head)| {
        let server = serve(move |peer| {
            while let Some(request) = peer.read_message() {
                if request.starts_with("GET") {
                    peer.send(head);
                    peer.report("waiting");
                    return peer.wait_for_end();
                }
                peer.send(if request.contains("/close") {
                    stored()
                } else {
                    allocated()
                });
            }
        });
        (point, server)
    });
    relays.into()
}

#[test]
fn a_blocked_poll_ends_at_once_and_the_close_takes_a_connection_of_its_own() {
    for (point, server) in waiting_relays() {
        let canceller = Canceller::new();
        let waiting = initiator(server.url(), &canceller).start().unwrap();
        let (error, taken) = thread::scope(|scope| {
            let finishing = scope.spawn(|| waiting.finish().unwrap_err());
            server.wait_for("waiting");
            let start = Instant::now();
            canceller.clone().cancel();
            (finishing.join().unwrap(), start.elapsed())
        });
        assert_eq!(error.outcome(), Outcome::Cancelled, "{point}");
        assert!(taken < PROMPT, "{point}: {taken:?}");
        let mut close = None;
        while let Ok((number, text)) = server.events.try_recv() {
            if text.contains("/channels/7/close HTTP/1.1") {
                assert!(text.ends_with(r#"{"reason":"cancelled"}"#), "{text}");
                assert!(close.replace(number).is_none(), "{point}: closed twice");
            }
        }
        assert!(
            close.is_some_and(|number| number > 0),
            "{point}: over a fresh one"
        );
    }
}

#[test]
fn giving_up_again_abandons_the_close() {
    let server = serve(|peer| {
        while let Some(request) = peer.read_message() {
            if !request.starts_with("POST") || request.contains("/close") {
                peer.report("waiting");
                return peer.wait_for_end();
            }
            peer.send(allocated());
        }
    });
    let canceller = Canceller::new();
    let waiting = initiator(server.url(), &canceller).start().unwrap();
    thread::scope(|scope| {
        let finishing = scope.spawn(|| waiting.finish().unwrap_err());
        server.wait_for("waiting");
        canceller.cancel();
        server.wait_for("waiting");
        let start = Instant::now();
        canceller.cancel();
        assert_eq!(finishing.join().unwrap().outcome(), Outcome::Cancelled);
        assert!(start.elapsed() < PROMPT, "{:?}", start.elapsed());
    });
}

#[test]
fn a_handshake_ends_when_given_up() {
    let server = serve(|peer| {
        let _ = peer.stream.peek(&mut [0]);
        peer.report("waiting");
        peer.wait_for_end();
    });
    let canceller = Canceller::new();
    let initiator = initiator(server.url().replace("http", "https"), &canceller);
    thread::scope(|scope| {
        let starting = scope.spawn(|| initiator.start().unwrap_err());
        server.wait_for("waiting");
        let start = Instant::now();
        canceller.cancel();
        assert_eq!(starting.join().unwrap().outcome(), Outcome::Cancelled);
        assert!(start.elapsed() < PROMPT, "{:?}", start.elapsed());
    });
}

#[test]
fn given_up_before_it_begins_nothing_is_sent() {
    let server = answering([allocated()]);
    let canceller = Canceller::new();
    canceller.cancel();
    let error = initiator(server.url(), &canceller).start().unwrap_err();
    assert_eq!(error.outcome(), Outcome::Cancelled);
    assert!(server.requests().is_empty());
}

/// Whenever the user gives up, the exchange ends at once as `cancelled`.
#[test]
fn giving_up_can_race_with_anything() {
    let (_, server) = waiting_relays().remove(0);
    for round in 0..60 {
        let canceller = Canceller::new();
        let initiator = initiator(server.url(), &canceller);
        let (send, done) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                let ended = initiator.start().and_then(Blocking::finish);
                send.send(ended.unwrap_err().outcome()).unwrap();
            });
            for _ in 0..round * 8 {
                thread::yield_now();
            }
            canceller.cancel();
            assert_eq!(done.recv_timeout(PROMPT), Ok(Outcome::Cancelled), "{round}");
        });
    }
}
