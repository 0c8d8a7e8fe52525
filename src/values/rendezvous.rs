//! The rendezvous address (section 3.4).

use core::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::app_id::AppId;

/// The address of a relay, byte for byte as the user gave it (section 3.4, RDV-1 to RDV-3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendezvous {
    text: String,
    is_https: bool,
    is_loopback: bool,
    /// The places of host and path in `text`, in bytes.
    host_end: usize,
    host_start: usize,
    port: Option<u16>,
    path_start: usize,
}

impl Rendezvous {
    /// Reads an address. Plain `http` is for this machine only, unless the user allowed it (RDV-2).
    ///
    /// # Errors
    ///
    /// [`BadRendezvous`], the first fault that is found.
    pub fn parse(text: &str, allow_plain_http: bool) -> Result<Self, BadRendezvous> {
        // RDV-1: A client MUST refuse an address as `bad-rendezvous`, before any request, when any
        // of these holds
        if text.is_empty() || text.len() > 2048 {
            return Err(BadRendezvous::Length);
        }
        if !text.bytes().all(|byte| matches!(byte, 0x21..=0x7e)) {
            return Err(BadRendezvous::Character);
        }
        if text.contains('?') || text.contains('#') {
            return Err(BadRendezvous::QueryOrFragment);
        }
        let (scheme, rest) = text.split_once("://").ok_or(BadRendezvous::Scheme)?;
        let is_https = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => true,
            _ if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err(BadRendezvous::Scheme),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(BadRendezvous::UserInformation);
        }
        let (host, port) = split_port(authority)?;
        let is_loopback = check_host(host)?;
        let port = port.map(parse_port).transpose()?;
        check_path(path)?;
        // RDV-2: A client MUST refuse plain `http` as `bad-rendezvous`, before any request, unless
        // the host is `localhost` (in any case), an IPv4 address in 127.0.0.0/8 or the IPv6 address
        // ::1 in any spelling, or its user has explicitly allowed plain `http`.
        if !is_https && !is_loopback && !allow_plain_http {
            return Err(BadRendezvous::PlainHttp);
        }
        let host_start = text.len() - rest.len();
        Ok(Self {
            text: text.to_owned(),
            is_https,
            is_loopback,
            host_start,
            host_end: host_start + host.len(),
            port,
            path_start: text.len() - path.len(),
        })
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether the host is this machine itself (RDV-2).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The host as given: a name, an IPv4 address, or an IPv6 address in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.text
            .get(self.host_start..self.host_end)
            .unwrap_or_default()
    }

    /// The given port, or else that of the scheme.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.is_https { 443 } else { 80 })
    }

    /// Host and port as given, as a `Host` header has them.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text
            .get(self.host_start..self.path_start)
            .unwrap_or_default()
    }

    /// The address as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address as given, less one trailing slash if it has one (RDV-3).
    #[must_use]
    pub fn base(&self) -> &str {
        self.text.strip_suffix('/').unwrap_or(&self.text)
    }

    /// The URL of a request of section 9.2, whose path there is `path` (such as `/channels`).
    // RDV-3: A client MUST build the URL of each request as the address, less one trailing slash if
    // it has one, followed by `/v1/`, the appid in hex, and the path of section 9.2
    #[must_use]
    pub fn target(&self, app_id: &AppId, path: &str) -> String {
        format!("{}{}", self.base(), Self::suffix(app_id, path))
    }

    /// The request's target in origin form: its URL without scheme and authority (RFC 9112).
    #[must_use]
    pub fn origin_form(&self, app_id: &AppId, path: &str) -> String {
        let base_path = self.base().get(self.path_start..).unwrap_or_default();
        format!("{base_path}{}", Self::suffix(app_id, path))
    }

    // VER-1: A client MUST use the path `/v1/` and the version field `wormhole-sync/1` together
    fn suffix(app_id: &AppId, path: &str) -> String {
        format!("/v1/{}{path}", app_id.to_hex())
    }
}

impl fmt::Display for Rendezvous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The reason why an address is refused as `bad-rendezvous` (RDV-1, RDV-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRendezvous {
    /// Empty, or longer than 2 048 bytes.
    Length,
    /// A space, or a character outside printable ASCII.
    Character,
    /// Neither `http://` nor `https://`.
    Scheme,
    /// User information before the host.
    UserInformation,
    /// No host, or not one by RFC 3986.
    Host,
    /// A port that is empty or not 1 to 65535.
    Port,
    /// A path that RFC 3986 does not allow, or one with a segment `.` or `..`.
    Path,
    /// A query or a fragment, even an empty one.
    QueryOrFragment,
    /// Plain `http` to another machine.
    PlainHttp,
}

impl fmt::Display for BadRendezvous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "the rendezvous address is empty or longer than 2048 bytes",
            Self::Character => {
                "the rendezvous address has a space or a character that is not ASCII"
            }
            Self::Scheme => "the rendezvous address does not begin with https:// or http://",
            Self::UserInformation => "the rendezvous address has a user name",
            Self::Host => "the rendezvous address has no valid host",
            Self::Port => "the port of the rendezvous address is not 1 to 65535",
            Self::Path => "the path of the rendezvous address is not valid",
            Self::QueryOrFragment => "the rendezvous address has a query or a fragment",
            Self::PlainHttp => "the rendezvous address is plain http to another machine",
        })
    }
}

impl core::error::Error for BadRendezvous {}

/// Splits an authority into host and port text; a colon within brackets is part of the host.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), BadRendezvous> {
    let host_end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']').ok_or(BadRendezvous::Host)? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at(host_end);
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err(BadRendezvous::Host),
    }
}

/// Checks the host, and says whether it is this machine itself (RDV-2).
fn check_host(host: &str) -> Result<bool, BadRendezvous> {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let address: Ipv6Addr = address.parse().map_err(|_| BadRendezvous::Host)?;
        return Ok(address == Ipv6Addr::LOCALHOST);
    }
    let is_host_character = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_host_character) {
        return Err(BadRendezvous::Host);
    }
    let is_loopback_v4 = host
        .parse()
        .is_ok_and(|address: Ipv4Addr| address.is_loopback());
    Ok(is_loopback_v4 || host.eq_ignore_ascii_case("localhost"))
}

fn parse_port(text: &str) -> Result<u16, BadRendezvous> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port @ 1..) if digits => Ok(port),
        _ => Err(BadRendezvous::Port),
    }
}

fn check_path(path: &str) -> Result<(), BadRendezvous> {
    // RFC 3986 allows `pchar` and `/` here.
    let is_path_character =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte);
    let has_dots = path.split('/').any(|segment| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        matches!(segment.as_str(), "." | "..")
    });
    if has_dots || !is_made_of(path, is_path_character) {
        Err(BadRendezvous::Path)
    } else {
        Ok(())
    }
}

/// Whether `text` is made of allowed characters and of `%` with two hexadecimal digits.
fn is_made_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'%' => (0..2).all(|_| bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => allowed(byte),
        };
        if !good {
            return false;
        }
    }
    true
}
