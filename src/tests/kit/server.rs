//! Servers that follow a script, over plain sockets.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::AMPLE;

/// A server on a port of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// The reports of the script, with the number of their connection, from 0.
    pub(crate) events: Receiver<(usize, String)>,
}

impl Server {
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next report.
    pub(crate) fn event(&self) -> (usize, String) {
        self.events
            .recv_timeout(AMPLE)
            .expect("a report from the server")
    }

    /// Skips reports until this one, and gives the number of its connection.
    pub(crate) fn wait_for(&self, text: &str) -> usize {
        loop {
            let (number, event) = self.event();
            if event == text {
                return number;
            }
        }
    }

    /// The first lines of the requests that have come so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        let lines = self.events.try_iter().map(|(_, text)| first_line(&text));
        lines.filter(|line| line.ends_with("HTTP/1.1")).collect()
    }
}

pub(crate) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// One accepted connection, for a script.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    pub(crate) number: usize,
    events: Sender<(usize, String)>,
}

impl Peer {
    pub(crate) fn report(&self, text: impl Into<String>) {
        let _ = self.events.send((self.number, text.into()));
    }

    /// Reads one request, header and body, and reports it. `None` at the end of the connection.
    pub(crate) fn read_message(&mut self) -> Option<String> {
        let text = read_message(&mut self.stream).ok()??;
        let text = String::from_utf8_lossy(&text).into_owned();
        self.report(text.clone());
        Some(text)
    }

    /// Sends these bytes, or as many as the other side takes.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Waits until the other side closes, and reports that.
    pub(crate) fn wait_for_end(&mut self) {
        let _ = io::copy(&mut self.stream, &mut io::sink());
        self.report("end");
    }
}

/// Reads one request or answer, header and body; `None` at the end of the connection.
pub(crate) fn read_message(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    stream.read_exact(&mut body)?;
    bytes.extend(body);
    Ok(Some(bytes))
}

/// Starts a server that runs the script, on a thread of its own, for each connection.
pub(crate) fn serve(script: impl Fn(&mut Peer) + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, events) = mpsc::channel();
    let script = Arc::new(script);
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let (stream, events) = (stream.unwrap(), sender.clone());
            stream.set_read_timeout(Some(AMPLE)).unwrap();
            let script = Arc::clone(&script);
            let mut peer = Peer {
                stream,
                number,
                events,
            };
            thread::spawn(move || script(&mut peer));
        }
    });
    Server { address, events }
}

/// A server that gives these answers in turn, whatever connection a request comes over, and then
/// the last one for ever. An answer that is no whole one ends the connection.
pub(crate) fn answering(answers: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Server {
    let answers: Vec<Vec<u8>> = answers.into_iter().map(Into::into).collect();
    let next = AtomicUsize::new(0);
    serve(move |peer| {
        while peer.read_message().is_some() {
            let at = next.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
            if !peer.send(&answers[at]) || !answers[at].ends_with(b"}") {
                return;
            }
        }
    })
}

/// A complete answer with a length.
pub(crate) fn answer(status: &str, fields: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A complete answer with a message.
pub(crate) fn json(status: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    answer(status, "Content-Type: application/json\r\n", body)
}

/// A complete answer with a problem document.
pub(crate) fn problem(status: &str, token: &str, more: &str) -> Vec<u8> {
    let body = format!(r#"{{"type":"tag:wormhole-sync.example,2026:{token}"{more}}}"#);
    answer(status, "Content-Type: application/problem+json\r\n", body)
}

/// The answer to an allocate: channel 7, for an hour.
pub(crate) fn allocated() -> Vec<u8> {
    json("201 Created", r#"{"channel":7,"ttl":3600}"#)
}

/// The answer to a write or a close.
pub(crate) fn stored() -> Vec<u8> {
    json("200 OK", "{}")
}
