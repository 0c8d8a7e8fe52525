//! The address of an exchange's relay, and its origin.

/// The rendezvous address that is used when none is given. The distributor sets it in the
/// environment variable `WORMHOLE_SYNC_DEFAULT_RENDEZVOUS` when building; otherwise it is a relay
/// on this machine.
pub const DEFAULT_RENDEZVOUS: &str = match option_env!("WORMHOLE_SYNC_DEFAULT_RENDEZVOUS") {
    Some(address) => address,
    None => "http://127.0.0.1:4000",
};

/// The environment variable that overrides [`DEFAULT_RENDEZVOUS`] at run time, and that
/// `.rendezvous()` overrides.
pub const RENDEZVOUS_VARIABLE: &str = "WORMHOLE_SYNC_RENDEZVOUS";

/// A relay's address as it was given, not yet checked (RDV-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayAddress {
    url: String,
    origin: AddressOrigin,
}

/// The origin of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressOrigin {
    /// The caller gave it.
    Given,
    /// The environment variable [`RENDEZVOUS_VARIABLE`] gave it.
    Environment,
    /// Nobody gave it: the address is [`DEFAULT_RENDEZVOUS`].
    Default,
}

impl RelayAddress {
    /// Chooses the address of an exchange: the given one, else that of the environment, else the
    /// default. A variable that is empty counts as none.
    #[must_use]
    pub fn choose(given: Option<String>) -> RelayAddress {
        // A variable that is not UTF-8 counts as set: its address is refused, not ignored.
        let variable = || std::env::var_os(RENDEZVOUS_VARIABLE);
        RelayAddress::choose_from(given, || {
            variable().map(|text| text.to_string_lossy().into())
        })
    }

    /// Chooses as [`choose`](Self::choose) does, with this value of the environment variable.
    pub(crate) fn choose_from(
        given: Option<String>,
        variable: impl FnOnce() -> Option<String>,
    ) -> RelayAddress {
        let (url, origin) = match given {
            Some(url) => (url, AddressOrigin::Given),
            None => match variable().filter(|url| !url.is_empty()) {
                Some(url) => (url, AddressOrigin::Environment),
                None => (DEFAULT_RENDEZVOUS.to_owned(), AddressOrigin::Default),
            },
        };
        RelayAddress { url, origin }
    }

    /// The address as text.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The origin of the address.
    #[must_use]
    pub fn origin(&self) -> AddressOrigin {
        self.origin
    }
}
