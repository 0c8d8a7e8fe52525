//! The blocking client, on ureq.
//!
//! ```no_run
//! use wormhole_sync::{Initiator, Receiver};
//! # fn initiate() -> Result<(), wormhole_sync::Error> {
//! let waiting = Initiator::new("example.com/app1", b"initiator's blob").start()?;
//! println!("Invitation Code: {}", waiting.code().reveal());
//! let theirs = waiting.finish()?;
//! # Ok(()) }
//! # fn receive(code: &str) -> Result<(), wormhole_sync::Error> {
//! let theirs = Receiver::new("example.com/app1", code, b"receiver's blob").finish()?;
//! # Ok(()) }
//! ```
//!
//! A step that is dropped before the end gives the exchange up as `cancel` does, so that the other
//! side need not wait: no blob is released any more, and the channel is closed. The asynchronous
//! client leaves this to a task; here the drop itself waits for it, at most ten seconds, unless a
//! [`Canceller`] gives up the wait.

mod driver;

pub use super::canceller::{Canceller, Decider};

use std::sync::Arc;

use super::builder::{Builder, Initiating, Receiving};
use super::observer::Observed;
use super::{Client, Driver, Error, Held, Received};
use crate::protocol::{InitiatorMachine, Machine, ReceiverMachine, UserEvent};
use crate::values::Code;
use driver::BlockingDriver;

/// The type that selects the blocking client in [`Initiator`] and [`Receiver`].
#[derive(Debug)]
pub enum Blocking {}

/// The initiator, run by the blocking client.
pub type Initiator = super::Initiator<Blocking>;

/// The receiver, run by the blocking client.
pub type Receiver = super::Receiver<Blocking>;

/// An initiator whose code can be shown. Dropping it gives the exchange up.
pub type Waiting = super::Waiting<Blocking>;

/// An initiator whose peer is confirmed and whose blob is still held back. Dropping it gives the
/// exchange up.
pub type Holding = super::Holding<Blocking>;

/// A receiver that has answered, and whose user may compare the verifier. Dropping it gives the
/// exchange up.
pub type Answered = super::Answered<Blocking>;

/// A receiver that has the peer's blob, and whose application has not taken it yet. Dropping it
/// gives the exchange up.
pub type Taking = super::Taking<Blocking>;

impl Client for Blocking {
    type Driver<M: Observed> = BlockingDriver<M>;
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
    /// Before any request `blob-too-large`, `bad-appid`, `bad-rendezvous`, `bad-code` (the number
    /// of words) or `internal`; then `relay-unreachable`, `relay-misbehaved`, `timeout` or
    /// `cancelled`, and `closed` or `expired` if the relay says so (section 11.4, `allocating`).
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
    /// Before any request `blob-too-large`, `bad-appid`, `bad-rendezvous`, `bad-code` or
    /// `internal`; `no-such-channel` or `crowded` if the code is not this receiver's to use;
    /// `bad-element` or `malformed-message` if the offer is faulty; `closed` or `expired` if the
    /// exchange was ended; `relay-unreachable`, `relay-misbehaved`, `timeout` or `cancelled`
    /// (section 11.5).
    pub fn start(self) -> Result<Answered, Error> {
        let mut driver = BlockingDriver::new(self.prepare()?);
        driver.run_until(|machine| machine.verifier().is_some());
        let verifier = driver.machine().and_then(ReceiverMachine::verifier);
        match verifier.map(Arc::clone) {
            Some(verifier) => Ok(Answered { driver, verifier }),
            None => Err(driver.fail()),
        }
    }

    /// Runs the whole exchange, and returns the peer's blob once it has opened.
    ///
    /// # Errors
    /// Those of each step that this runs.
    pub fn finish(self) -> Result<Received, Error> {
        self.start()?.finish()
    }
}

impl Waiting {
    /// Waits for the peer, releases this side's blob to it, and waits for the receipt.
    ///
    /// # Errors
    /// Those of each step that this runs.
    pub fn finish(self) -> Result<Received, Error> {
        self.hold()?.release()
    }

    /// Waits for the peer and keeps this side's blob, so that the user may look first (INIT-2).
    ///
    /// # Errors
    /// `wrong-code` if the peer has other words; `bad-element` or `malformed-message` if its answer
    /// is faulty; `closed` or `expired` if the exchange was ended; `relay-unreachable`,
    /// `relay-misbehaved`, `timeout` or `cancelled` (section 11.4, `waiting-for-answer`).
    pub fn hold(self) -> Result<Holding, Error> {
        let mut driver = self.driver;
        driver.run_until(|machine| machine.held().is_some());
        let held = driver.machine().and_then(InitiatorMachine::held);
        match held.map(Held::of) {
            Some(held) => Ok(Holding { driver, held }),
            None => Err(driver.fail()),
        }
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub fn cancel(mut self) {
        self.driver.cancel();
    }
}

impl Holding {
    /// A handle by which another thread decides for the user, while this one is in
    /// [`wait`](Holding::wait).
    #[must_use]
    pub fn decider(&self) -> Decider {
        self.driver.decider(true)
    }

