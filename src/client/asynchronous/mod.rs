//! The asynchronous client, on tokio and hyper. Its steps are those of the blocking client.
//!
//! ```no_run
//! use wormhole_sync::asynchronous::{Initiator, Receiver};
//! # async fn initiate() -> Result<(), wormhole_sync::Error> {
//! let waiting = Initiator::new("example.com/app1", b"initiator's blob").start().await?;
//! println!("Invitation Code: {}", waiting.code().reveal());
//! let theirs = waiting.finish().await?;
//! # Ok(()) }
//! # async fn receive(code: &str) -> Result<(), wormhole_sync::Error> {
//! let theirs = Receiver::new("example.com/app1", code, b"receiver's blob").finish().await?;
//! # Ok(()) }
//! ```
//!
//! Every future and every step here may be dropped at any time, in any thread. The request under
//! way is then abandoned, no blob is released any more, and a task that lives at most ten seconds
//! tells the relay, so that the other side need not wait. A close that is under way goes on in such
//! a task. The task runs in the runtime in which the exchange began, and ends with it.
//!
//! Every future is polled in a tokio runtime. Outside of one, a step gives an
//! [`Error`] whose cause is [`NoRuntime`](crate::Cause::NoRuntime).
//!
//! # Panics
//!
//! tokio panics in a runtime without its drivers for time and I/O (`enable_all`).

mod driver;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::builder::{Builder, Initiating, Receiving};
use super::observer::Observed;
use super::{Client, Driver, Error, ExchangeEvent, Held, Received};
use crate::protocol::{InitiatorMachine, Machine, ReceiverMachine, UserEvent};
use crate::values::Code;
use driver::AsyncDriver;

/// The type that selects the asynchronous client in [`Initiator`] and [`Receiver`].
#[derive(Debug)]
pub enum Asynchronous {}

/// The initiator, run by the asynchronous client.
pub type Initiator = super::Initiator<Asynchronous>;

/// The receiver, run by the asynchronous client.
pub type Receiver = super::Receiver<Asynchronous>;

/// An initiator whose code can be shown. Dropping it gives the exchange up.
pub type Waiting = super::Waiting<Asynchronous>;

/// An initiator whose peer is confirmed and whose blob is still held back. Dropping it gives the
/// exchange up.
pub type Holding = super::Holding<Asynchronous>;

/// A receiver that has answered, and whose user may compare the verifier. Dropping it gives the
/// exchange up.
pub type Answered = super::Answered<Asynchronous>;

/// A receiver that has the peer's blob, and whose application has not taken it yet. Dropping it
/// gives the exchange up.
pub type Taking = super::Taking<Asynchronous>;

impl Client for Asynchronous {
    type Driver<M: Observed> = AsyncDriver<M>;
}

impl<R> Builder<R, Asynchronous> {
    /// Gives up the exchange when `signal` is done, at the latest when the next step is polled: the
    /// request under way is abandoned, and the channel is closed before the step gives its error.
    /// Where a step is dropped instead, a task of its own closes the channel.
    pub fn cancel_on(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.options.cancel_on = Some(Box::pin(signal));
        self
    }

    /// Gives the stream of the exchange's events, too, in the place of
    /// [`on_event`](Builder::on_event). To read it late, or not at all, delays nothing.
    pub fn events(self) -> (Self, Events) {
        let (sender, receiver) = unbounded_channel();
        // Nobody may be there to hear it any more.
        let builder = self.on_event(move |event| {
            let _ = sender.send(event);
        });
        (builder, Events(receiver))
    }
}

/// The stream of an exchange's events. It ends with the exchange.
#[derive(Debug)]
pub struct Events(UnboundedReceiver<ExchangeEvent>);

impl Events {
    /// Waits for the next event; `None` at the end of the exchange. Dropping this future loses
    /// nothing.
    pub async fn next(&mut self) -> Option<ExchangeEvent> {
        self.0.recv().await
    }
}

