//! The loop of [`protocol`](crate::protocol), with tasks and sockets.

use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::client::builder::CancelSignal;
use crate::client::error::Cause;
use crate::client::observer::{Observed, Observer};
use crate::client::prepared::{Prepared, conclude, not_ended};
use crate::client::transport::asynchronous::HyperTransport;
use crate::client::transport::jitter;
use crate::client::{Driver, Error, Proxy, Received, TlsOptions};
use crate::clock::Stopwatch;
use crate::protocol::wire::{self, HttpRequest, HttpResponse, Wire};
use crate::protocol::{
    Action, AttemptFailure, AttemptResult, Exchange, Outcome, RequestKind, UserEvent,
};

/// The driver of an exchange.
pub struct AsyncDriver<T: Observed> {
    /// The exchange, or `None` once its end has been taken.
    exchange: Option<Exchange<T>>,
    wire: Wire,
    tls: TlsOptions,
    proxy: Option<Proxy>,
    /// The transport, or `None` when the libraries refuse the TLS configuration.
    transport: Option<HyperTransport>,
    started: Stopwatch,
    observer: Observer,
    /// The runtime in which the exchange began. A close goes on in it when the exchange is dropped.
    runtime: Option<Handle>,
    /// Whether a step was polled outside of any runtime, where nothing can be done.
    is_outside: bool,
    /// The future at whose end the user gives up, until it has ended.
    cancel_on: Option<CancelSignal>,
    /// The attempt under way. It is kept here, so that it goes on when the future that waits for it
    /// is dropped and another takes its place.
    attempt: Option<Attempt>,
}

struct Attempt {
    kind: RequestKind,
    result: Pin<Box<dyn Future<Output = AttemptResult> + Send>>,
}

impl<T: Observed> AsyncDriver<T> {
    pub(super) fn new(prepared: Prepared<T>) -> AsyncDriver<T> {
        AsyncDriver {
            exchange: Some(prepared.exchange),
            wire: prepared.wire,
            transport: HyperTransport::new(&prepared.tls, prepared.proxy.as_ref()).ok(),
            tls: prepared.tls,
            proxy: prepared.proxy,
            started: Stopwatch::start(),
            observer: prepared.observer,
            runtime: Handle::try_current().ok(),
            is_outside: false,
            cancel_on: prepared.cancel_on,
            attempt: None,
        }
    }

    /// Drives the exchange until the machine is as `wanted` or has ended.
    pub(super) async fn run_until(&mut self, wanted: impl Fn(&T) -> bool) {
        self.is_outside = Handle::try_current().is_err();
        while let Some(exchange) = self.exchange.as_mut().filter(|_| !self.is_outside) {
            self.observer.look(exchange);
            let Some(machine) = exchange.machine().filter(|machine| !wanted(machine)) else {
                return;
            };
            let kind = machine.request().map(|request| request.kind());
            // Another request abandons the one under way.
            drop(self.attempt.take_if(|attempt| Some(attempt.kind) != kind));
            if let Some(attempt) = &mut self.attempt {
                let step = attempt.result.as_mut();
                let Some(result) = unless_cancelled(&mut self.cancel_on, step).await else {
                    exchange.say(self.started.elapsed(), UserEvent::Cancel);
                    continue;
                };
                self.attempt = None;
                self.observer.answered(&result);
                let now = self.started.elapsed();
                exchange.attempt_ended(now, result);
                self.observer.look_for_trouble(exchange, now);
                continue;
            }
            let within = match exchange.next(self.started.elapsed()) {
                Action::Send {
                    request,
                    wait,
                    within,
                } => {
                    let kind = request.kind();
                    self.observer.sending(kind, within);
                    let request = self.wire.request(&request, wait);
                    let transport = self.transport.clone();
                    let result = async move {
                        match send(transport.as_ref(), &request, within).await {
                            Ok(response) => wire::interpret_response(kind, response),
                            Err(failure) => AttemptResult::Lost(failure),
                        }
                    };
                    self.attempt = Some(Attempt {
                        kind,
                        result: Box::pin(result),
                    });
                    continue;
                }
                Action::Pause { least, most } => Some(jitter(least, most)),
                Action::Hold { within } => within,
                Action::Ended => return,
            };
            let sleep = async {
                match within {
                    Some(within) => tokio::time::sleep(within).await,
                    None => pending().await,
                }
            };
            if unless_cancelled(&mut self.cancel_on, sleep).await.is_none() {
                exchange.say(self.started.elapsed(), UserEvent::Cancel);
            }
        }
    }

