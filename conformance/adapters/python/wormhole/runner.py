"""The common part of both roles: the walk through a state table, and what a run gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from .answers import Reader, Verb
from .config import Config
from .events import ANSWERS, Ask, Event, Kind, State, Step, Table, UserEvent
from .http_relay import Relay
from .in_hand import WINDOW_SECONDS, InHand, Pace, Wanted
from .outcome import LOST, Outcome, Refusal, Result
from .session import Session
from .strictjson import Object, write_object
from .values import SourceFailedError, check_appid, check_blob, parse_rendezvous
from .waiting import Waiting

_MACHINE_FAILED = {
    State.FINISHING: Kind.EXHAUSTED,
    State.WAITING_FOR_RECEIPT: Kind.EXHAUSTED,
    State.SENDING_RECEIPT: Kind.EXHAUSTED,
    State.CLOSING: Kind.CLOSE_TRIED,
}
"""The states in which a failure of the machine changes no outcome (end of section 11.3)."""


class Run(ABC):
    """One run of one role; use it once."""

    table: ClassVar[Table]
    requests: ClassVar[Mapping[State, Ask]]
    """The request of each state that has one."""
    start_state: ClassVar[State]
    is_initiator: ClassVar[bool]

    def __init__(self, config: Config, blob: bytes) -> None:
        self._config = config
        self._blob = blob
        self._waiting = Waiting(config.clock)
        self._pace = Pace()
        self._started = False
        self._relay: Relay | None = None
        self._in_hand: InHand | None = None
        self._state = self.start_state
        self._outcome: Outcome | None = None
        self._reason: str | None = None
        self._session: Session | None = None
        self._peer_blob: bytes | None = None
        self._delivered = False

    # The application may call these from any thread.

    def say(self, said: UserEvent) -> None:
        """Say what the user, or the application, wants; nothing happens where nobody is asked."""
        self._waiting.say(said)

    def export(self, label: bytes, length: int) -> bytes:
        """A further key, wherever the peer's blob is given (KEY-4, KEY-5)."""
        if self._given_blob() is None:
            raise RuntimeError("the peer's blob is not given yet")
        return self._exchange.export(label, length)

    def wipe(self) -> None:
        """No more keys will be exported (KEY-2)."""
        if self._session is not None:
            self._session.wipe()

    def run(self) -> Result:
        """Run to the end; gives exactly one outcome (OUT-1)."""
        if self._started:
            raise RuntimeError("a run is used once")
        self._started = True
        if self._config.timeout is not None:
            self._set_deadline(self._config.timeout)
        try:
            self._check_inputs()
            try:
                side = self._draw_values()
            except SourceFailedError:
                raise Refusal(Outcome.INTERNAL) from None
        except Refusal as refusal:
            return Result(
                refusal.outcome,
                fault=refusal.fault,
                hint=refusal.hint,
                initiator=self.is_initiator,
            )
        try:
            self._walk(side)
        except Exception:
            self._outcome, self._reason = Outcome.INTERNAL, None
        finally:
            self._drop_request()
            self._exchange.end()
        return self._result()

    # A role adds these.

    @abstractmethod
    def _check_own_inputs(self) -> None:
        """The checks of the role between RDV-2 and RAND-1."""

    @abstractmethod
    def _draw_values(self) -> bytes:
        """Draw the named values (RAND-1); gives the side."""

    @abstractmethod
    def _wanted(self, state: State) -> Wanted:
        """The request of a state."""

    @abstractmethod
    def _unasked(self, state: State) -> UserEvent | None:
        """What is said at once in a state in which nobody is asked (INIT-2, RECV-5, RECV-6)."""

    @abstractmethod
    def _enter(self, state: State) -> None:
        """Ask who is asked in a state."""

    @abstractmethod
    def _given_blob(self) -> bytes | None:
        """The peer's blob, where it is handed over (OUT-2)."""

    @property
    def _exchange(self) -> Session:
        """The computations, which exist once the named values are drawn."""
        if self._session is None:
            raise RuntimeError("the run has not begun")
        return self._session

    # The walk.

    def _check_inputs(self) -> None:
        """BLOB-1, APP-1, RDV-1, RDV-2 and then the role's own, in this order."""
        check_blob(self._blob)
        check_appid(self._config.appid)
        self._rendezvous = parse_rendezvous(
            self._config.relay, allow_plain_http=self._config.allow_plain_http
        )
        self._check_own_inputs()

    def _walk(self, side: bytes) -> None:
        config = self._config
        self._relay = Relay(
            self._rendezvous, config.appid, side, config.tls, config.clock, self._waiting.notify
        )
        self._waiting.heed(self._heeded(self._state))
        while self._state is not State.ENDED:
            event = self._event()
            step = self.table.get((self._state, event.kind))
            if step is None:
                raise RuntimeError(f"impossible: {event.kind} in {self._state}")
            self._fix_outcome(step, event)
            # Nothing is to be closed before the first attempt (TIME-9).
            self._go_to(step.next if self._pace.begun else State.ENDED)

    def _go_to(self, state: State) -> None:
        """Go to a state; a request that it makes as well goes on (INIT-1)."""
        before, self._state = self._state, state
        if self._in_hand is not None and (
            self._in_hand.over or self.requests.get(state) != self.requests.get(before)
        ):
            self._drop_request()
        if state is not before:
            self._waiting.heed(self._heeded(state))
            self._enter(state)

    def _heeded(self, state: State) -> frozenset[Kind]:
        """The events that the table has for a state, less the answers of who is not asked."""
        kinds = frozenset(kind for at, kind in self.table if at is state)
        return kinds if self._unasked(state) is None else kinds - ANSWERS

    def _event(self) -> Event:
        """The next event.

        If a failure of the machine changes no outcome, it counts as a request that came to
        nothing (INIT-4, RECV-2, TIME-7).
        """
        try:
            return self._awaited(self._state)
        except Exception:
            if self._state not in _MACHINE_FAILED:
                raise
            self._drop_request()
            return Event(_MACHINE_FAILED[self._state])

    def _awaited(self, state: State) -> Event:
        said = self._unasked(state)
        if said is not None:
            return self._waiting.interruption() or Event(Kind(said))
        if state not in self.requests:
            return self._waiting.wait()
        if self._in_hand is None:
            assert self._relay is not None
            wanted = self._close() if state is State.CLOSING else self._wanted(state)
            self._in_hand = InHand(wanted, self._relay, self._waiting, self._pace)
        return self._in_hand.event()

    def _drop_request(self) -> None:
        if self._in_hand is not None:
            self._in_hand.abandon()
            self._in_hand = None

    def _fix_outcome(self, step: Step, event: Event) -> None:
        if step.outcome is None:
            return
        self._outcome = step.outcome
        if step.outcome is Outcome.CLOSED:
            self._reason = LOST if step.lost else event.reason
        elif step.outcome is Outcome.DONE and event.reason == Outcome.NOT_TAKEN:
            self._reason = event.reason  # INIT-8

    def _result(self) -> Result:
        done = self._outcome is Outcome.DONE
        return Result(
            self._outcome or Outcome.INTERNAL,
            reason=self._reason,
            blob=self._given_blob(),
            delivered=done and (self._delivered or not self.is_initiator),
            verifier=self._exchange.verifier,
            initiator=self.is_initiator,
        )

    # What the requests of both roles have in common.

    def _set_deadline(self, seconds: float) -> None:
        """Set the deadline so many seconds from now, unless it comes earlier (TIME-5)."""
        self._waiting.set_timer(Kind.DEADLINE, self._waiting.now() + seconds)

    def _channel_path(self, last: str) -> str:
        return f"/channels/{self._exchange.channel}/{last}"

    def _get(self, cell: str, read: Reader) -> Wanted:
        return Wanted(Verb.GET, self._channel_path(cell), read)

    def _put(self, cell: str, message: bytes, *, window: float = WINDOW_SECONDS) -> Wanted:
        body = write_object(body=message.hex())
        return Wanted(Verb.PUT, self._channel_path(cell), stored, body, window)

    def _close(self) -> Wanted:
        """A close with the outcome as the reason (TIME-7)."""
        assert self._outcome is not None
        body = write_object(reason=self._outcome.value)
        return Wanted(Verb.CLOSE, self._channel_path("close"), _unread, body)


def stored(_: Object) -> Event:
    """The event of a PUT that was carried out."""
    return Event(Kind.STORED)


def _unread(_: Object) -> Event:
    """The event of a close, whatever its answer."""
    return Event(Kind.CLOSE_TRIED)
