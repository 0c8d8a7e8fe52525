"""The inputs of an operation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wormhole.strictjson import Object
from wormhole.values import read_hex


class CannotTryError(Exception):
    """The adapter could not try; the reply is ``error``."""


class Inputs:
    """The object ``in``; the adapter cannot try if a member is missing or has another type."""

    def __init__(self, members: Object) -> None:
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def _take(self, name: str, kind: type) -> Any:
        if name not in self._members:
            raise CannotTryError(f"{name} is missing")
        value = self._members[name]
        if type(value) is not kind:
            raise CannotTryError(f"{name} has another type")
        return value

    def string(self, name: str, among: Iterable[str] | None = None) -> str:
        """A string, which may have to be one of a few."""
        value: str = self._take(name, str)
        if among is not None and value not in among:
            raise CannotTryError(f"{name} is none that is known")
        return value

    def integer(self, name: str) -> int:
        """An integer."""
        value: int = self._take(name, int)
        return value

    def boolean(self, name: str) -> bool:
        """A boolean."""
        value: bool = self._take(name, bool)
        return value

    def data(self, name: str, length: int | None = None) -> bytes:
        """Bytes in hex (HEX-1), which may have to be of a given length."""
        try:
            value = read_hex(self.string(name))
        except ValueError:
            raise CannotTryError(f"{name} is not lowercase hex") from None
        if length is not None and len(value) != length:
            raise CannotTryError(f"{name} is not {length} bytes")
        return value

    def data_or_null(self, name: str) -> bytes | None:
        """Bytes, or None for null."""
        return None if self._members.get(name, "") is None else self.data(name)

    def object(self, name: str) -> Inputs:
        """An object."""
        return Inputs(self._take(name, dict))
