//! The activity of one connection and its deadlines (RELAY-21).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The longest a request can wait in the registry.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The activity of a connection: idle, reading a request or serving it, and since when.
///
/// hyper limits the time of a request's head only, but RELAY-21 is about the whole request. So the
/// stream notes when the first byte came, and one alarm for each connection checks the deadline.
pub(super) struct ConnectionActivity {
    state: Mutex<ActivityState>,
    request_time: Duration,
}

struct ActivityState {
    phase: Phase,
    since: Instant,
    /// The time at which bytes came while a request was being served: the next request has begun.
    early: Option<Instant>,
    unread: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No byte of the next request has come.
    Idle,
    /// A request is arriving.
    Reading,
    /// A request has arrived.
    Serving,
}

impl ConnectionActivity {
    pub(super) fn new(request_time: Duration) -> Self {
        let state = ActivityState {
            phase: Phase::Idle,
            since: Instant::now(),
            early: None,
            unread: false,
        };
        Self {
            state: Mutex::new(state),
            request_time,
        }
    }

    /// Notes that the body of the request has arrived, or is not wanted.
    pub(super) fn arrived(&self) {
        self.change(|state| {
            state.phase = Phase::Serving;
            state.since = Instant::now();
        });
    }

    /// Sets whether a part of the request's body may stay unread.
    pub(super) fn leave_unread(&self, unread: bool) {
        self.change(|state| state.unread = unread);
    }

    pub(super) fn has_unread(&self) -> bool {
        self.change(|state| state.unread)
    }

    /// Notes that the head of a request has arrived.
    pub(super) fn begun(&self) {
        self.change(|state| {
            if state.phase == Phase::Idle {
                state.phase = Phase::Reading;
                state.since = Instant::now();
            }
        });
    }

    /// Notes that bytes have come on the stream.
    pub(super) fn bytes_came(&self) {
        self.change(|state| match state.phase {
            Phase::Idle => {
                state.phase = Phase::Reading;
                state.since = Instant::now();
            }
            Phase::Reading => {}
            Phase::Serving => {
                state.early.get_or_insert_with(Instant::now);
            }
        });
    }

    /// Notes that the answer is ready to be written.
    pub(super) fn answered(&self) {
        self.change(|state| {
            (state.phase, state.since) = match state.early.take() {
                Some(first) => (Phase::Reading, first),
                None => (Phase::Idle, Instant::now()),
            };
        });
    }

    /// The time at which the connection is dropped unless something has happened on it.
    pub(super) fn deadline(&self) -> Instant {
        self.change(|state| match state.phase {
            Phase::Idle | Phase::Reading => state.since + self.request_time,
            Phase::Serving => state.since + LONGEST_WAIT + self.request_time,
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut ActivityState) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
