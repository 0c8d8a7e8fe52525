//! The registry as tasks share it: one lock, one timer, and a channel to each waiting task.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::clock::Clock;
use crate::relay::problem::{EndReason, Refusal};
use crate::relay::registry::{Call, Handled, Registry, Reply, Ticket};

/// The registry, shared by all connections.
///
/// The lock is held for look-ups and pointer moves only; reading, decoding and writing of
/// messages happen outside.
pub(super) struct SharedRegistry {
    inner: Mutex<Inner>,
    clock: Clock,
    /// Wakes the timer task when something falls due before the time that it waits for.
    earlier: Notify,
}

/// The numbers that show how full a relay is, and how exchanges end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelayCounts {
    /// Live channels in all.
    pub live_channels: usize,
    /// GETs that wait.
    pub waiting_gets: usize,
    /// Bytes that count for the limit `stored_bytes`.
    pub stored_bytes: u64,
    /// Open connections.
    pub connections: usize,
    /// Channels that have been allocated since the start.
    pub allocated_channels: u64,
    /// Channels that have ended since the start, by reason, in the order of [`EndReason::ALL`].
    pub ended_channels: [u64; EndReason::ALL.len()],
}

struct Inner {
    registry: Registry,
    senders: HashMap<Ticket, oneshot::Sender<Reply>>,
    /// The time that the timer task waits for.
    armed: Option<Duration>,
}

impl SharedRegistry {
    pub(super) fn new(registry: Registry, clock: Clock) -> Self {
        Self {
            inner: Mutex::new(Inner {
                registry,
                senders: HashMap::new(),
                armed: None,
            }),
            clock,
            earlier: Notify::new(),
        }
    }

    /// Gives the reply to one request, at once or when it is ready. Dropping the future gives up a
    /// waiting request.
    pub(super) async fn ask(&self, call: Call<'_>) -> Reply {
        match self.begin(call) {
            Begun::Answered(reply) => reply,
            Begun::Waiting(mut waiter) => {
                let reply = (&mut waiter.receiver).await;
                reply.unwrap_or(Reply::Refused(Refusal::Unavailable))
            }
        }
    }

    fn begin(&self, call: Call<'_>) -> Begun<'_> {
        let now = self.clock.now();
        let mut inner = self.lock();
        let begun = match inner.registry.handle(now, call) {
            Handled::Now(reply) => Begun::Answered(reply),
            Handled::Later(ticket) => {
                let (sender, receiver) = oneshot::channel();
                inner.senders.insert(ticket, sender);
                Begun::Waiting(Waiter {
                    registry: self,
                    ticket,
                    receiver,
                })
            }
        };
        inner.deliver();
        let due = inner.registry.next_due();
        if due.is_some_and(|due| inner.armed.is_none_or(|armed| due < armed)) {
            inner.armed = due;
            self.earlier.notify_one();
        }
        begun
    }

    /// Runs the timer: lets whatever is due happen, for ever.
    pub(super) async fn keep_time(&self) {
        loop {
            let due = {
                let mut inner = self.lock();
                inner.registry.advance(self.clock.now());
                inner.deliver();
                inner.armed = inner.registry.next_due();
                inner.armed
            };
            tokio::select! {
                () = self.clock.sleep_until(due) => {}
                () = self.earlier.notified() => {}
            }
        }
    }

    /// Answers all that wait with `unavailable`, and every later request too.
    pub(super) fn shut_down(&self) {
        let mut inner = self.lock();
        inner.registry.shut_down();
        inner.deliver();
    }

    pub(super) fn counts(&self, connections: usize) -> RelayCounts {
        let inner = self.lock();
        RelayCounts {
            connections,
            allocated_channels: inner.registry.allocated_channels(),
            ended_channels: inner.registry.ended_channels(),
            live_channels: inner.registry.live_channels(),
            waiting_gets: inner.registry.waiting_gets(),
            stored_bytes: inner.registry.stored_bytes(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No code under the lock panics; if it did, the registry would still be usable.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn deliver(&mut self) {
        for (ticket, reply) in self.registry.events() {
            if let Some(sender) = self.senders.remove(&ticket) {
                // A receiver that is gone is about to cancel its ticket.
                let _ = sender.send(reply);
            }
        }
    }
}

/// A request that the registry has taken.
enum Begun<'a> {
    /// The request has its answer.
    Answered(Reply),
    /// The request is a GET that waits for its answer.
    Waiting(Waiter<'a>),
}

/// A waiting GET, which is cancelled when it is dropped before its answer has come.
struct Waiter<'a> {
    registry: &'a SharedRegistry,
    ticket: Ticket,
    receiver: oneshot::Receiver<Reply>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut inner = self.registry.lock();
        if inner.senders.remove(&self.ticket).is_some() {
            inner.registry.cancel(self.ticket);
        }
    }
}
