//! The relay's address that an exchange uses, and where it came from.

/// The rendezvous address that is used when none is given: what the distributor set in the
/// environment variable `WORMHOLE_SYNC_DEFAULT_RENDEZVOUS` when building, or else a relay on this
/// machine.
pub const DEFAULT_RENDEZVOUS: &str = match option_env!("WORMHOLE_SYNC_DEFAULT_RENDEZVOUS") {
    Some(address) => address,
    None => "http://127.0.0.1:4000",
};

/// The environment variable that overrides [`DEFAULT_RENDEZVOUS`] at run time, and that
/// `.rendezvous()` overrides.
pub const RENDEZVOUS_VARIABLE: &str = "WORMHOLE_SYNC_RENDEZVOUS";

/// A relay's address as it was given. It may be no address at all (RDV-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayAddress {
    url: String,
    origin: AddressOrigin,
}

/// The place that an address came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressOrigin {
    /// The caller gave it.
    Given,
    /// The environment variable [`RENDEZVOUS_VARIABLE`] has it.
    Environment,
    /// It is [`DEFAULT_RENDEZVOUS`].
    Default,
}

impl RelayAddress {
    /// The address that an exchange uses: the given one, else that of the environment, else the
    /// default.
    #[must_use]
    pub fn choose(given: Option<String>) -> RelayAddress {
        // A variable that is no text is there as well: it is refused then, and not passed over.
        let variable = || std::env::var_os(RENDEZVOUS_VARIABLE);
        RelayAddress::choose_from(given, || {
            variable().map(|text| text.to_string_lossy().into())
        })
    }

    /// The same with another environment.
    pub(crate) fn choose_from(
        given: Option<String>,
        variable: impl FnOnce() -> Option<String>,
    ) -> RelayAddress {
        let (url, origin) = match given {
            Some(url) => (url, AddressOrigin::Given),
            None => match variable() {
                Some(url) => (url, AddressOrigin::Environment),
                None => (DEFAULT_RENDEZVOUS.to_owned(), AddressOrigin::Default),
            },
        };
        RelayAddress { url, origin }
    }

    /// The address, as text.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The place that it came from.
    #[must_use]
    pub fn origin(&self) -> AddressOrigin {
        self.origin
    }
}
