//! The registry's timers: expiry, grace, quarantine and the end of waiting.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Handled, Reply};
use super::channel::Ticket;
use super::ids::Ids;
use super::{APP_COST, App, CHANNEL_COST, Registry, SECOND, Timer, WaitingGet};
use crate::relay::limits::GRACE;
use crate::relay::problem::{EndReason, Refusal};
use crate::values::messages::CellName;

impl Registry {
    /// Sets the time to `now`. Everything that fell due until then happens at its own time, so that
    /// it does not matter how often this is called. A time before the last one counts as the last
    /// one.
    pub fn advance(&mut self, now: Duration) {
        let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX / 2);
        let now = now.max(self.now);
        while let Some((due, timer)) = self.timers.first().copied() {
            if due > now {
                break;
            }
            self.timers.pop_first();
            self.now = self.now.max(due);
            match timer {
                Timer::Channel(key) => self.channel_due(key, due),
                Timer::Wait(ticket) => self.time_over(ticket),
                Timer::App(key) => {
                    if let Some(app) = self.apps.get_mut(key) {
                        app.timer = None;
                        app.ids.purge(due);
                    }
                    self.settle_app(key);
                }
            }
        }
        self.now = now;
    }

    /// The next time at which [`Registry::advance`] has something to do.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        let (due, _) = self.timers.first()?;
        Some(Duration::from_micros(*due))
    }

    /// Forgets a waiting GET that nobody waits for any more.
    pub fn cancel(&mut self, ticket: Ticket) {
        if let Some(waiting) = self.forget_wait(ticket)
            && let Some(channel) = self.channels.get_mut(waiting.channel)
        {
            *channel.waits.get_mut(waiting.cell) = None;
        }
    }

    /// Shuts the registry down: waiting requests and all later ones are answered `unavailable`.
    // RELAY-4: or with `unavailable` when it goes down
    pub fn shut_down(&mut self) {
        self.going_down = true;
        let tickets: Vec<Ticket> = self.waiting.keys().copied().collect();
        for ticket in tickets {
            self.cancel(ticket);
            let refused = Reply::Refused(Refusal::Unavailable);
            self.events.push((ticket, refused));
        }
    }

    /// Lets a GET wait, in place of an older one of the same cell.
    pub(super) fn wait(&mut self, key: u32, cell: CellName, seconds: u8) -> Handled {
        let ticket = self.next_ticket();
        let waits = seconds > 0;
        let older = match self.channels.get_mut(key) {
            Some(channel) => {
                let place = channel.waits.get_mut(cell);
                std::mem::replace(place, waits.then_some(ticket))
            }
            None => None,
        };
        // RELAY-7: A relay MUST end an older GET of the same side for the same cell with 204 when a
        // newer one has wholly arrived
        // Only one side may read a cell, so the older one is of the same side.
        if let Some(older) = older {
            self.wake(older, Reply::Nothing);
        }
        if !waits {
            return Handled::Now(Reply::Nothing);
        }
        let until = self.now + u64::from(seconds) * SECOND;
        let channel = key;
        self.waiting.insert(
            ticket,
            WaitingGet {
                channel,
                cell,
                until,
            },
        );
        self.timers.insert((until, Timer::Wait(ticket)));
        Handled::Later(ticket)
    }

    /// Answers a waiting GET that was taken out of its channel.
    pub(super) fn wake(&mut self, ticket: Ticket, reply: Reply) {
        if self.forget_wait(ticket).is_some() {
            self.events.push((ticket, reply));
        }
    }

    /// Ends a live channel at the time `at`, and begins its grace.
    pub(super) fn end(&mut self, key: u32, at: u64, reason: EndReason) {
        let Some(channel) = self.channels.get_mut(key) else {
            return;
        };
        let (app, number) = (channel.app, channel.number);
        self.timers.remove(&(channel.due, Timer::Channel(key)));
        channel.ended = Some(reason);
        if let Some(count) = self.ended_by.get_mut(reason as usize) {
            *count += 1;
        }
        channel.due = at + GRACE.as_micros() as u64;
        self.timers.insert((channel.due, Timer::Channel(key)));
        self.live.remove(&(app, number));
        self.ended.insert((app, number, channel.owner), key);
        if let Some(claimant) = channel.claimant {
            self.ended.insert((app, number, claimant), key);
        }
        self.addresses.remove_live(channel.from);
        let tickets = CellName::ALL.map(|cell| channel.waits.get_mut(cell).take());
        // RELAY-18: A relay MUST treat a waiting GET as newly arrived when the channel ends.
        // The GET waited, so its cell is not written, and the table says `closed`.
        for ticket in tickets.into_iter().flatten() {
            self.wake(ticket, Reply::Refused(Refusal::Closed(reason)));
        }
        if let Some(app) = self.apps.get_mut(app) {
            app.ids.end(at, number);
        }
        self.settle_app(app);
    }

    /// Adds an appid that is not known yet, and gives its key; `None` when there are no more keys.
    /// [`Registry::settle_app`] must follow.
    pub(super) fn enter_app(&mut self, appid: &[u8]) -> Option<u32> {
        let name: Arc<[u8]> = appid.into();
        let key = self.apps.insert(App {
            name: Arc::clone(&name),
            ids: Ids::default(),
            channels: 0,
            timer: None,
            charge: 0,
        })?;
        self.names.insert(name, key);
        Some(key)
    }

    /// Brings an appid's charge and timer up to date, and forgets it when nothing is left of it.
    pub(super) fn settle_app(&mut self, key: u32) {
        let Some(app) = self.apps.get_mut(key) else {
            return;
        };
        let next = app.ids.next_purge();
        self.stored -= app.charge;
        if app.channels == 0 && next.is_none() {
            let (name, timer) = (Arc::clone(&app.name), app.timer);
            self.names.remove(&name);
            self.apps.remove(key);
            if let Some(due) = timer {
                self.timers.remove(&(due, Timer::App(key)));
            }
            return;
        }
        app.charge = APP_COST + app.name.len() as u64 + app.ids.bytes();
        self.stored += app.charge;
        // A timer that comes too early, because an id was given out again, sets the right one.
        if let Some(due) = next
            && app.timer.is_none()
        {
            app.timer = Some(due);
            self.timers.insert((due, Timer::App(key)));
        }
    }

    fn channel_due(&mut self, key: u32, due: u64) {
        let live = self
            .channels
            .get(key)
            .is_some_and(|channel| channel.ended.is_none());
        if live {
            // RELAY-15: A relay MUST end a channel with the reason `expired` when its life is over
            self.end(key, due, EndReason::Expired);
        } else {
            self.forget(key);
        }
    }

    // RELAY-17: A relay MUST keep an ended channel for its two sides for 60 seconds of grace,
    // answer them by the column *ended*, and forget it afterwards
    fn forget(&mut self, key: u32) {
        let Some(channel) = self.channels.remove(key) else {
            return;
        };
        self.stored -= CHANNEL_COST + channel.bytes();
        self.owned.remove(&(channel.app, channel.owner));
        for side in [Some(channel.owner), channel.claimant]
            .into_iter()
            .flatten()
        {
            let place = (channel.app, channel.number, side);
            // A side that had two channels of this number is still known for the newer one.
            if self.ended.get(&place) == Some(&key) {
                self.ended.remove(&place);
            }
        }
        if let Some(app) = self.apps.get_mut(channel.app) {
            app.channels -= 1;
        }
        self.settle_app(channel.app);
    }

    fn time_over(&mut self, ticket: Ticket) {
        self.cancel(ticket);
        self.events.push((ticket, Reply::Nothing));
    }

    fn forget_wait(&mut self, ticket: Ticket) -> Option<WaitingGet> {
        let waiting = self.waiting.remove(&ticket)?;
        self.timers.remove(&(waiting.until, Timer::Wait(ticket)));
        Some(waiting)
    }
}
