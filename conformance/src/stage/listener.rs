//! A small HTTP server on a port of its own, which hands each request to a [`Handler`] and does
//! what the handler says: respond, or fail in one of the ways of a transcript.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use anyhow::Context as _;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::raw_stream::{RawResponse, RawStream, SendingHalf};
use super::response::{RecordedResponse, TransportFault};
use crate::terminal::show;

/// The most bytes of a request (RELAY-10 allows 139 264 bytes).
const LONGEST_REQUEST: usize = 1 << 20;

/// Whether each request is told to the user.
static NARRATES: AtomicBool = AtomicBool::new(false);

/// Tells each request from now on to the user, on standard output.
pub(crate) fn narrate() {
    NARRATES.store(true, Ordering::Relaxed);
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedRequest {
    pub(crate) at: Instant,
    pub(crate) method: String,
    /// The target as it stands in the request line.
    pub(crate) target: String,
    /// The headers, with names in lowercase.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl ReceivedRequest {
    /// All values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(found, _)| found == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// The server's reaction to a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ServerAction {
    /// The server responds.
    Respond(RecordedResponse),
    /// The server fails, without a whole response.
    Fail(TransportFault),
}

/// A relay or proxy behind the server, which decides about requests. `number` counts them over all
/// connections, from 0.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Decides how the server treats a request.
    fn handle(
        &self,
        number: usize,
        arrived: ReceivedRequest,
    ) -> impl Future<Output = ServerAction> + Send;

    /// Is called when the client drops a request that was left without a response.
    fn gone(&self, number: usize);
}

/// A running server, which closes its port and all connections when it is dropped.
pub(crate) struct RunningServer {
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
}

impl RunningServer {
    /// `http://127.0.0.1:port`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Makes the threads that serve all listeners.
///
/// # Errors
///
/// A sentence.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    Runtime::new().context("no threads for the servers")
}

/// Serves `handler` on a free port of this machine.
pub(crate) async fn listen<H: Handler>(handler: Arc<H>) -> io::Result<RunningServer> {
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
    Ok(RunningServer { address, accepting })
}

