//! Drives a run by the bytes of an input. They decide what the relay responds, how long things
//! take, and what the user does.
//!
//! The first byte is the [`Setup`]. Then each attempt takes two bytes, for its result and for its
//! time, and more bytes if the result needs them. The beginnings of `holding` and `comparing` take
//! one byte each, for what the user says before the request; `opened` and `taking` take one byte at
//! a time. After the end of the input, every attempt fails.

use std::time::Duration;

use wormhole_sync::crypto::Standard;
use wormhole_sync::protocol::wire::Wire;
use wormhole_sync::protocol::{
    Action, AttemptResult, Ended, Event, Exchange, Request, RequestKind, Times, UserEvent,
};
use wormhole_sync::values::{Rendezvous, Side};

use super::attempt::{AttemptTiming, WORDS, attempt_result};
use super::end;
use super::observer::Observer;
use super::peer::{CHANNELS, Peer, Role, appid};
use super::role::{Setup, Shows};
use super::timing::RetryDecision;
use crate::input::Input;

/// A run that has ended.
pub(crate) struct EndedRun {
    pub(crate) end: Ended<Standard>,
    pub(crate) observer: Observer,
}

/// Times in milliseconds that an attempt may take.
const MILLIS: [u64; 16] = [
    0, 1, 20, 250, 500, 999, 1_000, 3_000, 7_999, 9_999, 10_000, 25_000, 39_999, 60_000, 400_000,
    90_000_000,
];
/// The most actions that a run takes after the end of the input.
const MAX_SILENT_ACTIONS: usize = 64;

/// The next action of a run: an [`Action`] that borrows nothing.
enum NextAction {
    Send {
        kind: RequestKind,
        wait: u32,
        within: Duration,
    },
    Pause {
        least: Duration,
        most: Duration,
    },
    Hold {
        within: Option<Duration>,
    },
    Ended,
}

pub(crate) fn drive<T: Shows>(
    role: Role,
    data: &[u8],
    machine: impl FnOnce(Setup) -> T,
) -> Option<EndedRun> {
    let mut input = Input::new(data);
    let setup = Setup::of(input.byte()?);
    let peer = Peer::in_channel(setup.channel);
    let deadline = setup
        .deadline
        .map(|seconds| Duration::from_secs(seconds.into()));
    let mut run = Run {
        exchange: Exchange::new(machine(setup), Times::default(), deadline),
        observer: Observer::new(role, peer, setup.deadline),
        channel: setup.channel,
        now: Duration::ZERO,
        pause: 0,
        asked: "",
    };
    if let Some(word) = setup.word {
        run.say(word, false);
    }
    let rendezvous = Rendezvous::parse("http://localhost", false).expect("an address");
    let side = Side::from_hex(&[b'5'; 32]).expect("a side");
    let wire = Wire::new(rendezvous, appid(), side);
    let mut silent = 0;
    loop {
        silent += usize::from(input.is_empty());
        assert!(
            silent < MAX_SILENT_ACTIONS,
            "promise 5: a run that does not end"
        );
        run.ask(&mut input);
        match run.next(&wire) {
            NextAction::Send { kind, within, .. } => run.attempt(&mut input, kind, within),
            NextAction::Pause { least, most } => run.pause(least, most),
            NextAction::Hold { within } => run.hold(&mut input, within),
            NextAction::Ended => break,
        }
    }
    let Run {
        exchange,
        observer,
        now,
        ..
    } = run;
    let end = exchange.into_ended().expect("it has ended");
    end::check(&observer, &end, now);
    Some(EndedRun { end, observer })
}

struct Run<T> {
    exchange: Exchange<T>,
    observer: Observer,
    channel: usize,
    now: Duration,
    /// The bits of the input that decide what happens in the pause after the attempt.
    pause: u8,
    /// The state in which the user was asked last.
    asked: &'static str,
}

impl<T: Shows> Run<T> {
    fn next(&mut self, wire: &Wire) -> NextAction {
        let due = self.observer.due(self.now, false);
        let kind = match self.exchange.next(self.now) {
            Action::Ended => None,
            Action::Hold { within } => Some(NextAction::Hold { within }),
            Action::Pause { least, most } => Some(NextAction::Pause { least, most }),
            Action::Send {
                request,
                wait,
                within,
            } => Some(NextAction::Send {
                kind: request.kind(),
                wait,
                within,
            }),
        };
        match due.as_slice() {
            [] => self.observer.has_not_moved(&self.exchange),
            due => self.observer.has_moved(&self.exchange, self.now, due),
        }
        if let Some(NextAction::Send { wait, within, .. }) = &kind {
            let machine = self.exchange.machine().expect("a machine");
            let request: Request<'_> = machine.request().expect("a request");
            self.observer
                .request_sent(self.now, &request, wire.request(&request, *wait), *within);
        }
        match &kind {
            Some(NextAction::Pause { least, most }) => {
                self.observer.timing.pause_began(self.now, *least, *most)
            }
            Some(NextAction::Hold { within }) => {
                assert!(["opened", "taking"].contains(&self.observer.state()));
                let deadline = self.observer.timing.deadline;
                let left = deadline.filter(|_| self.observer.state() == "opened");
                let left = left.map(|at| at - self.now);
                assert_eq!(*within, left, "TIME-5");
            }
            None => assert_eq!(self.observer.state(), "ended"),
            Some(_) => {}
        }
        kind.unwrap_or(NextAction::Ended)
    }

