"""The request in hand: its attempts, its window and its back-off (section 11.3)."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from .answers import Reader, Verb, classify, is_busy, retry_after
from .events import Event, Kind
from .http_relay import Answer, Attempt, Lost, Relay, Request
from .outcome import LOST
from .waiting import Waiting

POST_SECONDS = 10.0
GET_SECONDS = 40.0
WINDOW_SECONDS = 60.0
RECEIPT_WINDOW_SECONDS = 30.0
POLL_SECONDS = 1.0
LONGEST_WAIT = 25
CUT_SECONDS = 3.0
"""A poll that fails so late, and before its wait is over, was cut off (TIME-8)."""

_METHODS = {
    Verb.ALLOCATE: "POST",
    Verb.CLAIM: "POST",
    Verb.PUT: "PUT",
    Verb.GET: "GET",
    Verb.CLOSE: "POST",
}


def back_off(repeat: int) -> float:
    """Seconds before repeat 1, 2, ... of a window."""
    longest = min(8.0, 0.5 * 2 ** (min(repeat, 10) - 1))
    return random.SystemRandom().uniform(longest / 2, longest)


@dataclass(frozen=True)
class Wanted:
    """What a request of the tables sends, and how its success is read."""

    verb: Verb
    path: str
    read: Reader
    body: bytes | None = None
    window: float = WINDOW_SECONDS
    is_finish: bool = False
    """A put finish begins at once (TIME-9), and its first refusal is by CLIENT-15."""


class Pace:
    """What the requests of a run have in common: the distance and the wait of polls."""

    def __init__(self) -> None:
        self.begun = False
        """Whether the run has begun an attempt (TIME-9)."""
        self._wait = LONGEST_WAIT
        self._last_poll: tuple[str, float] | None = None

    def earliest(self, wanted: Wanted) -> float:
        """When the next attempt may begin: polls without a request between keep off (TIME-4)."""
        if wanted.verb is Verb.GET and self._last_poll is not None:
            path, begun = self._last_poll
            if path == wanted.path:
                return begun + POLL_SECONDS
        return -math.inf

    def begin(self, wanted: Wanted, now: float) -> Request:
        """The request of an attempt that begins now, with w as it is now (TIME-8)."""
        self.begun = True
        if wanted.verb is not Verb.GET:
            self._last_poll = None
            return Request(_METHODS[wanted.verb], wanted.path, wanted.body)
        self._last_poll = wanted.path, now
        return Request("GET", f"{wanted.path}?wait={self._wait}")

    def get_failed(self, seconds: float) -> None:
        """Go on with half of w, after a GET that was cut off (TIME-8)."""
        if CUT_SECONDS <= seconds < self._wait:
            self._wait = -(-self._wait // 2)


class InHand:
    """A request with all its attempts, until it comes to its event.

    It keeps its place when something else interrupts its wait: the run either abandons it or goes
    on with it (INIT-1).
    """

    def __init__(self, wanted: Wanted, relay: Relay, waiting: Waiting, pace: Pace) -> None:
        self._wanted = wanted
        self._relay = relay
        self._waiting = waiting
        self._pace = pace
        self._due = pace.earliest(wanted)
        self._window_end = math.inf
        self._repeats = 0
        self._attempt: Attempt | None = None
        self._begun = self._ends = 0.0
        self.over = False
        """Whether it has come to its event."""

    def event(self) -> Event:
        """Wait for the event that the request comes to (CLIENT-7), or for one that interrupts."""
        while True:
            if self._attempt is None:
                interruption = self._wait_for_start()
                if interruption is not None:
                    return interruption
                self._attempt = self._start()
            interruption = self._wait_for_end(self._attempt)
            if interruption is not None:
                return interruption
            event = self._settle(self._result(self._attempt))
            if event is not None:
                self.over = True
                return event

    def abandon(self) -> None:
        """Give the request up."""
        if self._attempt is not None:
            self._attempt.abandon()

    def _wait_for_start(self) -> Event | None:
        if self._wanted.is_finish and not self._repeats:
            return None  # release and the first attempt are one moment (TIME-9)
        return self._waiting.pause(self._due)

    def _start(self) -> Attempt:
        seconds = GET_SECONDS if self._wanted.verb is Verb.GET else POST_SECONDS
        self._begun = self._waiting.now()
        self._ends = self._begun + seconds
        return self._relay.start(self._pace.begin(self._wanted, self._begun), seconds)

    def _wait_for_end(self, attempt: Attempt) -> Event | None:
        return self._waiting.pause(self._ends, lambda: attempt.ended)

    def _result(self, attempt: Attempt) -> Answer | Lost:
        """The result of an attempt that has ended, or whose time has passed (TIME-2)."""
        attempt.abandon()
        self._attempt = None
        if attempt.error is not None:
            raise attempt.error
        return attempt.result or Lost()

    def _settle(self, result: Answer | Lost) -> Event | None:
        """The event of a result; None when the request is repeated (TIME-1, TIME-3)."""
        wanted = self._wanted
        if wanted.verb is Verb.CLOSE:
            return Event(Kind.CLOSE_TRIED)  # TIME-7
        if isinstance(result, Answer) and not is_busy(wanted.verb, result):
            event = classify(wanted.verb, result, wanted.read)
            return event if self._repeats or not wanted.is_finish else _nothing_stored(event)
        now = self._waiting.now()
        if wanted.verb is Verb.GET:
            self._pace.get_failed(now - self._begun)
        self._window_end = min(self._window_end, now + wanted.window)
        self._repeats += 1
        least = retry_after(result) if isinstance(result, Answer) else 0
        self._due = max(now + max(back_off(self._repeats), least), self._pace.earliest(wanted))
        if self._due > self._window_end or (isinstance(result, Lost) and result.bad_certificate):
            return Event(Kind.EXHAUSTED)
        return None


def _nothing_stored(event: Event) -> Event:
    """The event of a put finish whose first attempt was answered (CLIENT-15)."""
    forgotten = event.kind in (Kind.FORBIDDEN, Kind.NO_SUCH_CHANNEL)
    return Event(Kind.CLOSED, LOST) if forgotten else event
