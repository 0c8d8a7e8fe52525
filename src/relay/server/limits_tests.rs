//! Tests that go over each bound of a relay by one (RELAY-20).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::limiter::ConnectionLimiter;
use crate::relay::registry::CHANNEL_COST;
use crate::relay::{
    Bytes, Call, ClientAddress, Handled, Limits, Refusal, Registry, RelayAction, Reply, SideKey,
};

/// Every bound has a case here: a new one without a case fails this test.
// RELAY-20: over the bound of an address it answers `rate-limited`, over any other `unavailable`
#[test]
fn every_bound_is_enforced() {
    for (name, _) in Limits::default().bounds() {
        let refusal = match name {
            "channels_per_appid" => third_allocation(|limits| limits.channels_per_appid = 2, 0, 1),
            "channels_per_address" => {
                third_allocation(|limits| limits.channels_per_address = 2, 1, 0)
            }
            "channels" => third_allocation(|limits| limits.channels = 2, 1, 1),
            // Two channels of one appid, each with its offer of five bytes, an appid of one byte
            // and one word of bits for its ids.
            "stored_bytes" => third_allocation(
                |limits| limits.stored_bytes = 512 + 1 + 8 + 2 * (CHANNEL_COST + 5),
                0,
                1,
            ),
            "starts_per_minute" => third_allocation(|limits| limits.starts_per_minute = 2, 1, 0),
            "addresses" => third_allocation(|limits| limits.addresses = 2, 1, 1),
            "connections" => third_connection(|limits| limits.connections = 2, false),
            "connections_per_address" => {
                third_connection(|limits| limits.connections_per_address = 2, true)
            }
            other => panic!("no test goes over {other}"),
        };
        match name {
            "channels_per_address" | "starts_per_minute" | "connections_per_address" => assert!(
                matches!(refusal, Some(Refusal::RateLimited { .. })),
                "{name}: {refusal:?}"
            ),
            _ => assert_eq!(refusal, Some(Refusal::Unavailable), "{name}"),
        }
    }
}

fn limited(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

/// Allocates twice with success, and gives the refusal of the third allocation. From one allocation
/// to the next the appid goes on by `next_appid`, and the address by `next_address`.
fn third_allocation(
    change: impl FnOnce(&mut Limits),
    next_appid: u8,
    next_address: u32,
) -> Option<Refusal> {
    let mut registry = Registry::new(limited(change), Box::new(|| Some(0)));
    let mut allocate = |number: u8| {
        let call = Call {
            appid: &[number * next_appid],
            side: SideKey::new([number; 16]),
            from: ClientAddress::V4(u32::from(number) * next_address),
            action: RelayAction::Allocate(Bytes::from(*b"offer")),
        };
        registry.handle(Duration::ZERO, call)
    };
    for number in 0..2 {
        let allocated = allocate(number);
        assert!(
            matches!(allocated, Handled::Now(Reply::Allocated { .. })),
            "{number}: {allocated:?}"
        );
    }
    match allocate(2) {
        Handled::Now(Reply::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

/// Admits two connections, and gives the refusal of the third.
fn third_connection(change: impl FnOnce(&mut Limits), from_one: bool) -> Option<Refusal> {
    let limiter = Arc::new(ConnectionLimiter::new(&limited(change)));
    let admit = |number: u8| {
        let last = if from_one { 1 } else { number };
        ConnectionLimiter::admit(&limiter, IpAddr::from([192, 0, 2, last]), false)
    };
    let permits = [admit(0), admit(1)];
    assert!(permits.iter().all(Result::is_ok));
    admit(2).err()
}
