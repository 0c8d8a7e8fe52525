//! The registry: all channels of a relay, as one state machine without clock, socket or thread.
//!
//! The loop contract: [`Registry::handle`] takes the time and a request, and gives an answer or a
//! [`Ticket`]. After each call (`handle`, [`Registry::advance`], [`Registry::shut_down`]) take the
//! [`Registry::events`], which are answers to earlier tickets. Call `advance` at the time
//! [`Registry::next_due`]. Give a ticket that nobody waits for any more to [`Registry::cancel`].
//!
//! Each request costs a few hash look-ups and O(log n) in the timers; each timer fires once. Memory
//! is bounded by [`Limits`]: everything that outlives a request counts for `stored_bytes` or for
//! `addresses`.

mod addresses;
mod call;
mod channel;
mod ids;
#[cfg(test)]
mod properties;
mod slab;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;
mod timers;

pub use addresses::ClientAddress;
pub use call::{Call, Handled, RelayAction, Reply};
pub use channel::{Bytes, ChannelRequest, ChannelState, Party, SideKey, Ticket};
pub use ids::{Random, system_random};

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use super::limits::{LIFE_AFTER_CLAIM, Limits};
use super::problem::{EndReason, Refusal};
use crate::values::ChannelId;
use crate::values::messages::CellName;
use addresses::Addresses;
use channel::{Channel, Decision, PerCell};
use ids::Ids;
use slab::Slab;

/// The bytes that a channel counts for beside its cells: about its cost in all tables together.
pub(super) const CHANNEL_COST: u64 = 512;
/// The bytes that an appid counts for beside its name and ids.
const APP_COST: u64 = 512;
/// Seconds after which an address with too many live channels may try again.
const CHANNELS_RETRY: u32 = 10;

/// All channels of a relay.
pub struct Registry {
    limits: Limits,
    random: Random,
    /// The latest time that the registry was given, in microseconds.
    now: u64,
    apps: Slab<App>,
    names: HashMap<Arc<[u8]>, u32>,
    channels: Slab<Channel>,
    /// Live channels by appid and number.
    live: HashMap<(u32, ChannelId), u32>,
    /// Ended channels by appid, number and side: each has one or two entries.
    ended: HashMap<(u32, ChannelId, SideKey), u32>,
    /// Channels, live or ended, by appid and owner.
    owned: HashMap<(u32, SideKey), u32>,
    addresses: Addresses,
    timers: BTreeSet<(u64, Timer)>,
    waiting: HashMap<Ticket, WaitingGet>,
    last_ticket: u64,
    events: Vec<(Ticket, Reply)>,
    stored: u64,
    /// Channels that have been allocated.
    allocated: u64,
    /// Channels that have ended, by reason, in the order of [`EndReason::ALL`].
    ended_by: [u64; EndReason::ALL.len()],
    going_down: bool,
}

/// A timer. Each channel, each waiting GET and each quarantine has one at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// A channel's life or grace is over.
    Channel(u32),
    /// A waiting GET has waited long enough.
    Wait(Ticket),
    /// An appid's first id leaves its quarantine.
    App(u32),
}

/// One appid that has channels or a quarantine.
#[derive(Debug)]
struct App {
    name: Arc<[u8]>,
    ids: Ids,
    /// The number of channels, live or ended.
    channels: u32,
    /// The time for which the timer of its quarantine is set.
    timer: Option<u64>,
    /// This appid's part of `stored`.
    charge: u64,
}

/// A waiting GET: its channel, its cell, and the end of its wait in microseconds.
#[derive(Debug)]
struct WaitingGet {
    channel: u32,
    cell: CellName,
    until: u64,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new(limits: Limits, random: Random) -> Self {
        Self {
            addresses: Addresses::new(limits.starts_per_minute, limits.addresses),
            limits,
            random,
            now: 0,
            apps: Slab::new(),
            names: HashMap::new(),
            channels: Slab::new(),
            live: HashMap::new(),
            ended: HashMap::new(),
            owned: HashMap::new(),
            timers: BTreeSet::new(),
            waiting: HashMap::new(),
            last_ticket: 0,
            events: Vec::new(),
            stored: 0,
            allocated: 0,
            ended_by: [0; EndReason::ALL.len()],
            going_down: false,
        }
    }

