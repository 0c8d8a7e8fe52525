"""The messages of section 8 that a client reads. All readers may raise MalformedJsonError."""

from __future__ import annotations

from .outcome import relay_reason
from .strictjson import Object, binary, integer, string

PROBLEM_PREFIX = "tag:wormhole-sync.example,2026:"
CLOSED = "closed"
EXPIRED = "expired"

MAX_OFFER = 64
MAX_CELL = 65_600
MAX_RECEIPT = 64
MAX_CHANNEL = 999_999_999
MAX_REASON = 64
MAX_INITIATOR_LIFE = 86_400
MAX_RECEIVER_LIFE = 600


def read_allocated(message: Object) -> tuple[int, int]:
    """The channel and the ttl of ``allocated``."""
    channel = integer(message, "channel", 1, MAX_CHANNEL)
    return channel, integer(message, "ttl", 1, MAX_INITIATOR_LIFE)


def read_claimed(message: Object) -> tuple[bytes, int]:
    """The offer and the ttl of ``claimed``."""
    offer = binary(message, "body", MAX_OFFER)
    return offer, integer(message, "ttl", 1, MAX_RECEIVER_LIFE)


def read_cell(message: Object) -> bytes:
    """The bytes of an answer or a finish."""
    return binary(message, "body", MAX_CELL)


def read_receipt(message: Object) -> bytes:
    """The bytes of a receipt."""
    return binary(message, "body", MAX_RECEIPT)


def read_problem(message: Object) -> tuple[str | None, str | None]:
    """The token of a problem (section 9.3), and the reason of ``closed`` (OUT-4) or ``expired``.

    The token is None when the type is of another kind.
    """
    kind = string(message, "type")
    if not kind.startswith(PROBLEM_PREFIX):
        return None, None
    token = kind.removeprefix(PROBLEM_PREFIX)
    if token != CLOSED:
        return token, None
    reason = string(message, "reason", MAX_REASON)
    return token, reason if reason == EXPIRED else relay_reason(reason)
