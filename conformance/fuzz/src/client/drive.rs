//! Drives a run by the bytes of an input. They decide what the relay responds, how long things take, and what the user
//! does.
//!
//! The first byte is the [`Setup`]. Then each attempt takes two bytes, for its result and for its time, and more bytes if
//! the result needs them. The state `holding` takes one byte. After the end of the input, every attempt fails.

use super::attempt::{AttemptTiming, attempt_result};
use super::end;
use super::observer::Observer;
use super::peer::{CHANNELS, Peer, Role, appid};
use super::role::Setup;
use super::timing::RetryDecision;
use crate::input::Input;
use std::time::Duration;
use wormhole_sync::crypto::Standard;
use wormhole_sync::protocol::wire::Wire;
use wormhole_sync::protocol::{
    Action, AttemptResult, Ended, Event, Exchange, Machine, Request, RequestKind, Times,
};
use wormhole_sync::values::{Rendezvous, Side};

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
    Send { kind: RequestKind, within: Duration },
    Pause { least: Duration, most: Duration },
    Hold { within: Option<Duration> },
    Ended,
}

pub(crate) fn drive<T: Machine<Suite = Standard>>(
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
    };
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
        match run.next(&wire) {
            NextAction::Send { kind, within } => run.attempt(&mut input, kind, within),
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
}

impl<T: Machine<Suite = Standard>> Run<T> {
    fn next(&mut self, wire: &Wire) -> NextAction {
        let due = self.observer.timing.due(self.now);
        let kind = match self.exchange.next(self.now) {
            Action::Ended => None,
            Action::Hold { within } => Some(NextAction::Hold { within }),
            Action::Pause { least, most } => Some(NextAction::Pause { least, most }),
            Action::Send { request, within } => Some(NextAction::Send {
                kind: request.kind(),
                within,
            }),
        };
        match due.as_slice() {
            [] => self.observer.has_not_moved(&self.exchange),
            due => self.observer.has_moved(&self.exchange, self.now, due),
        }
        if let Some(NextAction::Send { within, .. }) = &kind {
            let machine = self.exchange.machine().expect("a machine");
            let request: Request<'_> = machine.request().expect("a request");
            self.observer
                .request_sent(self.now, &request, wire.request(&request), *within);
        }
        match &kind {
            Some(NextAction::Pause { least, most }) => {
                self.observer.timing.pause_began(self.now, *least, *most)
            }
            Some(NextAction::Hold { .. }) => assert_eq!(self.observer.state(), "holding"),
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
        if pause & 4 != 0 {
            self.cancel();
        }
    }

    fn hold(&mut self, input: &mut Input<'_>, within: Option<Duration>) {
        let byte = input.byte().unwrap_or(3);
        match byte % 4 {
            0 => {
                let due = self.observer.timing.due(self.now);
                self.exchange.release(self.now);
                let names = [due.as_slice(), &["release"]].concat();
                self.observer.has_moved(&self.exchange, self.now, &names);
            }
            1 => self.cancel(),
            2 => {
                let looks = Duration::from_millis(MILLIS[usize::from(byte >> 4)]);
                self.now += within.map_or(looks, |within| within.min(looks));
            }
            _ => match within {
                Some(within) => self.now += within,
                None => self.cancel(),
            },
        }
    }

    fn cancel(&mut self) {
        self.exchange.cancel(self.now);
        self.observer
            .has_moved(&self.exchange, self.now, &["cancel"]);
    }

    /// Makes one attempt.
    fn attempt(&mut self, input: &mut Input<'_>, kind: RequestKind, within: Duration) {
        let (result, time) = (input.byte().unwrap_or(10), input.or_zero());
        self.pause = time >> 4;
        let took = Duration::from_millis(MILLIS[usize::from(time & 15)]);
        match AttemptTiming::of(result) {
            AttemptTiming::InTime => self.now += took.min(within),
            AttemptTiming::TimedOut => self.now += within,
            AttemptTiming::Overslept => {
                self.now += took;
                self.observer.was_late |= took > within;
            }
            AttemptTiming::Cancelled => {
                self.now += took.min(within);
                return self.cancel();
            }
        }
        let channel = CHANNELS[self.channel];
        let result = attempt_result(result, kind, input, self.observer.peer, channel);
        self.attempt_ended(kind, result);
    }

    fn attempt_ended(&mut self, kind: RequestKind, result: AttemptResult) {
        let (event, ttl) = match result {
            AttemptResult::Event { ref event, ttl } => (event.clone(), ttl),
            AttemptResult::Lost(ref failure) => {
                return self.attempt_failed(kind, None, failure.is_final, result);
            }
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
        self.exchange.attempt_ended(self.now, result);
        self.observer.has_moved(&self.exchange, self.now, &names);
        self.observer.event_came(event, &names);
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
        let mut due = self.observer.timing.due(self.now);
        if decision == RetryDecision::Exhausted && !due.contains(&"exhausted") {
            due.push("exhausted");
        }
        match due.as_slice() {
            [] => self.observer.has_not_moved(&self.exchange),
            due => self.observer.has_moved(&self.exchange, self.now, due),
        }
    }
}
