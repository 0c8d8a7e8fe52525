//! Exchanges, repeats, lives and waits (sections 10.1 to 10.3).

use super::*;
use crate::values::messages::CellName::{Answer as AnswerCell, Finish, Receipt};

#[test]
fn an_exchange() {
    let mut bench = Bench::new(Limits::default());
    let n = bench.allocate(OWNER);
    assert!((1..=9).contains(&n));
    let answer = bench.wait(OWNER, n, AnswerCell, 25);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        claimed("offer", 600)
    );
    assert_eq!(
        bench.now(THIRD, n, ChannelRequest::Claim),
        refused(Refusal::Crowded)
    );
    assert_eq!(
        bench.now(GUEST, n, put(AnswerCell, "answer")),
        Reply::Stored
    );
    assert_eq!(bench.events(), [(answer, Reply::Cell(bytes("answer")))]);
    let finish = bench.wait(GUEST, n, Finish, 25);
    assert_eq!(bench.now(OWNER, n, put(Finish, "finish")), Reply::Stored);
    assert_eq!(bench.events(), [(finish, Reply::Cell(bytes("finish")))]);
    let receipt = bench.wait(OWNER, n, Receipt, 25);
    assert_eq!(bench.now(GUEST, n, put(Receipt, "receipt")), Reply::Stored);
    assert_eq!(bench.events(), [(receipt, Reply::Cell(bytes("receipt")))]);
    assert_eq!(
        bench.now(OWNER, n, ChannelRequest::Close(EndReason::Done)),
        Reply::Stored
    );
    assert_eq!(bench.registry.live_channels(), 0);
    // Written cells can still be read and repeated for a minute; nothing else works.
    bench.pass(59_999);
    let get = ChannelRequest::Get(Finish, 0);
    assert_eq!(
        bench.now(GUEST, n, get.clone()),
        Reply::Cell(bytes("finish"))
    );
    assert_eq!(bench.now(GUEST, n, put(Receipt, "receipt")), Reply::Stored);
    assert_eq!(
        bench.now(GUEST, n, put(Receipt, "other")),
        closed(EndReason::Done)
    );
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        closed(EndReason::Done)
    );
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Close(EndReason::Other)),
        Reply::Stored
    );
    assert_eq!(
        bench.now(THIRD, n, get.clone()),
        refused(Refusal::NoSuchChannel)
    );
    bench.pass(1);
    assert_eq!(bench.now(GUEST, n, get), refused(Refusal::NoSuchChannel));
    assert_eq!(
        bench.now(OWNER, n, ChannelRequest::Close(EndReason::Done)),
        refused(Refusal::NoSuchChannel)
    );
}

#[test]
fn a_repeated_allocate() {
    let mut bench = Bench::new(Limits::default());
    let n = bench.allocate(OWNER);
    bench.pass(1_500);
    let channel = ChannelId::new(n).unwrap();
    // The remaining time is rounded up.
    assert_eq!(
        bench.open(A, OWNER),
        Reply::Allocated {
            channel,
            ttl: 3_599
        }
    );
    let other = RelayAction::Allocate(bytes("other"));
    assert_eq!(
        bench.call(A, OWNER, other),
        Handled::Now(refused(Refusal::Conflict))
    );
    // In another appid the same side is a stranger.
    assert!(matches!(bench.open(b"b", OWNER), Reply::Allocated { .. }));
    bench.now(OWNER, n, ChannelRequest::Close(EndReason::Cancelled));
    assert_eq!(bench.open(A, OWNER), closed(EndReason::Cancelled));
    bench.pass(60_000);
    assert!(matches!(
        bench.open(A, OWNER),
        Reply::Allocated { ttl: 3_600, .. }
    ));
}

#[test]
fn life_ends_after_ttl_or_600_s_after_the_claim() {
    let mut bench = Bench::new(Limits::default());
    let n = bench.allocate(OWNER);
    bench.pass(3_599_999);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        claimed("offer", 1)
    );
    bench.pass(1);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        closed(EndReason::Expired)
    );
    assert_eq!(bench.open(A, OWNER), closed(EndReason::Expired));

    let mut bench = Bench::new(Limits::default());
    let n = bench.allocate(OWNER);
    bench.pass(100_000);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        claimed("offer", 600)
    );
    bench.pass(599_500);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        claimed("offer", 1)
    );
    let waiting = bench.wait(OWNER, n, AnswerCell, 30);
    bench.pass(500);
    assert_eq!(bench.events(), [(waiting, closed(EndReason::Expired))]);
    // The grace counts from the end, not from the first request after it.
    bench.pass(59_999);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        closed(EndReason::Expired)
    );
    bench.pass(1);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        refused(Refusal::NoSuchChannel)
    );
    // No request came at all, and still nothing is left.
    bench.allocate(GUEST);
    bench.pass(100_000_000);
    assert_eq!(bench.events(), []);
    assert_eq!(bench.registry.stored_bytes(), 0);
    assert_eq!(bench.registry.next_due(), None);
}

