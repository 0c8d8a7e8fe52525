//! The bounds of a relay (RELAY-20), and the times that the specification fixes.

use std::fmt;
use std::time::Duration;

/// The life of a channel after its claim (RELAY-15).
pub const LIFE_AFTER_CLAIM: Duration = Duration::from_secs(600);
/// The time for which an ended channel is kept for its two sides (RELAY-17).
pub const GRACE: Duration = Duration::from_secs(60);
/// The time for which an id is not given out again after its channel ended (RELAY-19).
pub const QUARANTINE: Duration = Duration::from_secs(600);
/// The time in which a request must arrive (RELAY-21).
pub const REQUEST_TIME: Duration = Duration::from_secs(30);

/// The bounds of a relay. `Limits::default()` suits a small public relay.
///
/// A relay that has reached one of them refuses what is new. It never ends a live channel to make
/// room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A channel's life from its allocation, in seconds: 1 to 86 400. Default 3 600.
    pub ttl: u32,
    /// Live channels of one appid. Default 10 000, so that ids have at most five digits.
    pub channels_per_appid: u32,
    /// Live channels that one address has allocated. Default 100.
    pub channels_per_address: u32,
    /// Live channels in all. Default 65 536.
    pub channels: u32,
    /// Bytes in memory for channels (live and ended), appids and quarantine, bookkeeping
    /// included. Default 512 MiB.
    pub stored_bytes: u64,
    /// Allocations and claims of one address in a minute, repeated and refused ones included: a
    /// bucket of this size that fills evenly. Default 120. [`u32::MAX`] means no bound.
    pub starts_per_minute: u32,
    /// Addresses that the relay keeps count of. Default 262 144. An address comes in with its
    /// first allocation or claim and leaves when it has no live channel and a full bucket.
    pub addresses: u32,
    /// Connections at a time. Default 4 096.
    pub connections: u32,
    /// Connections at a time from one address that is no trusted proxy. Default 256.
    pub connections_per_address: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ttl: 3_600,
            channels_per_appid: 10_000,
            channels_per_address: 100,
            channels: 65_536,
            stored_bytes: 512 << 20,
            starts_per_minute: 120,
            addresses: 262_144,
            connections: 4_096,
            connections_per_address: 256,
        }
    }
}

impl Limits {
    /// Checks that a relay can work under these limits.
    ///
    /// # Errors
    ///
    /// [`BadLimits`] for a `ttl` outside 1 to 86 400 (RELAY-15), or a bound of zero.
    pub fn check(&self) -> Result<(), BadLimits> {
        if !(1..=86_400).contains(&self.ttl) {
            return Err(BadLimits::Ttl(self.ttl));
        }
        match self.bounds().into_iter().find(|(_, bound)| *bound == 0) {
            Some((name, _)) => Err(BadLimits::Zero(name)),
            None => Ok(()),
        }
    }

    /// Every bound by its name. (The `ttl` is a time and no bound.)
    pub(crate) fn bounds(&self) -> [(&'static str, u64); 8] {
        let Self {
            ttl: _,
            channels_per_appid,
            channels_per_address,
            channels,
            stored_bytes,
            starts_per_minute,
            addresses,
            connections,
            connections_per_address,
        } = *self;
        [
            ("channels_per_appid", channels_per_appid.into()),
            ("channels_per_address", channels_per_address.into()),
            ("channels", channels.into()),
            ("stored_bytes", stored_bytes),
            ("starts_per_minute", starts_per_minute.into()),
            ("addresses", addresses.into()),
            ("connections", connections.into()),
            ("connections_per_address", connections_per_address.into()),
        ]
    }
}

/// Limits under which no relay can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadLimits {
    /// The ttl is outside 1 to 86 400 seconds.
    Ttl(u32),
    /// The bound of this name is zero.
    Zero(&'static str),
}

impl fmt::Display for BadLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ttl(ttl) => write!(f, "the ttl is {ttl} seconds: it is 1 to 86400 (a day)"),
            Self::Zero(name) => {
                write!(
                    f,
                    "the bound {name} is 0, which lets nobody in: it is 1 at least"
                )
            }
        }
    }
}

impl std::error::Error for BadLimits {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_sound_and_nonsense_is_not() {
        assert_eq!(Limits::default().check(), Ok(()));
        for ttl in [0, 86_401, u32::MAX] {
            let limits = Limits {
                ttl,
                ..Limits::default()
            };
            assert_eq!(limits.check(), Err(BadLimits::Ttl(ttl)));
        }
        let limits = Limits {
            connections: 0,
            ..Limits::default()
        };
        assert_eq!(limits.check(), Err(BadLimits::Zero("connections")));
    }

    /// The table of section 10.4 has the names and the defaults of all bounds.
    #[test]
    fn the_bounds_are_those_of_the_specification() {
        let spec = include_str!("../../spec/wormhole-sync.md");
        let (_, table) = spec.split_once("| bound | name | default |").unwrap();
        let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
        let rows: Vec<(String, u64)> = rows
            .map(|row| {
                let cells: Vec<&str> = row.split('|').map(str::trim).collect();
                let default = cells[3].replace(' ', "").parse().unwrap();
                (cells[2].replace('`', ""), default)
            })
            .collect();
        let bounds = Limits::default().bounds();
        assert_eq!(rows, bounds.map(|(name, bound)| (name.to_owned(), bound)));
    }
}
