//! The loop of [`protocol`](crate::protocol), with threads and sockets.

use std::fmt;
use std::time::Duration;

use crate::client::builder::OnRetry;
use crate::client::canceller::{Canceller, Decider};
use crate::client::prepared::{Prepared, conclude, not_ended};
use crate::client::transport::blocking::TransportError;
use crate::client::transport::blocking::UreqTransport;
use crate::client::transport::jitter;
use crate::client::{Driver, Error, Received};
use crate::clock::Stopwatch;
use crate::crypto::Standard;
use crate::protocol::wire::{self, Wire};
use crate::protocol::{Action, AttemptResult, Exchange, Machine, UserEvent};

/// The driver of an exchange.
pub struct BlockingDriver<T> {
    exchange: Exchange<T>,
    wire: Wire,
    transport: UreqTransport,
    started: Stopwatch,
    canceller: Canceller,
    cancels_seen: u32,
    on_retry: Option<OnRetry>,
}

impl<T: Machine<Suite = Standard>> BlockingDriver<T> {
    pub(super) fn new(prepared: Prepared<T>) -> BlockingDriver<T> {
        BlockingDriver {
            exchange: prepared.exchange,
            wire: prepared.wire,
            transport: UreqTransport::new(&prepared.tls, prepared.proxy.as_ref()),
            started: Stopwatch::start(),
            canceller: prepared.canceller,
            cancels_seen: 0,
            on_retry: prepared.on_retry,
        }
    }

    /// A handle for the user's decision.
    pub(super) fn decider(&self, agreeing_interrupts: bool) -> Decider {
        self.canceller.decider(agreeing_interrupts)
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Drives the exchange until the machine is as `wanted` or has ended.
    pub(super) fn run_until(&mut self, wanted: impl Fn(&T) -> bool) {
        // This comes first, so that whoever gives up from now on interrupts this transport.
        self.canceller.guard(self.transport.interrupt());
        loop {
            self.heed_user();
            if self.machine().is_none_or(&wanted) {
                return;
            }
            let now = self.now();
            match self.exchange.next(now) {
                Action::Send {
                    request,
                    wait,
                    within,
                } => {
                    let kind = request.kind();
                    let request = self.wire.request(&request, wait);
                    let result = match self.transport.send(&request, within) {
                        Ok(response) => wire::interpret_response(kind, response),
                        // The user has decided, and the loop heeds it.
                        Err(TransportError::Cancelled) => continue,
                        Err(TransportError::Failed(failure)) => AttemptResult::Lost(failure),
                    };
                    self.exchange.attempt_ended(self.now(), result);
                    self.tell_of_retry();
                }
                Action::Pause { least, most } => {
                    let time = jitter(least, most);
                    self.canceller.pause(self.cancels_seen, Some(time));
                }
                Action::Hold { within } => self.canceller.pause(self.cancels_seen, within),
                Action::Ended => return,
            }
        }
    }

    /// Says what the user, or the application, has decided, unless somebody gave up before.
    pub(super) fn say(&mut self, event: UserEvent) {
        self.canceller.decided();
        self.heed_user();
        self.exchange.say(self.now(), event);
    }

    /// Does what was said by a [`Canceller`] or a [`Decider`].
    fn heed_user(&mut self) {
        let times = self.canceller.times();
        if times > self.cancels_seen {
            self.cancels_seen = times;
            self.give_up();
        }
        if let Some(event) = self.canceller.take_decision() {
            self.exchange.say(self.now(), event);
            self.renew_transport();
        }
    }

    pub(super) fn give_up(&mut self) {
        self.exchange.say(self.now(), UserEvent::Cancel);
        self.renew_transport();
    }

    /// Goes on over a fresh connection if the old one was shut down.
    fn renew_transport(&mut self) {
        if self.transport.is_interrupted() {
            self.transport = self.transport.fresh();
            self.canceller.guard(self.transport.interrupt());
        }
    }

    pub(super) fn cancel(&mut self) {
        self.give_up();
        self.run_until(|_| false);
    }

    /// Drives the exchange to an end that is a failure.
    pub(super) fn run_to_failure(mut self) -> Error {
        self.run_until(|_| false);
        self.fail()
    }

    fn tell_of_retry(&mut self) {
        if let (Some(tell), Some(failure)) = (&mut self.on_retry, self.exchange.retrying()) {
            tell(failure);
        }
    }

    pub(super) fn conclude(self) -> Result<Received, Error> {
        conclude(self.exchange.into_ended())
    }

    /// The error of an exchange that ended before it was as wanted.
    pub(super) fn fail(self) -> Error {
        match self.conclude() {
            Err(error) => error,
            Ok(_) => not_ended(),
        }
    }
}

impl<T: Machine<Suite = Standard>> Driver for BlockingDriver<T> {
    type Machine = T;

    fn machine(&self) -> Option<&T> {
        self.exchange.machine()
    }

    fn time_left(&self) -> Option<Duration> {
        self.exchange.time_left(self.now())
    }
}

impl<T> fmt::Debug for BlockingDriver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockingDriver([redacted])")
    }
}
