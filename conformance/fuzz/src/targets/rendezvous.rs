//! The target `rendezvous`: a rendezvous address (section 3.4).

use std::net::{Ipv4Addr, Ipv6Addr};

use wormhole_sync::values::{AppId, Rendezvous};

use crate::planted;

/// The first byte says whether the user allows plain `http`; then comes the address. It is accepted
/// exactly when a second reading of RDV-1 and RDV-2 accepts it, and the HTTP library of the clients
/// sees the same host, port and path in it.
pub fn rendezvous(data: &[u8]) {
    let Some((first, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    let allowed = first % 2 == 1;
    let found = Rendezvous::parse(text, allowed);
    let expected = read(text).filter(|parts| parts.https || parts.local || allowed);
    let (found, parts) = match (found, expected) {
        (Ok(found), Some(parts)) => (found, parts),
        (Err(error), None) => {
            assert!(!error.to_string().contains('\n'));
            return;
        }
        (found, expected) => panic!("{text:?}: {found:?}, but by the text {expected:?}"),
    };
    planted::panic_if(parts.host.starts_with("[::") && !parts.local && parts.port == Some(1));
    let port = parts.port.unwrap_or(if parts.https { 443 } else { 80 });
    assert_eq!(
        (found.is_https(), found.host(), found.port()),
        (parts.https, parts.host, port)
    );
    assert_eq!((found.as_str(), found.to_string().as_str()), (text, text));
    assert!(found.authority().starts_with(found.host()));
    let base = text.strip_suffix('/').unwrap_or(text);
    assert_eq!(found.base(), base);

    let appid = AppId::new("a").expect("an appid");
    let url = found.target(&appid, "/channels");
    assert_eq!(url, format!("{base}/v1/61/channels"));
    let origin = found.origin_form(&appid, "/channels");
    assert!(origin.starts_with('/') && url.ends_with(&origin));
    match url.parse::<http::Uri>() {
        Ok(uri) => {
            assert_eq!(uri.host(), Some(parts.host), "{url}");
            assert_eq!(uri.port_u16().unwrap_or(port), port, "{url}");
            assert_eq!((uri.path(), uri.query()), (origin.as_str(), None), "{url}");
        }
        // The library may refuse a host with `_`, which RFC 3986 allows and no name service knows.
        // It must take all others.
        Err(error) => assert!(parts.host.contains('_'), "{url}: {error}"),
    }
}

/// The parts of an address by RDV-1. RDV-2 decides whether its plain `http` is allowed.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) https: bool,
    pub(super) local: bool,
    host: &'a str,
    port: Option<u16>,
}

/// Reads an address by RDV-1, from the left to the right.
pub(super) fn read(text: &str) -> Option<Parts<'_>> {
    if text.is_empty() || text.len() > 2_048 || text.bytes().any(|b| !(0x21..=0x7e).contains(&b)) {
        return None;
    }
    let (scheme, rest) = text.split_once(':')?;
    let https = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let rest = rest.strip_prefix("//")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let local = host_is_local(host)?;
    let port = match port {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port > 0)?)
        }
        Some(_) => return None,
        None => None,
    };
    path_is_good(path).then_some(Parts {
        https,
        local,
        host,
        port,
    })
}

fn host_is_local(host: &str) -> Option<bool> {
    if let Some(inner) = host.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        return Some(address.octets() == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let good = !host.is_empty() && host.chars().all(is_name);
    let v4 = host
        .parse::<Ipv4Addr>()
        .is_ok_and(|address| address.octets()[0] == 127);
    good.then(|| v4 || host.eq_ignore_ascii_case("localhost"))
}

fn path_is_good(path: &str) -> bool {
    let mut parts = path.split('%');
    let allowed = |part: &str| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/".contains(c);
        part.chars().all(is_allowed)
    };
    let plain = parts.next().is_none_or(allowed);
    let escaped = parts.all(|part| {
        let digits = part
            .get(..2)
            .is_some_and(|two| two.chars().all(|c| c.is_ascii_hexdigit()));
        digits && allowed(&part[2..])
    });
    let dots = path.replace("%2e", ".").replace("%2E", ".");
    plain
        && escaped
        && !dots
            .split('/')
            .any(|segment| segment == "." || segment == "..")
}
