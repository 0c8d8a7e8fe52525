//! One connection, served until its end.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::activity::ConnectionActivity;
use super::context::ConnectionContext;
use super::http;

/// The most bytes of a request's head, and of hyper's buffer.
const HEAD: usize = 16 << 10;
/// The most bytes of an over-long body that are read and dropped, so that its sender can read the
/// refusal.
const UNREAD: usize = 256 << 10;

/// Serves one connection until either end closes it, it takes too long, or the relay goes down.
pub(super) async fn serve(
    stream: TcpStream,
    peer: IpAddr,
    shared: Arc<ConnectionContext>,
    mut going_down: watch::Receiver<bool>,
) {
    let activity = Arc::new(ConnectionActivity::new(shared.request_time));
    let (reader, writer) = stream.into_split();
    let reader = Arc::new(reader);
    let io = TokioIo::new(Watched {
        reader: Arc::clone(&reader),
        writer,
        activity: Arc::clone(&activity),
        unread: UNREAD,
    });
    let service = service_fn(|request| {
        let (shared, activity) = (Arc::clone(&shared), Arc::clone(&activity));
        let reader = Arc::clone(&reader);
        async move {
            activity.begun();
            shared
                .untrusted
                .notice(&shared.proxies, peer, request.headers());
            let half_closed = half_closed((*reader).as_ref());
            let response = http::respond(&shared, peer, &activity, half_closed, request).await;
            activity.answered();
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        // RELAY-24: A relay MUST answer a request that has wholly arrived even if its client has
        // closed the sending half of the connection.
        .half_close(true)
        .header_read_timeout(None)
        .max_buf_size(HEAD)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    let mut alarm = std::pin::pin!(sleep_until(activity.deadline()));
    let mut is_announced = false;
    loop {
        tokio::select! {
            // However the connection ended, nobody is left to hear of it.
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
            _ = going_down.wait_for(|down| *down), if !is_announced => {
                is_announced = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Waits until the client has closed the sending half, unless it has sent more before.
async fn half_closed(stream: &TcpStream) {
    if let Ok(1..) = stream.peek(&mut [0]).await {
        std::future::pending().await
    }
}

/// A stream that reports arriving bytes to the connection's activity.
struct Watched {
    reader: Arc<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    activity: Arc<ConnectionActivity>,
    /// The number of bytes that may still be read and dropped.
    unread: usize,
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let stream: &TcpStream = (*self.reader).as_ref();
            ready!(stream.poll_read_ready(cx))?;
            match stream.try_read(buffer.initialize_unfilled()) {
                Ok(count) => {
                    buffer.advance(count);
                    if count > 0 {
                        self.activity.bytes_came();
                    }
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().writer).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().writer).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.writer.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().writer).poll_flush(cx)
    }

    /// Closes the stream. Closing over unread bytes would reset the connection and might lose the
    /// answer, so the rest of an unread body is read and dropped, up to a bound.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.writer).poll_shutdown(cx))?;
        if !this.activity.has_unread() {
            return Poll::Ready(Ok(()));
        }
        let mut scratch = [0; 4 << 10];
        while this.unread > 0 {
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(Pin::new(&mut *this).poll_read(cx, &mut buffer))?;
            match buffer.filled().len() {
                0 => break,
                count => this.unread = this.unread.saturating_sub(count),
            }
        }
        Poll::Ready(Ok(()))
    }
}
