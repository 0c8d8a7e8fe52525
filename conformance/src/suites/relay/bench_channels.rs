//! The channels of a test: brought into a state, taken from the pool, and closed at last.

use std::sync::PoisonError;

use super::bench::{Bench, Pending};
use super::channel::{Cell, Channel, State};
use super::fault::Fault;
use super::reply::Want;

impl Bench<'_> {
    /// A channel that has been brought into this state.
    pub(crate) fn channel(&self, state: State) -> Result<Channel, Fault> {
        let mut channel = match self.of_pool(state) {
            Some(channel) => {
                self.left_open.borrow_mut().push(channel.clone());
                channel
            }
            None => Channel::new(),
        };
        self.bring(&mut channel, state)?;
        Ok(channel)
    }

    /// A channel of the pool that can be brought into a state without a rated request.
    fn of_pool(&self, state: State) -> Option<Channel> {
        let mut pool = self.pool?.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |channel: &Channel| match state {
            State::Absent => false,
            State::Open => channel.state == State::Open,
            _ => (State::Claimed..=state).contains(&channel.state),
        };
        let is_exact = |channel: &Channel| channel.state == state;
        let exact = pool.iter().rposition(is_exact);
        let at = exact.or_else(|| pool.iter().rposition(fits))?;
        Some(pool.swap_remove(at))
    }

    /// Brings a channel from its state to a later one.
    pub(crate) fn bring(&self, channel: &mut Channel, state: State) -> Result<(), Fault> {
        self.is_preparing.set(true);
        let result = self.brought(channel, state);
        self.is_preparing.set(false);
        let mut left_open = self.left_open.borrow_mut();
        let is_it = |one: &&mut Channel| one.app == channel.app && one.number == channel.number;
        if let Some(known) = left_open.iter_mut().find(is_it) {
            known.clone_from(channel);
        }
        result
    }

    fn brought(&self, channel: &mut Channel, state: State) -> Result<(), Fault> {
        if state == State::Absent {
            return Ok(());
        }
        if channel.state == State::Absent {
            self.allocate(channel)?;
        }
        if state == State::Open {
            return Ok(());
        }
        if channel.state == State::Open {
            let claim = channel.claim(&channel.claimant);
            let reply = self.given(&claim, &Want::Status(200))?;
            channel.claimed = (reply.sent, reply.read);
            channel.state = State::Claimed;
        }
        if state == State::EndedEarly {
            return self.close(channel, state);
        }
        for cell in Cell::ALL {
            if channel.state < cell.makes() && state >= cell.makes() {
                self.given(&channel.write(cell), &Want::Status(200))?;
                channel.state = cell.makes();
            }
        }
        match state {
            State::Ended => self.close(channel, state),
            _ => Ok(()),
        }
    }

    fn close(&self, channel: &mut Channel, state: State) -> Result<(), Fault> {
        self.given(&channel.close(&channel.owner, "done"), &Want::Status(200))?;
        channel.state = state;
        Ok(())
    }

    /// Allocates a channel.
    pub(crate) fn allocate(&self, channel: &mut Channel) -> Result<(), Fault> {
        let request = channel.allocate();
        let reply = self.given(&request, &Want::Status(201))?;
        channel.number = reply.number("channel").ok_or_else(|| {
            Fault::Setup(self.failure("a message with a channel's number", &reply))
        })?;
        channel.allocated = (reply.sent, reply.read);
        channel.state = State::Open;
        if self.is_frugal {
            self.left_open.borrow_mut().push(channel.clone());
        }
        Ok(())
    }

    /// Closes what the test left open at a relay that is not the suite's, or leaves it to the next
    /// test, when this one has passed and changed nothing.
    pub(crate) fn clean_up(&self, has_passed: bool) {
        let is_kept = |channel: &Channel| {
            has_passed && !self.is_changed.get() && channel.state < State::Ended
        };
        let left_open: Vec<Channel> = self.left_open.borrow_mut().drain(..).collect();
        for channel in left_open {
            match self.pool.filter(|_| is_kept(&channel)) {
                Some(pool) => {
                    let mut pool = pool.lock().unwrap_or_else(PoisonError::into_inner);
                    pool.push(channel);
                }
                None if channel.state >= State::Ended => {}
                None => self.close_at_last(&channel),
            }
        }
    }

    /// Closes a channel whose answer is of no interest.
    pub(crate) fn close_at_last(&self, channel: &Channel) {
        let close = channel.close(&channel.owner, "cancelled");
        // It is `closed` when the test has ended it.
        let _ = self.begin(&close).and_then(Pending::reply);
    }
}
