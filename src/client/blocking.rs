//! The blocking client, on ureq.
//!
//! ```no_run
//! use wormhole_sync::{Initiator, Receiver};
//! # fn initiate() -> Result<(), wormhole_sync::Error> {
//! let waiting = Initiator::new("example.com/app1", b"initiator's blob").start()?;
//! println!("Invitation Code: {}", waiting.code());
//! let theirs = waiting.finish()?;
//! # Ok(()) }
//! # fn receive(code: &str) -> Result<(), wormhole_sync::Error> {
//! let theirs = Receiver::new("example.com/app1", code, b"receiver's blob").finish()?;
//! # Ok(()) }
//! ```

pub use super::canceller::Canceller;

use std::fmt;
use std::time::{Duration, Instant};

use super::builder::{Builder, Initiating, OnRetry, Receiving};
use super::prepared::{Prepared, conclude, not_ended};
use super::transport::blocking::UreqTransport;
use super::transport::jitter;
use super::{Client, Driver, Error, Received};
use crate::crypto::Standard;
use crate::protocol::wire::{self, Wire};
use crate::protocol::{
    Action, AttemptResult, Exchange, InitiatorMachine, Machine, ReceiverMachine,
};
use crate::values::Code;

/// The type that selects the blocking client in [`Initiator`] and [`Receiver`].
#[derive(Debug)]
pub enum Blocking {}

/// The initiator, run by the blocking client.
pub type Initiator = super::Initiator<Blocking>;

/// The receiver, run by the blocking client.
pub type Receiver = super::Receiver<Blocking>;

/// An initiator whose code can be shown.
pub type Waiting = super::Waiting<Blocking>;

/// An initiator whose peer is confirmed and whose blob is still held back.
pub type Holding = super::Holding<Blocking>;

/// A receiver that has answered.
pub type Answered = super::Answered<Blocking>;

impl Client for Blocking {
    type Driver<M: Machine<Suite = Standard>> = BlockingDriver<M>;
}

impl<R> Builder<R, Blocking> {
    /// Lets `canceller` give the exchange up from another thread, at any time after its start.
    pub fn canceller(mut self, canceller: &Canceller) -> Self {
        self.options.canceller = canceller.clone();
        self
    }
}

impl Builder<Initiating, Blocking> {
    /// Asks the relay for a channel, after which there is a code to show.
    ///
    /// # Errors
    /// Any outcome that section 11.4 has for the state `allocating`, and the local ones.
    pub fn start(self) -> Result<Waiting, Error> {
        let (prepared, words) = self.prepare()?;
        let mut driver = BlockingDriver::new(prepared);
        driver.run_until(|machine| machine.channel().is_some());
        match driver.machine().and_then(InitiatorMachine::channel) {
            Some(channel) => Ok(Waiting {
                driver,
                code: Code::new(channel, words),
            }),
            // An exchange without a channel can only have ended in an error.
            None => Err(driver.fail()),
        }
    }
}

impl Builder<Receiving, Blocking> {
    /// Claims the channel and answers, after which there is a verifier to compare.
    ///
    /// # Errors
    /// Any outcome that section 11.5 has for the states `claiming` and `answering`, and the local
    /// ones.
    pub fn start(self) -> Result<Answered, Error> {
        let mut driver = BlockingDriver::new(self.prepare()?);
        driver.run_until(ReceiverMachine::has_answered);
        match driver.machine() {
            Some(machine) if machine.has_answered() => Ok(Answered { driver }),
            _ => Err(driver.fail()),
        }
    }

    /// Runs the whole exchange, and returns the peer's blob once it has opened.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub fn finish(self) -> Result<Received, Error> {
        self.start()?.finish()
    }
}

