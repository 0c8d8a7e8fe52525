//! A load generator on one thread: prebuilt requests over many kept connections.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::messages::{REQUESTS, Role, STEPS, Template};

/// Many exchanges at a time, each over two connections and in an appid of its own.
pub(crate) struct Load {
    exchanges: Vec<Exchange>,
}

impl Load {
    pub(crate) fn connect(server: SocketAddr, exchanges: u64) -> Self {
        let exchanges = (0..exchanges)
            .map(|place| Exchange::connect(server, place))
            .collect();
        Self { exchanges }
    }

    /// Runs so many exchanges on each pair of connections, all pairs abreast; gives the number of
    /// requests.
    pub(crate) fn run(&mut self, each: usize) -> usize {
        for _ in 0..each {
            self.exchanges.iter_mut().for_each(Exchange::renew);
            self.exchanges.iter_mut().for_each(|e| e.send(0));
            for step in 0..STEPS.len() {
                // While one answer is read here, the server has the others' requests at hand.
                for exchange in &mut self.exchanges {
                    exchange.read(step);
                    exchange.send(step + 1);
                }
            }
        }
        each * REQUESTS * self.exchanges.len()
    }
}

struct Exchange {
    owner: Peer,
    claimant: Peer,
    requests: [Template; REQUESTS],
    /// The channel's number in decimal.
    number: Vec<u8>,
    place: u64,
    done: u64,
}

impl Exchange {
    fn connect(server: SocketAddr, place: u64) -> Self {
        Self {
            owner: Peer::connect(server),
            claimant: Peer::connect(server),
            requests: Template::all(place),
            number: Vec::new(),
            place,
            done: 0,
        }
    }

    fn renew(&mut self) {
        self.done += 1;
        let exchange = self.place << 32 | self.done;
        self.requests.iter_mut().for_each(|r| r.renew(exchange));
        self.number.clear();
    }

    fn send(&mut self, step: usize) {
        let Some((requests, _)) = STEPS.get(step) else {
            return;
        };
        for request in *requests {
            let request = &self.requests[*request];
            let peer = match request.role {
                Role::Owner => &mut self.owner,
                Role::Claimant => &mut self.claimant,
            };
            request.write_to(&self.number, &mut peer.request);
            peer.stream.write_all(&peer.request).expect("a server");
        }
    }

    fn read(&mut self, step: usize) {
        for role in STEPS[step].1 {
            let body = match role {
                Role::Owner => self.owner.answer(),
                Role::Claimant => self.claimant.answer(),
            };
            if step == 0 {
                self.number.extend_from_slice(channel(body));
            }
        }
    }
}

/// One kept connection.
pub(crate) struct Peer {
    stream: TcpStream,
    pub(crate) request: Vec<u8>,
    answer: Vec<u8>,
}

impl Peer {
    pub(crate) fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("a server");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream,
            request: Vec::new(),
            answer: vec![0; 4 << 10],
        }
    }

    /// Sends the request that is at hand.
    pub(crate) fn send(&mut self) {
        self.stream.write_all(&self.request).expect("a server");
    }

    /// Reads one answer and gives its body; anything but success ends the bench.
    pub(crate) fn answer(&mut self) -> &[u8] {
        let mut filled = 0;
        loop {
            let count = self.stream.read(&mut self.answer[filled..]);
            let count = count.expect("a server");
            let text = &self.answer[..filled + count];
            assert!(count > 0, "closed: {}", String::from_utf8_lossy(text));
            filled += count;
            let Some(head) = text.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            assert!(
                text.starts_with(b"HTTP/1.1 20"),
                "refused: {}",
                String::from_utf8_lossy(text)
            );
            let end = head + 4 + length(&text[..head]);
            if filled >= end {
                assert_eq!(filled, end, "more than one answer");
                return &self.answer[head + 4..end];
            }
        }
    }
}

fn length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let at = head.windows(NAME.len()).position(|name| name == NAME);
    number(&head[at.expect("a length") + NAME.len()..])
        .iter()
        .fold(0, |value, digit| value * 10 + usize::from(digit - b'0'))
}

/// The number of an `allocated`.
pub(crate) fn channel(body: &[u8]) -> &[u8] {
    number(body.strip_prefix(br#"{"channel":"#).expect("allocated"))
}

fn number(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}
