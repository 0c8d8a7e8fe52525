"""Events, states, requests and the shape of a state table (sections 11.2, 11.4 and 11.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .outcome import Outcome


class Kind(StrEnum):
    """The name of an event."""

    ALLOCATED = "allocated"
    OFFER_GOOD = "offer-good"
    OFFER_MALFORMED = "offer-malformed"
    OFFER_BAD_ELEMENT = "offer-bad-element"
    STORED = "stored"
    EMPTY = "empty"
    ANSWER_OPENED = "answer-opened"
    ANSWER_MALFORMED = "answer-malformed"
    ANSWER_BAD_ELEMENT = "answer-bad-element"
    ANSWER_UNOPENED = "answer-unopened"
    FINISH_OPENED = "finish-opened"
    FINISH_MALFORMED = "finish-malformed"
    FINISH_UNOPENED = "finish-unopened"
    RECEIPT_OPENED = "receipt-opened"
    RECEIPT_UNOPENED = "receipt-unopened"
    FORBIDDEN = "forbidden"
    NO_SUCH_CHANNEL = "no-such-channel"
    CROWDED = "crowded"
    EXPIRED = "expired"
    CLOSED = "closed"
    MISMATCH_REPORTED = "mismatch-reported"
    MISBEHAVED = "misbehaved"
    CLOSE_TRIED = "close-tried"
    EXHAUSTED = "exhausted"
    DEADLINE = "deadline"
    RECEIPT_WAIT_OVER = "receipt-wait-over"
    CANCEL = "cancel"
    RELEASE = "release"
    MISMATCH = "mismatch"
    TAKEN = "taken"
    NOT_TAKEN = "not-taken"


class UserEvent(StrEnum):
    """An event that the user, or the application, says."""

    RELEASE = Kind.RELEASE
    """The verifiers are the same: go on (INIT-2, RECV-5)."""
    MISMATCH = Kind.MISMATCH
    """The other side shows other words."""
    CANCEL = Kind.CANCEL
    """The user gives up."""
    TAKEN = Kind.TAKEN
    """The application has the blob for good (RECV-6)."""
    NOT_TAKEN = Kind.NOT_TAKEN
    """The application cannot keep the blob."""


ANSWERS = frozenset(Kind(said) for said in UserEvent if said is not UserEvent.CANCEL)
"""The answers of who is asked; a cancel needs no question."""


@dataclass(frozen=True)
class Event:
    """One event; ``closed`` and ``mismatch-reported`` have their reason."""

    kind: Kind
    reason: str | None = None


class State(StrEnum):
    """The states of both roles."""

    ALLOCATING = "allocating"
    WAITING_FOR_ANSWER = "waiting-for-answer"
    HOLDING = "holding"
    FINISHING = "finishing"
    WAITING_FOR_RECEIPT = "waiting-for-receipt"
    CLAIMING = "claiming"
    ANSWERING = "answering"
    COMPARING = "comparing"
    OPENED = "opened"
    WAITING_FOR_FINISH = "waiting-for-finish"
    TAKING = "taking"
    SENDING_RECEIPT = "sending-receipt"
    CLOSING = "closing"
    ENDED = "ended"


class Ask(StrEnum):
    """The requests of both tables."""

    ALLOCATE = "allocate"
    CLAIM = "claim"
    PUT_ANSWER = "put answer"
    PUT_FINISH = "put finish"
    PUT_RECEIPT = "put receipt"
    GET_ANSWER = "get answer"
    GET_FINISH = "get finish"
    GET_RECEIPT = "get receipt"
    CLOSE = "close"


@dataclass(frozen=True)
class Step:
    """A cell of a state table: the next state, and the outcome that it fixes, if any."""

    next: State
    outcome: Outcome | None = None
    lost: bool = False
    """The outcome is ``closed`` with the reason ``lost`` (OUT-5)."""


Table = dict[tuple[State, Kind], Step]
Row = tuple[State, Iterable[Kind], Step]


def table(rows: Iterable[Row]) -> Table:
    """Make a table of its rows; an event that it does not list is impossible."""
    result: Table = {}
    for state, kinds, step in rows:
        for kind in kinds:
            if (state, kind) in result:
                raise ValueError(f"two cells for {state}, {kind}")
            result[state, kind] = step
    return result
