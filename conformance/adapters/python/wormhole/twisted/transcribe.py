"""Exchange blobs, and get Deferreds.

The classes and methods are those of ``wormhole.transcribe``. To cancel a Deferred gives the
exchange up; the Deferred fires when the relay has been told, and cancelling it again skips that.
``look`` and ``take`` are called in the reactor's thread and may give Deferreds, too.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable

from twisted.internet.defer import Deferred

from ..exchange import InitiatorExchange, ReceiverExchange
from ..settings import Blob, Path, Text
from .deferring import Cancelled, Deferring, Reactor, Same

__all__ = ["Cancelled", "Initiator", "Receiver"]


class Initiator(Deferring, InitiatorExchange[Same]):
    """The side that makes the code."""

    def __init__(
        self,
        appid: Text,
        blob: Blob,
        *,
        words: int = 2,
        look: Callable[[str], Same] | None = None,
        rendezvous: str | None = None,
        allow_plain_http: bool = False,
        timeout: float | None = None,
        ca: Path | None = None,
        tls: ssl.SSLContext | None = None,
        reactor: Reactor | None = None,
    ) -> None:
        """Take the settings of ``wormhole.transcribe.Initiator``, and a reactor of your own."""
        super().__init__(
            appid,
            blob,
            words=words,
            look=look,
            rendezvous=rendezvous,
            allow_plain_http=allow_plain_http,
            timeout=timeout,
            ca=ca,
            tls=tls,
        )
        self._wait_in(reactor)

    def start(self) -> Deferred[str]:
        """Ask the relay for a channel; gives the code for the other user."""
        return Deferred.fromCoroutine(self._start())

    def hold(self) -> Deferred[str]:
        """Wait for the other side; gives the eight words of the verifier.

        Then both users compare. ``finish()`` says that the words are the same, and releases our
        blob; ``mismatch()`` says that they differ.
        """
        return Deferred.fromCoroutine(self._hold())

    def finish(self) -> Deferred[bytes]:
        """Wait for the other side, release our blob, and wait for the receipt.

        Gives the other side's blob; ``delivered`` says whether ours certainly arrived.
        """
        return Deferred.fromCoroutine(self._finish(None))

    async def _start(self) -> str:
        self._begin()
        await self._until(lambda: self._code is not None)
        return self._shown()


class Receiver(Deferring, ReceiverExchange[Same, object]):
    """The side that takes the code."""

    def __init__(
        self,
        appid: Text,
        code: Text,
        blob: Blob,
        *,
        look: Callable[[str], Same] | None = None,
        take: Callable[[bytes], object] | None = None,
        rendezvous: str | None = None,
        allow_plain_http: bool = False,
        timeout: float | None = None,
        ca: Path | None = None,
        tls: ssl.SSLContext | None = None,
        reactor: Reactor | None = None,
    ) -> None:
        """Take the settings of ``wormhole.transcribe.Receiver``, and a reactor of your own."""
        super().__init__(
            appid,
            code,
            blob,
            look=look,
            take=take,
            rendezvous=rendezvous,
            allow_plain_http=allow_plain_http,
            timeout=timeout,
            ca=ca,
            tls=tls,
        )
        self._wait_in(reactor)

    def hold(self) -> Deferred[str]:
        """Answer the other side; gives the eight words of the verifier.

        Then both users compare. ``finish()`` says that the words are the same; ``mismatch()`` says
        that they differ.
        """
        return Deferred.fromCoroutine(self._hold())

    def finish(self) -> Deferred[bytes]:
        """Exchange the blobs; gives the other side's."""
        return Deferred.fromCoroutine(self._finish(self._take))
