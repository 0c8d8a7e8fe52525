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

use super::builder::{Builder, Initiating, OnRetry, Receiving};
use super::prepared::{Prepared, conclude};
use super::transport::blocking::{Interrupt, Transport};
use super::transport::jitter;
use super::{Error, Held, Received, Verifier};
use crate::crypto::Standard;
use crate::protocol::wire::{self, Wire};
use crate::protocol::{self, Action, AttemptResult, Exchange, Machine};
use crate::values::Code;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Names the blocking client in [`Initiator`] and [`Receiver`].
#[derive(Debug)]
pub enum Blocking {}

/// The initiator, run by the blocking client.
pub type Initiator = super::Initiator<Blocking>;

/// The receiver, run by the blocking client.
pub type Receiver = super::Receiver<Blocking>;

impl<R> Builder<R, Blocking> {
    /// Lets `canceller` give the exchange up from another thread, from its start on.
    pub fn canceller(mut self, canceller: &Canceller) -> Self {
        self.options.canceller = canceller.clone();
        self
    }
}

impl Builder<Initiating, Blocking> {
    /// Asks the relay for a channel; then there is a code to show.
    ///
    /// # Errors
    /// Any outcome that section 11.4 has for the state `allocating`, and the local ones.
    pub fn start(self) -> Result<Waiting, Error> {
        let (prepared, words) = self.prepare()?;
        let mut running = Running::new(prepared);
        running.run_until(|machine| machine.channel().is_some());
        match running
            .machine()
            .and_then(protocol::InitiatorMachine::channel)
        {
            Some(channel) => Ok(Waiting {
                running,
                code: Code::new(channel, words),
            }),
            // Without a channel there is no other end than an error.
            None => Err(running.fail()),
        }
    }
}

impl Builder<Receiving, Blocking> {
    /// Claims the channel and answers; then there is a verifier to compare.
    ///
    /// # Errors
    /// Any outcome that section 11.5 has for the states `claiming` and `answering`, and the local
    /// ones.
    pub fn start(self) -> Result<Answered, Error> {
        let mut running = Running::new(self.prepare()?);
        running.run_until(protocol::ReceiverMachine::has_answered);
        match running.machine() {
            Some(machine) if machine.has_answered() => Ok(Answered { running }),
            _ => Err(running.fail()),
        }
    }

    /// The whole exchange: the peer's blob, once it has opened.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub fn finish(self) -> Result<Received, Error> {
        self.start()?.finish()
    }
}

/// An initiator whose code can be shown.
#[derive(Debug)]
#[must_use = "the other side waits until the channel's life is over"]
pub struct Waiting {
    running: Running<protocol::InitiatorMachine<Standard>>,
    code: Code,
}

impl Waiting {
    /// The invitation code, for the user's eyes.
    pub fn code(&self) -> impl fmt::Display + '_ {
        self.code.reveal()
    }

    /// How long the peer may take yet.
    pub fn time_left(&self) -> Option<Duration> {
        self.running.time_left()
    }

    /// Waits for the peer, releases this side's blob to it, and waits for the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub fn finish(self) -> Result<Received, Error> {
        self.hold()?.release()
    }

    /// Waits for the peer, and releases nothing yet, so that the user may look first (INIT-2).
    ///
    /// # Errors
    /// Any outcome that section 11.4 has for the state `waiting-for-answer`.
    pub fn hold(self) -> Result<Holding, Error> {
        let mut running = self.running;
        running.run_until(|machine| machine.held().is_some());
        match running.machine() {
            Some(machine) if machine.held().is_some() => Ok(Holding { running }),
            _ => Err(running.fail()),
        }
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub fn cancel(mut self) {
        self.running.cancel();
    }
}

/// An initiator whose peer is confirmed and whose blob is still held back.
#[derive(Debug)]
#[must_use = "the other side waits until the channel's life is over"]
pub struct Holding {
    running: Running<protocol::InitiatorMachine<Standard>>,
}

impl Holding {
    /// What the user may look at.
    pub fn held(&self) -> Option<Held<'_>> {
        self.running.machine()?.held().map(Held)
    }

    /// Releases this side's blob and waits for the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`; the peer's blob is then in [`Error::received`].
    pub fn release(mut self) -> Result<Received, Error> {
        self.running.release();
        self.running.run_until(|_| false);
        self.running.conclude()
    }

    /// Gives up and tells the relay; this side's blob stays here. The peer's is in the error
    /// (INIT-3), whose outcome is `cancelled` unless the time was over before.
    pub fn refuse(mut self) -> Error {
        self.running.cancel();
        self.running.fail()
    }

    /// How long the user may look yet.
    pub fn time_left(&self) -> Option<Duration> {
        self.running.time_left()
    }
}

