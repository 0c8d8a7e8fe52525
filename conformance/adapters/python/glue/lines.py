"""The lines of the adapter protocol."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from typing import BinaryIO

from wormhole.strictjson import MalformedJsonError, Object, parse_object

MAX_LINE = 1 << 20


class FramingError(Exception):
    """The input is not a line of the protocol; nothing that follows can be trusted."""


def read_lines(stream: BinaryIO) -> Iterator[Object]:
    """Read messages until the stream ends; a last line without LF is incomplete."""
    while (line := stream.readline(MAX_LINE + 1)).endswith(b"\n"):
        try:
            yield parse_object(line)
        except MalformedJsonError:
            raise FramingError("a line is not one JSON object by section 8") from None
    if len(line) > MAX_LINE:
        raise FramingError("a line is longer than 1 MiB")


class Writer:
    """A writer of whole lines, from any thread."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()

    def write(self, message: Object) -> None:
        """Write one message."""
        line = json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._fd, line) :]
