//! The relay's address and the proxy on the way to it, which are checked before anybody types and
//! shown with their origins.

use std::fmt;
use std::path::PathBuf;

use crate::client::{AddressOrigin, Proxy, RENDEZVOUS_VARIABLE, RelayAddress};
use crate::protocol::AttemptFailure;
use crate::values::{BadRendezvous, Rendezvous};

/// The place where a setting was found, since nobody thinks of a variable that was mistyped a month
/// ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Option(&'static str),
    Variable(&'static str),
    File(PathBuf),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Option(name) | Origin::Variable(name) => write!(f, "from {name}"),
            Origin::File(path) => write!(f, "from {}", path.display()),
            Origin::Default => f.write_str("the default"),
        }
    }
}

/// A setting and its origin.
#[derive(Clone, Debug)]
pub(super) struct Setting<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

/// The relay's address as it was given, which may be no address at all (RDV-1), and the proxy
/// through which the relay is reached, if there is one.
#[derive(Clone, Debug)]
pub(super) struct ChosenAddress {
    relay: Setting<String>,
    proxy: Option<Setting<Proxy>>,
}

impl ChosenAddress {
    /// Chooses the address: that of the option or of the environment, as the library does, else
    /// that of the configuration file, else the default.
    pub(super) fn choose(
        option: Option<String>,
        file: Option<Setting<String>>,
        proxy: Option<Setting<Proxy>>,
    ) -> ChosenAddress {
        ChosenAddress::of(RelayAddress::choose(option), file, proxy)
    }

    fn of(
        chosen: RelayAddress,
        file: Option<Setting<String>>,
        proxy: Option<Setting<Proxy>>,
    ) -> ChosenAddress {
        let origin = match chosen.origin() {
            AddressOrigin::Given => Origin::Option("--rendezvous"),
            AddressOrigin::Environment => Origin::Variable(RENDEZVOUS_VARIABLE),
            AddressOrigin::Default => Origin::Default,
        };
        let relay = match (origin, file) {
            (Origin::Default, Some(file)) => file,
            (origin, _) => Setting {
                value: chosen.url().to_owned(),
                origin,
            },
        };
        ChosenAddress { relay, proxy }
    }

    pub(super) fn url(&self) -> &str {
        &self.relay.value
    }

    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref().map(|proxy| &proxy.value)
    }

    /// Whether it is the default, so that the other user need not give it.
    pub(super) fn is_default(&self) -> bool {
        self.relay.origin == Origin::Default
    }

    /// Checks RDV-1 and RDV-2, before anybody types anything.
    pub(super) fn check(&self, allow_plain_http: bool) -> Result<(), BadRendezvous> {
        Rendezvous::parse(self.url(), allow_plain_http).map(drop)
    }

    /// Whether it leads to this machine. Each machine has a relay of its own there, and so has that
    /// of a proxy.
    pub(super) fn is_this_machine(&self) -> bool {
        let address = Rendezvous::parse(self.url(), true);
        self.proxy.is_none() && address.is_ok_and(|address| address.is_loopback())
    }

    /// The place of a failure: that of the relay, or that of the proxy, if the relay had no part in
    /// it.
    pub(super) fn place_of(&self, failure: Option<AttemptFailure>) -> String {
        match (failure, &self.proxy) {
            (Some(AttemptFailure::Proxy(_)), Some(proxy)) => {
                format!(": {} ({})", proxy.value, proxy.origin)
            }
            _ => format!(" at {self}"),
        }
    }
}

/// The address and its origin.
impl fmt::Display for ChosenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may be anything, also no address.
        let url = self.url().escape_debug();
        write!(f, "{url} ({})", self.relay.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::DEFAULT_RENDEZVOUS;
    use crate::protocol::ProxyFailure;

    fn chosen(option: Option<&str>, variable: Option<&str>, file: Option<&str>) -> ChosenAddress {
        let own = |text: &str| text.to_owned();
        let address = RelayAddress::choose_from(option.map(own), || variable.map(own));
        let file = file.map(|url| Setting {
            value: url.to_owned(),
            origin: Origin::File("/etc/x.toml".into()),
        });
        ChosenAddress::of(address, file, None)
    }

    #[test]
    fn says_where_it_came_from() {
        let shown = |option, variable, file| chosen(option, variable, file).to_string();
        assert_eq!(
            shown(None, None, None),
            format!("{DEFAULT_RENDEZVOUS} (the default)")
        );
        let file = Some("f");
        assert_eq!(shown(None, None, file), "f (from /etc/x.toml)");
        assert_eq!(shown(None, Some(""), file), "f (from /etc/x.toml)");
        let variable = Some("x");
        assert_eq!(
            shown(None, variable, file),
            "x (from WORMHOLE_SYNC_RENDEZVOUS)"
        );
        assert_eq!(
            shown(Some("a\u{1b}"), variable, file),
            "a\\u{1b} (from --rendezvous)"
        );
    }

    #[test]
    fn knows_this_machine() {
        let is_here = |url| chosen(Some(url), None, None).is_this_machine();
        assert!(is_here("http://127.0.0.1:4000") && is_here("http://LOCALHOST"));
        assert!(is_here("http://[::1]:4000"));
        assert!(!is_here("https://relay.example.com") && !is_here("nonsense"));
    }

    #[test]
    fn a_failure_is_at_the_relay_or_at_the_proxy() {
        let mut address = chosen(Some("https://r"), None, None);
        address.proxy = Some(Setting {
            value: "http://name:word@p".parse().unwrap(),
            origin: Origin::Option("--proxy"),
        });
        let of_proxy = AttemptFailure::Proxy(ProxyFailure::Refused);
        let at_proxy = ": http://p:80 (from --proxy)";
        assert_eq!(address.place_of(Some(of_proxy)), at_proxy);
        let at_relay = " at https://r (from --rendezvous)";
        assert_eq!(address.place_of(Some(AttemptFailure::Tls)), at_relay);
        assert_eq!(address.place_of(None), at_relay);
    }
}