/// A receiver that has answered.
#[derive(Debug)]
#[must_use = "the other side waits until the channel's life is over"]
pub struct Answered {
    running: Running<protocol::ReceiverMachine<Standard>>,
}

impl Answered {
    /// The eight words that both users may compare (KEY-3).
    pub fn verifier(&self) -> Option<&Verifier> {
        self.running.machine()?.verifier()
    }

    /// How long the peer may take yet.
    pub fn time_left(&self) -> Option<Duration> {
        self.running.time_left()
    }

    /// Waits for the peer's blob and sends the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub fn finish(mut self) -> Result<Received, Error> {
        self.running.run_until(|_| false);
        self.running.conclude()
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub fn cancel(mut self) {
        self.running.cancel();
    }
}

/// Gives an exchange up from another thread: the request under way is abandoned and the channel
/// closed. Giving up once more abandons the close as well.
#[derive(Clone, Default)]
pub struct Canceller(Arc<(Mutex<Cancelling>, Condvar)>);

#[derive(Default)]
struct Cancelling {
    times: u32,
    interrupt: Option<Interrupt>,
}

impl Canceller {
    /// A canceller that is not given to an exchange yet. Each is for one exchange.
    pub fn new() -> Canceller {
        Canceller::default()
    }

    /// Gives up.
    pub fn cancel(&self) {
        let mut cancelling = self.lock();
        cancelling.times = cancelling.times.saturating_add(1);
        if let Some(interrupt) = cancelling.interrupt.take() {
            interrupt.interrupt();
        }
        self.0.1.notify_all();
    }

    fn times(&self) -> u32 {
        self.lock().times
    }

    fn guard(&self, interrupt: Interrupt) {
        self.lock().interrupt = Some(interrupt);
    }

    /// Lets the time pass, unless somebody gives up.
    fn pause(&self, seen: u32, time: Duration) {
        // A poisoned lock guards two plain values that are whole at any time.
        let _ = self
            .0
            .1
            .wait_timeout_while(self.lock(), time, |c| c.times == seen);
    }

    fn lock(&self) -> MutexGuard<'_, Cancelling> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canceller")
    }
}

/// The loop of [`protocol`], with threads and sockets.
struct Running<T> {
    exchange: Exchange<T>,
    wire: Wire,
    transport: Transport,
    started: Instant,
    canceller: Canceller,
    cancels_seen: u32,
    on_retry: Option<OnRetry>,
}

impl<T: Machine<Suite = Standard>> Running<T> {
    fn new(prepared: Prepared<T>) -> Running<T> {
        Running {
            exchange: prepared.exchange,
            wire: prepared.wire,
            transport: Transport::new(&prepared.tls),
            started: Instant::now(),
            canceller: prepared.canceller,
            cancels_seen: 0,
            on_retry: prepared.on_retry,
        }
    }

    fn machine(&self) -> Option<&T> {
        self.exchange.machine()
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn time_left(&self) -> Option<Duration> {
        self.exchange.time_left(self.now())
    }

    /// Drives the exchange until the machine is where it is wanted, or holds, or has ended.
    fn run_until(&mut self, wanted: impl Fn(&T) -> bool) {
        // Registered first: whoever gives up from now on interrupts this transport.
        self.canceller.guard(self.transport.interrupt());
        loop {
            self.heed_canceller();
            if self.machine().is_none_or(&wanted) {
                return;
            }
            let now = self.now();
            match self.exchange.next(now) {
                Action::Send { request, within } => {
                    let kind = request.kind();
                    let request = self.wire.request(&request);
                    let heard = match self.transport.send(&request, within) {
                        Ok(answer) => wire::interpret_response(kind, answer),
                        Err(lost) => AttemptResult::Lost(lost.into()),
                    };
                    if self.canceller.times() == self.cancels_seen {
                        self.exchange.attempt_ended(self.now(), heard);
                        self.tell_trouble();
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

    /// The user agrees, unless somebody gave up before.
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

    /// `cancel`: the close goes over a fresh connection, because the old one was shut down.
    fn give_up(&mut self) {
        self.transport = self.transport.fresh();
        self.canceller.guard(self.transport.interrupt());
        self.exchange.cancel(self.now());
    }

    fn cancel(&mut self) {
        self.give_up();
        self.run_until(|_| false);
    }

    fn tell_trouble(&mut self) {
        if let (Some(tell), Some(trouble)) = (&mut self.on_retry, self.exchange.retrying()) {
            tell(&trouble.why);
        }
    }

    fn conclude(self) -> Result<Received, Error> {
        conclude(self.exchange.into_ended())
    }

    /// The end of an exchange that did not get where it was wanted: an error, by the tables.
    fn fail(self) -> Error {
        match self.conclude() {
            Err(error) => error,
            Ok(_) => super::prepared::not_ended(),
        }
    }
}

impl<T> fmt::Debug for Running<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running([redacted])")
    }
}
