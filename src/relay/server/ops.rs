//! The listener for operators: metrics, health and readiness, beside the relay's own.
//!
//! Whoever reaches it learns how much the relay has to do, and nothing about anybody. It has no
//! bound by address and no TLS: it is for loopback or an operator's own network.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::monitor::Monitor;

/// The most connections at a time.
const CONNECTIONS: usize = 32;
/// The time that a connection may last.
const CONNECTION_TIME: Duration = Duration::from_secs(10);

/// Serves until it is dropped. It is ready until the relay goes down.
pub(super) async fn serve(
    listener: std::net::TcpListener,
    monitor: Monitor,
    going_down: watch::Receiver<bool>,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // The process has no descriptors left, or the peer has gone already: neither lasts.
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        // One too many is closed at once.
        if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
            let (monitor, going_down) = (monitor.clone(), going_down.clone());
            connections.spawn(async move {
                let _permit = permit;
                let served = connection(stream, monitor, going_down);
                // Nobody is left to hear of a connection that took too long.
                let _ = timeout(CONNECTION_TIME, served).await;
            });
        }
    }
}

async fn connection(stream: TcpStream, monitor: Monitor, going_down: watch::Receiver<bool>) {
    let service = service_fn(|request: Request<Incoming>| {
        let response = respond(&request, &monitor, *going_down.borrow());
        async move { Ok::<_, Infallible>(response) }
    });
    // However the connection ended, nobody is left to hear of it.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn respond(
    request: &Request<Incoming>,
    monitor: &Monitor,
    is_going_down: bool,
) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    if !["/metrics", "/healthz", "/readyz"].contains(&path) {
        let text = "There are /metrics, /healthz and /readyz.\n";
        return answer(StatusCode::NOT_FOUND, TEXT, text);
    }
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, TEXT, "GET or HEAD only.\n");
        let allow = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    match path {
        "/metrics" => match monitor.metrics() {
            Ok(text) => answer(StatusCode::OK, OPEN_METRICS, text),
            Err(_) => answer(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "no metrics\n"),
        },
        "/readyz" if is_going_down => answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, "going down\n"),
        _ => answer(StatusCode::OK, TEXT, "ok\n"),
    }
}

const TEXT: &str = "text/plain; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

fn answer(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
