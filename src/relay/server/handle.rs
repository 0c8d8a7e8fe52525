//! A relay on a thread of its own, for programs that are not asynchronous.

use std::net::SocketAddr;
use std::thread::{self, JoinHandle};

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::shared::RelayCounts;
use super::{Monitor, Relay, RelayError, RelayOptions};
use crate::relay::limits::Limits;

/// A relay that runs on its own thread until it is shut down or dropped.
///
/// ```
/// use wormhole_sync::relay::{Limits, RelayOptions, RelayHandle};
///
/// let any_port = "127.0.0.1:0".parse()?;
/// let relay = RelayHandle::spawn(any_port, Limits::default(), RelayOptions::default())?;
/// println!("listening at {}", relay.url());
/// relay.shutdown();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RelayHandle {
    address: SocketAddr,
    ops: Option<SocketAddr>,
    monitor: Monitor,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RelayHandle {
    /// Listens, and serves from a new thread.
    ///
    /// # Errors
    ///
    /// [`RelayError`] when the relay cannot listen or has no thread to run on.
    pub fn spawn(
        address: SocketAddr,
        limits: Limits,
        options: RelayOptions,
    ) -> Result<Self, RelayError> {
        let relay = Relay::bind(address, limits, options)?;
        let (address, monitor) = (relay.local_addr(), relay.monitor());
        let ops = relay.ops_addr();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(RelayError::Runtime)?;
        let (stop, stopped) = oneshot::channel();
        let serve = move || {
            let shutdown = async {
                let _ = stopped.await;
            };
            // The relay can fail only before it serves, and the listener is known to be good.
            let _ = runtime.block_on(relay.run(shutdown));
        };
        let thread = thread::Builder::new()
            .name("relay".to_owned())
            .spawn(serve)
            .map_err(RelayError::Runtime)?;
        Ok(Self {
            address,
            ops,
            monitor,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address at which the relay listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The address at which the relay listens for operators, if it does.
    #[must_use]
    pub const fn ops_addr(&self) -> Option<SocketAddr> {
        self.ops
    }

    /// The rendezvous address for clients: `http://127.0.0.1:4000`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The relay's present load.
    #[must_use]
    pub fn counts(&self) -> RelayCounts {
        self.monitor.counts()
    }

    /// Shuts the relay down and answers waiting requests with `unavailable`. Returns when its
    /// thread has ended.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for RelayHandle {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
