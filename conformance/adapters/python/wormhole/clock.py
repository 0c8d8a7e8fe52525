"""The clock of a run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


def _machine_clock() -> Callable[[], float]:
    """A clock that goes on while the machine sleeps, where the system has one (TIME-10).

    Linux has CLOCK_BOOTTIME, and CLOCK_MONOTONIC of macOS is such a clock. On Windows
    ``time.monotonic`` is one.
    """
    name = "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME"
    clock: int | None = getattr(time, name, None)
    if clock is None:
        return time.monotonic
    try:
        time.clock_gettime(clock)
    except OSError:  # a system that knows the name only
        return time.monotonic
    return lambda: time.clock_gettime(clock)


_machine_seconds = _machine_clock()


@dataclass(frozen=True)
class Clock:
    """A clock that never goes back, in protocol seconds (section 2)."""

    second_ms: int = 1_000
    """The number of milliseconds that a second lasts (HOOK-3)."""

    def now(self) -> float:
        """The time in protocol seconds."""
        return _machine_seconds() * 1_000 / self.second_ms

    def real(self, seconds: float) -> float:
        """Protocol seconds as seconds of the machine."""
        return seconds * self.second_ms / 1_000
