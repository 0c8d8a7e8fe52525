//! The asynchronous client, on tokio and hyper. Its steps are those of the blocking client.
//!
//! ```no_run
//! use wormhole_sync::asynchronous::{Initiator, Receiver};
//! # async fn initiate() -> Result<(), wormhole_sync::Error> {
//! let waiting = Initiator::new("example.com/app1", b"initiator's blob").start().await?;
//! println!("Invitation Code: {}", waiting.code());
//! let theirs = waiting.finish().await?;
//! # Ok(()) }
//! # async fn receive(code: &str) -> Result<(), wormhole_sync::Error> {
//! let theirs = Receiver::new("example.com/app1", code, b"receiver's blob").finish().await?;
//! # Ok(()) }
//! ```
//!
//! Every future and every step here may be dropped at any time. The request under way is then
//! abandoned, no blob is released any more, and a task that lives at most ten seconds tells the
//! relay, so that the other side need not wait.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::builder::{Builder, Initiating, OnRetry, Receiving};
use super::prepared::{Prepared, conclude, not_ended};
use super::transport::asynchronous::HyperTransport;
use super::transport::jitter;
use super::{Client, Driver, Error, Received, TlsOptions};
use crate::crypto::Standard;
use crate::protocol::wire::{self, HttpRequest, HttpResponse, Wire};
use crate::protocol::{
    Action, AttemptFailure, AttemptResult, Exchange, InitiatorMachine, Machine, ReceiverMachine,
};
use crate::values::Code;

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

/// A receiver that has answered. Dropping it gives the exchange up.
pub type Answered = super::Answered<Asynchronous>;

impl Client for Asynchronous {
    type Driver<M: Machine<Suite = Standard>> = AsyncDriver<M>;
}

impl Builder<Initiating, Asynchronous> {
    /// Asks the relay for a channel, after which there is a code to show.
    ///
    /// # Errors
    /// Any outcome that section 11.4 has for the state `allocating`, and the local ones.
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
    /// Any outcome that section 11.5 has for the states `claiming` and `answering`, and the local
    /// ones.
    pub async fn start(self) -> Result<Answered, Error> {
        let mut driver = AsyncDriver::new(self.prepare()?);
        driver.run_until(ReceiverMachine::has_answered).await;
        match driver.machine() {
            Some(machine) if machine.has_answered() => Ok(Answered { driver }),
            _ => Err(driver.fail()),
        }
    }

    /// Runs the whole exchange, and returns the peer's blob once it has opened.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub async fn finish(self) -> Result<Received, Error> {
        self.start().await?.finish().await
    }
}

impl Waiting {
    /// Waits for the peer, releases this side's blob to it, and waits for the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub async fn finish(self) -> Result<Received, Error> {
        self.hold().await?.release().await
    }

    /// Waits for the peer and keeps this side's blob, so that the user may look first (INIT-2).
    ///
    /// # Errors
    /// Any outcome that section 11.4 has for the state `waiting-for-answer`.
    pub async fn hold(self) -> Result<Holding, Error> {
        let mut driver = self.driver;
        driver.run_until(|machine| machine.held().is_some()).await;
        match driver.machine() {
            Some(machine) if machine.held().is_some() => Ok(Holding { driver }),
            _ => Err(driver.fail()),
        }
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub async fn cancel(mut self) {
        self.driver.cancel().await;
    }
}

impl Holding {
    /// Releases this side's blob and waits for the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`; the peer's blob is then in [`Error::received`].
    pub async fn release(mut self) -> Result<Received, Error> {
        self.driver.release();
        self.driver.run_until(|_| false).await;
        self.driver.conclude()
    }

    /// Gives up and tells the relay; this side's blob is not sent. The error holds the peer's blob
    /// (INIT-3), and its outcome is `cancelled` unless the time was already over.
    pub async fn refuse(mut self) -> Error {
        self.driver.cancel().await;
        self.driver.fail()
    }
}

impl Answered {
    /// Waits for the peer's blob and sends the receipt.
    ///
    /// # Errors
    /// Any outcome but `done`.
    pub async fn finish(mut self) -> Result<Received, Error> {
        self.driver.run_until(|_| false).await;
        self.driver.conclude()
    }

