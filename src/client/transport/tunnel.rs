//! A layer of the blocking transport that asks the user's proxy for a tunnel (CLIENT-3).
//!
//! This module relies on the following, which was read in the source of ureq 3.5.2: its connector
//! for CONNECT opens the connection to the proxy by a call of the whole chain without a proxy,
//! gives each read of the proxy's answer the whole time, and tells the proxy's status by the text
//! of its error only.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, SocksConnector,
    TcpConnector, Transport,
};
use ureq::{Error, Timeout};

use super::error;
use crate::protocol::{AttemptFailure, ProxyFailure};

/// The connector to the relay, or to the proxy, which then makes a tunnel to the relay.
#[derive(Debug, Default)]
pub(super) struct TunnelConnector {
    /// The end of the time for the tunnel that is being asked for.
    until: Arc<Mutex<Option<Instant>>>,
}

impl Connector<()> for TunnelConnector {
    type Out = TimedTransport;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> Result<Option<TimedTransport>, Error> {
        let connector =
            ().chain(SocksConnector::default())
                .chain(ConnectProxyConnector::default())
                .chain(TcpConnector::default());
        let asks = details.config.proxy().is_some();
        if asks && let Duration::Exact(time) = details.timeout.after {
            *lock(&self.until) = Instant::now().checked_add(time);
        }
        let connected = connector.connect(details, None);
        if asks {
            *lock(&self.until) = None;
        }
        let connection = match connected {
            Ok(None) => return Ok(None),
            Ok(Some(connection)) => connection,
            Err(error) if asks => {
                let failure = AttemptFailure::Proxy(classify(&error));
                return Err(Error::Other(Box::new(failure)));
            }
            Err(error) => return Err(error),
        };
        Ok(Some(TimedTransport {
            connection: Box::new(connection),
            until: Arc::clone(&self.until),
        }))
    }
}

/// A connection on which all reads together have the time for a tunnel, while one is asked for: a
/// proxy that sends its answer byte by byte holds nobody.
#[derive(Debug)]
pub(super) struct TimedTransport {
    connection: Box<dyn Transport>,
    until: Arc<Mutex<Option<Instant>>>,
}

impl Transport for TimedTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.connection.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, Error> {
        let until = *lock(&self.until);
        if let Some(until) = until {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Timeout(Timeout::Connect));
            }
            timeout.after = Duration::Exact(left);
        }
        self.connection.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.connection.is_open()
    }

    fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }
}

fn lock(until: &Mutex<Option<Instant>>) -> MutexGuard<'_, Option<Instant>> {
    // A poisoned lock does no harm: its value is valid at any time.
    until.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Classifies an error of ureq that came before a tunnel stood.
fn classify(error: &Error) -> ProxyFailure {
    match error {
        Error::Timeout(_) => ProxyFailure::TimedOut,
        Error::HostNotFound => ProxyFailure::Name,
        Error::ConnectProxyFailed(reason) if reason.contains(" 407/") => ProxyFailure::Credentials,
        Error::ConnectProxyFailed(reason) if reason.contains("did not respond") => {
            ProxyFailure::Broken
        }
        Error::Io(error) => match wrapped(error) {
            Some(inner) => classify(inner),
            None => of_io(error),
        },
        _ => ProxyFailure::NoTunnel,
    }
}

/// Classifies an error of the system, or of ureq's SOCKS5, which makes them of texts of its own.
fn of_io(error: &io::Error) -> ProxyFailure {
    if error.kind() == io::ErrorKind::PermissionDenied
        || error.to_string() == "no acceptable auth methods"
    {
        return ProxyFailure::Credentials;
    }
    error::find(error).map_or(ProxyFailure::NoTunnel, ProxyFailure::from_connecting)
}

/// The error of ureq that a reader wrapped in an I/O error, if there is one.
pub(super) fn wrapped(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}
