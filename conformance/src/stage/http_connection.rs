//! A client's end of one HTTP/1.1 connection, which can send any bytes.
//!
//! It reads answers by RFC 9112 as far as relays use it: a body by `Content-Length`, in chunks, or
//! up to the end of the connection.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The most bytes of an answer's head.
const LONGEST_HEAD: usize = 64 << 10;
/// The most bytes of an answer's body.
const LONGEST_BODY: usize = 4 << 20;
/// The time that a connection may take to be made.
const CONNECTING: Duration = Duration::from_secs(10);

/// One connection to a relay.
#[derive(Debug)]
pub(crate) struct HttpConnection {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// An answer, interim ones (1xx) included.
#[derive(Debug, Clone)]
pub(crate) struct HttpAnswer {
    /// The minor version of HTTP/1.
    pub(crate) minor: u8,
    /// The status.
    pub(crate) status: u16,
    /// The header's lines: names in lowercase, values without white space around them.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, without its transfer coding.
    pub(crate) body: Vec<u8>,
    /// Whether the body ended only with the connection.
    pub(crate) ended_by_close: bool,
    /// The time at which its last byte was read.
    pub(crate) read: Instant,
}

impl HttpAnswer {
    /// The values of all lines of a header, in their order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.headers.iter().filter(move |(known, _)| known == name);
        lines.map(|(_, value)| value.as_str())
    }

    /// The value of a header that has exactly one line.
    pub(crate) fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let mut values = self.all(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// Whether another request may follow on the connection.
    pub(crate) fn keeps(&self) -> bool {
        let says = |word: &str| {
            let mut tokens = self.all("connection").flat_map(|line| line.split(','));
            tokens.any(|token| token.trim().eq_ignore_ascii_case(word))
        };
        !self.ended_by_close && !says("close") && (self.minor > 0 || says("keep-alive"))
    }
}

/// The reason why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The connection was closed; how many bytes of an answer had come.
    Closed(usize),
    /// The connection was reset; how many bytes of an answer had come.
    Reset(usize),
    /// The time was over; how many bytes of an answer had come.
    TimedOut(usize),
    /// The bytes are no answer by RFC 9112.
    Broken(String),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(0) => f.write_str("the connection was closed without an answer"),
            Self::Closed(n) => write!(f, "the connection was closed after {n} bytes of an answer"),
            Self::Reset(0) => f.write_str("the connection was reset without an answer"),
            Self::Reset(n) => write!(f, "the connection was reset after {n} bytes of an answer"),
            Self::TimedOut(0) => f.write_str("no answer came in time"),
            Self::TimedOut(n) => write!(f, "only {n} bytes of an answer came in time"),
            Self::Broken(what) => write!(f, "the answer is no HTTP: {what}"),
        }
    }
}

