"""The messages that a relay reads (the table of section 8)."""

from __future__ import annotations

import re
from typing import Any

from .problems import Refusal
from .strictjson import JsonError, parse_object

_HEX = re.compile(r"(?:[0-9a-f]{2})+")  # HEX-1, at least one byte (JSON-4)

REASON_BYTES = 64


def read_object(data: bytes) -> dict[str, Any]:
    """A message without named members; others are ignored (JSON-5)."""
    try:
        return parse_object(data)
    except JsonError:
        raise Refusal("malformed") from None


def read_body(data: bytes, bound: int) -> bytes:
    """The binary value `body` of an allocate or a write."""
    value = read_object(data).get("body")
    if not isinstance(value, str) or not _HEX.fullmatch(value):  # JSON-4
        raise Refusal("malformed")
    if len(value) > 2 * bound:  # RELAY-9: only when otherwise well-formed
        raise Refusal("too-large")
    return bytes.fromhex(value)


def read_reason(data: bytes) -> str:
    """The `reason` of a close: at most 64 bytes of UTF-8 (JSON-4)."""
    value = read_object(data).get("reason")
    if not isinstance(value, str) or len(value.encode("utf-8")) > REASON_BYTES:
        raise Refusal("malformed")
    return value
