//! The asynchronous transport, on hyper.
//!
//! Dropping the future of [`HyperTransport::send`] cancels the request: its connection is closed,
//! whether the request was on its way, waiting or being answered. (A name resolution under way
//! runs to its end on tokio's blocking threads, and its result is thrown away. A runtime that is
//! dropped waits for it, unless it is ended with `shutdown_background`.)
//!
//! By default, hyper-util's client repeats a request whose pooled connection turns out to be closed
//! before anything was sent. This is switched off, so that a request is sent at most once and the
//! caller decides about repeating it.

use std::time::Duration;
use std::{error::Error, io};

use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::connector::RelayConnector;
use super::{BODY_LIMIT, HEADER_LIMIT, IDLE, LONGEST, Proxy, TlsFault, TlsOptions, error};
use crate::protocol::wire::{HttpRequest, HttpResponse};
use crate::protocol::{AttemptFailure, ProxyFailure};

/// An asynchronous HTTP client. It keeps its connections for further requests; a clone shares
/// them.
#[derive(Debug, Clone)]
pub(in crate::client) struct HyperTransport {
    client: Client<HttpsConnector<RelayConnector>, Full<Bytes>>,
    connector: RelayConnector,
}

impl HyperTransport {
    /// Makes a client that trusts the given authorities and uses the proxy, if there is one. It
    /// connects to nothing yet.
    ///
    /// # Errors
    ///
    /// [`TlsFault`] when the cryptographic library refuses the configuration. The compiled-in
    /// library never does.
    pub(in crate::client) fn new(
        tls: &TlsOptions,
        proxy: Option<&Proxy>,
    ) -> Result<Self, TlsFault> {
        let connector = RelayConnector::new(proxy.cloned());
        let https = HttpsConnector::from((connector.clone(), tls.for_hyper()?));
        let client = Client::builder(TokioExecutor::new())
            // CLIENT-9: A client MUST make each attempt at most once
            .retry_canceled_requests(false)
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(HEADER_LIMIT)
            .build(https);
        Ok(Self { client, connector })
    }

    /// Sends a request once, and waits for the answer. This must run within a tokio runtime with
    /// its network and time drivers enabled.
    ///
    /// # Errors
    ///
    /// [`AttemptFailure`] when there is no complete answer within the request's time.
    pub(in crate::client) async fn send(
        &self,
        request: &HttpRequest,
        within: Duration,
    ) -> Result<HttpResponse, AttemptFailure> {
        let deadline = within.min(LONGEST);
        let head = super::head(request)?;
        let body = Full::from(request.body.clone().unwrap_or_default());
        self.connector.attempt_begins();
        let exchange = self.exchange(head.map(|()| body));
        match tokio::time::timeout(deadline, exchange).await {
            Ok(outcome) => outcome,
            Err(_) if self.connector.waits_for_proxy() => {
                Err(AttemptFailure::Proxy(ProxyFailure::TimedOut))
            }
            Err(_) => Err(AttemptFailure::TimedOut),
        }
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<HttpResponse, AttemptFailure> {
        let answer = self.client.request(request).await;
        let (head, body) = answer.map_err(|error| classify(&error))?.into_parts();
        Ok(super::response(&head, read(body).await?))
    }
}

/// Reads a body up to [`BODY_LIMIT`], and no further; `None` is a longer one.
// CLIENT-5: A client MUST read at most 262 144 bytes of a body
async fn read(mut body: Incoming) -> Result<Option<Vec<u8>>, AttemptFailure> {
    // This is the announced length, if there is one.
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Ok(None);
    }
    let mut octets = Vec::new();
    while let Some(frame) = body.frame().await {
        // A frame without data is a trailer.
        if let Ok(data) = frame.map_err(|error| classify(&error))?.into_data() {
            if octets.len().saturating_add(data.len()) > BODY_LIMIT {
                return Ok(None);
            }
            octets.extend_from_slice(&data);
        }
    }
    Ok(Some(octets))
}

/// Classifies an error of hyper.
fn classify(error: &(dyn Error + 'static)) -> AttemptFailure {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref() {
            return of_hyper(error);
        }
        next = error.source();
    }
    // The error is not hyper's own, so it came up while connecting.
    error::find(error).unwrap_or(AttemptFailure::Other)
}

fn of_hyper(error: &hyper::Error) -> AttemptFailure {
    if error.is_parse() {
        return AttemptFailure::NotHttp;
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return AttemptFailure::Broken;
    }
    match error::find(error) {
        // The decoder of the chunked coding reports malformed input in this way.
        Some(AttemptFailure::System(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)) => {
            AttemptFailure::NotHttp
        }
        Some(cause) => cause,
        None => AttemptFailure::Broken,
    }
}
