//! A record of everything that goes to the relay.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A plain proxy that keeps the bytes that clients send.
pub(crate) struct Tap {
    address: SocketAddr,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    pub(crate) fn before(relay: SocketAddr) -> Tap {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&bytes);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (client, server) = (stream.unwrap(), TcpStream::connect(relay).unwrap());
                let (back, forth) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let keep = Arc::clone(&keep);
                thread::spawn(move || pump(client, server, Some(&keep)));
                thread::spawn(move || pump(back, forth, None));
            }
        });
        Tap { address, bytes }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of times that clients have sent this text.
    pub(crate) fn count(&self, text: &str) -> usize {
        let bytes = self.bytes();
        bytes
            .windows(text.len())
            .filter(|window| *window == text.as_bytes())
            .count()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, keep: Option<&Mutex<Vec<u8>>>) {
    let mut buffer = [0; 16_384];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if let Some(keep) = keep {
            keep.lock().unwrap().extend_from_slice(&buffer[..length]);
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}
