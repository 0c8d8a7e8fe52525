"""The signals of Ctrl-C, SIGTERM and SIGHUP.

The first gives up the exchange and tells the relay, so that the other side need not wait; the
second skips that; a third ends the process.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

from ..exchange import Exchange
from ..outcome import Outcome
from .failure import ended
from .messages import Speaker, tell


class Signals:
    """The treatment of signals, from now on."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._times = 0
        self._exchange: Exchange[bool] | None = None
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            # What was ignored at the start stays so: nohup and background jobs count on it.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._take)

    def guard(self, exchange: Exchange[bool]) -> None:
        """Let a signal give up this exchange."""
        self._exchange = exchange

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        if self._exchange is None:
            self._stop("nothing was sent")
            return
        self._times += 1
        if self._times == 1:
            self._speaker.say("giving up (a second signal does not wait for the relay)")
        elif self._times > 2:
            self._stop("the relay was not told")
        self._exchange.cancel()

    def _stop(self, what: str) -> None:
        if os.isatty(2):
            tell("")  # the cursor is behind what the user typed
        failure = ended(Outcome.CANCELLED, what, "")
        failure.report()
        os._exit(failure.status)
