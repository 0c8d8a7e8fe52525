//! A state machine together with its repeats and deadlines (section 11.3).

use std::time::Duration;

use super::retry::{LONGEST_WAIT, RetryState, Times};
use super::{
    AttemptFailure, CellName, Detail, Ended, Event, Machine, Outcome, Request, RequestKind,
    UserEvent,
};

/// The next step of a client; see the loop in [`super`].
#[derive(Debug)]
pub enum Action<'a> {
    /// The client makes this request.
    Send {
        /// The request.
        request: Request<'a>,
        /// The seconds that a GET asks the relay to wait (TIME-8).
        wait: u32,
        /// The longest time of the attempt, from name resolution to the last byte.
        within: Duration,
    },
    /// The client lets some time pass, chosen at random between the two.
    Pause {
        /// The shortest time.
        least: Duration,
        /// The longest time.
        most: Duration,
    },
    /// The client waits for the user, or for the application, to decide.
    Hold {
        /// The longest time to wait, if there is a deadline.
        within: Option<Duration>,
    },
    /// The exchange is over.
    Ended,
}

/// The result of one attempt (section 11.2).
#[derive(Debug)]
pub enum AttemptResult {
    /// *Lost*: there was no complete answer.
    Lost(AttemptFailure),
    /// *Busy*: the relay answered with status 429 or 500 to 599.
    Busy {
        /// The status.
        status: u16,
        /// The seconds of `Retry-After`, if the status is one with which they count (TIME-1).
        retry_after: Option<u32>,
    },
    /// An answer that is not the relay's (CLIENT-11): *busy* as well.
    Foreign {
        /// The status.
        status: u16,
    },
    /// Any other answer.
    Event {
        /// The answer's event.
        event: Event,
        /// The answer's `ttl`, in seconds, if it has one.
        ttl: Option<u32>,
    },
}

/// One exchange of one role. All its times are counted from its start.
#[derive(Debug)]
pub struct Exchange<T> {
    // This is `None` only within `apply`.
    machine: Option<T>,
    times: Times,
    /// The end of the channel's life or the user's deadline, whichever comes first (TIME-5).
    deadline: Option<Duration>,
    /// The end of the wait for the receipt (TIME-6).
    receipt_wait: Option<Duration>,
    retry: Option<RetryState>,
    /// The seconds that a GET asks the relay to wait (TIME-8).
    wait: u32,
    last_failure: Option<AttemptFailure>,
    /// The failure after which an attempt was to be repeated when the deadline passed.
    failure_at_deadline: Option<AttemptFailure>,
    /// Whether any attempt of the run has begun.
    has_begun: bool,
}

impl<T: Machine> Exchange<T> {
    /// Starts an exchange at time 0, from which the user's deadline is counted too.
    pub fn new(machine: T, times: Times, deadline: Option<Duration>) -> Exchange<T> {
        Exchange {
            machine: Some(machine),
            times,
            deadline,
            receipt_wait: None,
            retry: None,
            wait: LONGEST_WAIT,
            last_failure: None,
            failure_at_deadline: None,
            has_begun: false,
        }
    }

    /// The state machine.
    pub fn machine(&self) -> Option<&T> {
        self.machine.as_ref()
    }

    /// The failure of the last attempt while its repeats go on, and the longest time until the next
    /// one begins, to show progress.
    pub fn retrying(&self, now: Duration) -> Option<(AttemptFailure, Duration)> {
        // There is no failure to show if a deadline ended the attempt, and a close is not repeated.
        let kind = self.machine.as_ref()?.request()?.kind();
        let goes_on = kind != RequestKind::Close;
        let pause = self.retry.as_ref().and_then(|retry| retry.pause(now));
        let next_try = pause.map_or(Duration::ZERO, |(_, most)| most);
        self.last_failure
            .filter(|_| goes_on)
            .map(|failure| (failure, next_try))
    }

