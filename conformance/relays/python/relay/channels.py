"""The relay's channels (section 10) as a state machine without HTTP.

Sides are opaque bytes here: the caller hands in a keyed hash (RELAY-2).
"""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from operator import itemgetter
from random import Random

from . import clock
from .clock import SECOND, seconds_up
from .limits import Limits
from .problems import Refusal
from .starts import Accounts

CLAIMED_LIFE = 600 * SECOND  # RELAY-15
GRACE = 60 * SECOND  # RELAY-17
QUARANTINE = 600 * SECOND  # RELAY-19
MAX_DIGITS = 9

# RELAY-16
REASONS = frozenset(
    "done wrong-code bad-element malformed-message verifier-mismatch "
    "not-taken cancelled timeout relay-misbehaved".split()
)

# What the structures of each thing are taken to weigh, beside its own bytes.
APPID_COST = 1_024
CHANNEL_COST = 1_024
NUMBER_COST = 256


class State(IntEnum):
    """The state of a live channel, by the last thing written to it."""

    OPEN = 0
    CLAIMED = 1
    ANSWERED = 2
    FINISHED = 3
    RECEIPTED = 4


@dataclass(frozen=True, slots=True)
class CellRule:
    """Who writes and who reads a cell, and when (the table of section 10.1)."""

    by_owner: bool
    needs: State
    makes: State


CELLS = {
    "answer": CellRule(by_owner=False, needs=State.CLAIMED, makes=State.ANSWERED),
    "finish": CellRule(by_owner=True, needs=State.ANSWERED, makes=State.FINISHED),
    "receipt": CellRule(by_owner=False, needs=State.FINISHED, makes=State.RECEIPTED),
}


@dataclass(slots=True, eq=False)
class Channel:
    app: App
    number: int
    owner: bytes
    offer: bytes
    account: bytes  # the address that allocated it (RELAY-20)
    deadline: int  # when its life is over (RELAY-15)
    claimant: bytes | None = None
    cells: dict[str, bytes] = field(default_factory=dict)
    state: State = State.OPEN
    ended: int | None = None  # when it ended
    reason: str = ""

    def has(self, side: bytes) -> bool:
        return side == self.owner or side == self.claimant

    def closed(self) -> Refusal:
        return Refusal("closed", reason=self.reason)

    @property
    def weight(self) -> int:
        return CHANNEL_COST + len(self.offer) + sum(map(len, self.cells.values()))


@dataclass(slots=True, eq=False)
class App:
    """The numbers of one appid."""

    appid: bytes
    live: dict[int, Channel] = field(default_factory=dict)
    ended: dict[int, list[Channel]] = field(default_factory=dict)  # oldest first
    owned: dict[bytes, Channel] = field(default_factory=dict)  # live or in grace
    latest_end: dict[int, int] = field(default_factory=dict)  # the quarantine
    digits: Counter[int] = field(default_factory=Counter)  # live, by length

    @property
    def weight(self) -> int:
        return APPID_COST + len(self.appid)


