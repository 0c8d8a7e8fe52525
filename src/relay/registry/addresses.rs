//! Client addresses and what each of them is allowed (RELAY-20).

use std::collections::HashMap;
use std::net::IpAddr;

use crate::relay::problem::Refusal;

/// The client's address that bounds apply to: an IPv4 address, or the first 64 bits of an IPv6
/// address.
///
/// A household or a server can use any IPv6 address of its 64-bit prefix, so bounding single
/// addresses would bound nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientAddress {
    /// An IPv4 address, also one written as `::ffff:a.b.c.d`.
    V4(u32),
    /// The first 64 bits of an IPv6 address.
    V6(u64),
}

// RELAY-26: A relay MUST count all IPv6 addresses with the same first 64 bits as one address
impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }
}

const MINUTE: u64 = 60_000_000;
const SECOND: u64 = 1_000_000;

/// The live channels and the bucket of one address.
#[derive(Debug, Default)]
struct Usage {
    /// The number of live channels that the address has allocated.
    live: u32,
    /// The time at which its bucket is full again.
    full_at: u64,
}

/// The usage of each address.
///
/// An address without live channels and with a full bucket is the same as an unknown one; sweeps,
/// at most one a second and only after growth, forget them.
#[derive(Debug)]
pub(super) struct Addresses {
    known: HashMap<ClientAddress, Usage>,
    bound: usize,
    sweep_at: usize,
    next_sweep: u64,
    /// The microseconds in which one start grows back.
    interval: u64,
}

impl Addresses {
    pub(super) fn new(starts_per_minute: u32, bound: u32) -> Self {
        Self {
            known: HashMap::new(),
            bound: bound as usize,
            sweep_at: SMALL,
            next_sweep: 0,
            interval: MINUTE / u64::from(starts_per_minute.max(1)),
        }
    }

    /// Counts one allocation or claim.
    // RELAY-20: and the allocations and claims of each address in a time; over the bound of an
    // address it answers `rate-limited`
    pub(super) fn start(&mut self, now: u64, address: ClientAddress) -> Result<(), Refusal> {
        if self.known.len() >= self.sweep_at.min(self.bound) && !self.known.contains_key(&address) {
            self.make_room(now)?;
        }
        let usage = self.known.entry(address).or_default();
        let full_at = usage.full_at.max(now) + self.interval;
        if full_at > now + MINUTE {
            let wait = (full_at - now - MINUTE).div_ceil(SECOND);
            let retry_after = u32::try_from(wait).unwrap_or(u32::MAX).max(1);
            return Err(Refusal::RateLimited { retry_after });
        }
        usage.full_at = full_at;
        Ok(())
    }

    pub(super) fn live(&self, address: ClientAddress) -> u32 {
        self.known.get(&address).map_or(0, |usage| usage.live)
    }

    pub(super) fn add_live(&mut self, address: ClientAddress) {
        self.known.entry(address).or_default().live += 1;
    }

    pub(super) fn remove_live(&mut self, address: ClientAddress) {
        if let Some(usage) = self.known.get_mut(&address) {
            usage.live = usage.live.saturating_sub(1);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    fn make_room(&mut self, now: u64) -> Result<(), Refusal> {
        if now >= self.next_sweep {
            self.known
                .retain(|_, usage| usage.live > 0 || usage.full_at > now);
            self.next_sweep = now + SECOND;
            self.sweep_at = (2 * self.known.len()).max(SMALL);
            self.known.shrink_to(self.sweep_at);
        }
        if self.known.len() >= self.bound {
            return Err(Refusal::Unavailable);
        }
        Ok(())
    }
}

/// The number of addresses up to which a sweep is not worth it.
const SMALL: usize = 1_024;

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    // RELAY-26: and an IPv6 address in ::ffff:0:0/96 as the IPv4 address that it stands for
    #[test]
    fn ipv6_addresses_of_one_64_are_one() {
        let of = |text: &str| ClientAddress::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:0:0:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.2"), of("192.0.2.1"));
        assert_ne!(
            ClientAddress::from(IpAddr::V4(Ipv4Addr::from_bits(1))),
            ClientAddress::from(IpAddr::V6(Ipv6Addr::from_bits(1 << 64)))
        );
    }

    #[test]
    fn a_bucket_empties_and_fills_evenly() {
        let mut addresses = Addresses::new(6, 10);
        let (one, two) = (ClientAddress::V4(1), ClientAddress::V4(2));
        for _ in 0..6 {
            assert_eq!(addresses.start(0, one), Ok(()));
        }
        let limited = |retry_after| Err(Refusal::RateLimited { retry_after });
        assert_eq!(addresses.start(0, one), limited(10));
        assert_eq!(addresses.start(9_500_000, one), limited(1));
        assert_eq!(addresses.start(9_500_000, two), Ok(()));
        assert_eq!(addresses.start(10_000_000, one), Ok(()));
        assert_eq!(addresses.start(10_000_000, one), limited(10));
        let mut unbounded = Addresses::new(u32::MAX, 10);
        assert!((0..100_000).all(|_| unbounded.start(0, one).is_ok()));
    }

    #[test]
    fn the_addresses_are_bounded_and_those_with_channels_stay() {
        let mut addresses = Addresses::new(60, 2_000);
        for address in 0..2_000 {
            assert_eq!(addresses.start(0, ClientAddress::V4(address)), Ok(()));
        }
        addresses.add_live(ClientAddress::V4(7));
        let stranger = ClientAddress::V4(5_000);
        assert_eq!(addresses.start(0, stranger), Err(Refusal::Unavailable));
        assert_eq!(addresses.start(0, ClientAddress::V4(7)), Ok(()));
        assert_eq!(addresses.start(2 * SECOND, stranger), Ok(()));
        assert_eq!(addresses.len(), 2);
        assert_eq!(addresses.live(ClientAddress::V4(7)), 1);
    }
}
