"""The meaning of an answer (section 11.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto

from .events import Event, Kind
from .http_relay import Answer
from .messages import CLOSED, EXPIRED, read_problem
from .outcome import Outcome
from .strictjson import MalformedJsonError, Object, parse_object

JSON = "application/json"
PROBLEM = "application/problem+json"
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


def is_busy(verb: Verb, answer: Answer) -> bool:
    """429 or 500 to 599; once the relay has accepted us, what is not the relay's (CLIENT-11)."""
    if answer.status == 429 or 500 <= answer.status <= 599:
        return True
    if verb not in (Verb.PUT, Verb.GET) or (verb is Verb.GET and answer.status == 204):
        return False
    return _media_type(answer) not in (JSON, PROBLEM)


def retry_after(answer: Answer) -> int:
    """The whole seconds of a Retry-After of a 429 or 503, else 0 (CLIENT-14)."""
    values = answer.all("Retry-After")
    if answer.status not in (429, 503) or len(values) != 1 or not _WHOLE.fullmatch(values[0]):
        return 0
    digits = values[0].lstrip("0") or "0"
    return int(digits) if len(digits) < 10 else _LONGEST_WAIT


def classify(verb: Verb, answer: Answer, read: Reader) -> Event:
    """The one event of an answer that is not busy (CLIENT-7)."""
    if verb is Verb.CLOSE:
        return Event(Kind.CLOSE_TRIED)
    if answer.body is None or _is_coded(answer):
        return MISBEHAVED
    if verb is Verb.GET and answer.status == 204:
        return Event(Kind.EMPTY)
    media_type = _media_type(answer)
    try:
        if answer.status == (201 if verb is Verb.ALLOCATE else 200):
            if media_type == JSON:
                return read(parse_object(answer.body))
        elif media_type == PROBLEM:
            return _problem(answer.status, parse_object(answer.body))
    except MalformedJsonError:
        pass
    return MISBEHAVED


def _is_coded(answer: Answer) -> bool:
    """Whether a member of the lists of Content-Encoding is a coding (CLIENT-12)."""
    members = ",".join(answer.all("Content-Encoding")).split(",")
    return any(member.strip(" \t").lower() not in ("", "identity") for member in members)


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
        if reason == Outcome.VERIFIER_MISMATCH:
            return Event(Kind.MISMATCH_REPORTED, reason)
        return Event(Kind.CLOSED, reason)
    plain = _PLAIN_PROBLEMS.get((status, token))
    return MISBEHAVED if plain is None else Event(plain)
