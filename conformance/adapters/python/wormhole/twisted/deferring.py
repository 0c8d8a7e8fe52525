"""The waits of both roles, as Deferreds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, cast

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.python.failure import Failure

from .. import errors
from ..errors import WormholeError, error_of
from ..events import UserEvent
from ..exchange import Exchange
from ..outcome import Outcome

Same = bool | Deferred[bool]
T = TypeVar("T")


class Cancelled(errors.Cancelled, CancelledError):
    """We gave up; for Twisted this is a CancelledError as well."""


class Reactor(Protocol):
    """What this needs of a reactor."""

    def callFromThread(self, callable: Callable[..., Any], *args: Any) -> Any:  # noqa: N802
        """Call a function in the reactor's thread."""

    def addSystemEventTrigger(  # noqa: N802
        self, phase: str, eventType: str, callable: Callable[..., Any]
    ) -> Any:
        """Call a function at an event of the reactor."""

    def removeSystemEventTrigger(self, triggerID: Any) -> Any:  # noqa: N802
        """Undo that."""


class _Ask(Generic[T]):
    """A question to the application, which may answer by a Deferred."""

    def __init__(self, answer: Deferred[T], wake: Callable[[], None]) -> None:
        self.answer: T | None = None
        self.failure: Failure | None = None
        self.answered = False
        self._wake = wake
        self._deferred = answer.addCallbacks(self._note, self._note_failure)

    def _note(self, answer: T) -> None:
        self.answer, self.answered = answer, True
        self._wake()

    def _note_failure(self, failure: Failure) -> None:
        self.failure, self.answered = failure, True
        self._wake()

    def drop(self) -> None:
        """Ask no more."""
        if not self.answered:
            self._deferred.cancel()


class Deferring(Exchange[Same]):
    """The waits of both roles. All of this is in the reactor's thread, but ``_changed``."""

    _reactor: Reactor | None = None
    _trigger: Any = None

    def _wait_in(self, reactor: Reactor | None) -> None:
        self._reactor = reactor
        self._waiters: list[tuple[Callable[[], bool], Deferred[None]]] = []

    def mismatch(self) -> Deferred[None]:
        """Say that the other user sees other words, in the place of ``finish``.

        The other side is told, and nothing of ours is released. The outcome is
        ``verifier-mismatch``, unless the exchange was already over.
        """
        return Deferred.fromCoroutine(self._mismatch())

    def close(self) -> Deferred[None]:
        """Wipe the keys and forget the blobs; an exchange that still runs is given up."""
        return Deferred.fromCoroutine(self._close())

    async def _mismatch(self) -> None:
        self._say_mismatch()
        await self._until(lambda: False)

    async def _close(self) -> None:
        if self._begun and self._result is None:
            self.cancel()
            await self._until(lambda: False)
        self._forget()

    def _begin(self) -> None:
        self._live()
        if self._reactor is None:
            from twisted.internet import reactor

            self._reactor = cast(Reactor, reactor)
        if not self._begun:
            self._trigger = self._reactor.addSystemEventTrigger(
                "before", "shutdown", self._at_shutdown
            )
        super()._begin()

    def _at_shutdown(self) -> Deferred[None]:
        """Tell the relay before the reactor stops."""
        self._trigger = None
        self.cancel()
        return Deferred.fromCoroutine(self._until(lambda: False))

    def _changed(self) -> None:
        assert self._reactor is not None
        self._reactor.callFromThread(self._wake)

    def _wake(self) -> None:
        """Go on with whoever waits for what has come."""
        ended = self._result is not None
        if ended and self._trigger is not None and self._reactor is not None:
            trigger, self._trigger = self._trigger, None
            self._reactor.removeSystemEventTrigger(trigger)
        over = [entry for entry in self._waiters if ended or entry[0]()]
        self._waiters = [entry for entry in self._waiters if entry not in over]
        for _, waiter in over:
            waiter.callback(None)  # if another's has cancelled it, this does nothing

    async def _until(self, ready: Callable[[], bool]) -> None:
        """Wait until something has come, or until the end, which follows a cancel."""
        given_up = False
        while self._result is None and (given_up or not ready()):
            waiter: Deferred[None] = Deferred()
            entry = (_never if given_up else ready, waiter)
            self._waiters.append(entry)
            try:
                await waiter
            except CancelledError:
                given_up = True
                if entry in self._waiters:
                    self._waiters.remove(entry)
                self.cancel()

    async def _ask(self, function: Callable[[Any], Any], argument: object) -> _Ask[Any]:
        """Ask the application, as long as the exchange lasts."""
        asked = _Ask(maybeDeferred(function, argument), self._wake)
        await self._until(lambda: asked.answered)
        asked.drop()
        return asked

    async def _hold(self) -> str:
        self._before_hold()
        await self._until(lambda: self._looking)
        return self._held()

    async def _finish(self, take: Callable[[bytes], object] | None) -> bytes:
        self._before_finish()
        failure = await self._decide()
        if take is not None:
            failure = await self._let_take(take) or failure
        await self._until(lambda: False)
        return self._concluded(failure.value if failure else None)

    async def _decide(self) -> Failure | None:
        """Release by the user's word, if one was wanted; gives the failure of ``look``."""
        if self._look is None:
            self._agree()
            return None
        await self._until(lambda: self._looking)
        if self._result is not None:
            return None
        asked = await self._ask(self._look, self._verifier)
        if asked.failure is not None:
            self.cancel()
        elif asked.answered and asked.answer:
            self._agree()
        elif asked.answered:
            self._live().say(UserEvent.MISMATCH)
        return asked.failure

    async def _let_take(self, take: Callable[[bytes], object]) -> Failure | None:
        """Let the application keep the blob before the receipt goes out (RECV-6)."""
        await self._until(lambda: self._taking)
        if self._result is not None:
            return None
        asked = await self._ask(take, self._peer_blob)
        if asked.answered:
            self._live().say(UserEvent.NOT_TAKEN if asked.failure else UserEvent.TAKEN)
        return asked.failure

    def _error(self) -> WormholeError:
        if self._result is not None and self._result.outcome is Outcome.CANCELLED:
            return error_of(self._result, Cancelled)
        return super()._error()


def _never() -> bool:
    return False
