"""The settings of a run."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

from .clock import Clock
from .values import NamedValues, SystemValues


@dataclass(frozen=True)
class Config:
    """The relay, the application and the limits of a run."""

    relay: str
    """The rendezvous address (section 3.4)."""
    appid: bytes
    allow_plain_http: bool = False
    """Whether the user has explicitly allowed plain http (RDV-2)."""
    timeout: float | None = None
    """A time shorter than the channel's life, in seconds from the start (TIME-5)."""
    tls: ssl.SSLContext | None = None
    """A context with other roots of trust; it must verify certificate and name (CLIENT-4)."""
    values: NamedValues = field(default_factory=SystemValues, repr=False)
    clock: Clock = field(default_factory=Clock)
