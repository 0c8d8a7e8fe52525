"""One exchange: a run in a thread of its own, and what it has come to.

The classes of ``wormhole.transcribe`` and ``wormhole.twisted.transcribe`` wait for this, each in
its way. No blob is released, and no receipt sent, before ``finish`` asks for the other side's blob.
"""

from __future__ import annotations

import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from .code import Code
from .errors import WormholeError, error_of, sentence_of
from .events import UserEvent
from .initiator import Initiator
from .keys import BadExportError
from .outcome import Outcome, Result
from .receiver import Receiver
from .settings import Blob, Path, Text, as_bytes, blob_bytes, config

LookAnswer = TypeVar("LookAnswer")
TakeAnswer = TypeVar("TakeAnswer")


class Exchange(ABC, Generic[LookAnswer]):
    """What both roles have in common."""

    _run: Initiator | Receiver | None = None
    """The run; None once the exchange is closed."""

    def __init__(self, look: Callable[[str], LookAnswer] | None) -> None:
        self._look = look
        self._lock = threading.Condition()
        self._begun = False
        self._agreed = False
        self._looking = False
        self._taking = False
        self._code: str | None = None
        self._verifier: str | None = None
        self._peer_blob: bytes | None = None
        self._result: Result | None = None

    # The application may use these from any thread, at any time.

    def cancel(self) -> None:
        """Give up, and tell the relay; this does not wait. A call while it is told skips that."""
        run = self._run
        if run is not None:
            run.say(UserEvent.CANCEL)

    @property
    def verifier(self) -> str | None:
        """The eight words that both users may compare; None before there are any."""
        return self._verifier

    @property
    def blob(self) -> bytes | None:
        """The other side's blob, where it is handed over.

        At an initiator that is from ``hold()`` on, whatever the outcome (INIT-3). At a receiver it
        is while ``take`` runs, and with ``done``.
        """
        return self._peer_blob

    @property
    def delivered(self) -> bool:
        """Whether it is proved that our blob arrived."""
        return self._result is not None and self._result.delivered

    @property
    def outcome(self) -> str | None:
        """The outcome, such as ``done``; None before the end."""
        return None if self._result is None else self._result.outcome.value

    @property
    def reason(self) -> str | None:
        """The reason that the relay gave.

        It belongs to ``closed``. An initiator's ``done`` has it if the other side could not keep
        our blob: then it is ``not-taken``.
        """
        return None if self._result is None else self._result.reason

    @property
    def sentence(self) -> str | None:
        """The sentence that tells the user how the exchange ended; None before that."""
        return None if self._result is None else sentence_of(self._result)

    def export(self, label: Text, length: int) -> bytes:
        """A further key, the same at both sides, wherever ``blob`` is given.

        Take a label for each direction and each use. ValueError says that the label is not 1 to
        255 bytes long, or that the length is not 1 to 8160.
        """
        label, run = as_bytes(label, "the label"), self._run
        if run is None:
            raise RuntimeError("the exchange is closed")
        try:
            return run.export(label, length)
        except BadExportError as error:
            raise ValueError(str(error)) from None

    def __repr__(self) -> str:
        if self._run is None:
            state = "closed"
        elif self._result is not None:
            state = self._result.outcome.value
        else:
            state = "running" if self._begun else "not begun"
        return f"<{type(self).__module__}.{type(self).__qualname__}: {state}>"

    # A role adds these.

    @abstractmethod
    def _before_hold(self) -> None:
        """Check that there can be a verifier, and begin."""

    @abstractmethod
    def _before_finish(self) -> None:
        """Check that there can be an end, and begin."""

    # The classes that wait use these.

    def _changed(self) -> None:
        """Something has come; called in the run's thread."""

    def _live(self) -> Initiator | Receiver:
        if self._run is None:
            raise RuntimeError("the exchange is closed")
        return self._run

    def _begin(self) -> None:
        """Start the run, unless it is started."""
        run = self._live()
        with self._lock:
            if self._begun:
                return
            self._begun = True
        try:
            thread = threading.Thread(target=self._work, args=(run,), daemon=True)
            thread.start()
        except (RuntimeError, MemoryError):  # there is no thread
            self._end(Result(Outcome.INTERNAL, initiator=run.is_initiator))

    def _agree(self) -> None:
        """Say that the verifiers are the same, or that nobody compares them."""
        with self._lock:
            self._agreed = True
            if self._looking:
                self._live().say(UserEvent.RELEASE)

    def _say_mismatch(self) -> None:
        """Say that the verifiers differ."""
        if not self._looking:
            raise RuntimeError("hold() comes first: there are no words yet")
        self._live().say(UserEvent.MISMATCH)

    def _shown(self) -> str:
        """The code, if there is one."""
        if self._code is None or self._failed():
            raise self._error()
        return self._code

    def _held(self) -> str:
        """The verifier, if the exchange still waits for the user's word."""
        if self._verifier is None or self._failed():
            raise self._error()
        return self._verifier

    def _concluded(self, cause: BaseException | None) -> bytes:
        """The other side's blob, or the exception of the outcome."""
        result = self._result
        if result is None or result.outcome is not Outcome.DONE or result.blob is None:
            raise self._error() from cause
        return result.blob

    def _failed(self) -> bool:
        return self._result is not None and self._result.outcome is not Outcome.DONE

    def _error(self) -> WormholeError:
        if self._result is None:
            raise RuntimeError("the exchange has not ended")
        return error_of(self._result)

    def _forget(self) -> None:
        """Wipe what can be wiped, and drop the rest (KEY-2)."""
        run, self._run = self._run, None
        if run is not None:
            run.wipe()
        self._code = self._verifier = self._peer_blob = None
        if self._result is not None:
            self._result = replace(self._result, blob=None, verifier=None, hint=None)

    # The run's thread calls these.

    def _work(self, run: Initiator | Receiver) -> None:
        try:
            result = run.run()
        except Exception:
            result = Result(Outcome.INTERNAL, initiator=run.is_initiator)
        self._end(result)

    def _end(self, result: Result) -> None:
        with self._lock:
            self._result = result
            self._peer_blob = result.blob
            self._lock.notify_all()
        self._changed()

    def _on_code(self, code: Code) -> None:
        with self._lock:
            self._code = str(code)
            self._lock.notify_all()
        self._changed()

    def _on_look(self, verifier: list[str], blob: bytes | None = None) -> None:
        with self._lock:
            self._verifier = " ".join(verifier)
            self._peer_blob = blob
            self._looking = True
            if self._agreed:
                self._live().say(UserEvent.RELEASE)
            self._lock.notify_all()
        self._changed()

    def _on_take(self, blob: bytes) -> None:
        with self._lock:
            self._peer_blob = blob
            self._taking = True
            self._lock.notify_all()
        self._changed()


