"""Time, and the signals of other threads to a run."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """A clock that never goes back, in protocol seconds (section 2)."""

    second_ms: int = 1_000
    """The number of milliseconds that a second lasts (HOOK-3)."""

    def now(self) -> float:
        """The time in protocol seconds."""
        return time.monotonic() * 1_000 / self.second_ms

    def real(self, seconds: float) -> float:
        """Protocol seconds as seconds of the machine."""
        return seconds * self.second_ms / 1_000


class Signals:
    """The signals that wake a run: from its user, and from the open attempt."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._cancelled = False
        self._released = False

    def cancel(self) -> None:
        """Give up, as the user wants."""
        with self._condition:
            self._cancelled = True
            self._condition.notify_all()

    def release(self) -> None:
        """Agree, as the user does (INIT-2)."""
        with self._condition:
            self._released = True
            self._condition.notify_all()

    def notify(self) -> None:
        """Wake the run because an attempt has ended."""
        with self._condition:
            self._condition.notify_all()

    def take_cancel(self) -> bool:
        """Whether the user has given up since the last call."""
        with self._condition:
            taken, self._cancelled = self._cancelled, False
            return taken

    @property
    def released(self) -> bool:
        """Whether the user has agreed."""
        return self._released

    def wait(self, until: float, ready: Callable[[], bool] = lambda: False) -> None:
        """Sleep until a time of the clock, or until cancelled or ready."""
        with self._condition:
            left = self._clock.real(until - self._clock.now())
            timeout = None if math.isinf(left) else min(max(left, 0.0), threading.TIMEOUT_MAX)
            self._condition.wait_for(lambda: self._cancelled or ready(), timeout)
