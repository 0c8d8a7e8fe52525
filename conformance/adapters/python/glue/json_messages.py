"""The messages of section 8 by name, also those that only a relay reads."""

from __future__ import annotations

from collections.abc import Callable

from wormhole import messages
from wormhole.strictjson import (
    MalformedJsonError,
    Object,
    TooLargeError,
    binary,
    parse_object,
    string,
)

from .inputs import CannotTryError

_TOKENS = frozenset(
    """malformed unauthorized forbidden no-such-channel not-found method-not-allowed crowded
    conflict out-of-order closed too-large rate-limited unavailable""".split()
)
"""The closed list of section 9.3; any other token is reported as ``unknown``."""


def _body(max_bytes: int) -> Callable[[Object], Object]:
    return lambda message: {"body": binary(message, "body", max_bytes).hex()}


def _close(message: Object) -> Object:
    return {"reason": string(message, "reason", messages.MAX_REASON)}


def _allocated(message: Object) -> Object:
    channel, ttl = messages.read_allocated(message)
    return {"channel": channel, "ttl": ttl}


def _claimed(message: Object) -> Object:
    offer, ttl = messages.read_claimed(message)
    return {"body": offer.hex(), "ttl": ttl}


def _problem(message: Object) -> Object:
    token, reason = messages.read_problem(message)
    if token not in _TOKENS:
        return {"type": "unknown"}
    return {"type": token} if reason is None else {"type": token, "reason": reason}


def _nothing(_: Object) -> Object:
    return {}


_REQUESTS: dict[str, Callable[[Object], Object]] = {
    "allocate": _body(messages.MAX_OFFER),
    "claim": _nothing,
    "write-answer": _body(messages.MAX_CELL),
    "write-finish": _body(messages.MAX_CELL),
    "write-receipt": _body(messages.MAX_RECEIPT),
    "close": _close,
}
_ANSWERS: dict[str, Callable[[Object], Object]] = {
    "allocated": _allocated,
    "claimed": _claimed,
    "cell-answer": _body(messages.MAX_CELL),
    "cell-finish": _body(messages.MAX_CELL),
    "cell-receipt": _body(messages.MAX_RECEIPT),
    "empty": _nothing,
    "problem": _problem,
}


def read_message(name: str, text: bytes) -> Object:
    """Read the named members of a message; only a request raises TooLargeError (RELAY-9)."""
    if (read := _REQUESTS.get(name)) is not None:
        return read(parse_object(text))
    if (read := _ANSWERS.get(name)) is None:
        raise CannotTryError("no such message")
    try:
        return read(parse_object(text))
    except TooLargeError:
        raise MalformedJsonError from None
