"""Lines for people, which cannot end a run, and events for programs."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping

STDIN, STDOUT, STDERR = 0, 1, 2


def write_all(file: int, data: bytes) -> None:
    """Write all of the data."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def tell(line: str) -> None:
    """Say something on standard error.

    A reader that is gone or a full disk changes nothing: the exchange matters more.
    """
    with contextlib.suppress(OSError):
        write_all(STDERR, printable(line.encode("utf-8", "surrogateescape")) + b"\n")


def event(members: Mapping[str, object]) -> None:
    """Write one JSON object as a line of standard output."""
    write_all(STDOUT, json.dumps(members).encode() + b"\n")


def printable(text: bytes) -> bytes:
    """Text for a terminal to show and not to obey: all that is not printable is escaped."""
    shown = text.decode("utf-8", "backslashreplace")
    kept = "\n\t"
    escaped = "".join(c if c.isprintable() or c in kept else ascii(c)[1:-1] for c in shown)
    return escaped.encode("utf-8")


class Speaker:
    """What the command says while it runs."""

    def __init__(self, *, quiet: bool, json: bool) -> None:
        self._quiet = quiet
        self.is_json = json

    def say(self, line: str) -> None:
        """Say something to the user."""
        if not self._quiet:
            tell(line)

    def event(self, members: Mapping[str, object]) -> None:
        """Tell programs what nobody has to hear."""
        if self.is_json:
            with contextlib.suppress(OSError):
                event(members)


def count(number: int) -> str:
    """A number of bytes, in words."""
    return "1 byte" if number == 1 else f"{number} bytes"
