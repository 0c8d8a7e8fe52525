//! The protocol, without a clock, a socket, a thread or a source of randomness.
//!
//! Three layers, each pure:
//!
//! - [`InitiatorMachine`], [`ReceiverMachine`]: the state machines of sections 11.4 and 11.5,
//!   generic over the cryptography ([`Suite`]). They do not know the time.
//! - [`Exchange`]: a state machine with the repeats and deadlines of section 11.3. The caller
//!   passes the time as `now`.
//! - [`wire`]: requests and answers as HTTP and JSON (sections 8, 9 and 11.2). The caller sends
//!   and receives the bytes.
//!
//! # The loop
//!
//! A client drives an [`Exchange`] in a loop: it calls [`Exchange::next`], does as the [`Action`]
//! says, and reports the result. `now` is the time since the start on a clock that never goes back.
//!
//! - [`Action::Send`]: make the request, for at most the time given, and hand its result to
//!   [`Exchange::attempt_ended`] (an attempt that brought no answer is [`AttemptResult::Lost`]).
//! - [`Action::Pause`]: let some time between the two bounds pass, at random.
//! - [`Action::Hold`]: let the user, or the application, decide, and call [`Exchange::say`].
//! - [`Action::Ended`]: take the end with [`Exchange::into_ended`].
//!
//! [`Exchange::say`] may come at any time; a request under way is then abandoned, unless the next
//! state makes the same one.
//!
//! Who does not ask the user says [`UserEvent::Release`] when `holding` or `comparing` begins, and
//! [`UserEvent::Taken`] in `taking` when the blob is kept, before the next step.

mod closing;
mod ended;
mod event;
mod exchange;
#[cfg(test)]
mod exchange_tests;
mod failure;
#[cfg(test)]
mod handed_over_tests;
mod initiator;
#[cfg(test)]
mod looking_tests;
mod outcome;
mod receiver;
mod request;
mod retry;
#[cfg(test)]
mod retry_tests;
#[cfg(test)]
mod scripted_suite;
#[cfg(test)]
mod tables_tests;
pub mod wire;
#[cfg(test)]
mod wire_tests;

pub use crate::values::messages::CellName;
pub use closing::Closing;
pub use ended::{Ended, Unsealed};
pub use event::{ChannelRefusal, Detail, Event, Impossible, Misbehaviour, Proof, UserEvent};
pub use exchange::{Action, AttemptResult, Exchange};
pub use failure::{AttemptFailure, ProxyFailure};
pub use initiator::InitiatorMachine;
pub use outcome::{CloseReason, Outcome};
pub use receiver::ReceiverMachine;
pub use request::{Request, RequestKind};
pub use retry::{RETRY_WINDOW, Times};

use crate::crypto::Suite;

/// The interface of both roles' state machines: the request in hand, and the step on an event.
pub trait Machine: Sized {
    /// The cryptography that the machine uses.
    type Suite: Suite;

    /// The request in hand, if the state has one.
    fn request(&self) -> Option<Request<'_>>;

    /// The next state, or the old one with the proof that the event cannot happen in it.
    ///
    /// # Errors
    /// [`Impossible`], by the proofs of section 11.4.
    fn on(self, event: Event) -> Result<Self, Impossible<Self>>;

    /// The outcome, once it is fixed; nothing changes it after that.
    fn outcome(&self) -> Option<Outcome>;

    /// The end, once it has come.
    fn into_ended(self) -> Option<Ended<Self::Suite>>;

    /// The state's name in the specification.
    fn state(&self) -> &'static str;

    /// Whether nothing is waited for but this side's own application: the receiver's `taking`
    /// (TIME-5).
    fn is_taking(&self) -> bool {
        false
    }
}
