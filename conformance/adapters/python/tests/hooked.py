"""The test hooks in exchanges of the public interface, whose users have none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest import mock

from wormhole.config import Config
from wormhole.testing import with_second

from .peers import VALUES


@contextlib.contextmanager
def hooks(second_ms: int = 1_000, **more: object) -> Iterator[None]:
    """Other seconds, and the named values of ``peers``, for what is made meanwhile."""
    values = {"values": VALUES, **more}

    def config(**given: object) -> Config:
        return with_second(Config(**given, **values), second_ms)  # type: ignore[arg-type]

    with mock.patch("wormhole.settings.Config", config):
        yield