impl Stream for Events {
    type Item = ExchangeEvent;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<ExchangeEvent>> {
        self.0.poll_recv(context)
    }
}

impl Builder<Initiating, Asynchronous> {
    /// Asks the relay for a channel, after which there is a code to show.
    ///
    /// # Errors
    /// Before any request `blob-too-large`, `bad-appid`, `bad-rendezvous`, `bad-code` (the number
    /// of words) or `internal`; then `relay-unreachable`, `relay-misbehaved`, `timeout` or
    /// `cancelled`, and `closed` or `expired` if the relay says so (section 11.4, `allocating`).
    pub async fn start(self) -> Result<Waiting, Error> {
        let (prepared, words) = self.prepare()?;
        let mut driver = AsyncDriver::new(prepared);
        driver
            .run_until(|machine| machine.channel().is_some())
            .await;
        match driver.machine().and_then(InitiatorMachine::channel) {
            Some(channel) => Ok(Waiting {
                driver,
                code: Code::new(channel, words),
            }),
            None => Err(driver.fail()),
        }
    }
}

impl Builder<Receiving, Asynchronous> {
    /// Claims the channel and answers, after which there is a verifier to compare.
    ///
    /// # Errors
    /// Before any request `blob-too-large`, `bad-appid`, `bad-rendezvous`, `bad-code` or
    /// `internal`; `no-such-channel` or `crowded` if the code is not this receiver's to use;
    /// `bad-element` or `malformed-message` if the offer is faulty; `closed` or `expired` if the
    /// exchange was ended; `relay-unreachable`, `relay-misbehaved`, `timeout` or `cancelled`
    /// (section 11.5).
    pub async fn start(self) -> Result<Answered, Error> {
        let mut driver = AsyncDriver::new(self.prepare()?);
        driver
            .run_until(|machine| machine.verifier().is_some())
            .await;
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
    pub async fn finish(self) -> Result<Received, Error> {
        self.start().await?.finish().await
    }
}

impl Waiting {
    /// Waits for the peer, releases this side's blob to it, and waits for the receipt.
    ///
    /// # Errors
    /// Those of each step that this runs.
    pub async fn finish(self) -> Result<Received, Error> {
        self.hold().await?.release().await
    }

    /// Waits for the peer and keeps this side's blob, so that the user may look first (INIT-2).
    ///
    /// # Errors
    /// `wrong-code` if the peer has other words; `bad-element` or `malformed-message` if its answer
    /// is faulty; `closed` or `expired` if the exchange was ended; `relay-unreachable`,
    /// `relay-misbehaved`, `timeout` or `cancelled` (section 11.4, `waiting-for-answer`).
    pub async fn hold(self) -> Result<Holding, Error> {
        let mut driver = self.driver;
        driver.run_until(|machine| machine.held().is_some()).await;
        let held = driver.machine().and_then(InitiatorMachine::held);
        match held.map(Held::of) {
            Some(held) => Ok(Holding { driver, held }),
            None => Err(driver.fail()),
        }
    }

    /// Gives up and tells the relay, for at most ten seconds (TIME-7), so that the other side need
    /// not wait. The outcome of the error is `cancelled` unless the exchange was already over.
    pub async fn cancel(self) -> Error {
        self.driver.cancel().await
    }
}

impl Holding {
    /// Watches the channel while the user decides, and returns when there is nothing left to
    /// decide: the other side, or the relay, has ended the exchange, and
    /// [`release`](Holding::release) gives the error.
    ///
    /// Dropping this future, as `select!` does, changes nothing.
    pub async fn watch(&mut self) {
        self.driver
            .run_until(|machine| machine.held().is_none())
            .await;
    }

