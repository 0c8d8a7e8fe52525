//! The relay's address, which is checked before anybody types and shown with its origin.

use std::fmt;

use crate::client::{AddressOrigin, RENDEZVOUS_VARIABLE, RelayAddress};
use crate::values::{BadRendezvous, Rendezvous};

/// The relay's address as it was given, which may be no address at all (RDV-1).
#[derive(Clone, Debug)]
pub(super) struct ChosenAddress(RelayAddress);

impl ChosenAddress {
    /// Chooses the address that the library uses too.
    pub(super) fn choose(flag: Option<String>) -> ChosenAddress {
        ChosenAddress(RelayAddress::choose(flag))
    }

    pub(super) fn url(&self) -> &str {
        self.0.url()
    }

    /// Whether it is the default, so that the other user need not give it.
    pub(super) fn is_default(&self) -> bool {
        self.0.origin() == AddressOrigin::Default
    }

    /// Checks RDV-1 and RDV-2, before anybody types anything.
    pub(super) fn check(&self, allow_plain_http: bool) -> Result<(), BadRendezvous> {
        Rendezvous::parse(self.url(), allow_plain_http).map(drop)
    }

    /// Whether it leads to this machine. Each machine has a relay of its own there.
    pub(super) fn is_this_machine(&self) -> bool {
        Rendezvous::parse(self.url(), true).is_ok_and(|address| address.is_loopback())
    }
}

/// The address and its origin, since nobody thinks of a variable that was mistyped a month ago.
impl fmt::Display for ChosenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may be anything, also no address.
        write!(f, "{} (", self.url().escape_debug())?;
        match self.0.origin() {
            AddressOrigin::Given => f.write_str("from --rendezvous)"),
            AddressOrigin::Environment => write!(f, "from {RENDEZVOUS_VARIABLE})"),
            AddressOrigin::Default => f.write_str("the default)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::DEFAULT_RENDEZVOUS;

    fn chosen(flag: Option<&str>, variable: Option<&str>) -> ChosenAddress {
        let own = |text: &str| text.to_owned();
        ChosenAddress(RelayAddress::choose_from(flag.map(own), || {
            variable.map(own)
        }))
    }

    #[test]
    fn says_where_it_came_from() {
        let shown = |flag, variable| chosen(flag, variable).to_string();
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
        let is_here = |url| chosen(Some(url), None).is_this_machine();
        assert!(is_here("http://127.0.0.1:4000") && is_here("http://LOCALHOST"));
        assert!(is_here("http://[::1]:4000"));
        assert!(!is_here("https://relay.example.com") && !is_here("nonsense"));
    }
}
