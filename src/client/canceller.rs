//! The handles by which another thread says what the user has decided: to give up, to agree, or
//! that the words differ.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::transport::blocking::Interrupt;
use crate::protocol::UserEvent;

/// A handle that gives up an exchange from another thread: the request under way is abandoned, and
/// the channel is closed. Giving up once more abandons the close as well.
#[derive(Clone, Default)]
pub struct Canceller(Arc<Shared>);

/// A handle that decides, from another thread, for a user who looks first. The first decision
/// counts.
#[derive(Clone)]
pub struct Decider {
    shared: Arc<Shared>,
    /// Whether agreeing abandons the request under way; a receiver's goes on (section 11.4).
    agreeing_interrupts: bool,
}

#[derive(Default)]
struct Shared {
    said: Mutex<Said>,
    /// Wakes the thread that drives the exchange.
    changed: Condvar,
}

#[derive(Default)]
struct Said {
    cancels: u32,
    /// The decision that the exchange has not heard of yet.
    decision: Option<UserEvent>,
    /// Whether the user has decided. A later decision interrupts nothing.
    is_decided: bool,
    interrupt: Option<Interrupt>,
}

impl Canceller {
    /// Makes a canceller for one exchange.
    #[must_use]
    pub fn new() -> Canceller {
        Canceller::default()
    }

    /// Gives up the exchange.
    pub fn cancel(&self) {
        let mut said = self.0.lock();
        said.cancels = said.cancels.saturating_add(1);
        if let Some(interrupt) = said.interrupt.take() {
            interrupt.interrupt();
        }
        self.0.changed.notify_all();
    }

    /// The number of calls of [`cancel`](Canceller::cancel).
    pub(super) fn times(&self) -> u32 {
        self.0.lock().cancels
    }

    /// The decision that was made, once.
    pub(super) fn take_decision(&self) -> Option<UserEvent> {
        self.0.lock().decision.take()
    }

    /// Takes note of a decision that came by another way than a [`Decider`].
    pub(super) fn decided(&self) {
        self.0.lock().is_decided = true;
    }

    /// A handle for the user's decision.
    pub(super) fn decider(&self, agreeing_interrupts: bool) -> Decider {
        Decider {
            shared: Arc::clone(&self.0),
            agreeing_interrupts,
        }
    }

    /// Lets the next [`cancel`](Canceller::cancel) or decision interrupt this transport.
    pub(super) fn guard(&self, interrupt: Interrupt) {
        self.0.lock().interrupt = Some(interrupt);
    }

    /// Waits for this time, or for ever, or until there are a decision or more cancels than those
    /// `seen`.
    pub(super) fn pause(&self, seen: u32, time: Option<Duration>) {
        let nothing_new = |said: &mut Said| said.cancels == seen && said.decision.is_none();
        let said = self.0.lock();
        // A poisoned lock does no harm: its values are valid at any time.
        match time {
            Some(time) => drop(self.0.changed.wait_timeout_while(said, time, nothing_new)),
            None => drop(self.0.changed.wait_while(said, nothing_new)),
        }
    }
}

impl Decider {
    /// Says that the user agrees, so that the exchange goes on.
    pub fn agree(&self) {
        self.decide(UserEvent::Release, self.agreeing_interrupts);
    }

    /// Says that the other side shows other words, so that somebody may be in between. The
    /// exchange ends, and the other user is told.
    pub fn mismatch(&self) {
        self.decide(UserEvent::Mismatch, true);
    }

    fn decide(&self, event: UserEvent, interrupts: bool) {
        let mut said = self.shared.lock();
        if std::mem::replace(&mut said.is_decided, true) {
            return;
        }
        said.decision = Some(event);
        if interrupts && let Some(interrupt) = said.interrupt.take() {
            interrupt.interrupt();
        }
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canceller")
    }
}

impl fmt::Debug for Decider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decider")
    }
}
