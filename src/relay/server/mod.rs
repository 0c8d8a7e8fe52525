//! The server: the listener, its connections and their bounds, and the shutdown.

mod activity;
mod clock;
mod connection;
mod context;
#[cfg(feature = "test-hooks-dangerous")]
pub mod dangerous_reading;
mod handle;
mod http;
#[cfg(test)]
mod http_tests;
mod limiter;
#[cfg(test)]
mod limits_tests;
mod metrics;
mod monitor;
mod ops;
mod proxies;
mod shared;
mod target;

pub use clock::Clock;
#[cfg(any(test, feature = "test-hooks-dangerous"))]
pub use clock::ManualClock;
pub use handle::RelayHandle;
pub use monitor::Monitor;
pub use proxies::{BadNetwork, ForwardedHeader, Network, Proxies};
pub use shared::RelayCounts;

use std::fmt;
use std::future::Future;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::limits::{BadLimits, Limits, REQUEST_TIME};
use super::problem::Refusal;
use super::registry::{Random, Registry, system_random};
use context::ConnectionContext;
use limiter::ConnectionLimiter;
use metrics::Metrics;
use proxies::UntrustedProxies;
use shared::SharedRegistry;

/// The surroundings of a relay, beside its [`Limits`].
pub struct RelayOptions {
    /// The proxies in front of the relay. Default: none.
    pub proxies: Proxies,
    /// Called once, with the address of the first peer that sends a forwarded header and is no
    /// trusted proxy: perhaps one that was forgotten, so that all its clients count as one address
    /// (RELAY-22). Default: nothing.
    pub on_untrusted_proxy: Option<Arc<dyn Fn(IpAddr) + Send + Sync>>,
    /// The address of a second listener, for operators: `/metrics` (OpenMetrics), `/healthz` and
    /// `/readyz`. Whoever reaches it learns the relay's load. Default: none.
    pub ops: Option<SocketAddr>,
    /// The clock by which channels live and GETs wait. Default: the machine's.
    pub clock: Clock,
    /// The source of channel ids. Default: the machine's.
    pub random: Random,
    /// The time in which a request must arrive. Default: 30 s, by RELAY-21; less is for tests.
    pub request_time: Duration,
    /// The time that open requests have left when the relay shuts down. Default: 5 s.
    pub shutdown_time: Duration,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            proxies: Proxies::default(),
            on_untrusted_proxy: None,
            ops: None,
            clock: Clock::system(),
            random: system_random(),
            request_time: REQUEST_TIME,
            shutdown_time: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for RelayOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayOptions")
            .field("proxies", &self.proxies)
            .field("ops", &self.ops)
            .field("clock", &self.clock)
            .field("request_time", &self.request_time)
            .field("shutdown_time", &self.shutdown_time)
            .finish_non_exhaustive()
    }
}

/// A relay that listens, and serves once it runs.
pub struct Relay {
    listener: TcpListener,
    address: SocketAddr,
    ops: Option<(TcpListener, SocketAddr)>,
    shared: Arc<ConnectionContext>,
    limiter: Arc<ConnectionLimiter>,
    shutdown_time: Duration,
}

impl Relay {
    /// Listens at an address; port 0 takes any free one.
    ///
    /// The system accepts connections from now on; [`Relay::run`] serves them.
    ///
    /// # Errors
    ///
    /// [`RelayError::Limits`] for limits that cannot work, and [`RelayError::Bind`] when the relay
    /// cannot listen at the address.
    pub fn bind(
        address: SocketAddr,
        limits: Limits,
        options: RelayOptions,
    ) -> Result<Self, RelayError> {
        limits.check().map_err(RelayError::Limits)?;
        let (listener, address) = listen(address)?;
        let ops = options.ops.map(listen).transpose()?;
        let limiter = Arc::new(ConnectionLimiter::new(&limits));
        let registry = Registry::new(limits, options.random);
        let shared = Arc::new(ConnectionContext {
            registry: SharedRegistry::new(registry, options.clock),
            proxies: options.proxies,
            untrusted: UntrustedProxies::new(options.on_untrusted_proxy),
            metrics: Metrics::new(),
            request_time: options.request_time,
        });
        Ok(Self {
            listener,
            address,
            ops,
            shared,
            limiter,
            shutdown_time: options.shutdown_time,
        })
    }

    /// The address at which the relay listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The address at which the relay listens for operators, if it does.
    #[must_use]
    pub fn ops_addr(&self) -> Option<SocketAddr> {
        self.ops.as_ref().map(|(_, address)| *address)
    }

    /// A view of the relay's load, which stays valid while it runs.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        Monitor {
            shared: Arc::clone(&self.shared),
            limiter: Arc::clone(&self.limiter),
        }
    }

    /// Serves until `shutdown` is ready, then answers waiting requests with `unavailable` and ends.
    ///
    /// Runs on a tokio runtime of either flavour that has I/O and time.
    ///
    /// # Errors
    ///
    /// [`RelayError::Runtime`] when the runtime does not take the listener.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), RelayError> {
        let monitor = self.monitor();
        let listener =
            tokio::net::TcpListener::from_std(self.listener).map_err(RelayError::Runtime)?;
        let (shared, limiter) = (self.shared, self.limiter);
        let (down, going_down) = watch::channel(false);
        let mut connections = JoinSet::new();
        let timer_shared = Arc::clone(&shared);
        let mut beside = JoinSet::new();
        beside.spawn(async move { timer_shared.registry.keep_time().await });
        if let Some((listener, _)) = self.ops {
            let going_down = going_down.clone();
            beside.spawn(async move {
                // It can fail only before it serves, as the relay's own listener can.
                let _ = ops::serve(listener, monitor, going_down).await;
            });
        }
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => continue,
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, peer)) = accepted else {
                // The process has no descriptors left, or the peer has gone already: neither lasts.
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            let peer = peer.ip();
            match ConnectionLimiter::admit(&limiter, peer, shared.proxies.trusts(peer)) {
                Ok(permit) => {
                    let (shared, going_down) = (Arc::clone(&shared), going_down.clone());
                    connections.spawn(async move {
                        let _permit = permit;
                        // Answers are written whole, and nobody gains by holding them back.
                        let _ = stream.set_nodelay(true);
                        connection::serve(stream, peer, shared, going_down).await;
                    });
                }
                Err(refusal) => {
                    shared.metrics.turned_away(refusal);
                    turn_away(stream, refusal);
                }
            }
        }
        drop(listener);
        shared.registry.shut_down();
        let _ = down.send(true);
        let ended = async { while connections.join_next().await.is_some() {} };
        let _ = timeout(self.shutdown_time, ended).await;
        Ok(())
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Listens, without blocking whoever accepts.
fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), RelayError> {
    let bind = || {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bind().map_err(|error| RelayError::Bind { address, error })
}

/// Writes as much of a refusal as needs no waiting, and closes the connection.
fn turn_away(stream: TcpStream, refusal: Refusal) {
    if let Ok(mut stream) = stream.into_std() {
        let _ = stream.write(&http::turned_away(refusal));
    }
}

/// The reason why a relay does not run.
#[derive(Debug)]
pub enum RelayError {
    /// The limits cannot work.
    Limits(BadLimits),
    /// The relay cannot listen at the address.
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        error: io::Error,
    },
    /// The system gave no thread or runtime for the relay.
    Runtime(io::Error),
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limits(error) => write!(f, "{error}"),
            Self::Bind { address, error } => write!(f, "cannot listen at {address}: {error}"),
            Self::Runtime(error) => write!(f, "cannot start: {error}"),
        }
    }
}

impl std::error::Error for RelayError {}
