//! A state machine with its repeats and deadlines (section 11.3).

use super::patience::{Patience, Times};
use super::{Cell, Ended, Event, Loss, Machine, Request, RequestKind};
use std::time::Duration;

/// What to do next; see the loop in [`super`].
#[derive(Debug)]
pub enum Action<'a> {
    /// Make this request, for at most this long.
    Send {
        /// The request.
        request: Request<'a>,
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

/// What came of an attempt (section 11.2).
#[derive(Debug)]
pub enum Heard {
    /// No complete answer.
    Lost(Loss),
    /// Status 429 or 500 to 599.
    Busy {
        /// The status.
        status: u16,
        /// The seconds of `Retry-After`, where they count (TIME-1).
        retry_after: Option<u32>,
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
    patience: Option<Patience>,
    last_failure: Option<Loss>,
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
            patience: None,
            last_failure: None,
            has_begun: false,
        }
    }

    /// The state machine as it is.
    pub fn machine(&self) -> Option<&T> {
        self.machine.as_ref()
    }

    /// Why the last attempt failed, while its repeats go on: for showing progress.
    pub fn trouble(&self) -> Option<&Loss> {
        // What a deadline cuts off has failed for no other reason, and a close is not repeated.
        let kind = self.machine.as_ref()?.request()?.kind();
        let goes_on = kind != RequestKind::Close;
        self.last_failure.as_ref().filter(|_| goes_on)
    }

    /// What to do next.
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
        if self.patience.as_ref().map(Patience::kind) != Some(kind) {
            self.patience = None;
        }
        let patience = self
            .patience
            .get_or_insert_with(|| Patience::new(self.times, kind, now));
        let cut = |d: Duration| within.map_or(d, |w| d.min(w));
        match patience.pause(now) {
            Some((least, most)) => Action::Pause {
                least: cut(least),
                most: cut(most),
            },
            None => {
                self.has_begun = true;
                Action::Send {
                    request,
                    within: cut(patience.begin(now)),
                }
            }
        }
    }

    /// What came of the attempt that [`Action::Send`] asked for.
    pub fn heard(&mut self, now: Duration, heard: Heard) {
        match heard {
            Heard::Lost(loss) => self.failed(now, loss, None),
            Heard::Busy {
                status,
                retry_after,
            } => self.failed(
                now,
                Loss::passing(format!("the relay is busy (status {status})")),
                retry_after,
            ),
            Heard::Event { event, ttl } => {
                if let Some(patience) = &mut self.patience {
                    patience.answered();
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

    fn failed(&mut self, now: Duration, loss: Loss, retry_after: Option<u32>) {
        let Some(patience) = &mut self.patience else {
            return;
        };
        if patience.kind() == RequestKind::Close {
            // TIME-7: A client MUST try a close once
            return self.apply(now, Event::CloseTried);
        }
        self.last_failure = Some(loss.clone());
        // CLIENT-4: an unacceptable certificate or name is not repeated: the event is `exhausted`
        // at once
        let goes_on = !loss.is_final && patience.failed(now, retry_after);
        // A timer that is due speaks before the window: its cut made the attempt fail.
        self.fire_timers(now);
        if !goes_on && self.patience.is_some() {
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
        if let Some(patience) = &self.patience
            && patience.is_exhausted(now)
        {
            let loss = self
                .last_failure
                .clone()
                .unwrap_or_else(|| Loss::passing("no answer"));
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
            self.patience = None;
            self.last_failure = None;
            self.receipt_wait = (after == Some(RequestKind::Get(Cell::Receipt)))
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
