"""Test hooks (section 13). An ordinary program does not load this module (HOOK-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from .clock import Clock
from .config import Config
from .pake import L
from .values import SourceFailedError, SystemValues

NAMES = ("side", "words", "pake_scalar")
SCALAR_LENGTH = 32


class HookError(Exception):
    """An injected value has another form: an error of the test, not an outcome (HOOK-2)."""


def scalar_of(data: bytes) -> int:
    """A scalar below L, from 32 bytes in little-endian order (section 5.2)."""
    scalar = int.from_bytes(data, "little")
    if len(data) != SCALAR_LENGTH or scalar >= L:
        raise HookError("pake_scalar is not 32 bytes below L")
    return scalar


@dataclass(frozen=True)
class InjectedValues:
    """Named values used as they are (HOOK-2).

    None is a failure of the source; a value that is not given at all is drawn.
    """

    given: Mapping[str, bytes | None] = field(repr=False)

    def side(self) -> bytes:
        """16 bytes."""
        return self._take("side", 16, SystemValues().side)

    def words(self, count: int) -> bytes:
        """One byte for each word."""
        return self._take("words", count, lambda: SystemValues().words(count))

    def pake_scalar(self) -> int:
        """A scalar below L."""
        if "pake_scalar" not in self.given:
            return SystemValues().pake_scalar()
        return scalar_of(self._take("pake_scalar", SCALAR_LENGTH, bytes))

    def _take(self, name: str, length: int, draw: Callable[[], bytes]) -> bytes:
        if name not in self.given:
            return draw()
        value = self.given[name]
        if value is None:
            raise SourceFailedError
        if len(value) != length:
            raise HookError(f"{name} is not {length} bytes")
        return value


def with_second(config: Config, second_ms: int) -> Config:
    """The settings with a second of this number of milliseconds (HOOK-3)."""
    if second_ms < 1:
        raise HookError("a second lasts at least a millisecond")
    return replace(config, clock=Clock(second_ms))
