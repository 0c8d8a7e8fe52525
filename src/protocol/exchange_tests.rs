//! Repeats and deadlines (section 11.3), on a clock that the test turns.

use super::told::Told;
use super::{
    Action, CloseReason, Event, Exchange, Heard, Initiator, Loss, Outcome, Receiver, RequestKind,
    Times,
};
use crate::protocol::Cell;
use crate::values::{AppId, Blob, ChannelId};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// An exchange and its clock.
struct Run<T> {
    exchange: Exchange<T>,
    now: Duration,
}

fn initiator(deadline: Option<Duration>) -> Run<Initiator<Told>> {
    let machine = Initiator::new(
        AppId::new("a").unwrap(),
        (),
        b"offer".to_vec(),
        Blob::new([]).unwrap(),
    );
    Run {
        exchange: Exchange::new(machine, Times::default(), deadline),
        now: Duration::ZERO,
    }
}

fn receiver() -> Run<Receiver<Told>> {
    let machine = Receiver::new(
        ChannelId::new(7).unwrap(),
        AppId::new("a").unwrap(),
        (),
        Blob::new([]).unwrap(),
    );
    Run {
        exchange: Exchange::new(machine, Times::default(), None),
        now: Duration::ZERO,
    }
}

impl<T: super::Machine> Run<T> {
    /// Passes all pauses at their longest, and returns the request and its time.
    fn send(&mut self) -> (RequestKind, Duration) {
        self.try_send().expect("a request")
    }

    /// The same, or `None` when it ends instead.
    fn try_send(&mut self) -> Option<(RequestKind, Duration)> {
        loop {
            match self.exchange.next(self.now) {
                Action::Send { request, within } => return Some((request.kind(), within)),
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
        match self.exchange.next(self.now) {
            Action::Pause { least, most } => (least, most),
            other => panic!("{other:?}"),
        }
    }

    fn hear(&mut self, event: Event, ttl: Option<u32>) {
        self.exchange.heard(self.now, Heard::Event { event, ttl });
    }

    fn lose(&mut self) {
        let loss = Loss::passing("connection refused");
        self.exchange.heard(self.now, Heard::Lost(loss));
    }

    fn busy(&mut self, status: u16, retry_after: Option<u32>) {
        self.exchange.heard(
            self.now,
            Heard::Busy {
                status,
                retry_after,
            },
        );
    }

    fn outcome(&mut self) -> Outcome {
        assert!(matches!(self.exchange.next(self.now), Action::Ended));
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

#[test]
fn an_attempt_is_cut_off_when_the_window_has_passed() {
    let mut run = initiator(None);
    assert_eq!(run.send().1, 10 * SECOND);
    run.now += 10 * SECOND;
    run.lose();
    // The window is open since second 10; the next attempt may last 10 s as long as 60 are left.
    for _ in 0..4 {
        assert_eq!(run.send().1, 10 * SECOND);
        run.now += 10 * SECOND;
        run.lose();
    }
    let (_, within) = run.send();
    assert_eq!(run.now + within, 70 * SECOND);
    run.now += within;
    run.lose();
    assert_eq!(run.outcome(), Outcome::RelayUnreachable);
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
    assert_eq!(run.send().0, RequestKind::Get(Cell::Answer));
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
    // One that took its time is followed at once.
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
    assert!(matches!(run.exchange.next(run.now), Action::Hold { .. }));
    run.exchange.release(run.now);
    assert_eq!(run.send().0, RequestKind::Put(Cell::Finish));
    run.hear(Event::Stored, None);
    assert_eq!(run.send(), (RequestKind::Get(Cell::Receipt), 30 * SECOND));
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
        assert_eq!(kind, RequestKind::Put(Cell::Receipt));
        run.lose();
    }
    assert_eq!(run.now - start, 30 * SECOND);
    assert_eq!(run.outcome(), Outcome::Done);
}

#[test]
fn a_refused_certificate_is_not_tried_again() {
    let mut run = initiator(None);
    run.send();
    let loss = Loss {
        why: "the certificate has expired".to_owned(),
        is_final: true,
    };
    run.exchange.heard(run.now, Heard::Lost(loss));
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
        match run.exchange.next(run.now) {
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
    assert!(run.exchange.trouble().is_some());
    run.now = 5 * SECOND;
    run.lose();
    assert!(run.exchange.trouble().is_none());
}
