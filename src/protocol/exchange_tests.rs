//! Deadlines, giving up and closing (section 11.3), on a clock that the test sets.

use std::time::Duration;

use super::scripted_suite::ScriptedSuite;
use super::{
    Action, AttemptFailure, AttemptResult, ChannelRefusal, CloseReason, Detail, Event, Exchange,
    InitiatorMachine, Outcome, ReceiverMachine, RequestKind, Times, UserEvent,
};
use crate::protocol::CellName;
use crate::values::{AppId, Blob, ChannelId};

pub(super) const SECOND: Duration = Duration::from_secs(1);

/// An exchange and its clock.
pub(super) struct Run<T> {
    pub(super) exchange: Exchange<T>,
    pub(super) now: Duration,
    /// The number of calls of `next`.
    asked: u32,
    /// The wait that the last request asked for.
    pub(super) wait: u32,
}

pub(super) fn initiator(deadline: Option<Duration>) -> Run<InitiatorMachine<ScriptedSuite>> {
    let machine = InitiatorMachine::new(
        AppId::new("a").unwrap(),
        (),
        b"offer".to_vec(),
        Blob::new([]).unwrap(),
    );
    Run {
        exchange: Exchange::new(machine, Times::default(), deadline),
        now: Duration::ZERO,
        asked: 0,
        wait: 0,
    }
}

pub(super) fn receiver() -> Run<ReceiverMachine<ScriptedSuite>> {
    let machine = ReceiverMachine::new(
        ChannelId::new(7).unwrap(),
        AppId::new("a").unwrap(),
        (),
        Blob::new([]).unwrap(),
    );
    Run {
        exchange: Exchange::new(machine, Times::default(), None),
        now: Duration::ZERO,
        asked: 0,
        wait: 0,
    }
}