async fn connection<H: Handler>(
    stream: TcpStream,
    handler: Arc<H>,
    number: Arc<std::sync::atomic::AtomicUsize>,
) {
    // A response that waits for Nagle's algorithm would count as the client's slowness.
    let _ = stream.set_nodelay(true);
    let raw_response = RawResponse::default();
    let stream = RawStream::new(stream, raw_response.clone());
    let sending_half = stream.sending_half();
    let service = service_fn(|request: Request<Incoming>| {
        let (handler, number, raw_response) =
            (handler.clone(), number.clone(), raw_response.clone());
        let sending_half = sending_half.clone();
        async move {
            let is_poll = request.method() == Method::GET;
            let arrived = read(request).await?;
            if NARRATES.load(Ordering::Relaxed) {
                show(format_args!("  -> {} {}", arrived.method, arrived.target));
            }
            let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let waiting = WaitingRequest {
                handler: handler.clone(),
                number,
                ended: false,
            };
            let mut handling = std::pin::pin!(handler.handle(number, arrived));
            let action = tokio::select! {
                biased;
                action = &mut handling => action,
                () = sending_half.clone().closed() => {
                    // RELAY-24: A relay MUST answer a request that has wholly arrived even if its
                    // client has closed the sending half of the connection.
                    if is_poll {
                        return Err(io::ErrorKind::ConnectionAborted.into());
                    }
                    handler.gone(number);
                    handling.await
                }
            };
            carry_out(action, &raw_response, waiting, sending_half).await
        }
    });
    // An error here means that the client has gone away, or that a fault was asked for.
    let _ = hyper::server::conn::http1::Builder::new()
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn read(request: Request<Incoming>) -> io::Result<ReceivedRequest> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LONGEST_REQUEST)
        .collect()
        .await
        .map_err(io::Error::other)?;
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into();
    Ok(ReceivedRequest {
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
    action: ServerAction,
    raw_response: &RawResponse,
    mut waiting: WaitingRequest<H>,
    sending_half: SendingHalf,
) -> io::Result<Response<ResponseBody>> {
    let (response, then) = match action {
        ServerAction::Respond(mut response) => {
            waiting.ended = true;
            if let Some(raw) = response.raw_content().map_err(io::Error::other)? {
                raw_response.write(raw);
                // The library's own response, which is not written, can have no status of 1xx.
                response = RecordedResponse {
                    status: 200,
                    ..RecordedResponse::default()
                };
            }
            (response, None)
        }
        ServerAction::Fail(TransportFault::StallBody { response }) => {
            let until = async move {
                let _waiting = waiting;
                sending_half.closed().await;
            };
            (response, Some(Box::pin(until) as Pin<Box<_>>))
        }
        ServerAction::Fail(TransportFault::Stall) => {
            sending_half.closed().await;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        ServerAction::Fail(TransportFault::Close) => {
            waiting.ended = true;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        ServerAction::Fail(TransportFault::BreakOff { response, declared }) => {
            waiting.ended = true;
            raw_response.write(broken_off(&response, declared)?);
            (
                RecordedResponse {
                    status: 200,
                    ..RecordedResponse::default()
                },
                None,
            )
        }
        ServerAction::Fail(TransportFault::Garbage { bytes }) => {
            waiting.ended = true;
            raw_response.write(bytes.expand().map_err(io::Error::other)?);
            (
                RecordedResponse {
                    status: 200,
                    ..RecordedResponse::default()
                },
                None,
            )
        }
    };
    let content = response.content().map_err(io::Error::other)?;
    let mut builder = Response::builder().status(response.status);
    for (name, value) in &response.headers {
        builder = builder.header(name, value);
    }
    // A 204 has no body, nor a length of one.
    if response.status != 204 {
        let length = content.len() + usize::from(then.is_some());
        builder = builder.header("content-length", length);
    }
    let data = (!content.is_empty()).then(|| content.into());
    builder
        .body(ResponseBody { data, then })
        .map_err(io::Error::other)
}

fn broken_off(response: &RecordedResponse, declared: usize) -> io::Result<Vec<u8>> {
    let mut head = format!(
        "HTTP/1.1 {} Whatever\r\ncontent-length: {declared}\r\n",
        response.status
    );
    for (name, value) in &response.headers {
        head += &format!("{name}: {value}\r\n");
    }
    let mut bytes = (head + "\r\n").into_bytes();
    bytes.extend(response.content().map_err(io::Error::other)?);
    Ok(bytes)
}

/// A request without a response, which tells the handler when the connection drops it.
struct WaitingRequest<H: Handler> {
    handler: Arc<H>,
    number: usize,
    ended: bool,
}

impl<H: Handler> Drop for WaitingRequest<H> {
    fn drop(&mut self) {
        if !self.ended {
            self.handler.gone(self.number);
        }
    }
}

/// The body of a response: `data` and then the end, or nothing more until the client has gone if
/// `then` is set.
struct ResponseBody {
    data: Option<Bytes>,
    then: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match &mut self.then {
            Some(until) => {
                ready!(until.as_mut().poll(cx));
                Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
            }
            None => Poll::Ready(None),
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

#[cfg(test)]
mod tests {
    use std::net::{Shutdown, TcpStream};
    use std::{io::Read, io::Write};

    use tokio::sync::Notify;

    use super::*;

    /// Answers each request once its client has closed the sending half.
    #[derive(Default)]
    struct Late(Notify);

    impl Handler for Late {
        async fn handle(&self, _: usize, _: ReceivedRequest) -> ServerAction {
            self.0.notified().await;
            ServerAction::Respond(RecordedResponse {
                status: 204,
                ..RecordedResponse::default()
            })
        }

        fn gone(&self, _: usize) {
            self.0.notify_one();
        }
    }

    /// The bytes that a client reads which closes its sending half after a request of this method.
    fn read_after_half_close(method: &str) -> String {
        let runtime = runtime().unwrap();
        let server = runtime.block_on(listen(Arc::new(Late::default()))).unwrap();
        let mut stream = TcpStream::connect(server.address).unwrap();
        let request = format!("{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut read = String::new();
        stream.read_to_string(&mut read).unwrap();
        read
    }

    #[test]
    fn a_half_closed_request_is_answered_unless_it_polls() {
        // RELAY-24: A relay MUST answer a request that has wholly arrived even if its client has
        // closed the sending half of the connection.
        for method in ["POST", "PUT", "DELETE"] {
            assert!(
                read_after_half_close(method).starts_with("HTTP/1.1 204 "),
                "{method}"
            );
        }
        assert_eq!(read_after_half_close("GET"), "");
    }
}