    /// The next step of the client.
    pub fn next(&mut self, now: Duration) -> Action<'_> {
        self.fire_timers(now);
        let within = self.time_left(now);
        let Some(machine) = &self.machine else {
            return Action::Ended;
        };
        let Some(request) = machine.request() else {
            return match machine.outcome() {
                Some(_) => Action::Ended,
                None => Action::Hold { within },
            };
        };
        let kind = request.kind();
        if self.retry.as_ref().map(RetryState::kind) != Some(kind) {
            self.retry = None;
        }
        let retry = self
            .retry
            .get_or_insert_with(|| RetryState::new(self.times, kind, now));
        let cut = |d: Duration| within.map_or(d, |w| d.min(w));
        match retry.pause(now) {
            Some((least, most)) => Action::Pause {
                least: cut(least),
                most: cut(most),
            },
            None => {
                self.has_begun = true;
                Action::Send {
                    request,
                    wait: self.wait,
                    within: cut(retry.begin(now)),
                }
            }
        }
    }

    /// Takes the result of the attempt that [`Action::Send`] asked for.
    pub fn attempt_ended(&mut self, now: Duration, result: AttemptResult) {
        match result {
            AttemptResult::Lost(failure) => self.failed(now, failure, None),
            AttemptResult::Busy {
                status,
                retry_after,
            } => self.failed(now, AttemptFailure::busy(status, retry_after), retry_after),
            AttemptResult::Foreign { status } => {
                self.failed(now, AttemptFailure::Foreign { status }, None)
            }
            AttemptResult::Event { mut event, ttl } => {
                // CLIENT-15: A client MUST take `forbidden` and `no-such-channel`, in answer to the
                // first attempt of a put finish, as the event `closed` with the reason `lost`
                let is_first = self.last_failure.is_none();
                let kind = self.retry.as_ref().map(RetryState::kind);
                if is_first && kind == Some(RequestKind::Put(CellName::Finish)) {
                    event = event.nothing_stored();
                }
                if let Some(retry) = &mut self.retry {
                    retry.answered();
                }
                self.last_failure = None;
                if let Some(ttl) = ttl {
                    let life = now.saturating_add(self.times.seconds(ttl));
                    self.deadline = Some(self.deadline.map_or(life, |d| d.min(life)));
                }
                self.apply(now, event);
            }
        }
    }

    /// Takes what the user, or the application, has decided. It has no effect where nobody is
    /// asked, and none but a second cancel has an effect once the deadline has passed.
    ///
    /// The request under way is then abandoned, unless [`request`](Machine::request) gives one of
    /// the same kind: that is the same request, which goes on (section 11.4).
    pub fn say(&mut self, now: Duration, event: UserEvent) {
        let was_open = self.is_open();
        // TIME-3: An attempt that has begun keeps its own time, so that a poll that the relay holds
        // is not given up.
        self.fire_deadlines(now);
        if was_open == self.is_open() {
            self.apply(now, event.into());
        }
    }

    /// Whether no outcome is fixed yet.
    fn is_open(&self) -> bool {
        self.machine.as_ref().is_some_and(|m| m.outcome().is_none())
    }

    /// The end, once [`Action::Ended`] has come.
    pub fn into_ended(self) -> Option<Ended<T::Suite>> {
        let mut ended = self.machine.and_then(T::into_ended)?;
        if let (Outcome::Timeout, Some(failure)) = (ended.outcome, self.failure_at_deadline) {
            ended = ended.detail(Detail::Attempt(failure));
        }
        Some(ended)
    }

    fn failed(&mut self, now: Duration, failure: AttemptFailure, retry_after: Option<u32>) {
        let Some(retry) = &mut self.retry else {
            return;
        };
        if retry.kind() == RequestKind::Close {
            // TIME-7: A client MUST try a close once
            return self.apply(now, Event::CloseTried);
        }
        if retry.was_cut_off(now, self.wait) {
            // TIME-8: go on with half of w, rounded up to a whole number, for the rest of the run
            self.wait = self.wait.div_ceil(2);
        }
        // An attempt that ends with the deadline was ended by it.
        if self.deadline.is_none_or(|at| now < at) {
            self.last_failure = Some(failure);
        }
        // CLIENT-4: an unacceptable certificate or name is not repeated: the event is `exhausted`
        // at once
        let goes_on = !failure.is_final() && retry.failed(now, retry_after);
        // A timer that is due takes precedence over the retry window, because it was the timer that
        // ended the attempt.
        self.fire_timers(now);
        if !goes_on && self.retry.is_some() {
            self.apply(now, Event::Exhausted(failure));
        }
    }

    fn fire_timers(&mut self, now: Duration) {
        self.fire_deadlines(now);
        if let Some(retry) = &self.retry
            && retry.is_exhausted(now)
        {
            let failure = self.last_failure.unwrap_or(AttemptFailure::NoAnswer);
            self.apply(now, Event::Exhausted(failure));
        }
    }

    fn fire_deadlines(&mut self, now: Duration) {
        // TIME-5: In `taking` nothing is waited for but this side's own application, and the event
        // does not come. When the time has passed meanwhile, the event comes directly after `taken`
        if self.machine.as_ref().is_some_and(T::is_taking) {
            return;
        }
        // The deadline comes first, because it ends the whole exchange.
        if self.deadline.is_some_and(|at| now >= at) {
            self.deadline = None;
            self.failure_at_deadline = self.last_failure;
            self.apply(now, Event::Deadline);
        }
        if self.receipt_wait.is_some_and(|at| now >= at) {
            self.receipt_wait = None;
            self.apply(now, Event::ReceiptWaitOver);
        }
    }

    /// The time until a timer ends the exchange, if one is set: the channel's life, the user's
    /// deadline or the wait for the receipt.
    pub fn time_left(&self, now: Duration) -> Option<Duration> {
        if self.machine.as_ref().is_some_and(T::is_taking) {
            return None;
        }
        [self.deadline, self.receipt_wait]
            .into_iter()
            .flatten()
            .min()
            .map(|at| at.saturating_sub(now))
    }

    fn apply(&mut self, now: Duration, event: Event) {
        let Some(machine) = self.machine.take() else {
            return;
        };
        let before = machine.request().map(|r| r.kind());
        let mut machine = on(machine, event);
        if !self.has_begun && machine.request().map(|r| r.kind()) == Some(RequestKind::Close) {
            // TIME-9: A client MUST make no request at all in a run that is cancelled, or whose
            // deadline passes, before its first attempt has begun
            machine = on(machine, Event::CloseTried);
        }
        let after = machine.request().map(|r| r.kind());
        if before != after {
            self.retry = None;
            self.last_failure = None;
            // The polls of `holding` are of the same cell, but do not wait for it.
            let waits = before == Some(RequestKind::Put(CellName::Finish))
                && after == Some(RequestKind::Get(CellName::Receipt));
            self.receipt_wait = waits.then(|| now.saturating_add(self.times.receipt_wait()));
        }
        if matches!(after, Some(RequestKind::Close))
            || machine.outcome().is_some() && after.is_none()
        {
            self.deadline = None;
        }
        self.machine = Some(machine);
    }
}

/// The next state. An impossible event changes nothing, so that a mistake in a proof does not cost
/// the user the exchange.
fn on<T: Machine>(machine: T, event: Event) -> T {
    machine
        .on(event)
        .unwrap_or_else(|impossible| impossible.state)
}
