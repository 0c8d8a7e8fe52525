"""Exchange blobs, and wait for it.

::

    i = Initiator("example.com/app1", b"the initiator's blob")
    print("The code:", i.start())
    theirs = i.finish()

    theirs = Receiver("example.com/app1", code, b"the receiver's blob").finish()

Use one object from one thread; ``cancel()`` may come from any. Ctrl-C in a wait tells the relay
before KeyboardInterrupt goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from .events import UserEvent
from .exchange import Exchange, InitiatorExchange, ReceiverExchange

__all__ = ["Initiator", "Receiver"]

_TICK_SECONDS = 0.5
"""A wait returns so often, since some systems have no interrupt in one that lasts."""


class _Waiting(Exchange[bool]):
    """The waits of both roles."""

    def mismatch(self) -> None:
        """Say that the other user sees other words, in the place of ``finish``.

        The other side is told, and nothing of ours is released. The outcome is
        ``verifier-mismatch``, unless the exchange was already over.
        """
        self._say_mismatch()
        self._wait_for_end()

    def close(self) -> None:
        """Wipe the keys and forget the blobs; an exchange that still runs is given up."""
        if self._begun and self._result is None:
            self.cancel()
            self._wait_for_end()
        self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Wait until something has come, or until the end."""
        try:
            with self._lock:
                while not (ready() or self._result is not None):
                    self._lock.wait(_TICK_SECONDS)
        except BaseException:
            self.cancel()
            self._wait_for_end()
            raise

    def _wait_for_end(self) -> None:
        try:
            with self._lock:
                while self._result is None:
                    self._lock.wait(_TICK_SECONDS)
        except BaseException:
            self.cancel()  # the second skips the close, or is the first
            raise

    def _hold(self) -> str:
        self._wait(lambda: self._looking)
        return self._held()

    def _decide(self) -> Exception | None:
        """Release by the user's word, if one was wanted; gives the exception of ``look``."""
        if self._look is None:
            self._agree()
            return None
        self._wait(lambda: self._looking)
        if self._verifier is None or self._result is not None:
            return None
        try:
            same = self._look(self._verifier)
        except Exception as error:
            self.cancel()
            return error
        except BaseException:
            self.cancel()
            self._wait_for_end()
            raise
        if same:
            self._agree()
        else:
            self._live().say(UserEvent.MISMATCH)
        return None

    def _conclude(self, cause: Exception | None) -> bytes:
        """The other side's blob, or the exception of the outcome."""
        self._wait(lambda: False)
        return self._concluded(cause)


class Initiator(_Waiting, InitiatorExchange[bool]):
    """The side that makes the code."""

    def start(self) -> str:
        """Ask the relay for a channel; gives the code for the other user."""
        self._begin()
        self._wait(lambda: self._code is not None)
        return self._shown()

    def hold(self) -> str:
        """Wait for the other side; gives the eight words of the verifier.

        Then both users compare. ``finish()`` says that the words are the same, and releases our
        blob; ``mismatch()`` says that they differ.
        """
        self._before_hold()
        return self._hold()

    def finish(self) -> bytes:
        """Wait for the other side, release our blob, and wait for the receipt.

        Gives the other side's blob; ``delivered`` says whether ours certainly arrived.
        """
        self._before_finish()
        return self._conclude(self._decide())


class Receiver(_Waiting, ReceiverExchange[bool, object]):
    """The side that takes the code."""

    def hold(self) -> str:
        """Answer the other side; gives the eight words of the verifier.

        Then both users compare. ``finish()`` says that the words are the same; ``mismatch()`` says
        that they differ.
        """
        self._before_hold()
        return self._hold()

    def finish(self) -> bytes:
        """Exchange the blobs; gives the other side's."""
        self._before_finish()
        cause = self._decide()
        if cause is None and self._take is not None and self._result is None:
            cause = self._let_take(self._take)
        return self._conclude(cause)

    def _let_take(self, take: Callable[[bytes], object]) -> Exception | None:
        """Let the application keep the blob before the receipt goes out (RECV-6)."""
        self._wait(lambda: self._taking)
        blob = self._peer_blob
        if self._result is not None or blob is None:
            return None
        run = self._live()
        try:
            take(blob)
        except Exception as error:
            run.say(UserEvent.NOT_TAKEN)
            return error
        except BaseException:
            run.say(UserEvent.NOT_TAKEN)
            self._wait_for_end()
            raise
        run.say(UserEvent.TAKEN)
        return None
