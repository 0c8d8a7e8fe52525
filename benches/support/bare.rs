//! The floor under the relay: the same server library, runtime and connection set-up, with a
//! handler that reads the body, looks at nothing and responds with a constant of the relay's size.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::thread;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::messages;

/// The name of the server's thread.
pub(crate) const THREAD: &str = "bare";

/// Starts the server on a thread of its own; it runs until the process ends.
pub(crate) fn spawn() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("a socket");
    // `RelayHandle` builds its runtime in this way.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let serve = move || runtime.block_on(serve(listener));
    thread::Builder::new()
        .name(THREAD.to_owned())
        .spawn(serve)
        .expect("a thread");
    address
}

async fn serve(listener: TcpListener) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let _ = http1::Builder::new()
                .header_read_timeout(None)
                .max_buf_size(16 << 10)
                .serve_connection(TokioIo::new(stream), service_fn(respond))
                .await;
        });
    }
}

async fn respond(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    // A body that is left unread would cost the connection.
    let (request, mut unread) = request.into_parts();
    while let Some(Ok(_)) = unread.frame().await {}
    let body = messages::response_to(request.method.as_str(), request.uri.path());
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let cache = HeaderValue::from_static("no-store, no-transform");
    headers.insert(CACHE_CONTROL, cache);
    Ok(response)
}