    fn pause(&mut self, least: Duration, most: Duration) {
        let pause = std::mem::take(&mut self.pause);
        match pause % 4 {
            0 => self.now += least,
            1 => self.now += most,
            2 => self.now += (least + most) / 2,
            _ => {
                self.now += most + Duration::from_secs(45);
                self.observer.was_late = true;
            }
        }
        let word = match pause >> 2 {
            0 => return,
            1 => UserEvent::Cancel,
            2 => UserEvent::Release,
            _ => UserEvent::Mismatch,
        };
        self.say(word, false);
    }

    /// Asks the user, once at the beginning of `holding` and `comparing`, whether to look first.
    fn ask(&mut self, input: &mut Input<'_>) {
        let state = self.observer.state();
        if !["holding", "comparing"].contains(&state) || state == self.asked {
            return;
        }
        self.asked = state;
        match input.byte().unwrap_or(2) % 4 {
            0 => self.say(UserEvent::Release, false),
            1 => self.say(UserEvent::Cancel, false),
            2 => {}
            _ => self.say(UserEvent::Mismatch, false),
        }
    }

    /// Lets the user look at what has opened, or the application take it.
    fn hold(&mut self, input: &mut Input<'_>, within: Option<Duration>) {
        let is_taking = self.observer.state() == "taking";
        let byte = input.byte().unwrap_or(0);
        let word = match byte % 8 {
            0 if is_taking => UserEvent::Taken,
            0 => UserEvent::Release,
            number @ 1..=5 => WORDS[usize::from(number - 1)],
            number => {
                let takes = Duration::from_millis(MILLIS[usize::from(byte >> 4)]);
                let time = match (number, within) {
                    (6, Some(within)) => within.min(takes),
                    // The machine sleeps, or the application takes its time.
                    _ => takes,
                };
                self.observer.was_late |= within.is_some_and(|within| time > within);
                if is_taking {
                    self.observer.taking += time;
                }
                return self.now += time;
            }
        };
        self.say(word, false);
    }

    fn say(&mut self, word: UserEvent, is_in_attempt: bool) {
        self.exchange.say(self.now, word);
        self.observer
            .word_was_said(&self.exchange, self.now, word, is_in_attempt);
    }

    /// Makes one attempt, up to its result or to a word that abandons it.
    fn attempt(&mut self, input: &mut Input<'_>, kind: RequestKind, within: Duration) {
        let began = self.now;
        loop {
            let (result, time) = (input.byte().unwrap_or(10), input.or_zero());
            self.pause = time >> 4;
            let took = Duration::from_millis(MILLIS[usize::from(time & 15)]);
            let left = within.saturating_sub(self.now - began);
            match AttemptTiming::of(result) {
                AttemptTiming::InTime => self.now += took.min(left),
                AttemptTiming::TimedOut => self.now += left,
                AttemptTiming::Overslept => {
                    self.now += took;
                    self.observer.was_late |= took > left;
                }
                AttemptTiming::Interrupted(word) => {
                    self.now += took.min(left);
                    self.say(word, true);
                    // An attempt goes on when the next state makes the same request.
                    let request = self.exchange.machine().and_then(|it| it.request());
                    if request.map(|it| it.kind()) == Some(kind) {
                        continue;
                    }
                    return;
                }
            }
            let channel = CHANNELS[self.channel];
            let result = attempt_result(result, kind, input, self.observer.peer, channel);
            return self.attempt_ended(kind, result);
        }
    }

    fn attempt_ended(&mut self, kind: RequestKind, result: AttemptResult) {
        let (event, ttl) = match result {
            AttemptResult::Event { ref event, ttl } => (event.clone(), ttl),
            AttemptResult::Lost(ref failure) => {
                return self.attempt_failed(kind, None, failure.is_final(), result);
            }
            AttemptResult::Foreign { .. } => return self.attempt_failed(kind, None, false, result),
            AttemptResult::Busy { retry_after, .. } => {
                return self.attempt_failed(kind, retry_after, false, result);
            }
        };
        // The honest peer is in one channel; in another there is nobody.
        if let Event::Allocated(channel) = event {
            self.observer.is_alone = channel.get() != CHANNELS[self.channel];
        }
        let names = self.observer.names(&event);
        self.observer.timing.attempt_succeeded();
        if let Some(ttl) = ttl {
            self.observer.timing.channel_began(self.now, ttl);
        }
        self.observer.event_came(&event, &names);
        self.exchange.attempt_ended(self.now, result);
        self.observer.has_moved(&self.exchange, self.now, &names);
    }

    fn attempt_failed(
        &mut self,
        kind: RequestKind,
        retry_after: Option<u32>,
        is_final: bool,
        result: AttemptResult,
    ) {
        self.exchange.attempt_ended(self.now, result);
        if kind == RequestKind::Close {
            return self
                .observer
                .has_moved(&self.exchange, self.now, &["close-tried"]);
        }
        let decision = self
            .observer
            .timing
            .attempt_failed(self.now, retry_after, is_final);
        let mut due = self.observer.due(self.now, false);
        if decision == RetryDecision::Exhausted && !due.contains(&"exhausted") {
            due.push("exhausted");
        }
        match due.as_slice() {
            [] => self.observer.has_not_moved(&self.exchange),
            due => self.observer.has_moved(&self.exchange, self.now, due),
        }
    }
}
