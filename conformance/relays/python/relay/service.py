"""Requests to answers: the order of RELAY-9, and waiting (RELAY-4)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import messages
from .addresses import Address, Proxies, key
from .channels import Channel, Channels
from .clock import SECOND
from .problems import PROBLEM_TYPE, Refusal
from .routes import CELL_BYTES, OFFER_BYTES, Route, find_route

JSON_TYPE = "application/json"
LONGEST_NAP = 30.0  # seconds: a timer may stand still while the machine sleeps

# RELAY-1
_AUTHORIZATION = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] ([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Head:
    """What of a request comes before its body; header names in lowercase."""

    method: bytes
    target: bytes
    headers: Sequence[tuple[bytes, bytes]]
    peer: Address
    host_is_right: bool  # RELAY-23
    length: int | None  # of the body; None when it comes in chunks


@dataclass(frozen=True, slots=True)
class Request:
    """A request that has passed all checks that its head allows."""

    route: Route
    side: bytes
    wait: int
    account: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)


def refused(refusal: Refusal) -> Answer:
    """RELAY-8"""
    return Answer(refusal.status, refusal.document(), PROBLEM_TYPE, refusal.headers)


def _json(status: int, **members: object) -> Answer:
    text = json.dumps(members, separators=(",", ":"))
    return Answer(status, text.encode("ascii"), JSON_TYPE)


EMPTY = _json(200)
NOTHING = Answer(204)


class Patience:
    """How long one client waits: its connection can call it off."""

    def __init__(self) -> None:
        self._called_off = False
        self._end: Callable[[], None] | None = None

    def call_off(self) -> None:
        self._called_off = True
        if self._end:
            self._end()

    def on_end(self, end: Callable[[], None] | None) -> None:
        self._end = end
        if end and self._called_off:
            end()


class Service:
    def __init__(self, channels: Channels, proxies: Proxies, second: float = 1.0) -> None:
        self._channels = channels
        self._second = second  # how long a second lasts; tests take shorter ones
        self._proxies = proxies
        self._secret = secrets.token_bytes(32)
        # At most one wait for a cell, since one side alone may read it (RELAY-7).
        self._waits: dict[tuple[Channel, str], asyncio.Future[bool]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.down = False
        channels.changed = self._wake

    def _check_up(self) -> None:
        if self.down:
            raise Refusal("unavailable")

    def go_down(self) -> None:
        """Waiting requests and new ones are answered with `unavailable`."""
        self.down = True
        if self._timer:
            self._timer.cancel()
        for wait in list(self._waits.values()):
            _resolve(wait, True)

    # Checks of the head

    def check_head(self, head: Head) -> Request:
        """RELAY-23, then RELAY-9 as far as it goes without the body."""
        if not head.host_is_right:
            raise Refusal("malformed")
        self._check_up()
        route = find_route(head.method, head.target)
        bound = route.body_bound
        if bound is not None and head.length is not None and head.length > bound:
            raise Refusal("too-large")
        side = self._side(head)
        wait = route.wait()
        return Request(route, side, wait, key(self._proxies.client(head.peer, head.headers)))

    def _side(self, head: Head) -> bytes:
        values = [value for name, value in head.headers if name == b"authorization"]
        match = _AUTHORIZATION.fullmatch(values[0]) if len(values) == 1 else None
        if match is None:
            raise Refusal("unauthorized")
        # RELAY-2: sides are looked up by a keyed hash.
        return hashlib.blake2b(match[1], key=self._secret, digest_size=16).digest()

    # Answers

    async def answer(self, request: Request, body: bytes, patience: Patience) -> Answer:
        """The answer to a request that has wholly arrived."""
        self._check_up()
        try:
            if request.route.action == "get":
                return await self._get(request, patience)
            return self._do(request, body)
        finally:
            self._arm()

    def _do(self, request: Request, body: bytes) -> Answer:
        channels, route, side = self._channels, request.route, request.side
        appid, number = route.appid, route.number
        match route.action:
            case "allocate":
                offer = messages.read_body(body, OFFER_BYTES)
                channels.start(request.account)
                number, ttl = channels.allocate(appid, side, request.account, offer)
                return _json(201, channel=number, ttl=ttl)
            case "claim":
                messages.read_object(body)
                channels.start(request.account)
                offer, ttl = channels.claim(appid, number, side)
                return _json(200, body=offer.hex(), ttl=ttl)
            case "put":
                value = messages.read_body(body, CELL_BYTES[route.cell])
                channels.put(appid, number, side, route.cell, value)
                return EMPTY
            case _:
                reason = messages.read_reason(body)
                channels.close(appid, number, side, reason)
                return EMPTY

    async def _get(self, request: Request, patience: Patience) -> Answer:
        loop = asyncio.get_running_loop()
        route = request.route
        until = loop.time() + request.wait * self._second
        while True:
            self._check_up()
            channel, body = self._channels.get(
                route.appid, route.number, request.side, route.cell
            )
            if body is not None:
                return _json(200, body=body.hex())
            slot = (channel, route.cell)
            if slot in self._waits:  # RELAY-7
                _resolve(self._waits.pop(slot), False)
            if loop.time() >= until:
                return NOTHING
            wait: asyncio.Future[bool] = loop.create_future()
            self._waits[slot] = wait
            timer = loop.call_at(until, _resolve, wait, False)
            patience.on_end(lambda: _resolve(wait, False))  # RELAY-24
            self._arm()
            try:
                if not await wait:
                    return NOTHING
            finally:
                timer.cancel()
                patience.on_end(None)
                if self._waits.get(slot) is wait:
                    del self._waits[slot]

    def _wake(self, channel: Channel) -> None:
        """Lets the waits of a channel look again (RELAY-4, RELAY-18)."""
        for cell in CELL_BYTES:
            wait = self._waits.get((channel, cell))
            if wait and (channel.ended is not None or cell in channel.cells):
                _resolve(wait, True)

    # Time

    def _arm(self) -> None:
        """Has the channels end in time even if no request comes."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        due = self._channels.next_due()
        if due is None or self.down:
            return
        now = self._channels.advance()
        nap = min(LONGEST_NAP, max(0.0, (due - now) / SECOND * self._second))
        self._timer = asyncio.get_running_loop().call_later(nap, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._channels.advance()
        self._arm()


def _resolve(wait: asyncio.Future[bool], look_again: bool) -> None:
    if not wait.done():
        wait.set_result(look_again)
