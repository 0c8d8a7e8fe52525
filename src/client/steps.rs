//! The steps of an exchange, which both clients share. Each client runs its own loop between them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::observer::Observed;
use super::{Held, Verifier};
use crate::crypto::Standard;
use crate::protocol::{InitiatorMachine, ReceiverMachine};
use crate::values::Code;

/// A client: `Blocking` or `Asynchronous`, and no other, since nothing outside can be a [`Driver`].
pub trait Client {
    /// The client's driver of one exchange.
    type Driver<M: Observed>: Driver<Machine = M>;
}

/// One exchange, as a client drives it.
pub trait Driver: fmt::Debug {
    /// The state machine of its role.
    type Machine: Observed;

    /// The state machine, or `None` once its end has been taken.
    fn machine(&self) -> Option<&Self::Machine>;

    /// The time until a timer ends the exchange, if one is set.
    fn time_left(&self) -> Option<Duration>;
}

/// An initiator whose code can be shown.
#[derive(Debug)]
#[must_use = "finish it, or cancel it so that the other side need not wait"]
pub struct Waiting<C: Client> {
    pub(super) driver: C::Driver<InitiatorMachine<Standard>>,
    pub(super) code: Code,
}

impl<C: Client> Waiting<C> {
    /// The invitation code. [`Code::reveal`] shows it to the user.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The time that is left for the peer, if it is limited.
    pub fn time_left(&self) -> Option<Duration> {
        self.driver.time_left()
    }
}

/// An initiator whose peer is confirmed and whose blob is still held back.
#[derive(Debug)]
#[must_use = "release it, or refuse it so that the other side need not wait"]
pub struct Holding<C: Client> {
    pub(super) driver: C::Driver<InitiatorMachine<Standard>>,
    pub(super) held: Held,
}

impl<C: Client> Holding<C> {
    /// The peer's blob and the verifier, for the user to look at.
    pub fn held(&self) -> &Held {
        &self.held
    }

    /// The time that is left for the user to decide, if it is limited.
    pub fn time_left(&self) -> Option<Duration> {
        self.driver.time_left()
    }
}

/// A receiver that has answered, and whose user may compare the verifier (RECV-5).
#[derive(Debug)]
#[must_use = "finish it, or cancel it so that the other side need not wait"]
pub struct Answered<C: Client> {
    pub(super) driver: C::Driver<ReceiverMachine<Standard>>,
    pub(super) verifier: Arc<Verifier>,
}

impl<C: Client> Answered<C> {
    /// The eight words that both users may compare (KEY-3).
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The time that is left for the peer, if it is limited.
    pub fn time_left(&self) -> Option<Duration> {
        self.driver.time_left()
    }
}

/// A receiver that has the peer's blob, and whose application has not said yet that it has it for
/// good (RECV-6).
///
/// No time runs out here. The peer waits for the receipt for thirty seconds.
#[derive(Debug)]
#[must_use = "say that the blob is taken, or not taken, so that the other side need not wait"]
pub struct Taking<C: Client> {
    pub(super) driver: C::Driver<ReceiverMachine<Standard>>,
    pub(super) held: Held,
}

impl<C: Client> Taking<C> {
    /// The peer's blob and the verifier.
    pub fn held(&self) -> &Held {
        &self.held
    }
}
