//! A user who looks first, and an application that takes its time (INIT-2, RECV-5, RECV-6), on a
//! clock that the test sets.

use std::time::Duration;

use super::exchange_tests::{Run, SECOND, allocated, cell, initiator, receiver};
use super::scripted_suite::ScriptedSuite;
use super::{
    Action, CellName, ChannelRefusal, CloseReason, Event, InitiatorMachine, Machine, Outcome,
    ReceiverMachine, RequestKind, UserEvent,
};

const GET_FINISH: RequestKind = RequestKind::Get(CellName::Finish);
const GET_RECEIPT: RequestKind = RequestKind::Get(CellName::Receipt);

/// An initiator in `holding`, at time 0.
fn holding() -> Run<InitiatorMachine<ScriptedSuite>> {
    let mut run = initiator(None);
    run.send();
    run.happened(allocated(), Some(3600));
    run.send();
    run.happened(cell("opened"), None);
    run
}

/// A receiver in `comparing`, at time 0, whose channel lives for 600 seconds.
fn comparing() -> Run<ReceiverMachine<ScriptedSuite>> {
    let mut run = receiver();
    run.send();
    run.happened(Event::Claimed(b"good".to_vec()), Some(600));
    run.send();
    run.happened(Event::Stored, None);
    run
}

/// The longest time of a hold.
fn hold<T: Machine>(run: &mut Run<T>) -> Option<Duration> {
    match run.next() {
        Action::Hold { within } => within,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_user_who_looks_for_minutes_has_the_whole_wait_for_the_receipt_afterwards() {
    let mut run = holding();
    for _ in 0..4 {
        assert_eq!(run.send(), (GET_RECEIPT, 40 * SECOND));
        run.now += 25 * SECOND;
        run.happened(Event::Empty, None);
    }
    run.send();
    run.say(UserEvent::Release);
    assert_eq!(run.send().0, RequestKind::Put(CellName::Finish));
    run.happened(Event::Stored, None);
    assert_eq!(run.send(), (GET_RECEIPT, 30 * SECOND));
}

#[test]
fn a_failure_while_the_user_looks_does_not_count_against_the_finish() {
    let mut run = holding();
    run.send();
    run.lost();
    run.say(UserEvent::Release);
    assert_eq!(run.send().0, RequestKind::Put(CellName::Finish));
    // CLIENT-15: in answer to the first attempt of a put finish
    run.happened(Event::Refused(ChannelRefusal::NoSuchChannel), None);
    assert_eq!(run.outcome(), Outcome::Closed(CloseReason::Lost));
}

#[test]
fn a_receiver_that_agrees_goes_on_with_the_same_poll() {
    let mut run = comparing();
    assert_eq!(run.send().0, GET_FINISH);
    run.now += SECOND / 2;
    run.say(UserEvent::Release);
    run.happened(Event::Empty, None);
    // TIME-4: A client MUST start polls of one cell that have no other request between them at
    // least 1 second apart, counted from start to start
    assert_eq!(run.pause(), (SECOND / 2, SECOND / 2));
    assert_eq!(run.send().0, GET_FINISH);
}

#[test]
fn a_retry_window_goes_on_when_the_user_agrees() {
    let mut run = comparing();
    run.send();
    run.lost();
    let start = run.now;
    run.say(UserEvent::Release);
    while let Some((kind, _)) = run.try_send() {
        assert_eq!(kind, GET_FINISH);
        run.lost();
    }
    let lasted = run.now - start;
    assert!(lasted > 50 * SECOND && lasted <= 60 * SECOND, "{lasted:?}");
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
}

#[test]
fn what_has_opened_is_kept_back_until_the_user_agrees_or_the_life_is_over() {
    for say in [
        Some(UserEvent::Release),
        Some(UserEvent::Mismatch),
        Some(UserEvent::Cancel),
        None,
    ] {
        let mut run = comparing();
        run.send();
        run.now += 10 * SECOND;
        run.happened(cell("opened"), None);
        assert_eq!(hold(&mut run), Some(590 * SECOND));
        assert!(run.exchange.machine().unwrap().taking().is_none());
        match say {
            Some(event) => run.say(event),
            None => run.now += 590 * SECOND,
        }
        if say == Some(UserEvent::Release) {
            assert_eq!(hold(&mut run), None);
            assert!(run.exchange.machine().unwrap().taking().is_some());
            continue;
        }
        assert_eq!(run.send().0, RequestKind::Close, "{say:?}");
        run.happened(Event::CloseTried, None);
        let outcome = match say {
            Some(UserEvent::Mismatch) => Outcome::VerifierMismatch,
            Some(_) => Outcome::Cancelled,
            None => Outcome::Timeout,
        };
        assert_eq!(run.outcome(), outcome);
        assert!(run.exchange.into_ended().unwrap().received.is_none());
    }
}

// TIME-5: In `taking` nothing is waited for but this side's own application, and the event does not
// come. When the time has passed meanwhile, the event comes directly after `taken`
#[test]
fn no_time_runs_while_the_application_takes_the_blob() {
    for (late, event, outcome) in [
        (false, UserEvent::Taken, Outcome::Done),
        (true, UserEvent::Taken, Outcome::Done),
        (true, UserEvent::NotTaken, Outcome::NotTaken),
        (true, UserEvent::Cancel, Outcome::Cancelled),
    ] {
        let mut run = comparing();
        run.say(UserEvent::Release);
        run.send();
        run.happened(cell("opened"), None);
        if late {
            run.now += 1000 * SECOND;
        }
        assert_eq!(hold(&mut run), None);
        assert_eq!(run.exchange.time_left(run.now), None);
        run.say(event);
        match (late, event) {
            (true, UserEvent::Taken) => {}
            (_, UserEvent::Taken) => {
                assert_eq!(run.send().0, RequestKind::Put(CellName::Receipt));
                run.happened(Event::Stored, None);
            }
            _ => {
                assert_eq!(run.send().0, RequestKind::Close);
                run.happened(Event::CloseTried, None);
            }
        }
        assert_eq!(run.outcome(), outcome);
        let ended = run.exchange.into_ended().unwrap();
        // OUT-2
        let is_done = outcome == Outcome::Done;
        assert_eq!(
            (ended.received.is_some(), ended.delivered),
            (is_done, is_done)
        );
    }
}

#[test]
fn a_word_that_nobody_asked_for_changes_nothing() {
    let words = [
        UserEvent::Mismatch,
        UserEvent::Release,
        UserEvent::Taken,
        UserEvent::NotTaken,
    ];
    let mut run = receiver();
    run.send();
    for word in words {
        run.say(word);
        assert_eq!(
            run.exchange.machine().unwrap().request().map(|r| r.kind()),
            Some(RequestKind::Claim)
        );
    }
    let mut run = holding();
    run.say(UserEvent::Taken);
    assert_eq!(run.send().0, GET_RECEIPT);
}

/// An initiator that hears that the other user saw other words, or could not keep the blob, tells
/// so (INIT-7, INIT-8).
#[test]
fn an_initiator_tells_why_its_blob_was_not_confirmed() {
    for (reason, outcome, not_taken) in [
        (
            CloseReason::VerifierMismatch,
            Outcome::Closed(CloseReason::VerifierMismatch),
            false,
        ),
        (CloseReason::NotTaken, Outcome::Done, true),
        (CloseReason::Cancelled, Outcome::Done, false),
    ] {
        let mut run = holding();
        run.say(UserEvent::Release);
        run.send();
        run.happened(Event::Stored, None);
        run.send();
        run.happened(Event::Refused(ChannelRefusal::Closed(reason)), None);
        assert_eq!(run.outcome(), outcome);
        let ended = run.exchange.into_ended().unwrap();
        assert_eq!((ended.not_taken, ended.delivered), (not_taken, false));
        assert!(ended.received.is_some());
    }
}

// TIME-3: An attempt that has begun keeps its own time, so that a poll that the relay holds is not
// given up.
#[test]
fn a_word_during_a_poll_that_outlasts_the_window_gives_up_nothing() {
    for (word, request) in [
        (UserEvent::Release, GET_FINISH),
        (UserEvent::Taken, GET_FINISH),
        (UserEvent::Mismatch, RequestKind::Close),
        (UserEvent::Cancel, RequestKind::Close),
    ] {
        let mut run = comparing();
        run.send();
        run.lost();
        run.send();
        run.now += 40 * SECOND;
        run.lost();
        run.send();
        run.now += 30 * SECOND;
        run.say(word);
        let kind = run
            .exchange
            .machine()
            .unwrap()
            .request()
            .map(|it| it.kind());
        assert_eq!(kind, Some(request), "{word:?}");
        if request == GET_FINISH {
            run.happened(Event::Empty, None);
            assert_eq!(run.send().0, GET_FINISH);
        }
    }
}

/// A user who gives up when the time is over has not yet given up the close.
#[test]
fn a_cancel_after_the_deadline_leaves_the_close() {
    let mut run = comparing();
    run.now += 600 * SECOND;
    run.say(UserEvent::Cancel);
    assert_eq!(run.send().0, RequestKind::Close);
    run.say(UserEvent::Cancel);
    assert_eq!(run.outcome(), Outcome::Timeout);
    assert!(run.try_send().is_none());
}
