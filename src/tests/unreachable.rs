//! Relays that cannot be reached, go silent, or close connections that were kept.

use std::net::Shutdown;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use wormhole_sync::client::Initiator;
use wormhole_sync::protocol::Outcome;

use crate::kit::client::Client;
use crate::kit::server::{Peer, Server, allocated, answering, problem, serve};
use crate::kit::{APP, PROMPT, on_trouble, second, with_both};

with_both!(
    nothing_listens,
    a_silent_relay_runs_out_of_time,
    a_reset_is_a_broken_connection,
    a_request_over_a_closing_connection_is_repeated_by_the_client_only,
    a_connection_closed_while_idle_carries_no_request,
    proxies_of_the_environment_are_ignored,
    #[ignore = "run by proxies_of_the_environment_are_ignored"]
    proxy_child,
);

type Lines = Arc<Mutex<Vec<String>>>;

fn initiator<C: Client>(url: impl Into<String>, milliseconds: u64) -> (Initiator<C>, Lines) {
    let troubles = Lines::default();
    let keep = Arc::clone(&troubles);
    let initiator = Initiator::new(APP, *b"blob")
        .rendezvous(url)
        .hooks_for_testing_only(second(milliseconds))
        .on_event(on_trouble(move |failure| {
            keep.lock().unwrap().push(failure.to_string())
        }));
    (initiator, troubles)
}

/// Checks that an initiator fails at this address for this reason, and gives the number of its
/// attempts. A second lasts 20 ms, and so the window 1.2 s.
fn unreachable<C: Client>(url: String, line: &str) -> usize {
    let begun = Instant::now();
    let (initiator, troubles) = initiator::<C>(url, 20);
    let error = C::start(initiator).unwrap_err();
    assert_eq!(error.outcome(), Outcome::RelayUnreachable);
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    let troubles = troubles.lock().unwrap();
    assert_eq!(troubles[0], line);
    // After the last failure there is no repeat, and so no line.
    troubles.len() + 1
}

fn nothing_listens<C: Client>() {
    // The socket is bound, so that nobody else gets the port, but does not listen.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    for scheme in ["http", "https"] {
        let attempts = unreachable::<C>(format!("{scheme}://{address}"), "connection refused");
        // The pauses are 0.25 to 0.5, 0.5 to 1, 1 to 2, 2 to 4, then 4 to 8 seconds, out of 60.
        assert!((8..=20).contains(&attempts), "{attempts}");
    }
}

fn a_silent_relay_runs_out_of_time<C: Client>() {
    // The server sends nothing, so TLS waits for its greeting.
    let server = serve(Peer::wait_for_end);
    for scheme in ["http", "https"] {
        let url = server.url().replace("http", scheme);
        let attempts = unreachable::<C>(url, "the relay did not answer in time");
        // Each attempt takes ten seconds, and the first one opens the window.
        assert!((3..=7).contains(&attempts), "{attempts}");
        server.wait_for("end");
    }
}

fn a_reset_is_a_broken_connection<C: Client>() {
    // Closing with the request still unread makes the system reset the connection.
    let server = serve(|peer| {
        let _ = peer.stream.peek(&mut [0]);
    });
    let line = "the connection broke off before the answer was complete";
    unreachable::<C>(server.url(), line);
}

/// Runs an initiator whose allocate is answered over a connection that then cannot be used any
/// more; gives the lines of trouble.
fn closed_by_the_relay<C: Client>(server: &Server) -> Vec<String> {
    let (initiator, troubles) = initiator::<C>(server.url(), 100);
    let waiting = C::start(initiator).unwrap();
    let error = C::finish(waiting).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Expired, "{error}");
    troubles.lock().unwrap().clone()
}

fn expired() -> Vec<u8> {
    problem("410 Gone", "closed", r#","reason":"expired""#)
}

/// The relay closes a kept connection the moment the next request has arrived over it.
fn a_request_over_a_closing_connection_is_repeated_by_the_client_only<C: Client>() {
    let server = serve(|peer| match peer.number {
        0 => {
            peer.read_message();
            peer.send(allocated());
            peer.read_message();
        }
        _ => while peer.read_message().is_some() && peer.send(expired()) {},
    });
    let troubles = closed_by_the_relay::<C>(&server);
    let requests = server.requests().len();
    // hyper-util may open another connection for the GET at once.
    assert_eq!(requests, 2 + troubles.len());
    let line = "the connection broke off before the answer was complete";
    assert!(
        troubles.iter().all(|trouble| trouble == line),
        "{troubles:?}"
    );
}

/// The relay has closed a kept connection before the next request is made. Either the client
/// notices and opens another one, or the request is lost; it never arrives twice.
fn a_connection_closed_while_idle_carries_no_request<C: Client>() {
    let server = serve(|peer| {
        if peer.number > 0 {
            while peer.read_message().is_some() && peer.send(expired()) {}
            return;
        }
        peer.read_message();
        peer.send(allocated());
        peer.stream.shutdown(Shutdown::Write).unwrap();
        while peer.read_message().is_some() {
            peer.report("over the closed connection");
        }
    });
    let troubles = closed_by_the_relay::<C>(&server);
    let line = "the connection broke off before the answer was complete";
    assert!(
        troubles.iter().all(|trouble| trouble == line),
        "{troubles:?}"
    );
    let requests = server.requests().len();
    assert!(requests <= 2 + troubles.len(), "{requests}");
}

const TARGET: &str = "WORMHOLE_TEST_TARGET";

/// Runs [`proxy_child`] with proxies in its environment that it must not use.
// CLIENT-3: A client MUST NOT take a proxy from its environment
fn proxies_of_the_environment_are_ignored<C: Client>() {
    let (target, trap) = (answering([allocated()]), answering([allocated()]));
    let mut child = Command::new(std::env::current_exe().unwrap());
    let kind = std::any::type_name::<C>().rsplit("::").next().unwrap();
    let test = format!("unreachable::{}::proxy_child", kind.to_lowercase());
    child.args(["--exact", &test, "--ignored", "--test-threads=1"]);
    child.env(TARGET, target.url());
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        let upper = name.to_uppercase();
        child.env(name, trap.url()).env(upper, trap.url());
    }
    child.env_remove("no_proxy").env_remove("NO_PROXY");
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    assert_eq!(target.requests().len(), 1);
    assert_eq!(trap.requests().len(), 0);
}

fn proxy_child<C: Client>() {
    if let Ok(target) = std::env::var(TARGET) {
        // Dropping it would send one more request.
        std::mem::forget(C::start(initiator(target, 1000).0).unwrap());
    }
}
