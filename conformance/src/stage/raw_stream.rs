//! A connection whose bytes can be replaced, for responses that are no HTTP or that break off, and
//! whose client can be watched while its request waits.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Bytes to write in place of those of the HTTP library, after which the connection is closed.
#[derive(Clone, Default)]
pub(crate) struct RawResponse(Arc<Mutex<Option<Vec<u8>>>>);

impl RawResponse {
    /// Replaces the response that is about to be written.
    pub(crate) fn write(&self, bytes: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    }
}

/// The client's sending half of a connection, which can be watched beside the HTTP library.
#[derive(Clone)]
pub(crate) struct SendingHalf(Arc<OwnedReadHalf>);

impl SendingHalf {
    /// Waits until the client has closed it, unless it has sent more before.
    pub(crate) async fn closed(self) {
        let stream: &TcpStream = (*self.0).as_ref();
        if let Ok(1..) = stream.peek(&mut [0]).await {
            std::future::pending().await
        }
    }
}

/// The connection as the HTTP library sees it.
pub(crate) struct RawStream {
    reader: Arc<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    raw_response: RawResponse,
}

impl RawStream {
    pub(crate) fn new(stream: TcpStream, raw_response: RawResponse) -> Self {
        let (reader, writer) = stream.into_split();
        Self {
            reader: Arc::new(reader),
            writer,
            raw_response,
        }
    }

    /// The half from which this stream reads.
    pub(crate) fn sending_half(&self) -> SendingHalf {
        SendingHalf(Arc::clone(&self.reader))
    }
}

impl AsyncRead for RawStream {
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
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for RawStream {
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
            return Pin::new(&mut this.writer).poll_write(cx, buf);
        };
        while !bytes.is_empty() {
            let written = ready!(Pin::new(&mut this.writer).poll_write(cx, bytes))?;
            bytes.drain(..written);
        }
        // The error makes the HTTP library close the connection.
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_shutdown(cx)
    }
}