    /// Gives up and tells the relay, so that the other side need not wait.
    pub async fn cancel(mut self) {
        self.driver.cancel().await;
    }
}

/// The driver of an exchange: the loop of [`protocol`](crate::protocol), with tasks and sockets.
pub struct AsyncDriver<T: Machine<Suite = Standard>> {
    /// The exchange, or `None` once its end has been taken.
    exchange: Option<Exchange<T>>,
    wire: Wire,
    tls: TlsOptions,
    /// The transport, or `None` when the libraries refuse the TLS configuration.
    transport: Option<HyperTransport>,
    started: Instant,
    on_retry: Option<OnRetry>,
}

impl<T: Machine<Suite = Standard>> AsyncDriver<T> {
    fn new(prepared: Prepared<T>) -> AsyncDriver<T> {
        AsyncDriver {
            exchange: Some(prepared.exchange),
            wire: prepared.wire,
            transport: HyperTransport::new(&prepared.tls).ok(),
            tls: prepared.tls,
            started: Instant::now(),
            on_retry: prepared.on_retry,
        }
    }

    /// Drives the exchange until the machine is as `wanted`, or holds, or has ended.
    async fn run_until(&mut self, wanted: impl Fn(&T) -> bool) {
        while let Some(exchange) = &mut self.exchange {
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
                    let request = self.wire.request(&request, wait);
                    let result = match send(self.transport.as_ref(), &request, within).await {
                        Ok(response) => wire::interpret_response(kind, response),
                        Err(failure) => AttemptResult::Lost(failure),
                    };
                    exchange.attempt_ended(self.started.elapsed(), result);
                    if let (Some(tell), Some(failure)) = (&mut self.on_retry, exchange.retrying()) {
                        tell(&failure.why);
                    }
                }
                Action::Pause { least, most } => tokio::time::sleep(jitter(least, most)).await,
                Action::Hold { .. } | Action::Ended => return,
            }
        }
    }

    fn release(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.release(self.started.elapsed());
        }
    }

    async fn cancel(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.cancel(self.started.elapsed());
        }
        self.run_until(|_| false).await;
    }

    fn conclude(mut self) -> Result<Received, Error> {
        conclude(self.exchange.take().and_then(Exchange::into_ended))
    }

    /// The error of an exchange that ended before it was as wanted.
    fn fail(self) -> Error {
        match self.conclude() {
            Err(error) => error,
            Ok(_) => not_ended(),
        }
    }
}

async fn send(
    transport: Option<&HyperTransport>,
    request: &HttpRequest,
    within: Duration,
) -> Result<HttpResponse, AttemptFailure> {
    match transport {
        Some(transport) => Ok(transport.send(request, within).await?),
        None => Err(AttemptFailure {
            why: "TLS cannot be set up".to_owned(),
            is_final: true,
        }),
    }
}

/// Gives up an exchange that is dropped before its end: the one remaining request, a close, goes
/// over a fresh connection in a task of its own.
impl<T: Machine<Suite = Standard>> Drop for AsyncDriver<T> {
    fn drop(&mut self) {
        let Some(exchange) = &mut self.exchange else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let now = self.started.elapsed();
        exchange.cancel(now);
        if let Action::Send {
            request,
            wait,
            within,
        } = exchange.next(now)
        {
            let request = self.wire.request(&request, wait);
            let transport = HyperTransport::new(&self.tls).ok();
            runtime.spawn(async move {
                // TIME-7: its result changes no outcome
                let _ = send(transport.as_ref(), &request, within).await;
            });
        }
    }
}

impl<T: Machine<Suite = Standard>> Driver for AsyncDriver<T> {
    type Machine = T;

    fn machine(&self) -> Option<&T> {
        self.exchange.as_ref()?.machine()
    }

    fn time_left(&self) -> Option<Duration> {
        self.exchange.as_ref()?.time_left(self.started.elapsed())
    }
}

impl<T: Machine<Suite = Standard>> fmt::Debug for AsyncDriver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsyncDriver([redacted])")
    }
}
