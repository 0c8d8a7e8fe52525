//! The door of a relay: a port of this machine, over IPv4 and, where there is one, IPv6, with or
//! without TLS, that counts its connections.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// The keys and the certificate of a door with TLS.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) config: Arc<ServerConfig>,
    /// The number of connections that are closed in the handshake, before others are let in.
    pub(super) broken: usize,
}

/// An open door, which closes when it is dropped.
pub(super) struct Door {
    port: u16,
    connections: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Door {
    /// Opens a door to a relay that listens at `http://address`.
    pub(super) async fn open(relay: &str, keys: Option<&Keys>) -> io::Result<Self> {
        let relay: Arc<str> = relay.trim_start_matches("http://").into();
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = first.local_addr()?.port();
        // A name such as `localhost` may mean either; a machine without IPv6 has the one only.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        let connections = Arc::new(AtomicUsize::new(0));
        let serve = |listener| {
            let (relay, keys) = (Arc::clone(&relay), keys.cloned());
            tokio::spawn(serve(listener, relay, keys, Arc::clone(&connections)))
        };
        let tasks = [Some(first), second].into_iter().flatten().map(serve);
        Ok(Self {
            port,
            tasks: tasks.collect(),
            connections,
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The number of connections that came.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn serve(
    listener: TcpListener,
    relay: Arc<str>,
    keys: Option<Keys>,
    connections: Arc<AtomicUsize>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let number = connections.fetch_add(1, Ordering::SeqCst);
        let (relay, keys) = (Arc::clone(&relay), keys.clone());
        // A client that goes away is no fault of the door's.
        tokio::spawn(async move {
            let _ = pass(stream, &relay, keys, number).await;
        });
    }
}

async fn pass(
    mut stream: TcpStream,
    relay: &str,
    keys: Option<Keys>,
    number: usize,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match keys {
        Some(keys) if number < keys.broken => Ok(()),
        Some(keys) => {
            let mut inside = TlsAcceptor::from(keys.config).accept(stream).await?;
            let mut relay = TcpStream::connect(relay).await?;
            copy_bidirectional(&mut inside, &mut relay).await?;
            Ok(())
        }
        None => {
            let mut relay = TcpStream::connect(relay).await?;
            copy_bidirectional(&mut stream, &mut relay).await?;
            Ok(())
        }
    }
}
