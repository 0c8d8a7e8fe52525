//! The events of an exchange, for a user interface or a log.

use std::fmt;
use std::time::Duration;

use crate::crypto::Standard;
use crate::protocol::{
    AttemptFailure, AttemptResult, Exchange, InitiatorMachine, Machine, Outcome, ReceiverMachine,
    RequestKind,
};

/// An event of an exchange that an application may show to its user or write to a log. None holds
/// a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExchangeEvent {
    /// The relay has allocated a channel, so that the initiator's code can be shown (section 11.4).
    Allocated,
    /// The peer is there: at an initiator its answer has opened, which proves that it has the words
    /// of the code; at a receiver its offer has come.
    PeerArrived,
    /// The verifier is known, and the user may compare it before the exchange goes on (INIT-2,
    /// RECV-5).
    Comparing,
    /// An attempt of a request failed, and will be repeated (section 11.3).
    Trouble {
        /// The reason. Its `Display` is one line for the user.
        failure: AttemptFailure,
        /// The longest time until the next try begins. A deadline may come before.
        next_try: Duration,
    },
    /// This side's blob has arrived, which is proved (INIT-5, RECV-2), and the exchange is `done`.
    Delivered,
}

/// A function that is called with each event.
pub(super) type OnEvent = Box<dyn FnMut(ExchangeEvent) + Send>;

/// A state machine whose states begin with events.
pub trait Observed: Machine<Suite = Standard> {
    /// The events that the beginning of this state is.
    fn events(&self) -> &'static [ExchangeEvent];
}

impl Observed for InitiatorMachine<Standard> {
    fn events(&self) -> &'static [ExchangeEvent] {
        match self {
            Self::WaitingForAnswer(_) => &[ExchangeEvent::Allocated],
            Self::Holding(_) => &[ExchangeEvent::PeerArrived, ExchangeEvent::Comparing],
            Self::Allocating(_)
            | Self::Finishing(_)
            | Self::WaitingForReceipt(_)
            | Self::Closing(_)
            | Self::Ended(_) => &[],
        }
    }
}

impl Observed for ReceiverMachine<Standard> {
    fn events(&self) -> &'static [ExchangeEvent] {
        match self {
            Self::Answering(_) => &[ExchangeEvent::PeerArrived],
            Self::Comparing(_) => &[ExchangeEvent::Comparing],
            Self::Claiming(_)
            | Self::Opened(_)
            | Self::WaitingForFinish(_)
            | Self::Taking(_)
            | Self::SendingReceipt(_)
            | Self::Closing(_)
            | Self::Ended(_) => &[],
        }
    }
}

/// The observer of one exchange, which tells of its events.
pub(super) struct Observer {
    on_event: Option<OnEvent>,
    /// The last state that was seen.
    state: &'static str,
}

impl Observer {
    pub(super) fn new(on_event: Option<OnEvent>) -> Observer {
        Observer {
            on_event,
            state: "",
        }
    }

    /// Tells of a state that began since the last look.
    pub(super) fn look<T: Observed>(&mut self, exchange: &Exchange<T>) {
        let Some(machine) = exchange.machine() else {
            return;
        };
        if std::mem::replace(&mut self.state, machine.state()) != machine.state() {
            #[cfg(feature = "tracing")]
            tracing::debug!(state = machine.state(), "begins");
            machine.events().iter().for_each(|event| self.tell(*event));
        }
    }

    /// Tells of an attempt that failed, if it will be repeated.
    pub(super) fn look_for_trouble<T: Observed>(&mut self, exchange: &Exchange<T>, now: Duration) {
        if let Some((failure, next_try)) = exchange.retrying(now) {
            self.tell(ExchangeEvent::Trouble { failure, next_try });
        }
    }

    /// Logs a request before it is made.
    pub(super) fn sending(&self, request: RequestKind, within: Duration) {
        #[cfg(feature = "tracing")]
        tracing::debug!(?request, ?within, "sending");
        #[cfg(not(feature = "tracing"))]
        let _ = (request, within);
    }

    /// Logs the result of a request, of whose message there is nothing but its kind.
    pub(super) fn answered(&self, result: &AttemptResult) {
        #[cfg(feature = "tracing")]
        tracing::debug!(?result, "answered");
        #[cfg(not(feature = "tracing"))]
        let _ = result;
    }

    /// Logs the end.
    pub(super) fn ended(&self, outcome: Outcome) {
        #[cfg(feature = "tracing")]
        tracing::info!(%outcome, "ended");
        #[cfg(not(feature = "tracing"))]
        let _ = outcome;
    }

    /// Tells of an event.
    pub(super) fn tell(&mut self, event: ExchangeEvent) {
        #[cfg(feature = "tracing")]
        tracing::info!(?event);
        if let Some(tell) = &mut self.on_event {
            tell(event);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
