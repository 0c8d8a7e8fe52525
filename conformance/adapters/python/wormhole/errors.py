"""The exceptions: one for each outcome but ``done`` (section 12)."""

from __future__ import annotations

from dataclasses import replace

from .outcome import Outcome, Result


class WormholeError(Exception):
    """An exchange ended with another outcome than ``done``.

    The message is the sentence for the user (OUT-3). Neither it nor the ``repr`` has a secret.
    """

    def __init__(
        self,
        sentence: str,
        *,
        outcome: str = Outcome.INTERNAL.value,
        reason: str | None = None,
        blob: bytes | None = None,
        fault: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        """What to tell the user."""
        self.outcome = outcome
        """The outcome, such as ``wrong-code``."""
        self.reason = reason
        """The reason that the relay gave for ``closed``; None with every other outcome."""
        self.blob = blob
        """The receiver's blob, if the initiator has it all the same (INIT-3).

        It is not proved that the receiver has ours. After ``verifier-mismatch`` it may be
        anybody's.
        """
        self.fault = fault
        """The fault of a typed code, such as ``word-count`` (CODE-7)."""
        self.hint = hint
        """More about that fault. It repeats what was typed, so show it to the user only."""


class BadCode(WormholeError):
    """The text is no code, or a code was wanted of less than 2 or more than 8 words."""


class BadAppid(WormholeError):
    """The application identifier is not 1 to 128 bytes."""


class BlobTooLarge(WormholeError):
    """The blob has more than 65 535 bytes."""


class BadRendezvous(WormholeError):
    """The relay's address cannot be used."""


class NoSuchChannel(WormholeError):
    """The relay has no channel of that number."""


class Crowded(WormholeError):
    """Somebody else has used the code."""


class Closed(WormholeError):
    """The other side, or the relay, ended the exchange; ``reason`` says why."""


class Expired(WormholeError):
    """The relay ended the exchange because its time was over."""


class WrongCode(WormholeError):
    """The two sides have different words: mistyped, or somebody guessed."""


class VerifierMismatch(WormholeError):
    """Our user said that the other side shows other words."""


class BadElement(WormholeError):
    """The other side's first message is not acceptable."""


class MalformedMessage(WormholeError):
    """The other side's message has the wrong form."""


class RelayMisbehaved(WormholeError):
    """The relay's answer makes no sense."""


class RelayUnreachable(WormholeError):
    """The relay gave no useful answer within a minute."""


class Timeout(WormholeError):
    """The time was over."""


class Cancelled(WormholeError):
    """We gave up."""


class NotTaken(WormholeError):
    """The receiver's ``take`` failed; the other side is told."""


class Internal(WormholeError):
    """The machine failed the program."""


ERRORS: dict[Outcome, type[WormholeError]] = {
    Outcome.BAD_CODE: BadCode,
    Outcome.BAD_APPID: BadAppid,
    Outcome.BLOB_TOO_LARGE: BlobTooLarge,
    Outcome.BAD_RENDEZVOUS: BadRendezvous,
    Outcome.NO_SUCH_CHANNEL: NoSuchChannel,
    Outcome.CROWDED: Crowded,
    Outcome.CLOSED: Closed,
    Outcome.EXPIRED: Expired,
    Outcome.WRONG_CODE: WrongCode,
    Outcome.VERIFIER_MISMATCH: VerifierMismatch,
    Outcome.BAD_ELEMENT: BadElement,
    Outcome.MALFORMED_MESSAGE: MalformedMessage,
    Outcome.RELAY_MISBEHAVED: RelayMisbehaved,
    Outcome.RELAY_UNREACHABLE: RelayUnreachable,
    Outcome.TIMEOUT: Timeout,
    Outcome.CANCELLED: Cancelled,
    Outcome.NOT_TAKEN: NotTaken,
    Outcome.INTERNAL: Internal,
}
"""The exception of each outcome but ``done``."""


def error_of(result: Result, kind: type[WormholeError] | None = None) -> WormholeError:
    """The exception of a result, which may be of a more particular kind."""
    return (kind or ERRORS[result.outcome])(
        sentence_of(result),
        outcome=result.outcome.value,
        reason=result.reason,
        blob=result.blob,
        fault=result.fault,
        hint=result.hint,
    )


def sentence_of(result: Result) -> str:
    """The sentence, without the hint, which repeats the user's input."""
    return replace(result, hint=None).sentence()
