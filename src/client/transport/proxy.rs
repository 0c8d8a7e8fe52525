//! The proxy between a client and the relay, if the user names one (CLIENT-3).

use std::fmt;
use std::str::FromStr;

use http::Uri;
use rustls::pki_types::ServerName;
use zeroize::Zeroizing;

/// A proxy that is asked for a tunnel to the relay, by CONNECT or by SOCKS5 (RFC 1928). TLS to the
/// relay goes through it end to end.
///
/// It is read from a URL, `http://HOST:PORT` or `socks5://HOST:PORT`, which may have a user name
/// and a password: `http://NAME:PASSWORD@HOST:PORT`. `Display` and `Debug` leave those out. The
/// proxy looks the relay's name up, and so `localhost` is its own machine.
#[derive(Clone)]
pub struct Proxy {
    pub(super) protocol: TunnelProtocol,
    /// The host, in brackets if it is an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    #[cfg(feature = "async")]
    pub(super) credentials: Option<Credentials>,
    /// The proxy as ureq takes it. It is made when the URL is read, since a proxy that the library
    /// refuses must not count as none.
    #[cfg(feature = "blocking")]
    pub(super) for_ureq: ureq::Proxy,
}

/// The protocol in which a proxy is asked for a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TunnelProtocol {
    Connect,
    Socks5,
}

/// The user name and the password for a proxy.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) user: Zeroizing<String>,
    pub(super) password: Zeroizing<String>,
}

/// The reason why a text does not name a proxy. It shows nothing of the text, which may hold a
/// password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadProxy {
    /// Not a URL, or one with a path, a query or a fragment.
    Form,
    /// Neither `http://` nor `socks5://`.
    Scheme,
    /// No host, or not a valid one.
    Host,
    /// A port that is empty or not 1 to 65535.
    Port,
    /// A user name without a password, or one of them empty or longer than 255 bytes.
    Credentials,
}

impl FromStr for Proxy {
    type Err = BadProxy;

    fn from_str(url: &str) -> Result<Proxy, BadProxy> {
        let (scheme, _) = url.split_once("://").ok_or(BadProxy::Scheme)?;
        let (protocol, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (TunnelProtocol::Connect, 80),
            // Some programs have the second name for a proxy that looks names up, as all do here.
            "socks5" | "socks5h" => (TunnelProtocol::Socks5, 1080),
            _ => return Err(BadProxy::Scheme),
        };
        let uri: Uri = url.parse().map_err(|_| BadProxy::Form)?;
        if uri.path().len() > 1 || uri.query().is_some() || url.contains('#') {
            return Err(BadProxy::Form);
        }
        let authority = uri.authority().ok_or(BadProxy::Host)?;
        let host = authority.host();
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        ServerName::try_from(bare.unwrap_or(host)).map_err(|_| BadProxy::Host)?;
        let (credentials, place) = match authority.as_str().rsplit_once('@') {
            Some((credentials, place)) => (Some(Credentials::read(credentials)?), place),
            None => (None, authority.as_str()),
        };
        let port = match place.strip_prefix(host).unwrap_or_default() {
            "" => default_port,
            _ => authority.port_u16().ok_or(BadProxy::Port)?,
        };
        if port == 0 {
            return Err(BadProxy::Port);
        }
        Ok(Proxy {
            #[cfg(feature = "blocking")]
            for_ureq: for_ureq(protocol, host, port, credentials.as_ref())?,
            protocol,
            host: host.to_owned(),
            port,
            #[cfg(feature = "async")]
            credentials,
        })
    }
}

#[cfg(feature = "blocking")]
fn for_ureq(
    protocol: TunnelProtocol,
    host: &str,
    port: u16,
    credentials: Option<&Credentials>,
) -> Result<ureq::Proxy, BadProxy> {
    let protocol = match protocol {
        TunnelProtocol::Connect => ureq::ProxyProtocol::Http,
        TunnelProtocol::Socks5 => ureq::ProxyProtocol::Socks5h,
    };
    let mut proxy = ureq::Proxy::builder(protocol).host(host).port(port);
    if let Some(Credentials { user, password }) = credentials {
        proxy = proxy.username(user).password(password);
    }
    proxy.build().map_err(|_| BadProxy::Form)
}

impl Credentials {
    /// Reads `NAME:PASSWORD`, in which a byte may stand as `%` and two digits.
    fn read(text: &str) -> Result<Credentials, BadProxy> {
        let decoded = |part: &str| {
            let bytes = percent_encoding::percent_decode_str(part);
            let text = bytes.decode_utf8().map_err(|_| BadProxy::Credentials)?;
            // SOCKS5 has a byte for the length (RFC 1929).
            match text.len() {
                1..=255 => Ok(Zeroizing::new(text.into_owned())),
                _ => Err(BadProxy::Credentials),
            }
        };
        let (user, password) = text.split_once(':').ok_or(BadProxy::Credentials)?;
        Ok(Credentials {
            user: decoded(user)?,
            password: decoded(password)?,
        })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            TunnelProtocol::Connect => "http",
            TunnelProtocol::Socks5 => "socks5",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

impl fmt::Display for BadProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "the proxy's address is not a URL of a host and a port alone",
            Self::Scheme => "the proxy's address does not begin with http:// or socks5://",
            Self::Host => "the proxy's address has no valid host",
            Self::Port => "the proxy's address has a port that is not 1 to 65535",
            Self::Credentials => {
                "the proxy's address has no user name and password of 1 to 255 bytes before the @"
            }
        })
    }
}

impl std::error::Error for BadProxy {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<String, BadProxy> {
        url.parse::<Proxy>().map(|proxy| proxy.to_string())
    }

    #[test]
    fn proxies_as_people_name_them() {
        for (url, shown) in [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("http://proxy.example/", "http://proxy.example:80"),
            ("socks5://127.0.0.1", "socks5://127.0.0.1:1080"),
            ("SOCKS5H://localhost:9050", "socks5://localhost:9050"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(read(url).as_deref(), Ok(shown), "{url}");
        }
        for (url, fault) in [
            ("", BadProxy::Scheme),
            ("proxy.example:3128", BadProxy::Scheme),
            ("https://proxy.example", BadProxy::Scheme),
            ("socks4://proxy.example", BadProxy::Scheme),
            ("http://", BadProxy::Form),
            ("http://a..b", BadProxy::Host),
            ("http://proxy.example:0", BadProxy::Port),
            ("http://proxy.example:", BadProxy::Port),
            ("http://proxy.example/path", BadProxy::Form),
            ("http://proxy.example?x", BadProxy::Form),
            ("http://proxy.example#x", BadProxy::Form),
            ("http://user@proxy.example", BadProxy::Credentials),
            ("http://:word@proxy.example", BadProxy::Credentials),
            ("http://user:@proxy.example", BadProxy::Credentials),
            ("http://user:%ff@proxy.example", BadProxy::Credentials),
        ] {
            assert_eq!(read(url), Err(fault), "{url}");
        }
    }

    #[test]
    fn credentials_are_read_and_not_shown() {
        let proxy: Proxy = "http://us%40er:pass%3Aword@h:1".parse().unwrap();
        let credentials = proxy.credentials.as_ref().unwrap();
        assert_eq!(*credentials.user, "us@er");
        assert_eq!(*credentials.password, "pass:word");
        assert_eq!(format!("{proxy} {proxy:?}"), "http://h:1 Proxy(http://h:1)");
    }
}