    /// Handles one request at the time `now`, which counts from any fixed moment.
    pub fn handle(&mut self, now: Duration, call: Call<'_>) -> Handled {
        self.advance(now);
        match self.answer(call) {
            Ok(answer) => answer,
            Err(refusal) => Handled::Now(Reply::Refused(refusal)),
        }
    }

    /// The answers to earlier tickets that are ready since the last call.
    pub fn events(&mut self) -> impl Iterator<Item = (Ticket, Reply)> + '_ {
        self.events.drain(..)
    }

    /// The state of a channel and this side's part in it; `None` when the number is absent for it.
    #[must_use]
    pub fn channel_state(
        &self,
        appid: &[u8],
        number: ChannelId,
        side: SideKey,
    ) -> Option<(ChannelState, Party)> {
        let app = *self.names.get(appid)?;
        let channel = self.channels.get(self.find(app, number, side)?)?;
        Some((channel.state(), channel.party(side)))
    }

    /// Live channels in all.
    #[must_use]
    pub fn live_channels(&self) -> usize {
        self.live.len()
    }

    /// GETs that wait.
    #[must_use]
    pub fn waiting_gets(&self) -> usize {
        self.waiting.len()
    }

    /// Bytes that count for `stored_bytes`.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.stored
    }

    /// Channels that have been allocated since the start.
    #[must_use]
    pub fn allocated_channels(&self) -> u64 {
        self.allocated
    }

    /// Channels that have ended since the start, by reason, in the order of [`EndReason::ALL`].
    #[must_use]
    pub fn ended_channels(&self) -> [u64; EndReason::ALL.len()] {
        self.ended_by
    }

    fn answer(&mut self, call: Call<'_>) -> Result<Handled, Refusal> {
        if self.going_down {
            return Err(Refusal::Unavailable);
        }
        // RELAY-9: the rate (`rate-limited`; each allocate and claim that comes to this check
        // counts, a repeated one too, and also one that a later check refuses; one that this check
        // refuses need not count; the bound `addresses` of section 10.4 is checked here as well),
        // then the channel by section 10
        if let RelayAction::Allocate(_) | RelayAction::Channel(_, ChannelRequest::Claim) =
            call.action
        {
            self.addresses.start(self.now, call.from)?;
        }
        let app = self.names.get(call.appid).copied();
        match call.action {
            RelayAction::Allocate(offer) => {
                let owned = app.and_then(|app| self.owned.get(&(app, call.side)));
                match owned.and_then(|key| self.channels.get(*key)) {
                    Some(channel) => self.allocated_before(channel, &offer),
                    None => self.allocate(app, call.appid, call.side, call.from, offer),
                }
                .map(Handled::Now)
            }
            RelayAction::Channel(number, request) => app
                .and_then(|app| self.find(app, number, call.side))
                .ok_or(Refusal::NoSuchChannel)
                .and_then(|key| self.request(key, call.side, request)),
        }
    }

    /// The channel that a number stands for, seen by one side.
    // RELAY-12: A relay MUST take, as the channel of a number, the live one if the side is its
    // owner or claimant; else the latest ended one, in its grace, of which the side was the owner
    // or claimant; else the live one
    fn find(&self, app: u32, number: ChannelId, side: SideKey) -> Option<u32> {
        let live = self.live.get(&(app, number)).copied();
        let is_own = |key: &u32| {
            let channel = self.channels.get(*key);
            channel.is_some_and(|channel| channel.party(side) != Party::Another)
        };
        let ended = || self.ended.get(&(app, number, side)).copied();
        live.filter(is_own).or_else(ended).or(live)
    }

    // RELAY-14: live, with the same offer: 201 with the same channel; live, with another offer:
    // `conflict`; ended, in its grace: `closed`.
    fn allocated_before(&self, channel: &Channel, offer: &Bytes) -> Result<Reply, Refusal> {
        match channel.ended {
            Some(reason) => Err(Refusal::Closed(reason)),
            None if channel.offer != *offer => Err(Refusal::Conflict),
            None => Ok(Reply::Allocated {
                channel: channel.number,
                ttl: self.seconds_to(channel.due),
            }),
        }
    }

    fn allocate(
        &mut self,
        app: Option<u32>,
        appid: &[u8],
        owner: SideKey,
        from: ClientAddress,
        offer: Bytes,
    ) -> Result<Reply, Refusal> {
        // RELAY-20: over the bound of an address it answers `rate-limited`, over any other
        // `unavailable`, and never ends a live channel to make room.
        if self.addresses.live(from) >= self.limits.channels_per_address {
            return Err(Refusal::RateLimited {
                retry_after: CHANNELS_RETRY,
            });
        }
        let known = app.and_then(|app| self.apps.get(app));
        let live = known.map_or(0, |app| app.ids.live());
        let cost = match known {
            Some(_) => CHANNEL_COST + offer.len() as u64,
            None => APP_COST + appid.len() as u64 + CHANNEL_COST + offer.len() as u64,
        };
        if live >= self.limits.channels_per_appid
            || self.live.len() >= self.limits.channels as usize
            || self.stored + cost > self.limits.stored_bytes
        {
            return Err(Refusal::Unavailable);
        }
        let app = match app {
            Some(app) => app,
            None => self.enter_app(appid).ok_or(Refusal::Unavailable)?,
        };
        let drawn = match self.apps.get_mut(app) {
            Some(entry) => entry.ids.allocate(self.now, &mut self.random),
            None => None,
        };
        let due = self.now + u64::from(self.limits.ttl) * SECOND;
        let channel = drawn.and_then(|number| {
            let charge = CHANNEL_COST + offer.len() as u64;
            let key = self.channels.insert(Channel {
                app,
                number,
                owner,
                claimant: None,
                offer,
                cells: PerCell::default(),
                ended: None,
                due,
                from,
                waits: PerCell::default(),
            })?;
            self.stored += charge;
            Some((key, number))
        });
        let Some((key, number)) = channel else {
            self.settle_app(app);
            return Err(Refusal::Unavailable);
        };
        if let Some(entry) = self.apps.get_mut(app) {
            entry.channels += 1;
        }
        self.live.insert((app, number), key);
        self.owned.insert((app, owner), key);
        self.timers.insert((due, Timer::Channel(key)));
        self.addresses.add_live(from);
        self.allocated += 1;
        self.settle_app(app);
        Ok(Reply::Allocated {
            channel: number,
            ttl: self.limits.ttl,
        })
    }

    fn request(
        &mut self,
        key: u32,
        side: SideKey,
        request: ChannelRequest,
    ) -> Result<Handled, Refusal> {
        let Some(channel) = self.channels.get_mut(key) else {
            return Err(Refusal::NoSuchChannel);
        };
        let reply = match channel.decide(side, request) {
            Decision::Refuse(refusal) => return Err(refusal),
            Decision::Unchanged => Reply::Stored,
            Decision::Read(body) => Reply::Cell(body),
            Decision::Offer { first } => {
                if first {
                    // RELAY-15: or 600 seconds after its first claim, whichever is first
                    let due = channel
                        .due
                        .min(self.now + LIFE_AFTER_CLAIM.as_micros() as u64);
                    self.timers.remove(&(channel.due, Timer::Channel(key)));
                    self.timers.insert((due, Timer::Channel(key)));
                    channel.due = due;
                    channel.claimant = Some(side);
                }
                let (body, due) = (Arc::clone(&channel.offer), channel.due);
                let ttl = self.seconds_to(due);
                Reply::Claimed { body, ttl }
            }
            Decision::Store(cell, body) => {
                let bytes = body.len() as u64;
                if self.stored + bytes > self.limits.stored_bytes {
                    return Err(Refusal::Unavailable);
                }
                self.stored += bytes;
                *channel.cells.get_mut(cell) = Some(Arc::clone(&body));
                // RELAY-4: else it holds the answer until the cell is written, the channel ends or
                // w seconds have passed
                if let Some(ticket) = channel.waits.get_mut(cell).take() {
                    self.wake(ticket, Reply::Cell(body));
                }
                Reply::Stored
            }
            Decision::Wait(cell, seconds) => return Ok(self.wait(key, cell, seconds)),
            Decision::End(reason) => {
                self.end(key, self.now, reason);
                Reply::Stored
            }
        };
        Ok(Handled::Now(reply))
    }

    /// The seconds that remain until `due`, rounded up; at least 1.
    fn seconds_to(&self, due: u64) -> u32 {
        let seconds = due.saturating_sub(self.now).div_ceil(SECOND);
        u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
    }

    fn next_ticket(&mut self) -> Ticket {
        self.last_ticket = self.last_ticket.wrapping_add(1);
        Ticket(NonZeroU64::new(self.last_ticket).unwrap_or(NonZeroU64::MIN))
    }
}

/// A second of the registry's clock, which counts microseconds.
const SECOND: u64 = 1_000_000;
