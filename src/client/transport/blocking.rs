//! The blocking transport, on ureq.
//!
//! What was read in ureq 3.5.2 and is relied on here:
//!
//! * ureq never sends a request twice of its own accord. A pooled connection is probed (one
//!   non-blocking read) before it is used again; one that the server has closed is dropped and a
//!   new one opened, before anything is sent. If the server closes between the probe and the
//!   answer, the request fails and surfaces as [`FailureKind::Broken`]; repeating it is up to the
//!   caller.
//! * The global timeout is a deadline across name resolution, connecting, TLS, sending and the
//!   whole of the body.
//! * A body shorter than its `Content-Length`, or chunked without its end, is an error. A body
//!   with neither runs to the end of the connection, and ureq takes a reset, or TLS without a
//!   closing message, for that end: it cannot be told from a complete one.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::Request;
use ureq::config::Config;
use ureq::unversioned::transport::{Connector, DefaultConnector};
use ureq::{Agent, AsSendBody, Error};

use super::coalesce::CoalescingConnector;
use super::resolver::CachingResolver;
use super::{BODY_LIMIT, FailureKind, HEADER_LIMIT, IDLE, LONGEST, TlsOptions, TransportError};
use crate::protocol::wire::{HttpRequest, HttpResponse};

/// Bytes that are written at a time. ureq fills its buffers with zeros for each connection, and its
/// own choice is 128 KiB in each direction; a header must fit into the one for input.
const OUTPUT: usize = 16 * 1024;

/// How long looking a name up, and connecting, may take within an attempt.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// A blocking HTTP client for one exchange. It keeps its connection for the next request.
#[derive(Debug)]
pub(in crate::client) struct UreqTransport {
    agent: Agent,
    resolver: CachingResolver,
    cancelled: Arc<AtomicBool>,
}

/// Cancels the requests of one [`UreqTransport`] from another thread.
#[derive(Debug, Clone)]
pub(in crate::client) struct Interrupt {
    agent: Agent,
    cancelled: Arc<AtomicBool>,
}

impl UreqTransport {
    /// A client that trusts the given authorities. Nothing is connected yet.
    pub(in crate::client) fn new(tls: &TlsOptions) -> Self {
        let config = Agent::config_builder()
            .tls_config(tls.for_ureq())
            // The default is taken from the environment.
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(HEADER_LIMIT)
            .input_buffer_size(HEADER_LIMIT + OUTPUT)
            .output_buffer_size(OUTPUT)
            .max_idle_age(IDLE)
            // An interruption does not reach name resolution and connecting.
            .timeout_resolve(Some(LONGEST_CONNECT))
            .timeout_connect(Some(LONGEST_CONNECT))
            .build();
        Self::with(config)
    }

    /// A client like this one that shares nothing with it: it has connections of its own, and
    /// the cancellation of this one does not reach it.
    pub(in crate::client) fn fresh(&self) -> Self {
        Self::with(self.agent.config().clone())
    }

    fn with(config: Config) -> Self {
        let resolver = CachingResolver::default();
        let connector = DefaultConnector::new().chain(CoalescingConnector);
        let agent = Agent::with_parts(config, connector, resolver.clone());
        let cancelled = Arc::new(AtomicBool::new(false));
        Self {
            agent,
            resolver,
            cancelled,
        }
    }

    /// A handle that ends the requests of this client.
    pub(in crate::client) fn interrupt(&self) -> Interrupt {
        Interrupt {
            agent: self.agent.clone(),
            cancelled: Arc::clone(&self.cancelled),
        }
    }

    /// Sends a request, once, and waits for the answer.
    ///
    /// # Errors
    ///
    /// When there is no complete answer within the request's time, or none that is small enough;
    /// and [`TransportError::Cancelled`] whenever the client was cancelled before this returns.
    pub(in crate::client) fn send(
        &self,
        request: &HttpRequest,
        within: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let outcome = self.attempt(request, within.min(LONGEST));
        // Last, and whatever came out: a body that runs to the end of the connection looks
        // complete when it is the interruption that ended the connection.
        if self.cancelled.load(Ordering::Acquire) {
            return Err(TransportError::Cancelled);
        }
        if outcome.is_err() {
            self.resolver.forget();
        }
        outcome
    }

    fn attempt(
        &self,
        request: &HttpRequest,
        within: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let head = super::head(request)?;
        match &request.body {
            Some(body) => self.run(head.map(|()| body.as_str()), within),
            None => self.run(head, within),
        }
    }

    fn run(
        &self,
        request: Request<impl AsSendBody>,
        deadline: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let configured = self.agent.configure_request(request);
        let request = configured.timeout_global(Some(deadline)).build();
        let answer = self.agent.run(request).map_err(|error| classify(&error))?;
        let (head, body) = answer.into_parts();
        // CLIENT-5: A client MUST read at most 262 144 bytes of a body
        let limit = BODY_LIMIT as u64;
        if body.content_length().is_some_and(|length| length > limit) {
            return Ok(super::response(&head, None));
        }
        match body.into_with_config().limit(limit).read_to_vec() {
            Ok(body) => Ok(super::response(&head, Some(body))),
            Err(error) if is_too_long(&error) => Ok(super::response(&head, None)),
            Err(error) => Err(classify(&error)),
        }
    }
}

impl Interrupt {
    /// Ends what the client is doing and lets it do nothing more: a [`UreqTransport::send`] under
    /// way returns [`TransportError::Cancelled`], and so does every later one. For a last request
    /// to the server, take a [`fresh`](UreqTransport::fresh) client.
    ///
    /// Waiting for the server, sending, receiving and a TLS handshake are interrupted at once.
    /// Name resolution and the making of a TCP connection are not: they end by themselves or with
    /// the request's time, and then no request is sent.
    pub(in crate::client) fn interrupt(&self) {
        self.cancelled.store(true, Ordering::Release);
        self.agent.clone().shutdown();
    }
}

/// Says what an error of ureq means.
fn classify(error: &Error) -> TransportError {
    TransportError::NoAnswer(match error {
        Error::Http(_) | Error::BadUri(_) => {
            return TransportError::Unsendable("the request is malformed");
        }
        Error::Io(error) => match wrapped(error) {
            Some(inner) => return classify(inner),
            None => FailureKind::find(error).unwrap_or(FailureKind::Other),
        },
        Error::Rustls(error) => FailureKind::of_tls(error),
        Error::Tls(_) | Error::TlsRequired => FailureKind::Tls,
        Error::Timeout(_) => FailureKind::TimedOut,
        Error::HostNotFound => FailureKind::Name,
        Error::Protocol(_) | Error::LargeResponseHeader(..) => FailureKind::NotHttp,
        Error::BodyStalled => FailureKind::Broken,
        _ => FailureKind::Other,
    })
}

fn is_too_long(error: &Error) -> bool {
    match error {
        Error::BodyExceedsLimit(_) => true,
        Error::Io(error) => wrapped(error).is_some_and(is_too_long),
        _ => false,
    }
}

/// An error of ureq that went through a reader and was wrapped on the way.
fn wrapped(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}
