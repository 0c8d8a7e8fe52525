//! One connection, served until its end.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::activity::ConnectionActivity;
use super::http;
use super::proxies::Proxies;
use super::shared::SharedRegistry;

/// What all connections of a relay share.
pub(super) struct ConnectionContext {
    pub(super) registry: SharedRegistry,
    pub(super) proxies: Proxies,
    /// How long a request may take to arrive, and an idle connection to bring one.
    pub(super) request_time: Duration,
}

/// Bytes of a request's head, and of what hyper buffers.
const HEAD: usize = 16 << 10;
/// How much of an over-long body is thrown away, so that its sender can read the refusal.
const UNREAD: usize = 256 << 10;

/// Serves one connection until either end closes it, it takes too long, or the relay goes down.
pub(super) async fn serve(
    stream: TcpStream,
    peer: IpAddr,
    shared: Arc<ConnectionContext>,
    mut going_down: watch::Receiver<bool>,
) {
    let activity = Arc::new(ConnectionActivity::new(shared.request_time));
    let io = TokioIo::new(Watched {
        stream,
        activity: Arc::clone(&activity),
        unread: UNREAD,
    });
    let service = service_fn(|request| {
        let (shared, activity) = (Arc::clone(&shared), Arc::clone(&activity));
        async move {
            activity.begun();
            let (registry, proxies) = (&shared.registry, &shared.proxies);
            let response = http::respond(registry, proxies, peer, &activity, request).await;
            activity.answered();
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(HEAD)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    let mut alarm = std::pin::pin!(sleep_until(activity.deadline()));
    let mut told = false;
    loop {
        tokio::select! {
            // Whatever ended it, there is nobody to tell.
            _ = connection.as_mut() => return,
            () = &mut alarm => {
                // RELAY-21: A relay MUST drop a request that has not wholly arrived within 30
                // seconds of its first byte, by closing the connection without an answer.
                let deadline = activity.deadline();
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

/// A stream that tells its activity when bytes come.
struct Watched {
    stream: TcpStream,
    activity: Arc<ConnectionActivity>,
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
            this.activity.bytes_came();
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
        if !this.activity.has_unread() {
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
