//! One connection: what it is doing, since when, and for how long it may.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::http;
use super::hub::Hub;
use super::proxies::Proxies;

/// What all connections of a relay share.
pub(super) struct Shared {
    pub(super) hub: Hub,
    pub(super) proxies: Proxies,
    /// How long a request may take to arrive, and an idle connection to bring one.
    pub(super) request_time: Duration,
}

/// The longest a request can wait in the registry.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Bytes of a request's head, and of what hyper buffers.
const HEAD: usize = 16 << 10;
/// How much of an over-long body is thrown away, so that its sender can read the refusal.
const UNREAD: usize = 256 << 10;

/// Serves one connection until either end closes it, it takes too long, or the relay goes down.
pub(super) async fn serve(
    stream: TcpStream,
    peer: IpAddr,
    shared: Arc<Shared>,
    mut going_down: watch::Receiver<bool>,
) {
    let line = Arc::new(Line::new(shared.request_time));
    let io = TokioIo::new(Watched {
        stream,
        line: Arc::clone(&line),
        unread: UNREAD,
    });
    let service = service_fn(|request| {
        let (shared, line) = (Arc::clone(&shared), Arc::clone(&line));
        async move {
            line.begun();
            let (hub, proxies) = (&shared.hub, &shared.proxies);
            let response = http::respond(hub, proxies, peer, &line, request).await;
            line.answered();
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(HEAD)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    let mut alarm = std::pin::pin!(sleep_until(line.deadline()));
    let mut told = false;
    loop {
        tokio::select! {
            // Whatever ended it, there is nobody to tell.
            _ = connection.as_mut() => return,
            () = &mut alarm => {
                // RELAY-21: A relay MUST drop a request that has not wholly arrived within 30 seconds of its first byte, by closing the connection without an answer.
                let deadline = line.deadline();
                if deadline <= Instant::now() {
                    return;
                }
                alarm.as_mut().reset(deadline);
            }
            _ = going_down.wait_for(|down| *down), if !told => {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// What a connection is doing.
///
/// hyper has a time for the head of a request only; RELAY-21 is about the whole of it. So the
/// stream notes when the first byte came, and one alarm a connection looks from time to time.
pub(super) struct Line {
    state: Mutex<State>,
    request_time: Duration,
}

struct State {
    phase: Phase,
    since: Instant,
    /// When bytes came while a request was being served: the next request has begun.
    early: Option<Instant>,
    unread: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing of the next request is there.
    Idle,
    /// A request is arriving.
    Reading,
    /// A request has arrived.
    Serving,
}

impl Line {
    fn new(request_time: Duration) -> Self {
        let state = State {
            phase: Phase::Idle,
            since: Instant::now(),
            early: None,
            unread: false,
        };
        Self {
            state: Mutex::new(state),
            request_time,
        }
    }

    /// The body of the request has arrived, or is not wanted.
    pub(super) fn arrived(&self) {
        self.change(|state| {
            state.phase = Phase::Serving;
            state.since = Instant::now();
        });
    }

    /// Whether the body of the request may not be read to its end.
    pub(super) fn leave_unread(&self, unread: bool) {
        self.change(|state| state.unread = unread);
    }

    fn has_unread(&self) -> bool {
        self.change(|state| state.unread)
    }

    /// The head of a request has arrived.
    fn begun(&self) {
        self.change(|state| {
            if state.phase == Phase::Idle {
                state.phase = Phase::Reading;
                state.since = Instant::now();
            }
        });
    }

    /// Bytes have come.
    fn heard(&self) {
        self.change(|state| match state.phase {
            Phase::Idle => {
                state.phase = Phase::Reading;
                state.since = Instant::now();
            }
            Phase::Reading => {}
            Phase::Serving => {
                state.early.get_or_insert_with(Instant::now);
            }
        });
    }

    /// The answer is ready to be written.
    fn answered(&self) {
        self.change(|state| {
            (state.phase, state.since) = match state.early.take() {
                Some(first) => (Phase::Reading, first),
                None => (Phase::Idle, Instant::now()),
            };
        });
    }

    /// When the connection has to have got on, or is dropped.
    fn deadline(&self) -> Instant {
        self.change(|state| match state.phase {
            Phase::Idle | Phase::Reading => state.since + self.request_time,
            Phase::Serving => state.since + LONGEST_WAIT + self.request_time,
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A stream that tells its line when bytes come.
struct Watched {
    stream: TcpStream,
    line: Arc<Line>,
    /// How much may still be thrown away.
    unread: usize,
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            this.line.heard();
        }
        result
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    /// Closing over unread bytes resets the connection, and the answer might be lost with it. So
    /// the rest of a body that was not read is thrown away, up to a bound.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        if !this.line.has_unread() {
            return Poll::Ready(Ok(()));
        }
        let mut scratch = [0; 4 << 10];
        while this.unread > 0 {
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buffer))?;
            match buffer.filled().len() {
                0 => break,
                count => this.unread = this.unread.saturating_sub(count),
            }
        }
        Poll::Ready(Ok(()))
    }
}
