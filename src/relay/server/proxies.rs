//! The client's address behind proxies (RELAY-22).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::HeaderMap;

/// The proxies that an operator trusts, and the header in which they tell the client's address.
///
/// Only one header counts, of the operator's choice, because a proxy that writes one of them passes
/// the other on as the client wrote it.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// The addresses of the proxies.
    pub trusted: Vec<Network>,
    /// The header that the proxies write.
    pub header: ForwardedHeader,
}

/// A header in which a proxy tells the client's address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: 192.0.2.1, 198.51.100.2`
    #[default]
    XForwardedFor,
    /// `Forwarded: for=192.0.2.1, for="[2001:db8::1]:4711";proto=https` (RFC 7239)
    Forwarded,
}

impl Proxies {
    /// Whether this peer is a trusted proxy.
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(peer))
    }

    /// The address that a request counts for: the rightmost that is not a trusted proxy's.
    ///
    /// Strangers may have written whatever stands to its left.
    // RELAY-22: A relay behind a proxy MUST take the client's address from a forwarded header only
    // when its operator named that proxy's address as trusted
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        if !self.trusts(peer) {
            return client;
        }
        let name = match self.header {
            ForwardedHeader::XForwardedFor => "x-forwarded-for",
            ForwardedHeader::Forwarded => "forwarded",
        };
        let lines: Vec<_> = headers.get_all(name).into_iter().collect();
        for line in lines.into_iter().rev() {
            let Ok(line) = line.to_str() else { break };
            let elements = FromTheEnd(Some(line), b',');
            for element in elements.filter(|element| !element.trim().is_empty()) {
                let address = match self.header {
                    ForwardedHeader::XForwardedFor => address(element.trim()),
                    ForwardedHeader::Forwarded => forwarded_for(element),
                };
                let Some(address) = address else {
                    return client;
                };
                client = address;
                if !self.trusts(client) {
                    return client;
                }
            }
        }
        client
    }
}

/// The notice of a proxy that the operator may have forgotten, which is given once.
pub(super) struct UntrustedProxies {
    notice: Option<Arc<dyn Fn(IpAddr) + Send + Sync>>,
    is_told: AtomicBool,
}

impl UntrustedProxies {
    /// Takes the function that tells the operator.
    pub(super) fn new(notice: Option<Arc<dyn Fn(IpAddr) + Send + Sync>>) -> Self {
        Self {
            notice,
            is_told: AtomicBool::new(false),
        }
    }

    /// Tells of a peer that is no trusted proxy and sends a forwarded header all the same.
    pub(super) fn notice(&self, proxies: &Proxies, peer: IpAddr, headers: &HeaderMap) {
        let Some(notice) = &self.notice else { return };
        let is_forwarded = ["x-forwarded-for", "forwarded"]
            .into_iter()
            .any(|name| headers.contains_key(name));
        if is_forwarded && !proxies.trusts(peer) && !self.is_told.swap(true, Ordering::Relaxed) {
            notice(peer.to_canonical());
        }
    }
}

/// An address, or all addresses that begin with the same bits: `192.0.2.1`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let (network, address, width) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => (
                u128::from(network.to_bits()),
                u128::from(address.to_bits()),
                32,
            ),
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits(), address.to_bits(), 128)
            }
            _ => return false,
        };
        let rest = width - self.bits;
        (network ^ address).checked_shr(rest).unwrap_or(0) == 0
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let bits = if address.is_ipv4() { 32 } else { 128 };
        Self { address, bits }
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let mut network = Self::from(address.parse::<IpAddr>().map_err(|_| BadNetwork)?);
        if let Some(bits) = bits {
            let bits = bits.parse().map_err(|_| BadNetwork)?;
            if bits > network.bits {
                return Err(BadNetwork);
            }
            network.bits = bits;
        }
        Ok(network)
    }
}

/// The text is neither an address nor an address with a number of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadNetwork;

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an address such as 192.0.2.1, or a network such as 2001:db8::/32")
    }
}

impl std::error::Error for BadNetwork {}

/// The parts of a text between separators that stand in no quoted string (RFC 9110, section 5.6.4),
/// the last first.
///
/// A text is read from its end, because its end is a proxy's: what a client wrote before, with an
/// open quote for example, changes nothing in it.
struct FromTheEnd<'a>(Option<&'a str>, u8);

impl<'a> Iterator for FromTheEnd<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let Self(rest, separator) = self;
        let text = rest.take()?;
        let mut is_quoted = false;
        for (at, byte) in text.bytes().enumerate().rev() {
            match byte {
                b'"' if is_quoted && is_escaped(text, at) => {}
                b'"' => is_quoted = !is_quoted,
                _ if byte == *separator && !is_quoted => {
                    *rest = text.get(..at);
                    return text.get(at + 1..);
                }
                _ => {}
            }
        }
        Some(text)
    }
}

/// Whether a backslash stands before this place that is not escaped itself.
fn is_escaped(text: &str, at: usize) -> bool {
    let before = text.bytes().take(at).rev();
    before.take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// The `for` of one element of `Forwarded`, if it has exactly one.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut values = FromTheEnd(Some(element), b';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim())
    });
    let value = values.next()?;
    let unquoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match values.next() {
        None => address(unquoted.unwrap_or(value)),
        Some(_) => None,
    }
}

