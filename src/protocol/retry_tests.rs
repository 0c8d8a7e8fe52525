//! Repeats, back-offs and polls (section 11.3), on a clock that the test sets.

use std::time::Duration;

use super::exchange_tests::{SECOND, allocated, cell, initiator};
use super::{AttemptResult, Event, Outcome, RequestKind, UserEvent};
use crate::protocol::CellName;

#[test]
fn back_off_doubles_to_eight_seconds_and_the_window_ends_at_sixty() {
    let mut run = initiator(None);
    let mut most = Vec::new();
    while let Some((kind, _)) = run.try_send() {
        assert_eq!(kind, RequestKind::Allocate);
        run.lost();
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
        run.lost();
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
        run.happened(allocated(), Some(3600));
        let mut seen = Vec::new();
        // Until minute ten, behind a proxy of this patience: no window ever ends.
        while run.now < 600 * SECOND {
            run.send();
            if seen.last() != Some(&run.wait) {
                seen.push(run.wait);
            }
            if run.wait < patience {
                run.now += run.wait * SECOND;
                run.happened(Event::Empty, None);
            } else {
                run.now += patience * SECOND;
                run.busy(504, None);
            }
        }
        assert_eq!(seen, waits, "{patience}");
        // It is the way there that is short of patience: the next cell is asked for alike.
        run.send();
        run.happened(cell("opened"), None);
        run.say(UserEvent::Release);
        run.send();
        run.happened(Event::Stored, None);
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
        run.happened(allocated(), Some(3600));
        run.send();
        run.now += Duration::from_millis(after);
        run.lost();
        run.send();
        assert_eq!(run.wait, if cut { 13 } else { 25 }, "{after}");
    }
    // Of other requests there is none.
    let mut run = initiator(None);
    run.send();
    run.now += 5 * SECOND;
    run.lost();
    run.send();
    run.happened(allocated(), Some(3600));
    run.send();
    assert_eq!(run.wait, 25);
}

#[test]
fn the_wait_ends_at_two_seconds() {
    let mut run = initiator(None);
    run.send();
    run.happened(allocated(), Some(3600));
    for _ in 0..8 {
        run.send();
        run.now += 3 * SECOND;
        run.lost();
        run.send();
        run.happened(Event::Empty, None);
    }
    run.send();
    // With 2 s, a failure after 3 s is none of a poll that was cut off.
    assert_eq!(run.wait, 2);
}

#[test]
fn a_page_of_somebody_else_is_repeated_within_the_window() {
    let mut run = initiator(None);
    run.send();
    run.happened(allocated(), Some(3600));
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
    run.happened(allocated(), Some(3600));
    for _ in 0..5 {
        run.send();
        run.lost();
        run.now += 50 * SECOND;
        run.send();
        run.happened(Event::Empty, None);
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

// TIME-1: A client MUST repeat a request that was *lost* or *busy*
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
    run.happened(allocated(), Some(3600));
    assert_eq!(run.send().1, 40 * SECOND);
    let start = run.now;
    run.happened(Event::Empty, None);
    assert_eq!(run.pause(), (SECOND, SECOND));
    run.send();
    assert_eq!(run.now - start, SECOND);
    // A poll that took more than a second is followed at once.
    run.now += 25 * SECOND;
    run.happened(Event::Empty, None);
    let before = run.now;
    run.send();
    assert_eq!(run.now, before);
}
