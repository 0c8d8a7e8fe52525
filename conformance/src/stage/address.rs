//! The address of a relay.

use std::net::{SocketAddr, ToSocketAddrs};

use anyhow::{Context, anyhow, bail};

/// The place of a relay.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// Where it is connected to.
    pub(crate) socket: SocketAddr,
    /// Its host and port, for `Host`.
    pub(crate) host: String,
    /// The path before `/v1/`, without a slash at its end.
    pub(crate) path: String,
}

impl Address {
    /// Takes an `http` URL apart.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(crate) fn of(url: &str) -> anyhow::Result<Self> {
        if url.starts_with("https://") {
            bail!(
                "{url}: the suite speaks plain http to a relay, as the proxy in front of it does; \
                 name the relay's own address"
            );
        }
        let rest = url
            .strip_prefix("http://")
            .with_context(|| format!("{url} is no http:// address"))?;
        let (host, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let with_port = match host.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => host.to_owned(),
            _ => format!("{host}:80"),
        };
        let mut addresses = with_port
            .to_socket_addrs()
            .with_context(|| format!("{url} has no address"))?;
        let socket = addresses
            .next()
            .ok_or_else(|| anyhow!("{url} has no address"))?;
        Ok(Self {
            socket,
            host: host.to_owned(),
            path: path.trim_end_matches('/').to_owned(),
        })
    }
}
