//! Which relay is meant, and who said so.

use crate::client::{DEFAULT_RENDEZVOUS, RENDEZVOUS_VARIABLE};
use crate::values::{BadRendezvous, Rendezvous};
use std::fmt;
use std::net::IpAddr;

/// The relay's address as it was given. It may be none (RDV-1).
#[derive(Clone, Debug)]
pub(super) struct Address {
    url: String,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Flag,
    Variable,
    Default,
}

impl Address {
    /// The address that counts, by the same order as the library's.
    pub(super) fn choose(flag: Option<String>) -> Address {
        // One that is no text is there as well, and then refused.
        let variable = std::env::var_os(RENDEZVOUS_VARIABLE);
        Address::choose_from(flag, variable.map(|text| text.to_string_lossy().into()))
    }

    fn choose_from(flag: Option<String>, variable: Option<String>) -> Address {
        let (url, origin) = match (flag, variable) {
            (Some(url), _) => (url, Origin::Flag),
            (None, Some(url)) => (url, Origin::Variable),
            (None, None) => (DEFAULT_RENDEZVOUS.to_owned(), Origin::Default),
        };
        Address { url, origin }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether the other user has to be told it.
    pub(super) fn is_default(&self) -> bool {
        self.origin == Origin::Default
    }

    /// RDV-1 and RDV-2, before anybody types anything.
    pub(super) fn check(&self, allow_plain_http: bool) -> Result<(), BadRendezvous> {
        Rendezvous::parse(&self.url, allow_plain_http).map(drop)
    }

    /// Whether it leads to this machine, where each machine has its own relay.
    pub(super) fn is_this_machine(&self) -> bool {
        let Ok(rendezvous) = Rendezvous::parse(&self.url, true) else {
            return false;
        };
        let host = rendezvous.host();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// With where it came from: who mistyped a variable a month ago will not think of it.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What was given may be no address, and anything.
        write!(f, "{} (", self.url.escape_debug())?;
        match self.origin {
            Origin::Flag => f.write_str("from --rendezvous)"),
            Origin::Variable => write!(f, "from {RENDEZVOUS_VARIABLE})"),
            Origin::Default => f.write_str("the default)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_it_came_from() {
        let shown = |flag: Option<&str>, variable: Option<&str>| {
            Address::choose_from(flag.map(str::to_owned), variable.map(str::to_owned)).to_string()
        };
        assert_eq!(
            shown(None, None),
            format!("{DEFAULT_RENDEZVOUS} (the default)")
        );
        assert_eq!(shown(None, Some("x")), "x (from WORMHOLE_SYNC_RENDEZVOUS)");
        assert_eq!(
            shown(Some("a\u{1b}"), Some("x")),
            "a\\u{1b} (from --rendezvous)"
        );
    }

    #[test]
    fn knows_this_machine() {
        let is_here =
            |url: &str| Address::choose_from(Some(url.to_owned()), None).is_this_machine();
        assert!(is_here("http://127.0.0.1:4000") && is_here("http://LOCALHOST"));
        assert!(is_here("http://[::1]:4000"));
        assert!(!is_here("https://relay.example.com") && !is_here("nonsense"));
    }
}
