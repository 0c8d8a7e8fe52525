//! Repeats and deadlines (section 11.3), on a clock that the test sets.

use std::time::Duration;

use super::scripted_suite::ScriptedSuite;
use super::{
    Action, AttemptFailure, AttemptResult, CloseReason, Event, Exchange, InitiatorMachine, Outcome,
    ReceiverMachine, RequestKind, Times,
};
use crate::protocol::CellName;
use crate::values::{AppId, Blob, ChannelId};

const SECOND: Duration = Duration::from_secs(1);

/// An exchange and its clock.
struct Run<T> {
    exchange: Exchange<T>,
    now: Duration,
    /// The number of calls of `next`.
    asked: u32,
    /// The wait that the last request asked for.
    wait: u32,
}

fn initiator(deadline: Option<Duration>) -> Run<InitiatorMachine<ScriptedSuite>> {
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

fn receiver() -> Run<ReceiverMachine<ScriptedSuite>> {
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
    fn next(&mut self) -> Action<'_> {
        self.asked += 1;
        assert!(self.asked < 1000, "this run does not end");
        self.exchange.next(self.now)
    }

    /// Lets all pauses pass at their longest, and returns the next request and its longest time.
    fn send(&mut self) -> (RequestKind, Duration) {
        self.try_send().expect("a request")
    }

    /// Does as `send`, or returns `None` if the exchange ends.
    fn try_send(&mut self) -> Option<(RequestKind, Duration)> {
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

    fn pause(&mut self) -> (Duration, Duration) {
        match self.next() {
            Action::Pause { least, most } => (least, most),
            other => panic!("{other:?}"),
        }
    }

    fn hear(&mut self, event: Event, ttl: Option<u32>) {
        self.exchange
            .attempt_ended(self.now, AttemptResult::Event { event, ttl });
    }

    fn lose(&mut self) {
        let failure = AttemptFailure::passing("connection refused");
        self.exchange
            .attempt_ended(self.now, AttemptResult::Lost(failure));
    }

    fn busy(&mut self, status: u16, retry_after: Option<u32>) {
        self.exchange.attempt_ended(
            self.now,
            AttemptResult::Busy {
                status,
                retry_after,
            },
        );
    }

    fn outcome(&mut self) -> Outcome {
        assert!(matches!(self.next(), Action::Ended));
        self.exchange.machine().unwrap().outcome().unwrap()
    }
}

fn allocated() -> Event {
    Event::Allocated(ChannelId::new(7).unwrap())
}

fn cell(how: &str) -> Event {
    Event::Cell(how.as_bytes().to_vec())
}

#[test]
fn back_off_doubles_to_eight_seconds_and_the_window_ends_at_sixty() {
    let mut run = initiator(None);
    let mut most = Vec::new();
    while let Some((kind, _)) = run.try_send() {
        assert_eq!(kind, RequestKind::Allocate);
        run.lose();
        let pause = run.pause();
        if most.len() < 6 {
            assert_eq!(pause.0 * 2, pause.1, "between d/2 and d");
        }
        most.push(pause.1.as_millis());
    }
    assert_eq!(most[..6], [500, 1000, 2000, 4000, 8000, 8000]);
    assert_eq!(run.now, 60 * SECOND, "the last pause is cut short");
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
}

/// TIME-3: An attempt that has begun keeps its own time
#[test]
fn the_window_ends_repeats_and_not_attempts() {
    let mut run = initiator(None);
    let mut last = Duration::ZERO;
    while let Some((_, within)) = run.try_send() {
        assert_eq!(within, 10 * SECOND);
        last = run.now;
        run.now += within;
        run.lose();
    }
    // The window is open from second 10 to second 70.
    assert!(last < 70 * SECOND, "{last:?}");
    assert!(
        run.now > 70 * SECOND && run.now < 80 * SECOND,
        "{:?}",
        run.now
    );
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
}

// TIME-8: A client MUST begin a run with w = 25, and after a GET that was cut off (it failed 3
// seconds or more after its start, and before w seconds had passed) go on with half of w
#[test]
fn a_poll_that_is_cut_off_is_followed_by_shorter_ones() {
    for (patience, waits) in [
        (5, &[25, 13, 7, 4][..]),
        (15, &[25, 13]),
        (24, &[25, 13]),
        (29, &[25]),
    ] {
        let mut run = initiator(None);
        run.send();
        run.hear(allocated(), Some(3600));
        let mut seen = Vec::new();
        // Until minute ten, behind a proxy of this patience: no window ever ends.
        while run.now < 600 * SECOND {
            run.send();
            if seen.last() != Some(&run.wait) {
                seen.push(run.wait);
            }
            if run.wait < patience {
                run.now += run.wait * SECOND;
                run.hear(Event::Empty, None);
            } else {
                run.now += patience * SECOND;
                run.busy(504, None);
            }
        }
        assert_eq!(seen, waits, "{patience}");
        // It is the way there that is short of patience: the next cell is asked for alike.
        run.send();
        run.hear(cell("opened"), None);
        run.exchange.release(run.now);
        run.send();
        run.hear(Event::Stored, None);
        assert_eq!(run.send().0, RequestKind::Get(CellName::Receipt));
        assert_eq!(run.wait, *waits.last().unwrap());
    }
}

#[test]
fn a_failure_that_is_no_cut_leaves_the_wait_alone() {
    for (after, cut) in [
        (0, false),
        (2_999, false),
        (3_000, true),
        (24_999, true),
        (25_000, false),
    ] {
        let mut run = initiator(None);
        run.send();
        run.hear(allocated(), Some(3600));
        run.send();
        run.now += Duration::from_millis(after);
        run.lose();
        run.send();
        assert_eq!(run.wait, if cut { 13 } else { 25 }, "{after}");
    }
    // Of other requests there is none.
    let mut run = initiator(None);
    run.send();
    run.now += 5 * SECOND;
    run.lose();
    run.send();
    run.hear(allocated(), Some(3600));
    run.send();
    assert_eq!(run.wait, 25);
}

#[test]
fn the_wait_ends_at_two_seconds() {
    let mut run = initiator(None);
    run.send();
    run.hear(allocated(), Some(3600));
    for _ in 0..8 {
        run.send();
        run.now += 3 * SECOND;
        run.lose();
        run.send();
        run.hear(Event::Empty, None);
    }
    run.send();
    // With 2 s, a failure after 3 s is none of a poll that was cut off.
    assert_eq!(run.wait, 2);
}

#[test]
fn a_page_of_somebody_else_is_repeated_within_the_window() {
    let mut run = initiator(None);
    run.send();
    run.hear(allocated(), Some(3600));
    while run.try_send().is_some() {
        run.exchange
            .attempt_ended(run.now, AttemptResult::Foreign { status: 404 });
    }
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
    assert!(
        run.now <= 60 * SECOND && run.now > 50 * SECOND,
        "{:?}",
        run.now
    );
}

#[test]
fn any_other_answer_closes_the_window() {
    let mut run = initiator(None);
    run.send();
    run.hear(allocated(), Some(3600));
    for _ in 0..5 {
        run.send();
        run.lose();
        run.now += 50 * SECOND;
        run.send();
        run.hear(Event::Empty, None);
    }
    assert_eq!(run.send().0, RequestKind::Get(CellName::Answer));
}

#[test]
fn retry_after_is_waited_for_and_ends_the_run_when_it_is_past_the_window() {
    let mut run = initiator(None);
    run.send();
    run.busy(429, Some(20));
    assert_eq!(run.pause(), (20 * SECOND, 20 * SECOND));
    run.send();
    run.busy(503, Some(40));
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
}

// TIME-1: A client MUST repeat a request that was *lost* or *busy*, with the same method, target,
// `Authorization` and body, after the back-off
#[test]
fn retry_after_makes_a_back_off_longer_and_never_shorter() {
    let mut run = initiator(None);
    let mut pauses = Vec::new();
    for _ in 0..5 {
        run.send();
        run.busy(503, Some(1));
        let (least, most) = run.pause();
        pauses.push((least.as_millis(), most.as_millis()));
    }
    let seconds_and_back_off = [
        (1000, 1000),
        (1000, 1000),
        (1000, 2000),
        (2000, 4000),
        (4000, 8000),
    ];
    assert_eq!(pauses, seconds_and_back_off);
}

#[test]
fn polls_start_a_second_apart() {
    let mut run = initiator(None);
    run.send();
    run.hear(allocated(), Some(3600));
    assert_eq!(run.send().1, 40 * SECOND);
    let start = run.now;
    run.hear(Event::Empty, None);
    assert_eq!(run.pause(), (SECOND, SECOND));
    run.send();
    assert_eq!(run.now - start, SECOND);
    // A poll that took more than a second is followed at once.
    run.now += 25 * SECOND;
    run.hear(Event::Empty, None);
    let before = run.now;
    run.send();
    assert_eq!(run.now, before);
}

#[test]
fn the_channels_life_is_a_deadline_and_cuts_attempts() {
    let mut run = initiator(None);
    run.send();
    run.now = 3 * SECOND;
    run.hear(allocated(), Some(20));
    assert_eq!(run.send().1, 20 * SECOND);
    run.now = 23 * SECOND;
    run.lose();
    assert_eq!(run.send(), (RequestKind::Close, 10 * SECOND));
    run.hear(Event::CloseTried, None);
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn the_users_deadline_counts_from_the_start_and_only_shortens() {
    let mut run = initiator(Some(5 * SECOND));
    assert_eq!(run.send().1, 5 * SECOND);
    run.now = 4 * SECOND;
    run.hear(allocated(), Some(3600));
    assert_eq!(run.send().1, SECOND);
    run.now = 5 * SECOND;
    assert_eq!(run.send().0, RequestKind::Close);
    // TIME-7: A client MUST try a close once
    run.lose();
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn the_receipt_is_waited_for_thirty_seconds() {
    let mut run = initiator(None);
    run.send();
    run.hear(allocated(), Some(3600));
    run.send();
    run.hear(cell("opened"), None);
    assert!(matches!(run.next(), Action::Hold { .. }));
    run.exchange.release(run.now);
    assert_eq!(run.send().0, RequestKind::Put(CellName::Finish));
    run.hear(Event::Stored, None);
    assert_eq!(
        run.send(),
        (RequestKind::Get(CellName::Receipt), 30 * SECOND)
    );
    run.now += 25 * SECOND;
    run.hear(Event::Empty, None);
    assert_eq!(run.send().1, 5 * SECOND);
    run.now += 5 * SECOND;
    run.lose();
    assert_eq!(run.outcome(), Outcome::Done);
    let ended = run.exchange.into_ended().unwrap();
    assert!(!ended.delivered && ended.received.is_some());
}

#[test]
fn the_receipt_is_repeated_for_thirty_seconds_only() {
    let mut run = receiver();
    run.send();
    run.hear(Event::Claimed(b"good".to_vec()), Some(600));
    run.send();
    run.hear(Event::Stored, None);
    run.send();
    run.hear(cell("opened"), None);
    let start = run.now;
    while let Some((kind, _)) = run.try_send() {
        assert_eq!(kind, RequestKind::Put(CellName::Receipt));
        run.lose();
    }
    assert_eq!(run.now - start, 30 * SECOND);
    assert_eq!(run.outcome(), Outcome::Done);
}

#[test]
fn a_refused_certificate_is_not_tried_again() {
    let mut run = initiator(None);
    run.send();
    let failure = AttemptFailure {
        why: "the certificate has expired".to_owned(),
        is_final: true,
    };
    run.exchange
        .attempt_ended(run.now, AttemptResult::Lost(failure));
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
}

#[test]
fn giving_up_closes_once_and_giving_up_again_ends() {
    let mut run = receiver();
    run.send();
    run.exchange.cancel(run.now);
    assert_eq!(run.send(), (RequestKind::Close, 10 * SECOND));
    run.exchange.cancel(run.now);
    assert_eq!(run.outcome(), Outcome::Cancelled);
}

/// TIME-7: A client MUST try a close once, for at most 10 seconds
#[test]
fn a_close_has_its_own_time_whatever_is_left_of_the_deadline() {
    let mut run = initiator(Some(5 * SECOND));
    run.send();
    run.hear(allocated(), Some(3600));
    run.now = 4 * SECOND;
    run.exchange.cancel(run.now);
    assert_eq!(run.exchange.time_left(run.now), None);
    assert_eq!(run.send(), (RequestKind::Close, 10 * SECOND));
    run.now = 14 * SECOND;
    run.lose();
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
        run.hear(Event::Claimed(how.as_bytes().to_vec()), Some(600));
        match run.next() {
            Action::Send {
                request: super::Request::Close { reason: given, .. },
                ..
            } => assert_eq!(given, reason),
            other => panic!("{other:?}"),
        }
        run.hear(Event::CloseTried, None);
        assert_eq!(run.outcome(), outcome);
    }
}

#[test]
fn given_up_before_its_first_attempt_a_run_makes_no_request() {
    let mut run = receiver();
    run.exchange.cancel(run.now);
    assert_eq!(run.outcome(), Outcome::Cancelled);
    let mut run = initiator(Some(Duration::ZERO));
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn a_word_that_comes_after_the_deadline_releases_nothing() {
    let mut run = initiator(Some(5 * SECOND));
    run.send();
    run.hear(allocated(), Some(3600));
    run.send();
    run.hear(cell("opened"), None);
    run.now = 6 * SECOND;
    run.exchange.release(run.now);
    assert_eq!(run.send().0, RequestKind::Close);
    run.hear(Event::CloseTried, None);
    assert_eq!(run.outcome(), Outcome::Timeout);
}

#[test]
fn what_a_deadline_cuts_off_is_no_trouble() {
    let mut run = initiator(Some(5 * SECOND));
    run.send();
    run.lose();
    assert!(run.exchange.retrying().is_some());
    run.now = 5 * SECOND;
    run.lose();
    assert!(run.exchange.retrying().is_none());
}
