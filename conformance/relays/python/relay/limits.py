"""The bounds of section 10.4 (RELAY-20)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Each bound, with the default of the reference."""

    channels_per_appid: int = field(default=10_000, metadata={"least": 1})
    channels_per_address: int = field(default=100, metadata={"least": 1})
    channels: int = field(default=65_536, metadata={"least": 1})
    stored_bytes: int = field(default=536_870_912, metadata={"least": 262_144})
    starts_per_minute: int = field(default=120, metadata={"least": 1})
    addresses: int = field(default=262_144, metadata={"least": 2})
    connections: int = field(default=4_096, metadata={"least": 2})
    connections_per_address: int = field(default=256, metadata={"least": 1})

    def __post_init__(self) -> None:
        # RELAY-20: each bound leaves room for one exchange at least.
        for bound in fields(self):
            least = bound.metadata["least"]
            if getattr(self, bound.name) < least:
                raise ValueError(f"{bound.name} must be at least {least}")


def options() -> list[tuple[str, Any]]:
    """(name, default) of each bound, for the command line."""
    return [(bound.name, bound.default) for bound in fields(Limits)]
