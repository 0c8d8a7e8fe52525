//! A whole exchange through the blocking client, and bare round trips of the HTTP client in it.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver as Inbox, SyncSender, sync_channel};
use std::thread;

use wormhole_sync::relay::RelayHandle;
use wormhole_sync::{Initiator, Receiver};

use super::messages;

const APPID: &str = "example.com/bench";

/// A relay, and a thread that waits for codes to receive with.
pub(crate) struct Exchanges {
    relay: RelayHandle,
    codes: SyncSender<String>,
    received: Inbox<()>,
}

impl Exchanges {
    pub(crate) fn start() -> Self {
        let relay = super::relay();
        let url = relay.url();
        let (codes, inbox) = sync_channel::<String>(1);
        let (done, received) = sync_channel(1);
        thread::spawn(move || {
            for code in inbox {
                let receiver = Receiver::new(APPID, code, b"receiver's blob").rendezvous(&url);
                let received = receiver.finish().expect("the initiator's blob");
                assert_eq!(received.blob(), b"initiator's blob");
                if done.send(()).is_err() {
                    return;
                }
            }
        });
        Self {
            relay,
            codes,
            received,
        }
    }

    /// Runs both sides, from the start of the first to the end of the last.
    pub(crate) fn run(&self) {
        let initiator = Initiator::new(APPID, b"initiator's blob").rendezvous(self.relay.url());
        let waiting = initiator.start().expect("a channel");
        let code = waiting.code().reveal().to_string();
        self.codes.send(code).expect("a receiver");
        let received = waiting.finish().expect("the receiver's blob");
        assert!(received.delivered() && received.blob() == b"receiver's blob");
        self.received.recv().expect("a receiver");
    }
}

/// Bare round trips: the requests of an exchange by the same HTTP client with its defaults, on a
/// kept connection to a handler that does nothing.
pub(crate) struct RoundTrips {
    agent: ureq::Agent,
    requests: Vec<BareRequest>,
    next: Cell<usize>,
}

struct BareRequest {
    method: &'static str,
    url: String,
    body: Option<&'static str>,
}

impl RoundTrips {
    /// Round trips of all nine requests, in turn.
    pub(crate) fn to(bare: SocketAddr) -> Self {
        Self::of(bare, |_| true)
    }

    /// Round trips of the three GETs, in turn: the shortest that there are.
    pub(crate) fn gets(bare: SocketAddr) -> Self {
        Self::of(bare, |method| method == "GET")
    }

    fn of(bare: SocketAddr, wanted: impl Fn(&str) -> bool) -> Self {
        let config = ureq::Agent::config_builder().proxy(None).build();
        let requests = messages::requests().filter(|(method, ..)| wanted(method));
        let requests = requests.map(|(method, place, body)| BareRequest {
            method,
            url: format!("http://{bare}/v1/{:0>34}/channels/7{place}", ""),
            body,
        });
        Self {
            agent: ureq::Agent::new_with_config(config),
            requests: requests.collect(),
            next: Cell::new(0),
        }
    }

    /// Makes one request and reads its whole response.
    pub(crate) fn run(&self) {
        let request = &self.requests[self.next.get()];
        self.next.set((self.next.get() + 1) % self.requests.len());
        let response = match (request.method, request.body) {
            ("POST", Some(body)) => self.agent.post(&request.url).send(body),
            (_, Some(body)) => self.agent.put(&request.url).send(body),
            (_, None) => self.agent.get(&request.url).call(),
        };
        let body = response.expect("a server").body_mut().read_to_vec();
        assert!(!body.expect("a response").is_empty());
    }
}
