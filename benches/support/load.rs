//! A load generator on one thread: prebuilt requests over many kept connections.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::messages::{Party, REQUESTS, STEPS, Template};

/// Many exchanges at a time, each over two connections and in an appid of its own.
pub(crate) struct Load {
    exchanges: Vec<PrebuiltExchange>,
}

impl Load {
    pub(crate) fn connect(server: SocketAddr, exchanges: u64) -> Self {
        let exchanges = (0..exchanges)
            .map(|place| PrebuiltExchange::connect(server, place))
            .collect();
        Self { exchanges }
    }

    /// Runs so many exchanges on each pair of connections, all pairs abreast. Gives the number of
    /// requests.
    pub(crate) fn run(&mut self, each: usize) -> usize {
        for _ in 0..each {
            self.exchanges.iter_mut().for_each(PrebuiltExchange::renew);
            self.exchanges.iter_mut().for_each(|e| e.send(0));
            for step in 0..STEPS.len() {
                // While one response is read here, the server has the others' requests at hand.
                for exchange in &mut self.exchanges {
                    exchange.read(step);
                    exchange.send(step + 1);
                }
            }
        }
        each * REQUESTS * self.exchanges.len()
    }
}

/// One exchange after the other, over one pair of connections.
struct PrebuiltExchange {
    owner: Connection,
    claimant: Connection,
    requests: [Template; REQUESTS],
    /// The channel's number, in decimal.
    number: Vec<u8>,
    place: u64,
    done: u64,
}

impl PrebuiltExchange {
    fn connect(server: SocketAddr, place: u64) -> Self {
        Self {
            owner: Connection::connect(server),
            claimant: Connection::connect(server),
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
            let connection = match request.party {
                Party::Owner => &mut self.owner,
                Party::Claimant => &mut self.claimant,
            };
            request.write_to(&self.number, &mut connection.request);
            connection
                .stream
                .write_all(&connection.request)
                .expect("a server");
        }
    }

    fn read(&mut self, step: usize) {
        for party in STEPS[step].1 {
            let body = match party {
                Party::Owner => self.owner.response(),
                Party::Claimant => self.claimant.response(),
            };
            if step == 0 {
                self.number.extend_from_slice(channel(body));
            }
        }
    }
}

/// One kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    pub(crate) request: Vec<u8>,
    response: Vec<u8>,
}

impl Connection {
    pub(crate) fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("a server");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream,
            request: Vec::new(),
            response: vec![0; 4 << 10],
        }
    }

    /// Sends the request that is at hand.
    pub(crate) fn send(&mut self) {
        self.stream.write_all(&self.request).expect("a server");
    }

    /// Reads one response and gives its body. Anything but success ends the bench.
    pub(crate) fn response(&mut self) -> &[u8] {
        let mut filled = 0;
        loop {
            let count = self.stream.read(&mut self.response[filled..]);
            let count = count.expect("a server");
            let text = &self.response[..filled + count];
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
                assert_eq!(filled, end, "more than one response");
                return &self.response[head + 4..end];
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

/// The channel's number in an `allocated`, in decimal.
pub(crate) fn channel(body: &[u8]) -> &[u8] {
    number(body.strip_prefix(br#"{"channel":"#).expect("allocated"))
}

fn number(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}