    /// Releases this side's blob and waits for the receipt.
    ///
    /// # Errors
    /// `closed` or `expired` if the exchange was ended meanwhile; `relay-unreachable` or
    /// `relay-misbehaved`; before the blob is released also `timeout` and `cancelled`. The peer's
    /// blob is in [`Error::received`]. Once the finish may have arrived, the result is `done`
    /// without [`delivered`](Received::delivered) instead (INIT-4).
    pub async fn release(mut self) -> Result<Received, Error> {
        self.driver.say(UserEvent::Release);
        self.driver.run_until(|_| false).await;
        self.driver.conclude()
    }

    /// Says that the other side shows other words: this side's blob is not sent, and the other user
    /// is told. The error holds the peer's blob (INIT-3), which may be anybody's; its outcome is
    /// `verifier-mismatch` unless the exchange was already over.
    pub async fn mismatch(self) -> Error {
        self.driver.fail_by(UserEvent::Mismatch).await
    }

    /// Gives up and tells the relay; this side's blob is not sent. The error holds the peer's blob
    /// (INIT-3), and its outcome is `cancelled` unless the exchange was already over.
    pub async fn refuse(self) -> Error {
        self.driver.fail_by(UserEvent::Cancel).await
    }
}

impl Answered {
    /// Watches the channel while the user decides, and returns when there is nothing left to
    /// decide: the other side, or the relay, has ended the exchange, and [`open`](Answered::open)
    /// gives the error.
    ///
    /// Dropping this future, as `select!` does, changes nothing.
    pub async fn watch(&mut self) {
        self.driver
            .run_until(|machine| machine.verifier().is_none())
            .await;
    }

    /// Agrees, and waits for the peer's blob. No receipt is sent before the application says that
    /// it has [taken](Taking::taken) it.
    ///
    /// # Errors
    /// `wrong-code` or `malformed-message` if the finish does not open; `closed` or `expired` if
    /// the exchange was ended; `relay-unreachable`, `relay-misbehaved`, `timeout` or `cancelled`
    /// (section 11.5).
    pub async fn open(self) -> Result<Taking, Error> {
        let mut driver = self.driver;
        driver.say(UserEvent::Release);
        driver.run_until(Machine::is_taking).await;
        let held = driver.machine().and_then(ReceiverMachine::taking);
        match held.map(Held::of) {
            Some(held) => Ok(Taking { driver, held }),
            None => Err(driver.fail()),
        }
    }

    /// Agrees, waits for the peer's blob, takes it and sends the receipt.
    ///
    /// # Errors
    /// Those of each step that this runs.
    pub async fn finish(self) -> Result<Received, Error> {
        self.open().await?.taken().await
    }

    /// Says that the other side shows other words: the other user is told. The outcome of the error
    /// is `verifier-mismatch` unless the exchange was already over.
    pub async fn mismatch(self) -> Error {
        self.driver.fail_by(UserEvent::Mismatch).await
    }

    /// Gives up and tells the relay, for at most ten seconds (TIME-7), so that the other side need
    /// not wait. The outcome of the error is `cancelled` unless the exchange was already over.
    pub async fn cancel(self) -> Error {
        self.driver.cancel().await
    }
}

impl Taking {
    /// Says that the application has the blob for good, and sends the receipt.
    ///
    /// # Errors
    /// None is known: what becomes of the receipt changes no outcome (RECV-2).
    pub async fn taken(mut self) -> Result<Received, Error> {
        self.driver.say(UserEvent::Taken);
        self.driver.run_until(|_| false).await;
        self.driver.conclude()
    }

    /// Says that the application cannot keep the blob: no receipt is sent, and the other user is
    /// told. The outcome of the error is `not-taken`.
    pub async fn not_taken(self) -> Error {
        self.driver.fail_by(UserEvent::NotTaken).await
    }

    /// Gives up and tells the relay, for at most ten seconds (TIME-7), so that the other side need
    /// not wait. The outcome of the error is `cancelled`. Dropping the step does the same, and does
    /// not wait.
    pub async fn cancel(self) -> Error {
        self.driver.cancel().await
    }
}