#[test]
fn a_get_waits_for_its_time_a_newer_one_or_the_end() {
    let mut bench = Bench::new(Limits::default());
    let n = bench.allocate(OWNER);
    assert_eq!(
        bench.now(OWNER, n, ChannelRequest::Get(AnswerCell, 0)),
        Reply::Nothing
    );
    let first = bench.wait(OWNER, n, AnswerCell, 25);
    bench.pass(24_999);
    assert_eq!(bench.events(), []);
    assert_eq!(bench.registry.next_due(), Some(Duration::from_secs(25)));
    bench.pass(1);
    assert_eq!(bench.events(), [(first, Reply::Nothing)]);
    // A newer GET of the same cell ends the older one, even if it does not wait itself. Another
    // cell is another wait.
    let second = bench.wait(OWNER, n, AnswerCell, 25);
    let receipt = bench.wait(OWNER, n, Receipt, 25);
    let third = bench.wait(OWNER, n, AnswerCell, 25);
    assert_eq!(bench.events(), [(second, Reply::Nothing)]);
    assert_eq!(
        bench.now(OWNER, n, ChannelRequest::Get(AnswerCell, 0)),
        Reply::Nothing
    );
    assert_eq!(bench.events(), [(third, Reply::Nothing)]);
    // A stranger's GET is refused and ends nothing.
    let fourth = bench.wait(OWNER, n, AnswerCell, 25);
    let get = ChannelRequest::Get(AnswerCell, 25);
    assert_eq!(bench.now(THIRD, n, get), refused(Refusal::NoSuchChannel));
    bench.registry.cancel(receipt);
    assert_eq!(bench.registry.waiting_gets(), 1);
    bench.now(GUEST, n, ChannelRequest::Claim);
    bench.now(GUEST, n, ChannelRequest::Close(EndReason::WrongCode));
    assert_eq!(bench.events(), [(fourth, closed(EndReason::WrongCode))]);
    assert_eq!(bench.registry.waiting_gets(), 0);
    bench.registry.cancel(fourth);
}

#[test]
fn a_late_code_does_not_hit_a_strangers_channel() {
    let mut bench = Bench::new(Limits::default());
    // Ten users in a row, one at a time: the tenth takes the id that ended longest ago.
    let mut ended = Vec::new();
    for owner in 0..9 {
        let n = bench.allocate(side(owner));
        bench.now(side(owner), n, ChannelRequest::Close(EndReason::Cancelled));
        bench.pass(1_000);
        assert!(!ended.contains(&n), "{n} again after {ended:?}");
        ended.push(n);
    }
    let n = bench.allocate(OWNER);
    assert_eq!(n, ended[0]);
    // RELAY-12: A relay MUST take, as the channel of a number, the live one if the side is its
    // owner or claimant; else the latest ended one, in its grace, of which the side was the owner
    // or claimant; else the live one
    let get = ChannelRequest::Get(AnswerCell, 0);
    assert_eq!(bench.now(side(0), n, get), closed(EndReason::Cancelled));
    let close = ChannelRequest::Close(EndReason::Cancelled);
    assert_eq!(bench.now(side(0), n, close), Reply::Stored);
    assert_eq!(
        bench.now(side(0), n, ChannelRequest::Claim),
        closed(EndReason::Cancelled)
    );
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        claimed("offer", 600)
    );
}

#[test]
fn a_side_may_have_had_two_channels_of_one_number() {
    let mut bench = Bench::new(Limits::default());
    let numbers: Vec<u32> = (0..9).map(|owner| bench.allocate(side(owner))).collect();
    let n = numbers[0];
    // GUEST claims and ends a channel; then gets the same number as an owner, since no other is
    // free.
    bench.now(GUEST, n, ChannelRequest::Claim);
    bench.now(GUEST, n, ChannelRequest::Close(EndReason::Timeout));
    assert_eq!(bench.allocate(GUEST), n);
    // The live channel is GUEST's own, so that the ended one does not hide it.
    let get = ChannelRequest::Get(AnswerCell, 0);
    assert_eq!(bench.now(GUEST, n, get), Reply::Nothing);
    bench.pass(30_000);
    bench.now(THIRD, n, ChannelRequest::Claim);
    bench.now(THIRD, n, ChannelRequest::Close(EndReason::WrongCode));
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        closed(EndReason::WrongCode)
    );
    bench.pass(30_000);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        closed(EndReason::WrongCode)
    );
    bench.pass(30_000);
    assert_eq!(
        bench.now(GUEST, n, ChannelRequest::Claim),
        refused(Refusal::NoSuchChannel)
    );
}

#[test]
fn going_down_answers_what_waits() {
    let mut bench = Bench::new(Limits::default());
    let n = bench.allocate(OWNER);
    let waiting = bench.wait(OWNER, n, AnswerCell, 25);
    bench.registry.shut_down();
    assert_eq!(bench.events(), [(waiting, refused(Refusal::Unavailable))]);
    let get = ChannelRequest::Get(AnswerCell, 25);
    assert_eq!(bench.now(OWNER, n, get), refused(Refusal::Unavailable));
    assert_eq!(bench.open(A, GUEST), refused(Refusal::Unavailable));
}

#[test]
fn a_failed_random_source_leaves_nothing_behind() {
    let mut registry = Registry::new(Limits::default(), Box::new(|| None));
    let call = Call {
        appid: A,
        side: OWNER,
        from: ClientAddress::V4(1),
        action: RelayAction::Allocate(bytes("offer")),
    };
    let answer = registry.handle(Duration::ZERO, call);
    assert_eq!(answer, Handled::Now(refused(Refusal::Unavailable)));
    assert_eq!((registry.live_channels(), registry.stored_bytes()), (0, 0));
}
