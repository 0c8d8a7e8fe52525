"""Outcomes, their sentences for the user, and the result of a run (section 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """The closed list of OUT-1."""

    DONE = "done"
    BAD_CODE = "bad-code"
    BAD_APPID = "bad-appid"
    BLOB_TOO_LARGE = "blob-too-large"
    BAD_RENDEZVOUS = "bad-rendezvous"
    NO_SUCH_CHANNEL = "no-such-channel"
    CROWDED = "crowded"
    CLOSED = "closed"
    EXPIRED = "expired"
    WRONG_CODE = "wrong-code"
    VERIFIER_MISMATCH = "verifier-mismatch"
    BAD_ELEMENT = "bad-element"
    MALFORMED_MESSAGE = "malformed-message"
    RELAY_MISBEHAVED = "relay-misbehaved"
    RELAY_UNREACHABLE = "relay-unreachable"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    NOT_TAKEN = "not-taken"
    INTERNAL = "internal"


CLOSE_REASONS = frozenset(
    {
        "done",
        "wrong-code",
        "bad-element",
        "malformed-message",
        "verifier-mismatch",
        "not-taken",
        "cancelled",
        "timeout",
        "relay-misbehaved",
    }
)
"""The reasons of RELAY-16; any other is taken as ``other`` (OUT-4)."""

LOST = "lost"
"""Our own reason for a channel that the relay has forgotten (OUT-5)."""

SENTENCES: dict[Outcome, str] = {
    Outcome.DONE: "Done.",
    Outcome.BAD_CODE: (
        "Check the code with the other user and type it again; it can still be used."
    ),
    Outcome.BAD_APPID: "Give an application identifier of 1 to 128 bytes.",
    Outcome.BLOB_TOO_LARGE: (
        "Send at most 65 535 bytes; for more, send a key this way and the data another way."
    ),
    Outcome.BAD_RENDEZVOUS: (
        "Give an address such as https://relay.example.com; plain http works to this machine "
        "only, unless you allow it."
    ),
    Outcome.NO_SUCH_CHANNEL: (
        "Check the number at the front of the code, and that both use the same relay and "
        "application; codes end after a while."
    ),
    Outcome.CROWDED: (
        "Somebody else used this code first. If that was not you, somebody may be guessing: "
        "start again with a new code."
    ),
    Outcome.CLOSED: (
        "The other side, or the relay, ended the exchange; start again with a new code."
    ),
    Outcome.EXPIRED: "The code ran out of time; start again with a new code.",
    Outcome.WRONG_CODE: (
        "The words did not match: mistyped, or somebody guessed. This code is spent; start "
        "again with a new code."
    ),
    Outcome.VERIFIER_MISMATCH: (
        "The words differ: somebody may be in between. Use nothing of this exchange, and start "
        "again with a new code over another relay."
    ),
    Outcome.BAD_ELEMENT: (
        "The other side, or the relay, sent something dishonest. Start again with a new code, "
        "and if it happens again use another relay."
    ),
    Outcome.MALFORMED_MESSAGE: (
        "The other side speaks the protocol wrongly; update both programs and start again "
        "with a new code."
    ),
    Outcome.RELAY_MISBEHAVED: (
        "The address may not be that of a relay, or the relay is broken; check the address, "
        "and start again with a new code."
    ),
    Outcome.RELAY_UNREACHABLE: (
        "Check the network and the relay's address; start again with a new code."
    ),
    Outcome.TIMEOUT: "The other side did not come in time; start again with a new code.",
    Outcome.CANCELLED: (
        "Cancelled. If the exchange had begun, its code is spent; start again with a new one."
    ),
    Outcome.NOT_TAKEN: (
        "The other side's data came and could not be kept; the other side is told. Start again "
        "with a new code."
    ),
    Outcome.INTERNAL: (
        "Report this as a fault of the program, and start again with a new code."
    ),
}

WORD_COUNT = "A code has 2 to 8 words."

UNCONFIRMED = (
    "You have the other side's data, but it is not confirmed that yours arrived; ask the other "
    "user."
)

NOT_KEPT = (
    "You have the other side's data, but the relay says that the other side could not keep "
    "yours; ask the other user."
)

_RELAYED = (Outcome.WRONG_CODE, Outcome.VERIFIER_MISMATCH)
"""The reasons of ``closed`` that get the sentence of their outcome, as the relay's word (OUT-4)."""


class Refusal(Exception):
    """A local check failed before any request; the run ends with ``outcome``."""

    def __init__(self, outcome: Outcome, fault: str | None = None, hint: str | None = None) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome
        self.fault = fault
        self.hint = hint


@dataclass(frozen=True)
class Result:
    """The result of a run.

    ``reason`` belongs to ``closed`` (OUT-4), and to ``done`` by INIT-8; ``delivered`` is by
    INIT-4, INIT-5 and RECV-2; ``fault`` and ``hint`` belong to ``bad-code`` at the receiver
    (CODE-4 to CODE-7).
    """

    outcome: Outcome
    reason: str | None = None
    blob: bytes | None = field(default=None, repr=False)
    delivered: bool = False
    verifier: list[str] | None = field(default=None, repr=False)
    fault: str | None = None
    hint: str | None = field(default=None, repr=False)
    initiator: bool = False

    def sentence(self) -> str:
        """The sentence for the user (OUT-3, OUT-4, RECV-3); none is the relay's text (CLIENT-6)."""
        if self.outcome is Outcome.DONE and self.initiator and not self.delivered:
            return NOT_KEPT if self.reason == Outcome.NOT_TAKEN else UNCONFIRMED
        if self.outcome is Outcome.CLOSED and self.reason in _RELAYED:
            return f"The relay says: {SENTENCES[Outcome(self.reason)]}"
        if self.outcome is Outcome.BAD_CODE and self.initiator:
            return WORD_COUNT
        text = SENTENCES[self.outcome]
        return text if self.hint is None else f"{self.hint} {text}"


def relay_reason(reason: str) -> str:
    """The reason that a relay gave, or ``other`` if it is not in the list (OUT-4)."""
    return reason if reason in CLOSE_REASONS else "other"