impl Waiting {
    /// Waits for the peer, releases this side's blob to it, and waits for the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub fn finish(self) -> Result<Received, Error> {
        self.hold()?.release()
    }

    /// Waits for the peer and keeps this side's blob, so that the user may look first (INIT-2).
    ///
    /// # Errors
    /// Any outcome that section 11.4 has for the state `waiting-for-answer`.
    pub fn hold(self) -> Result<Holding, Error> {
        let mut driver = self.driver;
        driver.run_until(|machine| machine.held().is_some());
        match driver.machine() {
            Some(machine) if machine.held().is_some() => Ok(Holding { driver }),
            _ => Err(driver.fail()),
        }
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub fn cancel(mut self) {
        self.driver.cancel();
    }
}

impl Holding {
    /// Releases this side's blob and waits for the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`; the peer's blob is then in [`Error::received`].
    pub fn release(mut self) -> Result<Received, Error> {
        self.driver.release();
        self.driver.run_until(|_| false);
        self.driver.conclude()
    }

    /// Gives up and tells the relay; this side's blob is not sent. The error holds the peer's blob
    /// (INIT-3), and its outcome is `cancelled` unless the time was already over.
    #[must_use]
    pub fn refuse(mut self) -> Error {
        self.driver.cancel();
        self.driver.fail()
    }
}

impl Answered {
    /// Waits for the peer's blob and sends the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub fn finish(mut self) -> Result<Received, Error> {
        self.driver.run_until(|_| false);
        self.driver.conclude()
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub fn cancel(mut self) {
        self.driver.cancel();
    }
}

/// The driver of an exchange: the loop of [`protocol`](crate::protocol), with threads and sockets.
pub struct BlockingDriver<T> {
    exchange: Exchange<T>,
    wire: Wire,
    transport: UreqTransport,
    started: Instant,
    canceller: Canceller,
    cancels_seen: u32,
    on_retry: Option<OnRetry>,
}

impl<T: Machine<Suite = Standard>> BlockingDriver<T> {
    fn new(prepared: Prepared<T>) -> BlockingDriver<T> {
        BlockingDriver {
            exchange: prepared.exchange,
            wire: prepared.wire,
            transport: UreqTransport::new(&prepared.tls),
            started: Instant::now(),
            canceller: prepared.canceller,
            cancels_seen: 0,
            on_retry: prepared.on_retry,
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Drives the exchange until the machine is as `wanted`, or holds, or has ended.
    fn run_until(&mut self, wanted: impl Fn(&T) -> bool) {
        // This comes first, so that whoever gives up from now on interrupts this transport.
        self.canceller.guard(self.transport.interrupt());
        loop {
            self.heed_canceller();
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
                        Err(error) => AttemptResult::Lost(error.into()),
                    };
                    if self.canceller.times() == self.cancels_seen {
                        self.exchange.attempt_ended(self.now(), result);
                        self.tell_of_retry();
                    }
                }
                Action::Pause { least, most } => {
                    let time = jitter(least, most);
                    self.canceller.pause(self.cancels_seen, time);
                }
                Action::Hold { .. } | Action::Ended => return,
            }
        }
    }

    /// Agrees for the user, unless somebody gave up before.
    fn release(&mut self) {
        self.heed_canceller();
        self.exchange.release(self.now());
    }

    fn heed_canceller(&mut self) {
        let times = self.canceller.times();
        if times > self.cancels_seen {
            self.cancels_seen = times;
            self.give_up();
        }
    }

    /// Gives up. The close goes over a fresh connection, because the old one was shut down.
    fn give_up(&mut self) {
        self.transport = self.transport.fresh();
        self.canceller.guard(self.transport.interrupt());
        self.exchange.cancel(self.now());
    }

    fn cancel(&mut self) {
        self.give_up();
        self.run_until(|_| false);
    }

    fn tell_of_retry(&mut self) {
        if let (Some(tell), Some(failure)) = (&mut self.on_retry, self.exchange.retrying()) {
            tell(&failure.why);
        }
    }

    fn conclude(self) -> Result<Received, Error> {
        conclude(self.exchange.into_ended())
    }

    /// The error of an exchange that ended before it was as wanted.
    fn fail(self) -> Error {
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
