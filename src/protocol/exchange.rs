//! A state machine with its repeats and deadlines (section 11.3).

use std::time::Duration;

use super::retry::{LONGEST_WAIT, RetryState, Times};
use super::{AttemptFailure, CellName, Ended, Event, Machine, Request, RequestKind};

/// The next thing that a driver does; see the loop in [`super`].
#[derive(Debug)]
pub enum Action<'a> {
    /// Make this request, for at most this long.
    Send {
        /// The request.
        request: Request<'a>,
        /// The seconds that a GET asks the relay to wait (TIME-8).
        wait: u32,
        /// How long the attempt may take, from name resolution to the last byte.
        within: Duration,
    },
    /// Let a time between the two pass, at random.
    Pause {
        /// The least time.
        least: Duration,
        /// The most time.
        most: Duration,
    },
    /// Wait for the user's word, for at most this long.
    Hold {
        /// How long, when there is a deadline.
        within: Option<Duration>,
    },
    /// It is over.
    Ended,
}

/// The result of one attempt (section 11.2).
#[derive(Debug)]
pub enum AttemptResult {
    /// No complete answer.
    Lost(AttemptFailure),
    /// Status 429 or 500 to 599.
    Busy {
        /// The status.
        status: u16,
        /// The seconds of `Retry-After`, where they count (TIME-1).
        retry_after: Option<u32>,
    },
    /// An answer that is not the relay's (CLIENT-11): *busy* as well.
    Foreign {
        /// The status.
        status: u16,
    },
    /// An answer.
    Event {
        /// Its event.
        event: Event,
        /// The `ttl` in it, in seconds.
        ttl: Option<u32>,
    },
}

/// One exchange of one role.
#[derive(Debug)]
pub struct Exchange<T> {
    // None only within `apply`.
    machine: Option<T>,
    times: Times,
    /// The channel's life or the user's deadline, whichever is first (TIME-5).
    deadline: Option<Duration>,
    /// TIME-6
    receipt_wait: Option<Duration>,
    retry: Option<RetryState>,
    /// The seconds that a GET asks the relay to wait (TIME-8).
    wait: u32,
    last_failure: Option<AttemptFailure>,
    /// Whether any attempt of the run has begun.
    has_begun: bool,
}

impl<T: Machine> Exchange<T> {
    /// Begins at time 0, with the user's deadline counted from there.
    pub fn new(machine: T, times: Times, deadline: Option<Duration>) -> Exchange<T> {
        Exchange {
            machine: Some(machine),
            times,
            deadline,
            receipt_wait: None,
            retry: None,
            wait: LONGEST_WAIT,
            last_failure: None,
            has_begun: false,
        }
    }

    /// The state machine as it is.
    pub fn machine(&self) -> Option<&T> {
        self.machine.as_ref()
    }

    /// The failure of the last attempt, while its repeats go on: for showing progress.
    pub fn retrying(&self) -> Option<&AttemptFailure> {
        // An attempt that a deadline cut off has failed for no other reason, and a close is not
        // repeated.
        let kind = self.machine.as_ref()?.request()?.kind();
        let goes_on = kind != RequestKind::Close;
        self.last_failure.as_ref().filter(|_| goes_on)
    }

    /// Says what to do next.
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
            AttemptResult::Lost(loss) => self.failed(now, loss, None),
            AttemptResult::Busy {
                status,
                retry_after,
            } => self.failed(
                now,
                AttemptFailure::passing(format!("the relay is busy (status {status})")),
                retry_after,
            ),
            AttemptResult::Foreign { status } => self.failed(
                now,
                AttemptFailure::passing(format!(
                    "an answer that is not the relay's (status {status})"
                )),
                None,
            ),
            AttemptResult::Event { event, ttl } => {
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

    /// The user gives up; a request under way is abandoned.
    pub fn cancel(&mut self, now: Duration) {
        self.apply(now, Event::Cancel);
    }

    /// The initiator's user agrees (INIT-2); too late when the time was over meanwhile.
    pub fn release(&mut self, now: Duration) {
        self.fire_timers(now);
        self.apply(now, Event::Release);
    }

    /// The end, once [`Action::Ended`] has come.
    pub fn into_ended(self) -> Option<Ended<T::Suite>> {
        self.machine.and_then(T::into_ended)
    }

    fn failed(&mut self, now: Duration, loss: AttemptFailure, retry_after: Option<u32>) {
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
        self.last_failure = Some(loss.clone());
        // CLIENT-4: an unacceptable certificate or name is not repeated: the event is `exhausted`
        // at once
        let goes_on = !loss.is_final && retry.failed(now, retry_after);
        // A timer that is due goes before the window: the attempt failed because the timer cut it
        // off.
        self.fire_timers(now);
        if !goes_on && self.retry.is_some() {
            self.apply(now, Event::Exhausted(loss));
        }
    }

    fn fire_timers(&mut self, now: Duration) {
        // The order of the table: the deadline covers everything else.
        if self.deadline.is_some_and(|at| now >= at) {
            self.deadline = None;
            self.apply(now, Event::Deadline);
        }
        if self.receipt_wait.is_some_and(|at| now >= at) {
            self.receipt_wait = None;
            self.apply(now, Event::ReceiptWaitOver);
        }
        if let Some(retry) = &self.retry
            && retry.is_exhausted(now)
        {
            let loss = self
                .last_failure
                .clone()
                .unwrap_or_else(|| AttemptFailure::passing("no answer"));
            self.apply(now, Event::Exhausted(loss));
        }
    }

    /// The time until the exchange ends by itself, when a timer is set: the channel's life, the
    /// user's deadline or the wait for the receipt.
    pub fn time_left(&self, now: Duration) -> Option<Duration> {
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
            // Section 11.3: given up before its first attempt, a run makes no request.
            machine = on(machine, Event::CloseTried);
        }
        let after = machine.request().map(|r| r.kind());
        if before != after {
            self.retry = None;
            self.last_failure = None;
            self.receipt_wait = (after == Some(RequestKind::Get(CellName::Receipt)))
                .then(|| now.saturating_add(self.times.receipt_wait()));
        }
        if matches!(after, Some(RequestKind::Close))
            || machine.outcome().is_some() && after.is_none()
        {
            self.deadline = None;
        }
        self.machine = Some(machine);
    }
}

/// The next state. An event that is proved impossible changes nothing: a proof that errs must not
/// cost the user the exchange.
fn on<T: Machine>(machine: T, event: Event) -> T {
    machine
        .on(event)
        .unwrap_or_else(|impossible| impossible.state)
}