impl HttpConnection {
    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, CONNECTING)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            unread: Vec::new(),
        })
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// Those of the system: the relay may have closed the connection, after an answer or without.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.set_write_timeout(Some(CONNECTING))?;
        self.stream.write_all(bytes)
    }

    /// Closes the sending half.
    pub(crate) fn half_close(&self) {
        // It fails only when the connection has ended already.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads the next answer. An answer to HEAD has no body.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`] says what came instead.
    pub(crate) fn answer(&mut self, to_head: bool, until: Instant) -> Result<HttpAnswer, NoAnswer> {
        let end = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at;
            }
            if self.unread.len() > LONGEST_HEAD {
                return Err(NoAnswer::Broken("its head does not end".to_owned()));
            }
            if !self.more(until)? {
                return Err(NoAnswer::Closed(self.unread.len()));
            }
        };
        let head: Vec<u8> = self.unread.drain(..end + 4).collect();
        let head = String::from_utf8_lossy(head.get(..end).unwrap_or_default()).into_owned();
        let mut answer = parse_head(&head).map_err(NoAnswer::Broken)?;
        let has_body = !to_head && answer.status >= 200 && !matches!(answer.status, 204 | 304);
        if has_body {
            self.read_body(&mut answer, until)?;
        }
        answer.read = Instant::now();
        Ok(answer)
    }

    fn read_body(&mut self, answer: &mut HttpAnswer, until: Instant) -> Result<(), NoAnswer> {
        let chunked = answer
            .all("transfer-encoding")
            .any(|coding| coding.eq_ignore_ascii_case("chunked"));
        if chunked {
            return self.read_chunks(answer, until);
        }
        let lengths: Vec<&str> = answer.all("content-length").collect();
        let length = match lengths[..] {
            [] => None,
            [length] => Some(length.parse::<usize>().ok()),
            _ => Some(None),
        };
        let Some(length) = length else {
            while self.more(until)? {}
            answer.ended_by_close = true;
            answer.body = std::mem::take(&mut self.unread);
            return Ok(());
        };
        let length = length.filter(|length| *length <= LONGEST_BODY);
        let length = length.ok_or_else(|| NoAnswer::Broken("its Content-Length".to_owned()))?;
        answer.body = self.exactly(length, until)?;
        Ok(())
    }

    fn read_chunks(&mut self, answer: &mut HttpAnswer, until: Instant) -> Result<(), NoAnswer> {
        loop {
            let line = self.line(until)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).ok();
            let size = size.filter(|size| answer.body.len().saturating_add(*size) <= LONGEST_BODY);
            let size = size.ok_or_else(|| NoAnswer::Broken("a chunk's size".to_owned()))?;
            if size == 0 {
                while !self.line(until)?.is_empty() {}
                return Ok(());
            }
            let chunk = self.exactly(size, until)?;
            answer.body.extend(chunk);
            if !self.line(until)?.is_empty() {
                return Err(NoAnswer::Broken("a chunk's end".to_owned()));
            }
        }
    }

    fn line(&mut self, until: Instant) -> Result<String, NoAnswer> {
        loop {
            if let Some(at) = find(&self.unread, b"\r\n") {
                let line: Vec<u8> = self.unread.drain(..at + 2).collect();
                let line = line.get(..at).unwrap_or_default();
                return Ok(String::from_utf8_lossy(line).into_owned());
            }
            if !self.more(until)? {
                return Err(NoAnswer::Closed(self.unread.len()));
            }
        }
    }

    fn exactly(&mut self, length: usize, until: Instant) -> Result<Vec<u8>, NoAnswer> {
        while self.unread.len() < length {
            if !self.more(until)? {
                return Err(NoAnswer::Closed(self.unread.len()));
            }
        }
        Ok(self.unread.drain(..length).collect())
    }

    /// Waits until the relay closes the connection; gives the bytes that came before that, or
    /// `None` when it stays open.
    pub(crate) fn end(&mut self, until: Instant) -> Option<usize> {
        loop {
            match self.more(until) {
                Ok(true) => {}
                Ok(false) | Err(NoAnswer::Reset(_)) => return Some(self.unread.len()),
                Err(_) => return None,
            }
        }
    }

    /// Whether any byte has come within the time; the bytes stay unread.
    pub(crate) fn is_silent(&mut self, until: Instant) -> bool {
        self.unread.is_empty() && matches!(self.more(until), Err(NoAnswer::TimedOut(_)))
    }

    /// Reads on; `false` at the end of the connection.
    fn more(&mut self, until: Instant) -> Result<bool, NoAnswer> {
        let mut buffer = [0; 16 << 10];
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(NoAnswer::TimedOut(self.unread.len()));
            }
            // It refuses no time but zero.
            let _ = self.stream.set_read_timeout(Some(left));
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.unread
                        .extend_from_slice(buffer.get(..count).unwrap_or_default());
                    return Ok(true);
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted
                    | io::ErrorKind::WouldBlock
                    | io::ErrorKind::TimedOut => {}
                    _ => return Err(NoAnswer::Reset(self.unread.len())),
                },
            }
        }
    }
}

/// Where a sequence of bytes begins.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

fn parse_head(head: &str) -> Result<HttpAnswer, String> {
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let parsed = first.strip_prefix("HTTP/1.").and_then(|rest| {
        let (minor, rest) = rest.split_once(' ')?;
        let status = rest.get(..3)?;
        let is_ended = rest.len() == 3 || rest.as_bytes().get(3) == Some(&b' ');
        let digits = status.bytes().all(|byte| byte.is_ascii_digit());
        (is_ended && digits).then_some((minor.parse::<u8>().ok()?, status.parse::<u16>().ok()?))
    });
    let (minor, status) = parsed.ok_or_else(|| format!("its first line is {first:?}"))?;
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| format!("a header line is {line:?}"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok(HttpAnswer {
        minor,
        status,
        headers,
        body: Vec::new(),
        ended_by_close: false,
        read: Instant::now(),
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// The answer that a client reads from these bytes and the end of the connection after them.
    fn said(bytes: &'static [u8], to_head: bool) -> Result<HttpAnswer, NoAnswer> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(bytes).unwrap();
        });
        let mut connection = HttpConnection::open(address).unwrap();
        let answer = connection.answer(to_head, Instant::now() + CONNECTING);
        server.join().unwrap();
        answer
    }

    #[test]
    fn bodies_end_in_three_ways() {
        for bytes in [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a\r\n\r\n{}"[..],
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: a\r\n\r\n1\r\n{\r\n1;x\r\n}\r\n0\r\n\r\n",
            b"HTTP/1.0 200 OK\r\nX: a\r\n\r\n{}",
        ] {
            let answer = said(bytes, false).unwrap();
            assert_eq!((answer.status, &answer.body[..]), (200, &b"{}"[..]));
            assert_eq!(answer.one("x"), Some("a"));
            assert_eq!(answer.keeps(), answer.minor == 1);
        }
        let head = said(b"HTTP/1.1 405 No\r\nContent-Length: 9\r\n\r\n", true).unwrap();
        assert!(head.body.is_empty());
    }

    #[test]
    fn what_is_no_answer_is_named() {
        assert_eq!(said(b"", false).unwrap_err(), NoAnswer::Closed(0));
        let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}";
        assert_eq!(said(cut, false).unwrap_err(), NoAnswer::Closed(2));
        for bytes in [&b"hello\r\n\r\n"[..], b"HTTP/1.1 2000 OK\r\n\r\n"] {
            assert!(matches!(said(bytes, false), Err(NoAnswer::Broken(_))));
        }
    }
}
