//! Drives a run by the bytes of an input: what the relay answers, how long things take, what the user does.
//!
//! The first byte is the [`Setup`]. Then each attempt takes two bytes, what comes of it and how long it takes, and what
//! that needs more; `holding` takes one. At the end of the input, nothing comes of anything any more.

use super::ends;
use super::laws::Watch;
use super::peer::{CHANNELS, Peer, Role, appid};
use super::relay::{Fate, heard};
use super::role::Setup;
use super::timing::Goes;
use crate::input::Input;
use std::time::Duration;
use wormhole_sync::crypto::Standard;
use wormhole_sync::protocol::wire::Wire;
use wormhole_sync::protocol::{
    Action, AttemptResult, Ended, Event, Exchange, Machine, Request, RequestKind, Times,
};
use wormhole_sync::values::{Rendezvous, Side};

/// A run that has ended.
pub(crate) struct Finished {
    pub(crate) end: Ended<Standard>,
    pub(crate) watch: Watch,
}

/// Times in milliseconds that an attempt may take.
const MILLIS: [u64; 16] = [
    0, 1, 20, 250, 500, 999, 1_000, 3_000, 7_999, 9_999, 10_000, 25_000, 39_999, 60_000, 400_000,
    90_000_000,
];
/// No run goes on for longer once nothing comes of anything.
const PATIENCE: usize = 64;

/// What comes next, in place of the borrow of [`Action`].
enum Next {
    Send { kind: RequestKind, within: Duration },
    Pause { least: Duration, most: Duration },
    Hold { within: Option<Duration> },
    Ended,
}

pub(crate) fn drive<T: Machine<Suite = Standard>>(
    role: Role,
    data: &[u8],
    machine: impl FnOnce(Setup) -> T,
) -> Option<Finished> {
    let mut input = Input::new(data);
    let setup = Setup::of(input.byte()?);
    let peer = Peer::in_channel(setup.channel);
    let deadline = setup
        .deadline
        .map(|seconds| Duration::from_secs(seconds.into()));
    let mut run = Run {
        exchange: Exchange::new(machine(setup), Times::default(), deadline),
        watch: Watch::new(role, peer, setup.deadline),
        channel: setup.channel,
        now: Duration::ZERO,
        after: 0,
    };
    let rendezvous = Rendezvous::parse("http://localhost", false).expect("an address");
    let side = Side::from_hex(&[b'5'; 32]).expect("a side");
    let wire = Wire::new(rendezvous, appid(), side);
    let mut silent = 0;
    loop {
        silent += usize::from(input.is_empty());
        assert!(silent < PATIENCE, "promise 5: a run that does not end");
        match run.next(&wire) {
            Next::Send { kind, within } => run.attempt(&mut input, kind, within),
            Next::Pause { least, most } => run.pause(least, most),
            Next::Hold { within } => run.hold(&mut input, within),
            Next::Ended => break,
        }
    }
    let Run {
        exchange,
        watch,
        now,
        ..
    } = run;
    let end = exchange.into_ended().expect("it has ended");
    ends::check(&watch, &end, now);
    Some(Finished { end, watch })
}

struct Run<T> {
    exchange: Exchange<T>,
    watch: Watch,
    channel: usize,
    now: Duration,
    /// What happens in the pause after the attempt.
    after: u8,
}

impl<T: Machine<Suite = Standard>> Run<T> {
    fn next(&mut self, wire: &Wire) -> Next {
        let due = self.watch.timing.due(self.now);
        let kind = match self.exchange.next(self.now) {
            Action::Ended => None,
            Action::Hold { within } => Some(Next::Hold { within }),
            Action::Pause { least, most } => Some(Next::Pause { least, most }),
            Action::Send { request, within } => Some(Next::Send {
                kind: request.kind(),
                within,
            }),
        };
        match due.as_slice() {
            [] => self.watch.stays(&self.exchange),
            due => self.watch.goes(&self.exchange, self.now, due),
        }
        if let Some(Next::Send { within, .. }) = &kind {
            let machine = self.exchange.machine().expect("a machine");
            let request: Request<'_> = machine.request().expect("a request");
            self.watch
                .sends(self.now, &request, wire.request(&request), *within);
        }
        match &kind {
            Some(Next::Pause { least, most }) => self.watch.timing.pauses(self.now, *least, *most),
            Some(Next::Hold { .. }) => assert_eq!(self.watch.state(), "holding"),
            None => assert_eq!(self.watch.state(), "ended"),
            Some(_) => {}
        }
        kind.unwrap_or(Next::Ended)
    }

