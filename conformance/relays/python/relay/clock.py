"""The relay's clock: never goes back, and goes on while the machine sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable

SECOND = 1_000_000_000  # the unit is the nanosecond, so that sums are exact


def now() -> int:
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()


def seconds_up(duration: int) -> int:
    """Whole seconds, rounded up."""
    return -(-duration // SECOND)


def scaled(second_ms: int) -> Callable[[], int]:
    """A clock whose seconds last `second_ms` milliseconds: for tests alone."""
    begin = now()
    return lambda: (now() - begin) * 1_000 // second_ms