    /// Says what the user, or the application, has decided.
    pub(super) fn say(&mut self, event: UserEvent) {
        if let Some(exchange) = &mut self.exchange {
            exchange.say(self.started.elapsed(), event);
        }
    }

    /// Says what the user, or the application, has decided, and drives the exchange to its end.
    pub(super) async fn fail_by(mut self, event: UserEvent) -> Error {
        self.say(event);
        self.run_until(|_| false).await;
        self.fail()
    }

    pub(super) async fn cancel(mut self) -> Error {
        // To give up once more would abandon the close.
        self.cancel_on = None;
        self.fail_by(UserEvent::Cancel).await
    }

    pub(super) fn conclude(mut self) -> Result<Received, Error> {
        if self.is_outside {
            return Err(Error::local(Outcome::Internal, Cause::NoRuntime));
        }
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

/// Waits for a step, or gives `None` if the signal comes first; it comes once.
async fn unless_cancelled<T>(
    signal: &mut Option<CancelSignal>,
    step: impl Future<Output = T>,
) -> Option<T> {
    let Some(waiting) = signal else {
        return Some(step.await);
    };
    tokio::select! {
        biased;
        () = waiting => *signal = None,
        done = step => return Some(done),
    }
    None
}

async fn send(
    transport: Option<&HyperTransport>,
    request: &HttpRequest,
    within: Duration,
) -> Result<HttpResponse, AttemptFailure> {
    match transport {
        Some(transport) => transport.send(request, within).await,
        None => Err(AttemptFailure::Unsendable("TLS cannot be set up")),
    }
}

/// Gives up an exchange that is dropped before its end: the one remaining request, a close, is made
/// by a task of its own, over a fresh connection unless it is under way.
impl<T: Observed> Drop for AsyncDriver<T> {
    fn drop(&mut self) {
        let (Some(exchange), Some(runtime)) = (&mut self.exchange, &self.runtime) else {
            return;
        };
        let is_close = |kind: RequestKind| kind == RequestKind::Close;
        if let Some(close) = self.attempt.take().filter(|attempt| is_close(attempt.kind)) {
            // TIME-7: its result changes no outcome
            drop(runtime.spawn(close.result));
            return;
        }
        let now = self.started.elapsed();
        let request = exchange.machine().and_then(T::request);
        // To give up once more would abandon a close that has not begun.
        if !request.is_some_and(|request| is_close(request.kind())) {
            exchange.say(now, UserEvent::Cancel);
        }
        if let Action::Send {
            request,
            wait,
            within,
        } = exchange.next(now)
        {
            let request = self.wire.request(&request, wait);
            // Made here, so that the request goes out as soon as the task begins.
            let transport = HyperTransport::new(&self.tls, self.proxy.as_ref()).ok();
            runtime.spawn(async move {
                // TIME-7
                let _ = send(transport.as_ref(), &request, within).await;
            });
        }
    }
}

impl<T: Observed> Driver for AsyncDriver<T> {
    type Machine = T;

    fn machine(&self) -> Option<&T> {
        self.exchange.as_ref()?.machine()
    }

    fn time_left(&self) -> Option<Duration> {
        self.exchange.as_ref()?.time_left(self.started.elapsed())
    }
}

impl<T: Observed> fmt::Debug for AsyncDriver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsyncDriver([redacted])")
    }
}
