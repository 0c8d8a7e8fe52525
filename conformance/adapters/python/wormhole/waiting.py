"""The waits of a run, and what ends them: its timers, its user, and the attempt in hand."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from .clock import Clock
from .events import ANSWERS, Event, Kind, UserEvent

_LONGEST_SLEEP = 1.0
"""Real seconds. A thread sleeps by a clock that stands still while the machine sleeps (TIME-10)."""


def _never() -> bool:
    return False


class Waiting:
    """The one place where a run waits.

    It heeds the events that a state table has for the run's state, and no others: a timer that is
    not set in the state, and an answer to what nobody asked, are passed over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._heeded: frozenset[Kind] = frozenset({Kind.CANCEL})
        self._said: list[Kind] = []
        self._timers: dict[Kind, float] = {}

    # Any thread may call these.

    def say(self, said: UserEvent) -> None:
        """Note what the user, or the application, says.

        A question is answered once: what comes after the first answer answers nothing.
        """
        kind = Kind(said)
        same = ANSWERS if kind in ANSWERS else {kind}
        with self._condition:
            if kind in self._heeded and same.isdisjoint(self._said):
                self._said.append(kind)
                self._condition.notify_all()

    def notify(self) -> None:
        """Wake the run because an attempt has ended."""
        with self._condition:
            self._condition.notify_all()

    # The run calls these.

    def now(self) -> float:
        """The time in protocol seconds."""
        return self._clock.now()

    def set_timer(self, kind: Kind, until: float) -> None:
        """Set a timer; a deadline only ever gets shorter (TIME-5)."""
        self._timers[kind] = min(until, self._timers.get(kind, math.inf))

    def heed(self, kinds: frozenset[Kind]) -> None:
        """Begin a state, whose events these are."""
        with self._condition:
            self._heeded = kinds
            self._said = [kind for kind in self._said if kind in kinds]

    def interruption(self) -> Event | None:
        """A timer that has run out, the earliest first, or what was said (TIME-5, TIME-6).

        Nobody goes on with what is over, so the timers are first (TIME-10).
        """
        now = self.now()
        over = [(until, kind) for kind, until in self._heeded_timers() if until <= now]
        if over:
            return Event(min(over)[1])
        with self._condition:
            return Event(self._said.pop(0)) if self._said else None

    def pause(self, until: float, ready: Callable[[], bool] = _never) -> Event | None:
        """Sleep until a time, or until ready; None when undisturbed."""
        while True:
            if ready():
                return None
            event = self.interruption()
            if event is not None or self.now() >= until:
                return event
            timers = (timer for _, timer in self._heeded_timers())
            self._sleep(min((until, *timers)), ready)

    def wait(self) -> Event:
        """Wait for an interruption, where there is no request in hand."""
        while True:
            event = self.pause(math.inf)
            if event is not None:
                return event

    def _heeded_timers(self) -> list[tuple[Kind, float]]:
        return [(kind, until) for kind, until in self._timers.items() if kind in self._heeded]

    def _sleep(self, until: float, ready: Callable[[], bool]) -> None:
        left = self._clock.real(until - self.now())
        with self._condition:
            self._condition.wait_for(
                lambda: bool(self._said) or ready(), min(max(left, 0.0), _LONGEST_SLEEP)
            )
