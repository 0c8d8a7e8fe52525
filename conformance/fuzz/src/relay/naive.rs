//! A naive relay: section 10 in lists that are searched from end to end.

use std::collections::HashMap;

use wormhole_sync::relay::{EndReason, Limits, Refusal, Reply};
use wormhole_sync::values::messages::CellName;

use super::ticket::Tickets;

/// A channel, from its beginning on.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) appid: u8,
    pub(crate) number: u32,
    pub(crate) owner: u8,
    pub(crate) claimant: Option<u8>,
    pub(crate) offer: Vec<u8>,
    pub(crate) cells: HashMap<CellName, Vec<u8>>,
    pub(crate) from: u8,
    /// The end of its life, in milliseconds.
    pub(crate) life: u64,
    /// The time in milliseconds at which it ended, and the reason.
    pub(crate) ended: Option<(u64, EndReason)>,
    forgotten: bool,
}

const GRACE: u64 = 60_000;
const QUARANTINE: u64 = 600_000;

impl Channel {
    pub(crate) fn state(&self) -> &'static str {
        let written = |cell| self.cells.contains_key(&cell);
        match self {
            _ if self.ended.is_some() => "ended",
            _ if written(CellName::Receipt) => "receipted",
            _ if written(CellName::Finish) => "finished",
            _ if written(CellName::Answer) => "answered",
            _ if self.claimant.is_some() => "claimed",
            _ => "open",
        }
    }

    pub(crate) fn by(&self, side: u8) -> &'static str {
        match side {
            _ if side == self.owner => "owner",
            _ if Some(side) == self.claimant => "claimant",
            _ => "another",
        }
    }

    /// Seconds of life that remain, rounded up.
    pub(crate) fn ttl(&self, now: u64) -> u32 {
        u32::try_from((self.life - now).div_ceil(1_000)).expect("a day at most")
    }
}

/// A naive relay with all its channels, those that have ended as well.
#[derive(Debug, Default)]
pub(crate) struct NaiveRelay {
    pub(crate) now: u64,
    pub(crate) channels: Vec<Channel>,
    pub(crate) tickets: Tickets,
    pub(crate) going_down: bool,
}

impl NaiveRelay {
    pub(crate) fn advance(&mut self, now: u64) {
        self.now = now;
        for (index, channel) in self.channels.iter_mut().enumerate() {
            if channel.ended.is_none() && channel.life <= now {
                let (life, closed) = (
                    channel.life,
                    Reply::Refused(Refusal::Closed(EndReason::Expired)),
                );
                // A GET gets what comes first; of two things at the same moment, either (RELAY-4).
                self.tickets.expect_if(
                    |it| it.channel == index && it.until == life,
                    &[closed.clone(), Reply::Nothing],
                );
                self.tickets
                    .expect_if(|it| it.channel == index && it.until > life, &[closed]);
                channel.ended = Some((life, EndReason::Expired));
            }
            channel.forgotten |= channel.ended.is_some_and(|(at, _)| at + GRACE <= now);
        }
        self.tickets
            .expect_if(|it| it.until <= now, &[Reply::Nothing]);
    }

    /// The channel that a number stands for, to a side (RELAY-12).
    pub(crate) fn find(&self, appid: u8, number: u32, side: u8) -> Option<usize> {
        let of_number = |it: &Channel| it.appid == appid && it.number == number && !it.forgotten;
        let live = (self.channels.iter()).position(|it| of_number(it) && it.ended.is_none());
        let is_own = |it: &Channel| it.by(side) != "another";
        if live.is_some_and(|index| is_own(&self.channels[index])) {
            return live;
        }
        let ended = |it: &Channel| of_number(it) && it.ended.is_some() && is_own(it);
        self.channels.iter().rposition(ended).or(live)
    }

    /// The channel, live or in its grace, that a side owns (RELAY-14).
    pub(crate) fn owned(&self, appid: u8, side: u8) -> Option<&Channel> {
        let owned = |it: &&Channel| it.appid == appid && it.owner == side && !it.forgotten;
        self.channels.iter().find(owned)
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(|it| it.ended.is_none())
    }

    pub(crate) fn end(&mut self, index: usize, reason: EndReason) {
        self.channels[index].ended = Some((self.now, reason));
        self.tickets
            .expect(index, None, &[Reply::Refused(Refusal::Closed(reason))]);
    }

    /// Whether this number may be given out (RELAY-19).
    pub(crate) fn may_give(&self, appid: u8, number: u32) -> bool {
        let is_live = |number: u32| {
            self.live()
                .any(|it| it.appid == appid && it.number == number)
        };
        let first = 10u32.pow(number.ilog10());
        if is_live(number) || (1..first).any(|shorter| !is_live(shorter)) {
            return false;
        }
        // The end of its last channel, if that is in quarantine.
        let ended = |number: u32| {
            let ends = self
                .channels
                .iter()
                .filter(|it| it.appid == appid && it.number == number);
            let last = ends.filter_map(|it| Some(it.ended?.0)).max();
            last.filter(|at| at + QUARANTINE > self.now)
        };
        let mut free = (first..10 * first)
            .filter(|other| !is_live(*other))
            .map(ended);
        match ended(number) {
            None => true,
            Some(at) => free.all(|other| other.is_some_and(|other| at <= other)),
        }
    }

    /// Adds a channel that the relay allocated.
    pub(crate) fn allocate(
        &mut self,
        appid: u8,
        number: u32,
        owner: u8,
        from: u8,
        offer: Vec<u8>,
        limits: &Limits,
    ) {
        self.channels.push(Channel {
            appid,
            number,
            owner,
            claimant: None,
            offer,
            cells: HashMap::new(),
            from,
            life: self.now + u64::from(limits.ttl) * 1_000,
            ended: None,
            forgotten: false,
        });
    }

    /// Claims a channel, which shortens its life (RELAY-15).
    pub(crate) fn claim(&mut self, index: usize, side: u8) {
        let end = self.now + 600_000;
        let channel = &mut self.channels[index];
        channel.claimant = Some(side);
        channel.life = channel.life.min(end);
    }

    /// The bytes that the quarantine of all appids may take beyond the bound.
    pub(crate) fn quarantine(&self) -> u64 {
        let since = self.channels.iter().filter_map(|it| it.ended);
        let in_it = since.filter(|(at, _)| at + QUARANTINE > self.now).count();
        // Each end takes a record, and each of four appids the bits of three lengths.
        in_it as u64 * 32 + 4 * 200
    }
}