class Channels:
    """All channels of a relay. Each method is one moment of `now`."""

    def __init__(
        self,
        limits: Limits = Limits(),
        ttl: int = 3_600,
        now: Callable[[], int] = clock.now,
        random: Random | None = None,
        changed: Callable[[Channel], None] = lambda channel: None,
    ) -> None:
        if not 1 <= ttl <= 86_400:
            raise ValueError("ttl must be 1 to 86400")
        self._limits = limits
        self._ttl = ttl * SECOND
        self._now = now
        self._random = random or secrets.SystemRandom()
        self.changed = changed  # called when a cell was written or a channel ended
        self._accounts = Accounts(limits)
        self._apps: dict[bytes, App] = {}
        self._live = 0
        self._stored = 0
        # What is to come, in four queues that are each in the order of time.
        self._by_ttl: OrderedDict[Channel, None] = OrderedDict()
        self._by_claim: OrderedDict[Channel, None] = OrderedDict()
        self._in_grace: OrderedDict[Channel, None] = OrderedDict()
        self._quarantine: OrderedDict[tuple[App, int], int] = OrderedDict()

    @property
    def stored(self) -> int:
        return self._stored

    # Time

    def _agenda(self) -> Iterator[tuple[int, Callable[[], None]]]:
        """The next thing of each queue: when, and what."""
        for queue in (self._by_ttl, self._by_claim):
            if queue:
                channel = next(iter(queue))
                # RELAY-17: it ends when its life was over, whenever that is noticed.
                yield channel.deadline, partial(self._end, channel, "expired", channel.deadline)
        if self._in_grace:
            channel = next(iter(self._in_grace))
            assert channel.ended is not None
            yield channel.ended + GRACE, partial(self._forget, channel)
        if self._quarantine:
            (app, number), end = next(iter(self._quarantine.items()))
            yield end + QUARANTINE, partial(self._release, app, number)

    def advance(self) -> int:
        """Does what was due until now, each thing in its turn."""
        now = self._now()
        while due := min(self._agenda(), key=itemgetter(0), default=None):
            when, act = due
            if when > now:
                break
            act()
        return now

    def next_due(self) -> int | None:
        """When `advance` next has something to do."""
        return min((when for when, _ in self._agenda()), default=None)

    def _end(self, channel: Channel, reason: str, when: int) -> None:
        app, number = channel.app, channel.number
        channel.ended, channel.reason = when, reason
        self._by_ttl.pop(channel, None)
        self._by_claim.pop(channel, None)
        self._in_grace[channel] = None
        del app.live[number]
        app.digits[len(str(number))] -= 1
        app.ended.setdefault(number, []).append(channel)
        app.latest_end[number] = when
        self._quarantine[app, number] = when
        self._quarantine.move_to_end((app, number))
        self._live -= 1
        self._accounts.remove(channel.account, channel, when)
        self.changed(channel)

    def _forget(self, channel: Channel) -> None:
        del self._in_grace[channel]
        app = channel.app
        others = app.ended[channel.number]
        others.remove(channel)
        if not others:
            del app.ended[channel.number]
        if app.owned.get(channel.owner) is channel:
            del app.owned[channel.owner]
        self._stored -= channel.weight

    def _release(self, app: App, number: int) -> None:
        del self._quarantine[app, number]
        del app.latest_end[number]
        if number not in app.live:
            self._stored -= NUMBER_COST
        if not app.live and not app.latest_end:
            self._stored -= app.weight
            del self._apps[app.appid]

    # Lookup

    def _find(self, appid: bytes, number: int, side: bytes) -> Channel | None:
        """RELAY-12: the channel that a number means to a side."""
        app = self._apps.get(appid)
        if app is None:
            return None
        live = app.live.get(number)
        if live is not None and live.has(side):
            return live
        for ended in reversed(app.ended.get(number, ())):
            if ended.has(side):
                return ended
        return live

    def _own(self, appid: bytes, number: int, side: bytes) -> Channel:
        """The channel, if it is one of this side's (RELAY-11, row `another`)."""
        channel = self._find(appid, number, side)
        if channel is None or not channel.has(side):
            raise Refusal("no-such-channel")
        return channel

    # Requests

    def start(self, account: bytes) -> None:
        """The check of the rate (RELAY-9) of an allocate or a claim."""
        self._accounts.start(account, self.advance())

    def allocate(self, appid: bytes, side: bytes, account: bytes, offer: bytes) -> tuple[int, int]:
        """The channel id and what remains of its life; after `start`."""
        now = self.advance()
        app = self._apps.get(appid)
        channel = app.owned.get(side) if app else None
        if channel is None:
            channel = self._new(app, appid, side, account, offer, now)
        elif channel.ended is not None:  # RELAY-14
            raise channel.closed()
        elif channel.offer != offer:
            raise Refusal("conflict")
        return channel.number, seconds_up(channel.deadline - now)

    def claim(self, appid: bytes, number: int, side: bytes) -> tuple[bytes, int]:
        """The offer and what remains of the channel's life; after `start`."""
        now = self.advance()
        channel = self._find(appid, number, side)
        if channel is None:
            raise Refusal("no-such-channel")
        if channel.ended is not None:
            raise channel.closed()
        if side == channel.owner:
            raise Refusal("forbidden")
        if channel.claimant is None:
            channel.claimant, channel.state = side, State.CLAIMED
            if channel.deadline > now + CLAIMED_LIFE:  # RELAY-15
                channel.deadline = now + CLAIMED_LIFE
                del self._by_ttl[channel]
                self._by_claim[channel] = None
        elif side != channel.claimant:
            raise Refusal("crowded")
        return channel.offer, seconds_up(channel.deadline - now)

    def put(self, appid: bytes, number: int, side: bytes, cell: str, body: bytes) -> None:
        self.advance()
        channel = self._own(appid, number, side)
        rule = CELLS[cell]
        mine = (side == channel.owner) is rule.by_owner
        if mine and channel.cells.get(cell) == body:
            return  # RELAY-13, also of an ended channel
        if channel.ended is not None:
            raise channel.closed()
        if not mine:
            raise Refusal("forbidden")
        if cell in channel.cells:
            raise Refusal("conflict")
        if channel.state < rule.needs:
            raise Refusal("out-of-order")
        self._store(len(body))
        channel.cells[cell] = body
        channel.state = rule.makes
        self.changed(channel)

    def get(
        self, appid: bytes, number: int, side: bytes, cell: str
    ) -> tuple[Channel, bytes | None]:
        """The cell, or None when there is to be a wait for it (RELAY-4)."""
        self.advance()
        channel = self._own(appid, number, side)
        mine = (side == channel.owner) is not CELLS[cell].by_owner
        body = channel.cells.get(cell) if mine else None
        if body is None and channel.ended is not None:
            raise channel.closed()
        if not mine:
            raise Refusal("forbidden")
        return channel, body

    def close(self, appid: bytes, number: int, side: bytes, reason: str) -> None:
        now = self.advance()
        channel = self._own(appid, number, side)
        if channel.ended is None:  # RELAY-16
            self._end(channel, reason if reason in REASONS else "other", now)

    # Allocation

    def _store(self, size: int) -> None:
        if self._stored + size > self._limits.stored_bytes:
            raise Refusal("unavailable")
        self._stored += size

    def _new(
        self, app: App | None, appid: bytes, side: bytes, account: bytes, offer: bytes, now: int
    ) -> Channel:
        # RELAY-20, last of all checks: only what makes a new channel comes here.
        self._accounts.room_for_channel(account, now)
        live_of_app = len(app.live) if app else 0
        if live_of_app >= self._limits.channels_per_appid or self._live >= self._limits.channels:
            raise Refusal("unavailable")
        app = app or App(appid)
        number = self._number(app)
        channel = Channel(app, number, side, offer, account, now + self._ttl)
        size = channel.weight
        if appid not in self._apps:
            size += app.weight
        if number not in app.latest_end:
            size += NUMBER_COST
        self._store(size)
        self._apps[appid] = app
        app.live[number] = app.owned[side] = channel
        app.digits[len(str(number))] += 1
        self._live += 1
        self._accounts.add(account, channel)
        self._by_ttl[channel] = None
        return channel

    def _number(self, app: App) -> int:
        """A free id by RELAY-19."""
        for digits in range(1, MAX_DIGITS + 1):
            ids = range(10 ** (digits - 1), 10**digits)
            if app.digits[digits] < len(ids):
                break
        else:
            raise Refusal("unavailable")
        # A random try that fits is uniform among all that fit, and so is the
        # choice from the list that is made only when few of them fit.
        for _ in range(64):
            number = self._random.choice(ids)
            if number not in app.live and number not in app.latest_end:
                return number
        free = [n for n in ids if n not in app.live]
        fresh = [n for n in free if n not in app.latest_end]
        if fresh:
            return self._random.choice(fresh)
        return min(free, key=app.latest_end.__getitem__)
