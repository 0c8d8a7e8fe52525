"""Test hooks (section 13). An ordinary installation leaves this file out (HOOK-1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .clock import Clock
from .config import Config
from .pake import L


class SourceFailedError(Exception):
    """A named value is absent because its source failed."""


@dataclass(frozen=True)
class InjectedValues:
    """Named values used as they are; None is a failure of the source (HOOK-2)."""

    side_value: bytes | None = field(default=None, repr=False)
    words_value: bytes | None = field(default=None, repr=False)
    scalar_value: bytes | None = field(default=None, repr=False)

    def side(self) -> bytes:
        """The injected 16 bytes."""
        return _exactly(self.side_value, 16)

    def words(self, count: int) -> bytes:
        """The injected bytes, one for each word."""
        return _exactly(self.words_value, count)

    def pake_scalar(self) -> int:
        """The injected scalar, 32 bytes little-endian, below L."""
        scalar = int.from_bytes(_exactly(self.scalar_value, 32), "little")
        if scalar >= L:
            raise ValueError("the injected scalar is not below L")
        return scalar


def _exactly(value: bytes | None, length: int) -> bytes:
    if value is None:
        raise SourceFailedError
    if len(value) != length:
        raise ValueError("an injected value has the wrong length")
    return value


def with_second(config: Config, second_ms: int) -> Config:
    """The same with a second of so many milliseconds (HOOK-3)."""
    if second_ms < 1:
        raise ValueError("a second lasts at least a millisecond")
    return replace(config, clock=Clock(second_ms))
