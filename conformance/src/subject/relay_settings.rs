//! The settings that a relay can be told, by the placeholders of a command.

use std::collections::BTreeMap;
use std::time::Duration;

use wormhole_sync::relay::{Clock, ForwardedHeader, Limits, Network, Proxies, RelayOptions};

/// The bounds of section 10.4 by their names, with the values under which tests that do not judge
/// them are run: all clients of the suite are at one address.
pub(crate) const BOUNDS: [(&str, u64); 8] = [
    ("channels_per_appid", 10_000),
    ("channels_per_address", 65_536),
    ("channels", 65_536),
    ("stored_bytes", 536_870_912),
    ("starts_per_minute", 1_000_000),
    ("addresses", 262_144),
    ("connections", 4_096),
    ("connections_per_address", 4_096),
];

/// The address that a command gets for `{trusted_proxy}` where no proxy is trusted: one of
/// documentation (RFC 5737), from which no connection comes.
const NO_PROXY: &str = "192.0.2.255";

/// The settings of one relay.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RelaySettings {
    /// The seconds that a channel lives.
    pub(crate) ttl: u32,
    /// The milliseconds that a second lasts.
    pub(crate) second_ms: u64,
    /// The bounds that are told, by their names.
    pub(crate) bounds: BTreeMap<&'static str, u64>,
    /// The proxy that is trusted (RELAY-22).
    pub(crate) trusted_proxy: Option<&'static str>,
    /// The header that the proxy appends to, when it is `Forwarded` and not `X-Forwarded-For`.
    pub(crate) is_forwarded: bool,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            ttl: 3_600,
            second_ms: 1_000,
            bounds: BTreeMap::new(),
            trusted_proxy: None,
            is_forwarded: false,
        }
    }
}

impl RelaySettings {
    /// Settings of a short second, in milliseconds.
    pub(crate) fn second(second_ms: u64) -> Self {
        Self {
            second_ms,
            ..Self::default()
        }
    }

    /// Settings with one bound.
    pub(crate) fn bound(name: &'static str, value: u64) -> Self {
        Self::default().and_bound(name, value)
    }

    /// These settings with one more bound.
    pub(crate) fn and_bound(mut self, name: &'static str, value: u64) -> Self {
        self.bounds.insert(name, value);
        self
    }

    /// These settings with a life, in seconds.
    pub(crate) fn living(mut self, ttl: u32) -> Self {
        self.ttl = ttl;
        self
    }

    /// These settings with this machine as a trusted proxy.
    pub(crate) fn behind_proxy(mut self) -> Self {
        self.trusted_proxy = Some("127.0.0.1");
        self
    }

    /// These settings with a longer second, by which a machine's lag counts for less.
    pub(crate) fn slower(&self, factor: u64) -> Self {
        Self {
            second_ms: self.second_ms.saturating_mul(factor),
            ..self.clone()
        }
    }

    /// The placeholders without which a relay cannot be told this.
    pub(crate) fn placeholders(&self) -> Vec<&'static str> {
        let usual = Self::default();
        let mut names: Vec<&'static str> = self.bounds.keys().copied().collect();
        let told = [
            ("ttl", self.ttl != usual.ttl),
            ("second_ms", self.second_ms != usual.second_ms),
            ("trusted_proxy", self.trusted_proxy.is_some()),
            ("forwarded_header", self.is_forwarded),
        ];
        names.extend(told.into_iter().filter(|(_, is)| *is).map(|(name, _)| name));
        names
    }

    /// The value of each placeholder.
    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let mut values = vec![
            ("listen", "127.0.0.1:0".to_owned()),
            ("ttl", self.ttl.to_string()),
            ("second_ms", self.second_ms.to_string()),
            (
                "trusted_proxy",
                self.trusted_proxy.unwrap_or(NO_PROXY).to_owned(),
            ),
            ("forwarded_header", self.header().to_owned()),
        ];
        values.extend(BOUNDS.map(|(name, _)| (name, self.of(name).to_string())));
        values
    }

    /// The value of a placeholder, as a command gets it.
    pub(crate) fn value(&self, placeholder: &str) -> String {
        let mut values = self.values().into_iter();
        let found = values.find(|(name, _)| *name == placeholder);
        found.map_or_else(String::new, |(_, value)| value)
    }

    /// The header that the trusted proxy appends to.
    pub(crate) fn header(&self) -> &'static str {
        match self.is_forwarded {
            true => "Forwarded",
            false => "X-Forwarded-For",
        }
    }

    /// The value of a bound.
    pub(crate) fn of(&self, bound: &str) -> u64 {
        let usual = BOUNDS.iter().find(|(name, _)| *name == bound);
        let told = self.bounds.get(bound).copied();
        told.or(usual.map(|(_, value)| *value)).unwrap_or(0)
    }

    /// A second.
    pub(crate) fn length_of_second(&self) -> Duration {
        Duration::from_millis(self.second_ms)
    }

    /// The bounds of the reference's relay.
    pub(super) fn limits(&self) -> Limits {
        let small = |name| u32::try_from(self.of(name)).unwrap_or(u32::MAX);
        Limits {
            ttl: self.ttl,
            channels_per_appid: small("channels_per_appid"),
            channels_per_address: small("channels_per_address"),
            channels: small("channels"),
            stored_bytes: self.of("stored_bytes"),
            starts_per_minute: small("starts_per_minute"),
            addresses: small("addresses"),
            connections: small("connections"),
            connections_per_address: small("connections_per_address"),
        }
    }

    /// The surroundings of the reference's relay.
    pub(super) fn options(&self) -> RelayOptions {
        let usual = RelayOptions::default();
        let second = self.length_of_second();
        let clock = match self.second_ms {
            1_000 => Clock::system(),
            _ => Clock::scaled_for_testing_only(second),
        };
        let trusted = self.trusted_proxy.into_iter();
        RelayOptions {
            proxies: Proxies {
                trusted: trusted
                    .filter_map(|text| text.parse::<Network>().ok())
                    .collect(),
                header: match self.is_forwarded {
                    true => ForwardedHeader::Forwarded,
                    false => ForwardedHeader::XForwardedFor,
                },
            },
            clock,
            request_time: usual.request_time.mul_f64(second.as_secs_f64()),
            ..usual
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of section 10.4 names the bounds.
    #[test]
    fn the_bounds_are_those_of_the_specification() {
        let spec = include_str!("../../../spec/wormhole-sync.md");
        let (_, table) = spec.split_once("| bound | name | default |").unwrap();
        let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
        let name = |row: &str| row.split('|').nth(2).unwrap().trim().replace('`', "");
        let names: Vec<String> = rows.map(name).collect();
        assert_eq!(names, BOUNDS.map(|(name, _)| name.to_owned()));
    }

    #[test]
    fn what_is_told_needs_its_placeholder() {
        assert!(RelaySettings::default().placeholders().is_empty());
        let settings = RelaySettings::bound("channels", 3).living(9).behind_proxy();
        let names = settings.placeholders();
        assert_eq!(names, ["channels", "ttl", "trusted_proxy"]);
        assert_eq!(settings.slower(4).placeholders().len(), 4);
    }
}
