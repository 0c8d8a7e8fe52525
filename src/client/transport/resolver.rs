//! The name resolution of the blocking transport, with a cache.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Uri;
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// A resolver that caches the addresses of the relay's name for one transport.
///
/// ureq resolves the name before every request, even when it has a connection, and its own resolver
/// then starts a thread, even when the name is an address. This resolver looks up a name once, and
/// again when an attempt has failed; an address needs no lookup. So a waiting client does not
/// depend on the name server between two polls. The bar of a whole exchange says what this is worth
/// (`benches/README.md`).
#[derive(Debug, Clone, Default)]
pub(super) struct CachingResolver(Arc<Mutex<Option<Known>>>);

#[derive(Debug)]
struct Known {
    authority: String,
    addresses: Vec<SocketAddr>,
}

impl CachingResolver {
    /// Empties the cache. It is called after a failed attempt, since the relay may have moved.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    fn recall(&self, authority: &str, empty: ResolvedSocketAddrs) -> Option<ResolvedSocketAddrs> {
        let known = self.lock();
        let known = known.as_ref().filter(|k| k.authority == authority)?;
        Some(gather(known.addresses.iter().copied(), empty))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Known>> {
        // A poisoned lock does no harm: its value is valid at any time.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolver for CachingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        if let Some(address) = literal(uri) {
            return Ok(gather([address], self.empty()));
        }
        let authority = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map_or("", |authority| authority.as_str())
        );
        if let Some(addresses) = self.recall(&authority, self.empty()) {
            return Ok(addresses);
        }
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let addresses = found.iter().copied().collect();
        *self.lock() = Some(Known {
            authority,
            addresses,
        });
        Ok(found)
    }
}

/// The socket address of a URI whose host is an IP address.
fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?;
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let address: IpAddr = bare.unwrap_or(host).parse().ok()?;
    let port = uri.port_u16().or(match uri.scheme_str() {
        Some("http") => Some(80),
        Some("https") => Some(443),
        _ => None,
    });
    Some(SocketAddr::new(address, port?))
}

fn gather(
    addresses: impl IntoIterator<Item = SocketAddr>,
    mut into: ResolvedSocketAddrs,
) -> ResolvedSocketAddrs {
    for address in addresses {
        into.push(address);
    }
    into
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_for_itself() {
        for (uri, address) in [
            ("http://127.0.0.1:4000/v1", Some("127.0.0.1:4000")),
            ("https://192.0.2.1/", Some("192.0.2.1:443")),
            ("http://[::1]/", Some("[::1]:80")),
            ("https://[2001:db8::1]:8443/", Some("[2001:db8::1]:8443")),
            ("http://localhost:4000/", None),
            ("https://example.test/", None),
        ] {
            let address = address.map(|address| address.parse().unwrap());
            assert_eq!(literal(&uri.parse().unwrap()), address, "{uri}");
        }
    }

    #[test]
    fn a_name_is_recalled_until_an_attempt_fails() {
        let names = CachingResolver::default();
        let address = "192.0.2.1:443".parse().unwrap();
        *names.lock() = Some(Known {
            authority: "https://example.test".to_owned(),
            addresses: vec![address],
        });
        let uri = "https://example.test/v1".parse().unwrap();
        let (config, timeout) = (Config::default(), NextTimeout::default());
        let found = names.resolve(&uri, &config, timeout).unwrap();
        assert_eq!(found.to_vec(), [address]);
        let recall = |authority| names.recall(authority, names.empty());
        assert!(recall("https://example.test:8443").is_none());
        names.forget();
        assert!(recall("https://example.test").is_none());
    }
}
