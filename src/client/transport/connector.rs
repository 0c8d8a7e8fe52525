//! The connector of the asynchronous transport: to the relay, or to the user's proxy, which then
//! makes a tunnel to the relay (CLIENT-3).
//!
//! hyper-util tells its errors about tunnels by their texts only. The tests show which they are; a
//! text that is not known is no more than a tunnel that was not made.

use std::error::Error;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::uri::{Builder, Scheme};
use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;
use zeroize::Zeroizing;

use super::error;
use super::proxy::{Proxy, TunnelProtocol};
use crate::protocol::{AttemptFailure, ProxyFailure};

type BoxError = Box<dyn Error + Send + Sync>;
type Connection = TokioIo<TcpStream>;

/// The connector, whose clones share whether one of them waits for the proxy.
#[derive(Clone, Debug)]
pub(super) struct RelayConnector {
    tcp: HttpConnector,
    proxy: Option<Proxy>,
    waits_for_proxy: Arc<AtomicBool>,
}

impl RelayConnector {
    pub(super) fn new(proxy: Option<Proxy>) -> RelayConnector {
        let mut tcp = HttpConnector::new();
        // With this on, the connector would refuse the `https` connections that it has to carry.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        RelayConnector {
            tcp,
            proxy,
            waits_for_proxy: Arc::default(),
        }
    }

    /// Whether the last connection that was begun waits for the proxy.
    pub(super) fn waits_for_proxy(&self) -> bool {
        self.waits_for_proxy.load(Ordering::Relaxed)
    }

    /// Says that an attempt begins, which may need no connection.
    pub(super) fn attempt_begins(&self) {
        self.waits_for_proxy.store(false, Ordering::Relaxed);
    }
}

impl Service<Uri> for RelayConnector {
    type Response = Connection;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Connection, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, relay: Uri) -> Self::Future {
        let Some(proxy) = self.proxy.clone() else {
            let connecting = self.tcp.call(relay);
            return Box::pin(async { Ok(connecting.await?) });
        };
        let (mut tcp, waits) = (self.tcp.clone(), Arc::clone(&self.waits_for_proxy));
        Box::pin(async move {
            waits.store(true, Ordering::Relaxed);
            let tunnel = tunnel(&mut tcp, &proxy, &relay).await;
            waits.store(false, Ordering::Relaxed);
            Ok(tunnel.map_err(AttemptFailure::Proxy)?)
        })
    }
}

/// Connects to the proxy, and asks it for a tunnel to the relay.
async fn tunnel(
    tcp: &mut HttpConnector,
    proxy: &Proxy,
    relay: &Uri,
) -> Result<Connection, ProxyFailure> {
    let here = place(&Scheme::HTTP, &format!("{}:{}", proxy.host, proxy.port))?;
    let connecting = tcp.call(here.clone()).await;
    let connection = connecting.map_err(|error| of_error(&error))?;
    let there = place(&Scheme::HTTPS, &with_port(relay))?;
    let connected = Connected(Some(connection));
    match proxy.protocol {
        TunnelProtocol::Connect => {
            let mut tunnel = Tunnel::new(here, connected);
            if let Some(credentials) = &proxy.credentials {
                let pair =
                    Zeroizing::new(format!("{}:{}", *credentials.user, *credentials.password));
                let basic = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(&*pair)));
                let basic =
                    HeaderValue::try_from(&*basic).map_err(|_| ProxyFailure::Credentials)?;
                tunnel = tunnel.with_auth(basic);
            }
            tunnel.call(there).await.map_err(|error| of_error(&error))
        }
        TunnelProtocol::Socks5 => {
            let mut tunnel = SocksV5::new(here, connected);
            if let Some(credentials) = &proxy.credentials {
                let (user, password) = (&*credentials.user, &*credentials.password);
                tunnel = tunnel.with_auth(user.clone(), password.clone());
            }
            tunnel.call(there).await.map_err(|error| of_error(&error))
        }
    }
}

/// The host and the port of the relay: the tunnels of hyper-util take every port that is left out
/// for that of `https`.
fn with_port(relay: &Uri) -> String {
    let is_http = relay.scheme() == Some(&Scheme::HTTP);
    let port = relay.port_u16().unwrap_or(if is_http { 80 } else { 443 });
    format!("{}:{port}", relay.host().unwrap_or_default())
}

fn place(scheme: &Scheme, authority: &str) -> Result<Uri, ProxyFailure> {
    let uri = Builder::new().scheme(scheme.clone()).authority(authority);
    let uri = uri.path_and_query("/").build();
    uri.map_err(|_| ProxyFailure::NoTunnel)
}

/// Classifies an error that came before a tunnel stood.
fn of_error(error: &(dyn Error + 'static)) -> ProxyFailure {
    if let Some(failure) = error::find(error) {
        return ProxyFailure::from_connecting(failure);
    }
    let text = error.to_string();
    let says = |part: &str| text.contains(part);
    if says("authorization required") || says("credentials") || says("authentication") {
        ProxyFailure::Credentials
    } else if says("end of file") || says("io error") {
        ProxyFailure::Broken
    } else {
        ProxyFailure::NoTunnel
    }
}

/// A connection that is there already, for the tunnels of hyper-util, which ask for a connector.
struct Connected(Option<Connection>);

impl Service<Uri> for Connected {
    type Response = Connection;
    type Error = std::io::Error;
    type Future = Ready<std::io::Result<Connection>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let gone = || std::io::Error::from(std::io::ErrorKind::NotConnected);
        ready(self.0.take().ok_or_else(gone))
    }
}