class InitiatorExchange(Exchange[LookAnswer]):
    """An exchange of the side that makes the code."""

    def __init__(
        self,
        appid: Text,
        blob: Blob,
        *,
        words: int = 2,
        look: Callable[[str], LookAnswer] | None = None,
        rendezvous: str | None = None,
        allow_plain_http: bool = False,
        timeout: float | None = None,
        ca: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take the settings; nothing is sent before ``start()``.

        ``appid`` separates applications: codes of one mean nothing in another. Text is UTF-8.
        ``blob`` is what we hand in, at most 65 535 bytes.

        ``words`` is the number of words in the code, 2 to 8; each further one makes guessing 256
        times harder. ``look`` is called with the verifier before our blob is released: it says
        whether the other user sees the same eight words, and an exception gives up.

        ``rendezvous`` is the relay's address; without it the environment variable
        ``WORMHOLE_SYNC_RENDEZVOUS`` counts, or else ``http://127.0.0.1:4000``.
        ``allow_plain_http`` allows plain http to another machine. ``timeout`` is the time for all,
        in seconds. ``ca`` is a PEM file with the authorities to trust, and no others; ``tls`` is a
        whole context in its place.
        """
        super().__init__(look)
        self._run = Initiator(
            config(appid, rendezvous, allow_plain_http, timeout, ca, tls),
            blob_bytes(blob),
            on_code=self._on_code,
            word_count=words,
            on_look=self._on_look,
        )

    def _before_hold(self) -> None:
        self._live()
        if not self._begun:
            raise RuntimeError("start() comes first: the other side needs the code")

    def _before_finish(self) -> None:
        self._before_hold()


class ReceiverExchange(Exchange[LookAnswer], Generic[LookAnswer, TakeAnswer]):
    """An exchange of the side that takes the code."""

    def __init__(
        self,
        appid: Text,
        code: Text,
        blob: Blob,
        *,
        look: Callable[[str], LookAnswer] | None = None,
        take: Callable[[bytes], TakeAnswer] | None = None,
        rendezvous: str | None = None,
        allow_plain_http: bool = False,
        timeout: float | None = None,
        ca: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take the settings; nothing is sent before ``hold()`` or ``finish()``.

        ``code`` is the code as it was typed. ``take`` is called with the other side's blob before
        the receipt goes out: when it returns, the blob is kept for good, and the other side hears
        so; an exception says that it could not be kept. Without ``take``, the receipt says that
        the blob has come to this program, and no more. ``look`` is called with the verifier before
        the other side's blob is handed over. All else is as with an initiator.
        """
        super().__init__(look)
        if not isinstance(code, bytes | str):
            raise TypeError("the code is neither bytes nor text")
        self._take = take
        self._run = Receiver(
            config(appid, rendezvous, allow_plain_http, timeout, ca, tls),
            blob_bytes(blob),
            code,
            on_look=self._on_look,
            on_take=None if take is None else self._on_take,
        )

    def _before_hold(self) -> None:
        self._begin()

    def _before_finish(self) -> None:
        self._live()
        if self._look is None:
            self._agree()  # before the run begins, so that it waits for nobody (RECV-5)
        self._begin()
