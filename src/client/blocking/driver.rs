//! The loop of [`protocol`](crate::protocol), with threads and sockets.

use std::fmt;
use std::time::Duration;

use crate::client::canceller::{Canceller, Decider};
use crate::client::observer::{Observed, Observer};
use crate::client::prepared::{Prepared, conclude, not_ended};
use crate::client::transport::blocking::TransportError;
use crate::client::transport::blocking::UreqTransport;
use crate::client::transport::jitter;
use crate::client::{Driver, Error, Received};
use crate::clock::Stopwatch;
use crate::protocol::wire::{self, Wire};
use crate::protocol::{Action, AttemptResult, Exchange, UserEvent};

/// The driver of an exchange.
pub struct BlockingDriver<T: Observed> {
    /// The exchange, or `None` once its end has been taken.
    exchange: Option<Exchange<T>>,
    wire: Wire,
    transport: UreqTransport,
    started: Stopwatch,
    canceller: Canceller,
    cancels_seen: u32,
    observer: Observer,
}

impl<T: Observed> BlockingDriver<T> {
    pub(super) fn new(prepared: Prepared<T>) -> BlockingDriver<T> {
        BlockingDriver {
            exchange: Some(prepared.exchange),
            wire: prepared.wire,
            transport: UreqTransport::new(&prepared.tls, prepared.proxy.as_ref()),
            started: Stopwatch::start(),
            canceller: prepared.canceller,
            cancels_seen: 0,
            observer: prepared.observer,
        }
    }

    /// A handle for the user's decision.
    pub(super) fn decider(&self, agreeing_interrupts: bool) -> Decider {
        self.canceller.decider(agreeing_interrupts)
    }

    /// Drives the exchange until the machine is as `wanted` or has ended.
    pub(super) fn run_until(&mut self, wanted: impl Fn(&T) -> bool) {
        // This comes first, so that whoever gives up from now on interrupts this transport.
        self.canceller.guard(self.transport.interrupt());
        loop {
            self.heed_user();
            let Some(exchange) = &mut self.exchange else {
                return;
            };
            self.observer.look(exchange);
            if exchange.machine().is_none_or(&wanted) {
                return;
            }
            match exchange.next(self.started.elapsed()) {
                Action::Send {
                    request,
                    wait,
                    within,
                } => {
                    let kind = request.kind();
                    self.observer.sending(kind, within);
                    let request = self.wire.request(&request, wait);
                    let result = match self.transport.send(&request, within) {
                        Ok(response) => wire::interpret_response(kind, response),
                        // The user has decided, and the loop heeds it.
                        Err(TransportError::Cancelled) => continue,
                        Err(TransportError::Failed(failure)) => AttemptResult::Lost(failure),
                    };
                    self.observer.answered(&result);
                    let now = self.started.elapsed();
                    exchange.attempt_ended(now, result);
                    self.observer.look_for_trouble(exchange, now);
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
        self.hear(event);
    }

    fn hear(&mut self, event: UserEvent) {
        if let Some(exchange) = &mut self.exchange {
            exchange.say(self.started.elapsed(), event);
        }
    }

    /// Does what was said by a [`Canceller`] or a [`Decider`].
    fn heed_user(&mut self) {
        let times = self.canceller.times();
        if times > self.cancels_seen {
            self.cancels_seen = times;
            self.give_up();
        }
        if let Some(event) = self.canceller.take_decision() {
            self.hear(event);
            self.renew_transport();
        }
    }

    pub(super) fn give_up(&mut self) {
        self.hear(UserEvent::Cancel);
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

    pub(super) fn conclude(mut self) -> Result<Received, Error> {
        conclude(self.exchange.take(), &mut self.observer)
    }

    /// The error of an exchange that ended before it was as wanted.
    pub(super) fn fail(self) -> Error {
        match self.conclude() {
            Err(error) => error,
            Ok(_) => not_ended(),
        }
    }
}

impl<T: Observed> Driver for BlockingDriver<T> {
    type Machine = T;

    fn machine(&self) -> Option<&T> {
        self.exchange.as_ref()?.machine()
    }

    fn time_left(&self) -> Option<Duration> {
        self.exchange.as_ref()?.time_left(self.started.elapsed())
    }
}

/// Gives up an exchange that is dropped before its end.
impl<T: Observed> Drop for BlockingDriver<T> {
    fn drop(&mut self) {
        self.heed_user();
        // To give up once more would abandon a close.
        if self.machine().is_some_and(|m| m.outcome().is_none()) {
            self.give_up();
        }
        self.run_until(|_| false);
    }
}

impl<T: Observed> fmt::Debug for BlockingDriver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockingDriver([redacted])")
    }
}
