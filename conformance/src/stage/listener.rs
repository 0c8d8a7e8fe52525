//! A small HTTP server on a port of its own, which hands each request to a [`Handler`] and does
//! what it says: answer, or fail in one of the ways of a transcript.

use super::raw_stream::{Instead, Tap};
use super::response::{Answer, Fault};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Request, Response};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// No request of a client is longer (RELAY-10 allows 139 264 bytes).
const LONGEST_REQUEST: usize = 1 << 20;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) at: Instant,
    pub(crate) method: String,
    /// As it stands in the request line.
    pub(crate) target: String,
    /// Names in lowercase.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Arrived {
    /// All values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(found, _)| found == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// What comes of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    Answer(Answer),
    Fault(Fault),
}

/// Decides about requests. `number` counts them over all connections, from 0.
pub(crate) trait Handler: Send + Sync + 'static {
    /// What is to come of a request.
    fn handle(&self, number: usize, arrived: Arrived) -> impl Future<Output = Reply> + Send;

    /// The client let go of a request that was left without an end.
    fn gone(&self, number: usize);
}

/// A running server; dropped, it closes its port and all connections.
pub(crate) struct Listening {
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
}

impl Listening {
    /// `http://127.0.0.1:port`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The threads that serve all listeners.
///
/// # Errors
///
/// A sentence.
pub(crate) fn runtime() -> Result<Runtime, String> {
    Runtime::new().map_err(|error| format!("no threads for the servers: {error}"))
}

/// Serves `handler` on a free port of this machine.
pub(crate) async fn listen<H: Handler>(handler: Arc<H>) -> io::Result<Listening> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let accepting = tokio::spawn(async move {
        let number = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, handler.clone(), number.clone()));
                },
                Some(_) = connections.join_next() => {}
            }
        }
    });
    Ok(Listening { address, accepting })
}

async fn connection<H: Handler>(
    stream: TcpStream,
    handler: Arc<H>,
    number: Arc<std::sync::atomic::AtomicUsize>,
) {
    // An answer that waits for Nagle's algorithm would count as the client's slowness.
    let _ = stream.set_nodelay(true);
    let instead = Instead::default();
    let tap = Tap::new(stream, instead.clone());
    let service = service_fn(|request: Request<Incoming>| {
        let (handler, number, instead) = (handler.clone(), number.clone(), instead.clone());
        async move {
            let arrived = read(request).await?;
            let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let leave = Leave(handler.clone(), number, true);
            let reply = handler.handle(number, arrived).await;
            carry_out(reply, &instead, leave).await
        }
    });
    // An error here is the client's going away, or a fault that was asked for.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(tap, service)
        .await;
}

async fn read(request: Request<Incoming>) -> io::Result<Arrived> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LONGEST_REQUEST)
        .collect()
        .await
        .map_err(io::Error::other)?;
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into();
    Ok(Arrived {
        at: Instant::now(),
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: (head.headers.iter())
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: body.to_bytes().to_vec(),
    })
}

async fn carry_out<H: Handler>(
    reply: Reply,
    instead: &Instead,
    mut leave: Leave<H>,
) -> io::Result<Response<Content<H>>> {
    let (answer, then) = match reply {
        Reply::Answer(mut answer) => {
            leave.2 = false;
            if let Some(raw) = answer.raw.take() {
                instead.write(raw.into_bytes());
            }
            (answer, None)
        }
        Reply::Fault(Fault::StallBody { answer }) => (answer, Some(leave)),
        Reply::Fault(Fault::Stall) => std::future::pending().await,
        Reply::Fault(Fault::Close) => {
            leave.2 = false;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Reply::Fault(Fault::BreakOff { answer, declared }) => {
            leave.2 = false;
            instead.write(broken_off(&answer, declared)?);
            (
                Answer {
                    status: 200,
                    ..Answer::default()
                },
                None,
            )
        }
        Reply::Fault(Fault::Garbage { bytes }) => {
            leave.2 = false;
            instead.write(bytes.expand().map_err(io::Error::other)?);
            (
                Answer {
                    status: 200,
                    ..Answer::default()
                },
                None,
            )
        }
    };
    let content = answer.content().map_err(io::Error::other)?;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    // A 204 has no body, nor a length of one.
    if answer.status != 204 {
        let length = content.len() + usize::from(then.is_some());
        response = response.header("content-length", length);
    }
    let data = (!content.is_empty()).then(|| content.into());
    response
        .body(Content { data, then })
        .map_err(io::Error::other)
}

fn broken_off(answer: &Answer, declared: usize) -> io::Result<Vec<u8>> {
    let mut head = format!(
        "HTTP/1.1 {} Whatever\r\ncontent-length: {declared}\r\n",
        answer.status
    );
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    let mut bytes = (head + "\r\n").into_bytes();
    bytes.extend(answer.content().map_err(io::Error::other)?);
    Ok(bytes)
}

/// Tells the handler when the connection drops a request that still waits.
struct Leave<H: Handler>(Arc<H>, usize, bool);

impl<H: Handler> Drop for Leave<H> {
    fn drop(&mut self) {
        if self.2 {
            self.0.gone(self.1);
        }
    }
}

/// A body: `data`, and then the end, or with `then` nothing more for ever.
struct Content<H: Handler> {
    data: Option<Bytes>,
    then: Option<Leave<H>>,
}

impl<H: Handler> Body for Content<H> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match (self.data.take(), &self.then) {
            (Some(data), _) => Poll::Ready(Some(Ok(Frame::data(data)))),
            (None, Some(_)) => Poll::Pending,
            (None, None) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.then.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.then {
            Some(_) => SizeHint::default(),
            None => SizeHint::with_exact(self.data.as_ref().map_or(0, |data| data.len() as u64)),
        }
    }
}
