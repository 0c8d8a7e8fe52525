//! The blocking transport, on ureq.
//!
//! This module relies on the following, which was read in the source of ureq 3.5.2:
//!
//! * ureq never repeats a request by itself. A pooled connection is probed (one
//!   non-blocking read) before it is used again; one that the server has closed is dropped and a
//!   new one opened, before anything is sent. If the server closes between the probe and the
//!   answer, the request fails and surfaces as [`AttemptFailure::Broken`]; repeating it is up to
//!   the caller.
//! * The global timeout is a deadline across name resolution, connecting, TLS, sending and the
//!   whole of the body.
//! * A body shorter than its `Content-Length`, or chunked without its end, is an error. A body
//!   with neither runs to the end of the connection, and ureq takes a reset, or TLS without a
//!   closing message, for that end: it cannot be told from a complete one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::Request;
use ureq::config::Config;
use ureq::unversioned::transport::{Connector, RustlsConnector};
use ureq::{Agent, AsSendBody, Error};

use super::coalesce::CoalescingConnector;
use super::resolver::CachingResolver;
use super::tunnel::{TunnelConnector, wrapped};
use super::{BODY_LIMIT, HEADER_LIMIT, IDLE, LONGEST, Proxy, TlsOptions, USER_AGENT, error};
use crate::protocol::AttemptFailure;
use crate::protocol::wire::{HttpRequest, HttpResponse};

/// The error of a request without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum TransportError {
    /// No complete answer arrived. The server may nevertheless have acted on the request.
    Failed(AttemptFailure),
    /// The caller cancelled the request.
    Cancelled,
}

impl From<AttemptFailure> for TransportError {
    fn from(failure: AttemptFailure) -> Self {
        Self::Failed(failure)
    }
}

/// The size of ureq's output buffer, in bytes. ureq fills its buffers with zeros for each
/// connection, and its default is 128 KiB in each direction. A header must fit into the input
/// buffer.
const OUTPUT: usize = 16 * 1024;

/// The longest time of looking up a name, and of connecting, within an attempt.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// A blocking HTTP client for one exchange. It keeps its connection for the next request.
#[derive(Debug)]
pub(in crate::client) struct UreqTransport {
    agent: Agent,
    resolver: CachingResolver,
    cancelled: Arc<AtomicBool>,
}

/// A handle that cancels the requests of one [`UreqTransport`] from another thread.
#[derive(Debug, Clone)]
pub(in crate::client) struct Interrupt {
    agent: Agent,
    cancelled: Arc<AtomicBool>,
}

impl UreqTransport {
    /// Makes a client that trusts the given authorities and uses the proxy, if there is one. It
    /// connects to nothing yet.
    pub(in crate::client) fn new(tls: &TlsOptions, proxy: Option<&Proxy>) -> Self {
        let config = Agent::config_builder()
            .tls_config(tls.for_ureq())
            // By default, ureq takes a proxy from the environment.
            .proxy(proxy.map(|proxy| proxy.for_ureq.clone()))
            // CONNECT would tell the proxy the library and its version.
            .user_agent(USER_AGENT)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(HEADER_LIMIT)
            .input_buffer_size(HEADER_LIMIT + OUTPUT)
            .output_buffer_size(OUTPUT)
            .max_idle_age(IDLE)
            // An interrupt does not reach name resolution and connecting.
            .timeout_resolve(Some(LONGEST_CONNECT))
            .timeout_connect(Some(LONGEST_CONNECT))
            .build();
        Self::with(config)
    }

    /// Makes a client with the same configuration that shares nothing with this one: it has its own
    /// connections, and an interrupt of this one does not reach it.
    pub(in crate::client) fn fresh(&self) -> Self {
        Self::with(self.agent.config().clone())
    }

    fn with(config: Config) -> Self {
        let resolver = CachingResolver::default();
        let connector = TunnelConnector::default()
            .chain(RustlsConnector::default())
            .chain(CoalescingConnector);
        let agent = Agent::with_parts(config, connector, resolver.clone());
        let cancelled = Arc::new(AtomicBool::new(false));
        Self {
            agent,
            resolver,
            cancelled,
        }
    }

    /// Whether an [`Interrupt`] has stopped this client.
    pub(in crate::client) fn is_interrupted(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Makes a handle that ends the requests of this client.
    pub(in crate::client) fn interrupt(&self) -> Interrupt {
        Interrupt {
            agent: self.agent.clone(),
            cancelled: Arc::clone(&self.cancelled),
        }
    }

    /// Sends a request once, and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when there is no complete answer within the request's time, and
    /// [`TransportError::Cancelled`] whenever the client was cancelled before this returns.
    pub(in crate::client) fn send(
        &self,
        request: &HttpRequest,
        within: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let outcome = self.attempt(request, within.min(LONGEST));
        // This check comes last and applies to a success too: a body that runs to the end of the
        // connection looks complete even if an interrupt ended the connection.
        if self.is_interrupted() {
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

    // CLIENT-13: A client MUST take an answer as complete when its body has the length that
    // `Content-Length` says, or its last chunk has come
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
    /// Stops the client for good: a [`UreqTransport::send`] under way returns
    /// [`TransportError::Cancelled`], and so does every later one. A last request to the server
    /// needs a [`fresh`](UreqTransport::fresh) client.
    ///
    /// Waiting for the server, sending, receiving and a TLS handshake are interrupted at once.
    /// Name resolution and connecting are not: they end by themselves or with the request's time,
    /// and then no request is sent.
    pub(in crate::client) fn interrupt(&self) {
        self.cancelled.store(true, Ordering::Release);
        self.agent.clone().shutdown();
    }
}

/// Classifies an error of ureq.
fn classify(error: &Error) -> TransportError {
    TransportError::Failed(match error {
        Error::Http(_) | Error::BadUri(_) => {
            return TransportError::Failed(AttemptFailure::Unsendable("the request is malformed"));
        }
        Error::Io(error) => match wrapped(error) {
            Some(inner) => return classify(inner),
            None => error::find(error).unwrap_or(AttemptFailure::Other),
        },
        Error::Rustls(error) => error::of_tls(error),
        Error::Tls(_) | Error::TlsRequired => AttemptFailure::Tls,
        Error::Timeout(_) => AttemptFailure::TimedOut,
        Error::HostNotFound => AttemptFailure::Name,
        Error::Protocol(_) | Error::LargeResponseHeader(..) => AttemptFailure::NotHttp,
        Error::Other(error) => error::find(&**error).unwrap_or(AttemptFailure::Other),
        Error::BodyStalled => AttemptFailure::Broken,
        _ => AttemptFailure::Other,
    })
}

fn is_too_long(error: &Error) -> bool {
    match error {
        Error::BodyExceedsLimit(_) => true,
        Error::Io(error) => wrapped(error).is_some_and(is_too_long),
        _ => false,
    }
}
