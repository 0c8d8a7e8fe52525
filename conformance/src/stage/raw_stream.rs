//! A connection whose bytes can be replaced, for responses that are no HTTP or that break off.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Bytes to write in place of those of the HTTP library, after which the connection is closed.
#[derive(Clone, Default)]
pub(crate) struct RawResponse(Arc<Mutex<Option<Vec<u8>>>>);

impl RawResponse {
    /// Replaces the response that is about to be written.
    pub(crate) fn write(&self, bytes: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    }
}

/// The connection as the HTTP library sees it.
pub(crate) struct RawStream {
    stream: TokioIo<TcpStream>,
    raw_response: RawResponse,
}

impl RawStream {
    pub(crate) fn new(stream: TcpStream, raw_response: RawResponse) -> Self {
        Self {
            stream: TokioIo::new(stream),
            raw_response,
        }
    }
}

impl hyper::rt::Read for RawStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl hyper::rt::Write for RawStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let mut raw_response = this
            .raw_response
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(bytes) = raw_response.as_mut() else {
            drop(raw_response);
            return Pin::new(&mut this.stream).poll_write(cx, buf);
        };
        while !bytes.is_empty() {
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
            bytes.drain(..written);
        }
        // The error makes the HTTP library close the connection.
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