    fn pause(&mut self, least: Duration, most: Duration) {
        let after = std::mem::take(&mut self.after);
        match after % 4 {
            0 => self.now += least,
            1 => self.now += most,
            2 => self.now += (least + most) / 2,
            _ => {
                self.now += most + Duration::from_secs(45);
                self.watch.late = true;
            }
        }
        if after & 4 != 0 {
            self.cancel();
        }
    }

    fn hold(&mut self, input: &mut Input<'_>, within: Option<Duration>) {
        let byte = input.byte().unwrap_or(3);
        match byte % 4 {
            0 => {
                let due = self.watch.timing.due(self.now);
                self.exchange.release(self.now);
                let names = [due.as_slice(), &["release"]].concat();
                self.watch.goes(&self.exchange, self.now, &names);
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
        self.watch.goes(&self.exchange, self.now, &["cancel"]);
    }

    /// One attempt, and what comes of it.
    fn attempt(&mut self, input: &mut Input<'_>, kind: RequestKind, within: Duration) {
        let (what, time) = (input.byte().unwrap_or(10), input.or_zero());
        self.after = time >> 4;
        let took = Duration::from_millis(MILLIS[usize::from(time & 15)]);
        match Fate::of(what) {
            Fate::InTime => self.now += took.min(within),
            Fate::Stalled => self.now += within,
            Fate::Slept => {
                self.now += took;
                self.watch.late |= took > within;
            }
            Fate::Cancelled => {
                self.now += took.min(within);
                return self.cancel();
            }
        }
        let heard = heard(what, kind, input, self.watch.peer, CHANNELS[self.channel]);
        self.hears(kind, heard);
    }

    fn hears(&mut self, kind: RequestKind, heard: AttemptResult) {
        let (event, ttl) = match heard {
            AttemptResult::Event { ref event, ttl } => (event.clone(), ttl),
            AttemptResult::Lost(ref loss) => return self.fails(kind, None, loss.is_final, heard),
            AttemptResult::Busy { retry_after, .. } => {
                return self.fails(kind, retry_after, false, heard);
            }
        };
        // The honest peer is in one channel; in another there is nobody.
        if let Event::Allocated(channel) = event {
            self.watch.alone = channel.get() != CHANNELS[self.channel];
        }
        let names = self.watch.names(&event);
        self.watch.timing.answered();
        if let Some(ttl) = ttl {
            self.watch.timing.lives(self.now, ttl);
        }
        self.exchange.attempt_ended(self.now, heard);
        self.watch.goes(&self.exchange, self.now, &names);
        self.watch.heard(event, &names);
    }

    fn fails(
        &mut self,
        kind: RequestKind,
        retry_after: Option<u32>,
        is_final: bool,
        heard: AttemptResult,
    ) {
        self.exchange.attempt_ended(self.now, heard);
        if kind == RequestKind::Close {
            return self.watch.goes(&self.exchange, self.now, &["close-tried"]);
        }
        let goes = self.watch.timing.failed(self.now, retry_after, is_final);
        let mut due = self.watch.timing.due(self.now);
        if goes == Goes::Out && !due.contains(&"exhausted") {
            due.push("exhausted");
        }
        match due.as_slice() {
            [] => self.watch.stays(&self.exchange),
            due => self.watch.goes(&self.exchange, self.now, due),
        }
    }
}