/// An address, with or without port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0.parse().ok(),
        None => text.split_once(':')?.0.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(header: ForwardedHeader, trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let trusted = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in lines {
            let name = match header {
                ForwardedHeader::XForwardedFor => "x-forwarded-for",
                ForwardedHeader::Forwarded => "forwarded",
            };
            headers.append(name, line.parse().unwrap());
        }
        Proxies { trusted, header }
            .client(ip(peer), &headers)
            .to_string()
    }

    #[test]
    fn only_a_trusted_peer_is_believed() {
        let of = |trusted: &[&str], peer, lines: &[&str]| {
            client(ForwardedHeader::XForwardedFor, trusted, peer, lines)
        };
        assert_eq!(of(&[], "192.0.2.1", &["1.1.1.1"]), "192.0.2.1");
        assert_eq!(of(&["10.0.0.1"], "192.0.2.1", &["1.1.1.1"]), "192.0.2.1");
        let trusted = ["10.0.0.0/8", "::1"];
        assert_eq!(of(&trusted, "10.9.9.9", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(of(&trusted, "::ffff:10.9.9.9", &["1.1.1.1"]), "1.1.1.1");
        // The rightmost stranger, whatever the stranger wrote before.
        assert_eq!(
            of(&trusted, "10.1.1.1", &["6.6.6.6, 1.1.1.1, 10.2.2.2"]),
            "1.1.1.1"
        );
        assert_eq!(of(&trusted, "10.1.1.1", &["6.6.6.6", "1.1.1.1"]), "1.1.1.1");
        assert_eq!(
            of(&trusted, "10.1.1.1", &["junk\"', 1.1.1.1:99"]),
            "1.1.1.1"
        );
        // An unreadable element ends the chain of trust: the last proxy counts.
        assert_eq!(
            of(&trusted, "10.1.1.1", &["1.1.1.1, junk, 10.2.2.2"]),
            "10.2.2.2"
        );
        assert_eq!(of(&trusted, "::1", &["[2001:db8::7]:80"]), "2001:db8::7");
        assert_eq!(of(&trusted, "::1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(of(&trusted, "::1", &[]), "::1");
        assert_eq!(of(&trusted, "::1", &["10.3.3.3"]), "10.3.3.3");
        // Empty elements are passed over.
        assert_eq!(of(&trusted, "::1", &[" , ,"]), "::1");
        assert_eq!(of(&trusted, "::1", &["6.6.6.6, 1.1.1.1, ,", ""]), "1.1.1.1");
        // The proxies' own addresses in IPv6 are those in IPv4, and have no prefix in common.
        assert_eq!(
            of(&trusted, "::1", &["1.1.1.1, ::ffff:10.2.2.2"]),
            "1.1.1.1"
        );
        assert_eq!(
            of(&["::ffff:10.0.0.1"], "10.0.0.1", &["1.1.1.1"]),
            "1.1.1.1"
        );
        assert_eq!(
            of(&["2001:db8::1"], "2001:db8::2", &["1.1.1.1"]),
            "2001:db8::2"
        );
    }

    #[test]
    fn forwarded_is_read_by_choice() {
        let of = |line| {
            client(
                ForwardedHeader::Forwarded,
                &["127.0.0.1"],
                "127.0.0.1",
                &[line],
            )
        };
        assert_eq!(of("for=1.1.1.1"), "1.1.1.1");
        assert_eq!(
            of(r#"for=6.6.6.6, proto=https;For="[2001:db8::1]:4711";by=x"#),
            "2001:db8::1"
        );
        assert_eq!(of("for=unknown"), "127.0.0.1");
        assert_eq!(of("by=1.1.1.1"), "127.0.0.1");
        assert_eq!(of("for=\"unclosed, for=1.1.1.1"), "1.1.1.1");
        assert_eq!(of("for=1.1.1.1;for=6.6.6.6"), "127.0.0.1");
    }

    // RELAY-22: so that broken text of the client's cannot change what a proxy wrote after it
    #[test]
    fn what_a_client_writes_is_no_address_of_its_choice() {
        // A proxy quotes the `Host` that its client chose.
        for host in [
            r#""a,for=6.6.6.6""#,
            r#""a;for=6.6.6.6""#,
            r#""\",for=6.6.6.6;x=\"""#,
            r#""\\""#,
            r#""for=6.6.6.6""#,
        ] {
            for before in [
                "",
                "for=\"6.6.6.6, ",
                "\", ",
                "for=6.6.6.6;host=\"a, ",
                "\\\", ",
            ] {
                let line = format!("{before}host={host};for=1.1.1.1");
                let other = format!("{before}for=1.1.1.1;host={host}");
                for line in [line, other] {
                    let header = ForwardedHeader::Forwarded;
                    let client = client(header, &["127.0.0.1"], "127.0.0.1", &[&line]);
                    assert_eq!(client, "1.1.1.1", "{line}");
                }
            }
        }
    }

    #[test]
    fn networks() {
        let contains = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(ip(address))
        };
        assert!(contains("0.0.0.0/0", "255.1.2.3"));
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(contains("::/0", "2001:db8::1"));
        assert!(!contains("::/0", "192.0.2.1"));
        assert!(!contains("::/0", "::ffff:192.0.2.1"));
        assert!(contains("192.0.2.128/25", "192.0.2.255"));
        assert!(!contains("192.0.2.128/25", "192.0.2.127"));
        assert!(!contains("192.0.2.1", "192.0.2.0"));
        for text in ["", "x", "192.0.2.1/33", "::/129", "1.2.3.4/", "1.2.3.4/-1"] {
            assert_eq!(text.parse::<Network>(), Err(BadNetwork), "{text}");
        }
    }
}
