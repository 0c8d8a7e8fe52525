//! The handle that gives up an exchange of the blocking client from another thread.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::transport::blocking::Interrupt;

/// A handle that gives up an exchange from another thread: the request under way is abandoned, and
/// the channel is closed. Giving up once more abandons the close as well.
#[derive(Clone, Default)]
pub struct Canceller(Arc<(Mutex<Cancelling>, Condvar)>);

#[derive(Default)]
struct Cancelling {
    times: u32,
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
        let mut cancelling = self.lock();
        cancelling.times = cancelling.times.saturating_add(1);
        if let Some(interrupt) = cancelling.interrupt.take() {
            interrupt.interrupt();
        }
        self.0.1.notify_all();
    }

    /// The number of calls of [`cancel`](Canceller::cancel).
    pub(super) fn times(&self) -> u32 {
        self.lock().times
    }

    /// Lets the next [`cancel`](Canceller::cancel) interrupt this transport.
    pub(super) fn guard(&self, interrupt: Interrupt) {
        self.lock().interrupt = Some(interrupt);
    }

    /// Waits for this time, or until there are more cancels than those `seen`.
    pub(super) fn pause(&self, seen: u32, time: Duration) {
        // A poisoned lock does no harm: its two values are valid at any time.
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
