//! A layer of the blocking transport that sends head and body of a request together.

use std::io::Write as _;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// The maker of [`CoalescingTransport`]s.
///
/// ureq writes head and body one after the other, and connections send each write at once. That
/// would make two packets (and two TLS records) of each request, and wake the relay twice. The bar
/// of a whole exchange says what this is worth (`benches/README.md`).
#[derive(Debug)]
pub(super) struct CoalescingConnector;

/// The most bytes that are held back.
const HELD: usize = 16 * 1024;

impl<T: Transport> Connector<T> for CoalescingConnector {
    type Out = CoalescingTransport<T>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<T>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|connection| CoalescingTransport {
            connection,
            held: Vec::new(),
        }))
    }
}

/// A connection that holds back the written bytes until an answer is awaited.
#[derive(Debug)]
pub(super) struct CoalescingTransport<T> {
    connection: T,
    held: Vec<u8>,
}

impl<T: Transport> CoalescingTransport<T> {
    fn send(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let mut rest = self.held.as_slice();
        while !rest.is_empty() {
            // This writes as much as there is room for.
            let amount = self.connection.buffers().output().write(rest)?;
            self.connection.transmit_output(amount, timeout)?;
            rest = rest.get(amount..).unwrap_or_default();
        }
        self.held.clear();
        Ok(())
    }
}

impl<T: Transport> Transport for CoalescingTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let written = self.connection.buffers().output();
        self.held.extend(written.iter().take(amount));
        match self.held.len() < HELD {
            true => Ok(()),
            false => self.send(timeout),
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.send(timeout)?;
        self.connection.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.held.is_empty() && self.connection.is_open()
    }

    fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use super::super::TlsOptions;
    use super::super::blocking::UreqTransport;
    use crate::protocol::wire::{HttpRequest, Method};

    /// Sends a body of `length` bytes. Returns the number of bytes that the server's first read
    /// gets, and all bytes of the request.
    fn received(length: usize) -> (usize, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = vec![0; length + 4096];
            let first = stream.read(&mut bytes).unwrap();
            let mut filled = first;
            while !bytes[..filled].ends_with(b"!") {
                filled += stream.read(&mut bytes[filled..]).unwrap();
            }
            bytes.truncate(filled);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).unwrap();
            (first, bytes)
        });
        let request = HttpRequest {
            method: Method::Put,
            url: format!("http://{address}/"),
            bearer: "00".to_owned(),
            body: Some("a".repeat(length - 1) + "!"),
        };
        let transport = UreqTransport::new(&TlsOptions::default(), None);
        let answer = transport.send(&request, Duration::from_secs(10)).unwrap();
        assert_eq!(answer.status, 200);
        server.join().unwrap()
    }

    #[test]
    fn a_short_request_goes_out_at_once() {
        let (first, all) = received(700);
        assert_eq!(first, all.len());
    }

    #[test]
    fn a_long_request_goes_out_whole() {
        for length in [16 << 10, 139_264] {
            let (_, all) = received(length);
            let head = all.windows(4).position(|four| four == b"\r\n\r\n");
            assert_eq!(all.len(), head.unwrap() + 4 + length);
        }
    }
}
