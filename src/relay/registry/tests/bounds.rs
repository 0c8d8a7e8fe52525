//! Tests of the bounds by address, in all and of bytes (RELAY-20).

use super::*;
use crate::values::messages::CellName::Answer as AnswerCell;

#[test]
fn bounds_refuse_the_new_and_spare_the_living() {
    let limits = Limits {
        channels_per_appid: 3,
        channels_per_address: 4,
        channels: 6,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits);
    let appids: [&[u8]; 3] = [b"a", b"b", b"c"];
    for owner in 0..3 {
        bench.allocate(side(owner));
    }
    assert_eq!(bench.open(A, side(3)), refused(Refusal::Unavailable));
    assert!(matches!(
        bench.open(appids[1], side(3)),
        Reply::Allocated { .. }
    ));
    let limited = refused(Refusal::RateLimited { retry_after: 10 });
    assert_eq!(bench.open(appids[1], side(4)), limited);
    bench.from = ClientAddress::V6(1);
    for owner in 4..6 {
        assert!(matches!(
            bench.open(appids[1], side(owner)),
            Reply::Allocated { .. }
        ));
    }
    assert_eq!(
        bench.open(appids[2], side(6)),
        refused(Refusal::Unavailable)
    );
    // A repeated allocation is no new channel.
    assert!(matches!(
        bench.open(appids[1], side(5)),
        Reply::Allocated { .. }
    ));
    assert_eq!(bench.registry.live_channels(), 6);
    // The end of one channel makes room for another.
    bench.from = ClientAddress::V4(1);
    let n = bench.allocate(side(0));
    bench.now(side(0), n, ChannelRequest::Close(EndReason::Done));
    assert!(matches!(
        bench.open(appids[2], side(6)),
        Reply::Allocated { .. }
    ));
}

#[test]
fn allocations_and_claims_of_an_address_are_bounded_in_a_minute() {
    let limits = Limits {
        starts_per_minute: 3,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits);
    let n = bench.allocate(OWNER);
    bench.now(GUEST, n, ChannelRequest::Claim);
    bench.now(THIRD, n, ChannelRequest::Claim);
    let limited = refused(Refusal::RateLimited { retry_after: 20 });
    assert_eq!(bench.now(GUEST, n, ChannelRequest::Claim), limited);
    assert_eq!(bench.open(A, side(9)), limited);
    // Other requests still work, and so do other addresses.
    assert_eq!(bench.now(GUEST, n, put(AnswerCell, "x")), Reply::Stored);
    bench.from = ClientAddress::V4(2);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        claimed("offer", 600)
    );
    bench.from = ClientAddress::V4(1);
    bench.pass(20_000);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        claimed("offer", 580)
    );
}

#[test]
fn stored_bytes_are_bounded() {
    let limits = Limits {
        stored_bytes: 3_000,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits);
    let n = bench.allocate(OWNER);
    bench.now(GUEST, n, ChannelRequest::Claim);
    let long = "x".repeat(2_000);
    assert_eq!(
        bench.now(GUEST, n, put(AnswerCell, &long)),
        refused(Refusal::Unavailable)
    );
    assert_eq!(
        bench.now(GUEST, n, put(AnswerCell, &long[..1_500])),
        Reply::Stored
    );
    assert_eq!(
        bench.now(GUEST, n, put(AnswerCell, &long[..1_500])),
        Reply::Stored
    );
    assert_eq!(bench.open(A, THIRD), refused(Refusal::Unavailable));
    assert_eq!(bench.open(b"b", THIRD), refused(Refusal::Unavailable));
    let get = ChannelRequest::Get(AnswerCell, 0);
    assert_eq!(bench.now(OWNER, n, get), Reply::Cell(bytes(&long[..1_500])));
    // An ended channel counts until it is forgotten.
    bench.now(OWNER, n, ChannelRequest::Close(EndReason::Done));
    assert_eq!(bench.open(A, THIRD), refused(Refusal::Unavailable));
    bench.pass(60_000);
    assert!(matches!(bench.open(A, THIRD), Reply::Allocated { .. }));
}
