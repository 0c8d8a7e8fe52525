"""The meaning of an answer (section 11.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto

from .events import Event, Kind
from .http_relay import Answer
from .messages import CLOSED, EXPIRED, read_problem
from .strictjson import MalformedJsonError, Object, parse_object

_WHOLE = re.compile(r"[0-9]+")
_LONGEST_WAIT = 10**9

_PLAIN_PROBLEMS: dict[tuple[int, str | None], Kind] = {
    (403, "forbidden"): Kind.FORBIDDEN,
    (404, "no-such-channel"): Kind.NO_SUCH_CHANNEL,
    (409, "crowded"): Kind.CROWDED,
}
MISBEHAVED = Event(Kind.MISBEHAVED)

Reader = Callable[[Object], Event]
"""A function that makes an event of a success's message, or raises MalformedJsonError."""


class Verb(Enum):
    """The kinds of request that differ in the status of a success."""

    ALLOCATE = auto()
    CLAIM = auto()
    PUT = auto()
    GET = auto()
    CLOSE = auto()


def is_busy(answer: Answer) -> bool:
    """Whether the status is 429 or 500 to 599; nothing else matters."""
    return answer.status == 429 or 500 <= answer.status <= 599


def retry_after(answer: Answer) -> int:
    """The whole seconds of a Retry-After of a 429 or 503, else 0 (TIME-1)."""
    values = answer.all("Retry-After")
    if answer.status not in (429, 503) or len(values) != 1 or not _WHOLE.fullmatch(values[0]):
        return 0
    digits = values[0].lstrip("0") or "0"
    return int(digits) if len(digits) < 10 else _LONGEST_WAIT


def classify(verb: Verb, answer: Answer, read: Reader) -> Event:
    """The one event of an answer that is not busy (CLIENT-7)."""
    if verb is Verb.CLOSE:
        return Event(Kind.CLOSE_TRIED)
    codings = answer.all("Content-Encoding")
    if answer.body is None or any(coding.lower() != "identity" for coding in codings):
        return MISBEHAVED
    if verb is Verb.GET and answer.status == 204:
        return Event(Kind.EMPTY)
    media_type = _media_type(answer)
    try:
        if answer.status == (201 if verb is Verb.ALLOCATE else 200):
            if media_type == "application/json":
                return read(parse_object(answer.body))
        elif media_type == "application/problem+json":
            return _problem(answer.status, parse_object(answer.body))
    except MalformedJsonError:
        pass
    return MISBEHAVED


def _media_type(answer: Answer) -> str | None:
    values = answer.all("Content-Type")
    if len(values) != 1:
        return None
    return values[0].partition(";")[0].strip(" \t").lower()


def _problem(status: int, problem: Object) -> Event:
    """The event of a problem document (section 9.3)."""
    token, reason = read_problem(problem)
    if (status, token) == (410, CLOSED):
        if reason == EXPIRED:
            return Event(Kind.EXPIRED)
        return Event(Kind.CLOSED, reason)
    plain = _PLAIN_PROBLEMS.get((status, token))
    return MISBEHAVED if plain is None else Event(plain)