impl<T: super::Machine> Run<T> {
    /// The next action. A run that never ends fails its test instead of hanging it.
    pub(super) fn next(&mut self) -> Action<'_> {
        self.asked += 1;
        assert!(self.asked < 1000, "this run does not end");
        self.exchange.next(self.now)
    }

    /// Lets all pauses pass at their longest, and returns the next request and its longest time.
    pub(super) fn send(&mut self) -> (RequestKind, Duration) {
        self.try_send().expect("a request")
    }

    /// Does as `send`, or returns `None` if the exchange ends.
    pub(super) fn try_send(&mut self) -> Option<(RequestKind, Duration)> {
        loop {
            match self.next() {
                Action::Send {
                    request,
                    wait,
                    within,
                } => {
                    let sent = (request.kind(), within);
                    self.wait = wait;
                    return Some(sent);
                }
                Action::Pause { least, most } => {
                    assert!(least <= most, "{least:?} {most:?}");
                    self.now += most;
                }
                Action::Ended => return None,
                other => panic!("{other:?}"),
            }
        }
    }

    pub(super) fn pause(&mut self) -> (Duration, Duration) {
        match self.next() {
            Action::Pause { least, most } => (least, most),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn happened(&mut self, event: Event, ttl: Option<u32>) {
        self.exchange
            .attempt_ended(self.now, AttemptResult::Event { event, ttl });
    }

    pub(super) fn say(&mut self, event: UserEvent) {
        self.exchange.say(self.now, event);
    }

    pub(super) fn lost(&mut self) {
        let failure = AttemptFailure::Refused;
        self.exchange
            .attempt_ended(self.now, AttemptResult::Lost(failure));
    }

    pub(super) fn busy(&mut self, status: u16, retry_after: Option<u32>) {
        self.exchange.attempt_ended(
            self.now,
            AttemptResult::Busy {
                status,
                retry_after,
            },
        );
    }

    pub(super) fn outcome(&mut self) -> Outcome {
        assert!(matches!(self.next(), Action::Ended));
        self.exchange.machine().unwrap().outcome().unwrap()
    }
}

pub(super) fn allocated() -> Event {
    Event::Allocated(ChannelId::new(7).unwrap())
}

pub(super) fn cell(body: &str) -> Event {
    Event::Cell(body.as_bytes().to_vec())
}

#[test]
fn the_channels_life_is_a_deadline_and_cuts_attempts() {
    let mut run = initiator(None);
    run.send();
    run.now = 3 * SECOND;
    run.happened(allocated(), Some(20));
    assert_eq!(run.send().1, 20 * SECOND);
    run.now = 23 * SECOND;
    run.lost();
    assert_eq!(run.send(), (RequestKind::Close, 10 * SECOND));
    run.happened(Event::CloseTried, None);
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn the_users_deadline_counts_from_the_start_and_only_shortens() {
    let mut run = initiator(Some(5 * SECOND));
    assert_eq!(run.send().1, 5 * SECOND);
    run.now = 4 * SECOND;
    run.happened(allocated(), Some(3600));
    assert_eq!(run.send().1, SECOND);
    run.now = 5 * SECOND;
    assert_eq!(run.send().0, RequestKind::Close);
    // TIME-7: A client MUST try a close once
    run.lost();
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn the_receipt_is_waited_for_thirty_seconds() {
    let mut run = initiator(None);
    run.send();
    run.happened(allocated(), Some(3600));
    run.send();
    run.happened(cell("opened"), None);
    run.say(UserEvent::Release);
    assert_eq!(run.send().0, RequestKind::Put(CellName::Finish));
    run.happened(Event::Stored, None);
    assert_eq!(
        run.send(),
        (RequestKind::Get(CellName::Receipt), 30 * SECOND)
    );
    run.now += 25 * SECOND;
    run.happened(Event::Empty, None);
    assert_eq!(run.send().1, 5 * SECOND);
    run.now += 5 * SECOND;
    run.lost();
    assert_eq!(run.outcome(), Outcome::Done);
    let ended = run.exchange.into_ended().unwrap();
    assert!(!ended.delivered && ended.received.is_some());
}

// CLIENT-15: A client MUST take `forbidden` and `no-such-channel`, in answer to the first attempt
// of
// a put finish, as the event `closed` with the reason `lost`: no earlier attempt can have stored
// it.
#[test]
fn a_finish_that_is_refused_as_forgotten_was_stored_by_an_earlier_attempt_only() {
    for refusal in [ChannelRefusal::Forbidden, ChannelRefusal::NoSuchChannel] {
        for failures in 0..3 {
            let mut run = initiator(None);
            run.send();
            run.happened(allocated(), Some(3600));
            run.send();
            // A failure of another request counts for nothing.
            run.lost();
            run.send();
            run.happened(cell("opened"), None);
            run.say(UserEvent::Release);
            run.send();
            if failures > 0 {
                run.lost();
                run.send();
            }
            if failures > 1 {
                run.busy(503, None);
                run.send();
            }
            run.happened(Event::Refused(refusal), None);
            let outcome = match failures {
                0 => Outcome::Closed(CloseReason::Lost),
                _ => Outcome::Done,
            };
            assert_eq!(run.outcome(), outcome, "{refusal:?} after {failures}");
            let ended = run.exchange.into_ended().unwrap();
            assert!(!ended.delivered && ended.received.is_some());
        }
    }
}

#[test]
fn the_receipt_is_repeated_for_thirty_seconds_only() {
    let mut run = receiver();
    run.send();
    run.happened(Event::Claimed(b"good".to_vec()), Some(600));
    run.send();
    run.happened(Event::Stored, None);
    run.say(UserEvent::Release);
    run.send();
    run.happened(cell("opened"), None);
    run.say(UserEvent::Taken);
    let start = run.now;
    while let Some((kind, _)) = run.try_send() {
        assert_eq!(kind, RequestKind::Put(CellName::Receipt));
        run.lost();
    }
    assert_eq!(run.now - start, 30 * SECOND);
    assert_eq!(run.outcome(), Outcome::Done);
}

#[test]
fn a_timeout_tells_of_the_trouble_before_it() {
    let detail = |mut run: Run<_>| {
        assert_eq!(run.outcome(), Outcome::Timeout);
        run.exchange.into_ended().unwrap().detail
    };
    let mut run = initiator(Some(10 * SECOND));
    while run.try_send().is_some() {
        run.lost();
    }
    assert_eq!(detail(run), Some(Detail::Attempt(AttemptFailure::Refused)));
    // An attempt that the deadline ends is no trouble.
    let mut run = initiator(Some(10 * SECOND));
    run.send();
    run.now += 10 * SECOND;
    run.lost();
    assert_eq!(detail(run), None);
}

#[test]
fn a_refused_certificate_is_not_tried_again() {
    let mut run = initiator(None);
    run.send();
    let failure = AttemptFailure::CertificateExpired;
    run.exchange
        .attempt_ended(run.now, AttemptResult::Lost(failure));
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
}

#[test]
fn giving_up_closes_once_and_giving_up_again_ends() {
    let mut run = receiver();
    run.send();
    run.say(UserEvent::Cancel);
    assert_eq!(run.send(), (RequestKind::Close, 10 * SECOND));
    run.say(UserEvent::Cancel);
    assert_eq!(run.outcome(), Outcome::Cancelled);
}

/// TIME-7: A client MUST try a close once, for at most 10 seconds
#[test]
fn a_close_has_its_own_time_whatever_is_left_of_the_deadline() {
    let mut run = initiator(Some(5 * SECOND));
    run.send();
    run.happened(allocated(), Some(3600));
    run.now = 4 * SECOND;
    run.say(UserEvent::Cancel);
    assert_eq!(run.exchange.time_left(run.now), None);
    assert_eq!(run.send(), (RequestKind::Close, 10 * SECOND));
    run.now = 14 * SECOND;
    run.lost();
    assert_eq!(run.outcome(), Outcome::Cancelled);
}

#[test]
fn a_close_has_the_reason_of_the_outcome() {
    for (how, outcome, reason) in [
        (
            "malformed",
            Outcome::MalformedMessage,
            CloseReason::MalformedMessage,
        ),
        ("bad-element", Outcome::BadElement, CloseReason::BadElement),
    ] {
        let mut run = receiver();
        run.send();
        run.happened(Event::Claimed(how.as_bytes().to_vec()), Some(600));
        match run.next() {
            Action::Send {
                request: super::Request::Close { reason: given, .. },
                ..
            } => assert_eq!(given, reason),
            other => panic!("{other:?}"),
        }
        run.happened(Event::CloseTried, None);
        assert_eq!(run.outcome(), outcome);
    }
}

#[test]
fn given_up_before_its_first_attempt_a_run_makes_no_request() {
    let mut run = receiver();
    run.say(UserEvent::Cancel);
    assert_eq!(run.outcome(), Outcome::Cancelled);
    let mut run = initiator(Some(Duration::ZERO));
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn a_word_that_comes_after_the_deadline_releases_nothing() {
    let mut run = initiator(Some(5 * SECOND));
    run.send();
    run.happened(allocated(), Some(3600));
    run.send();
    run.happened(cell("opened"), None);
    run.now = 6 * SECOND;
    run.say(UserEvent::Release);
    assert_eq!(run.send().0, RequestKind::Close);
    run.happened(Event::CloseTried, None);
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn what_a_deadline_cuts_off_is_no_trouble() {
    let mut run = initiator(Some(5 * SECOND));
    run.send();
    run.lost();
    let (failure, next_try) = run.exchange.retrying(run.now).unwrap();
    assert_eq!((failure, next_try), (AttemptFailure::Refused, SECOND / 2));
    run.now = 5 * SECOND;
    run.lost();
    assert!(run.exchange.retrying(run.now).is_none());
}
