"""The failure of a command: two lines for the user, and an exit status for programs."""

from __future__ import annotations

from ..errors import WormholeError
from ..outcome import SENTENCES, Outcome
from .messages import tell
from .status import LOCAL, MEANINGS, STATUSES, USAGE


class Failure(Exception):
    """A command that did not end as it should."""

    def __init__(
        self,
        what: str,
        hint: str = "",
        *,
        status: int = LOCAL,
        outcome: Outcome | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.status = status
        self.outcome = outcome
        self.reason = reason

    def event(self) -> dict[str, object]:
        """The last line of ``--json``."""
        return {
            "event": "result",
            "outcome": self.outcome,
            "reason": self.reason,
            "delivered": False,
            "status": self.status,
            "error": self.what,
            "hint": self.hint,
        }

    def report(self) -> None:
        """Say it on standard error."""
        tell(f"error: {self.what}")
        if self.hint:
            tell(f"hint: {self.hint}")


def usage(what: str, hint: str) -> Failure:
    """The arguments make no sense in a way that argparse does not see."""
    return Failure(what, hint, status=USAGE)


def ended(outcome: Outcome, detail: str | None = None, hint: str | None = None) -> Failure:
    """The failure of a command that itself ended with an outcome."""
    return Failure(
        f"{outcome.value}: {detail or MEANINGS[outcome]}",
        SENTENCES[outcome] if hint is None else hint,
        status=STATUSES[outcome],
        outcome=outcome,
    )


def of_exchange(error: WormholeError, address: str) -> Failure:
    """An exchange over the relay of this address failed."""
    outcome = Outcome(error.outcome)
    failure = ended(outcome, error.hint, error.sentence)
    failure.reason = error.reason
    if outcome is Outcome.CLOSED and error.reason is not None:
        failure.what += f" ({error.reason})"
    elif outcome is Outcome.BAD_RENDEZVOUS:
        failure.what += f": {address}"
        failure.hint += " (--allow-plain-http)"
    elif outcome in (Outcome.RELAY_UNREACHABLE, Outcome.RELAY_MISBEHAVED, Outcome.NO_SUCH_CHANNEL):
        failure.what += f" at {address}"
    return failure