    /// Waits for the user's decision, which comes by a [`decider`](Holding::decider), and then for
    /// the receipt. It returns at once when the other side, or the relay, has ended the exchange,
    /// so that nobody agrees to what is over.
    ///
    /// # Errors
    /// `closed` or `expired` if the exchange was ended meanwhile; `relay-unreachable` or
    /// `relay-misbehaved`; before the blob is released also `timeout`, `cancelled`, and
    /// `verifier-mismatch` if the decider says so. The peer's blob is in [`Error::received`]. Once
    /// the finish may have arrived, the result is `done` without [`delivered`](Received::delivered)
    /// instead (INIT-4).
    pub fn wait(mut self) -> Result<Received, Error> {
        self.driver.run_until(|_| false);
        self.driver.conclude()
    }

    /// Releases this side's blob and waits for the receipt.
    ///
    /// # Errors
    /// `closed` or `expired` if the exchange was ended meanwhile; `relay-unreachable` or
    /// `relay-misbehaved`; before the blob is released also `timeout` and `cancelled`. The peer's
    /// blob is in [`Error::received`]. Once the finish may have arrived, the result is `done`
    /// without [`delivered`](Received::delivered) instead (INIT-4).
    pub fn release(mut self) -> Result<Received, Error> {
        self.driver.say(UserEvent::Release);
        self.wait()
    }

    /// Says that the other side shows other words: this side's blob is not sent, and the other user
    /// is told. The error holds the peer's blob (INIT-3), which may be anybody's; its outcome is
    /// `verifier-mismatch` unless the exchange was already over.
    #[must_use]
    pub fn mismatch(mut self) -> Error {
        self.driver.say(UserEvent::Mismatch);
        self.driver.run_to_failure()
    }

    /// Gives up and tells the relay; this side's blob is not sent. The error holds the peer's blob
    /// (INIT-3), and its outcome is `cancelled` unless the exchange was already over.
    #[must_use]
    pub fn refuse(mut self) -> Error {
        self.driver.give_up();
        self.driver.run_to_failure()
    }
}

impl Answered {
    /// A handle by which another thread decides for the user, while this one is in
    /// [`wait`](Answered::wait).
    #[must_use]
    pub fn decider(&self) -> Decider {
        self.driver.decider(false)
    }

    /// Waits for the user's decision, which comes by a [`decider`](Answered::decider), and for the
    /// peer's blob. It returns at once when the other side, or the relay, has ended the exchange,
    /// so that nobody agrees to what is over.
    ///
    /// # Errors
    /// `wrong-code` or `malformed-message` if the finish does not open; `closed` or `expired` if
    /// the exchange was ended; `relay-unreachable`, `relay-misbehaved`, `verifier-mismatch`,
    /// `timeout` or `cancelled` (section 11.5).
    pub fn wait(self) -> Result<Taking, Error> {
        let mut driver = self.driver;
        driver.run_until(Machine::is_taking);
        let held = driver.machine().and_then(ReceiverMachine::taking);
        match held.map(Held::of) {
            Some(held) => Ok(Taking { driver, held }),
            None => Err(driver.fail()),
        }
    }

    /// Agrees, and waits for the peer's blob. No receipt is sent before the application says that
    /// it has [taken](Taking::taken) it.
    ///
    /// # Errors
    /// `wrong-code` or `malformed-message` if the finish does not open; `closed` or `expired` if
    /// the exchange was ended; `relay-unreachable`, `relay-misbehaved`, `verifier-mismatch`,
    /// `timeout` or `cancelled` (section 11.5).
    pub fn open(mut self) -> Result<Taking, Error> {
        self.driver.say(UserEvent::Release);
        self.wait()
    }

    /// Agrees, waits for the peer's blob, takes it and sends the receipt.
    ///
    /// # Errors
    /// Those of each step that this runs.
    pub fn finish(self) -> Result<Received, Error> {
        self.open()?.taken()
    }

    /// Says that the other side shows other words: the other user is told. The outcome of the error
    /// is `verifier-mismatch` unless the exchange was already over.
    #[must_use]
    pub fn mismatch(mut self) -> Error {
        self.driver.say(UserEvent::Mismatch);
        self.driver.run_to_failure()
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub fn cancel(mut self) {
        self.driver.cancel();
    }
}

impl Taking {
    /// Says that the application has the blob for good, and sends the receipt.
    ///
    /// # Errors
    /// `cancelled`, if a [`Canceller`] gave the exchange up before.
    pub fn taken(mut self) -> Result<Received, Error> {
        self.driver.say(UserEvent::Taken);
        self.driver.run_until(|_| false);
        self.driver.conclude()
    }

    /// Says that the application cannot keep the blob: no receipt is sent, and the other user is
    /// told. The outcome of the error is `not-taken`, unless a [`Canceller`] gave the exchange up
    /// before.
    #[must_use]
    pub fn not_taken(mut self) -> Error {
        self.driver.say(UserEvent::NotTaken);
        self.driver.run_to_failure()
    }
}
