"""The common part of both roles: repeats, deadlines, and the walk through a state table."""

from __future__ import annotations

import math
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from .answers import Reader, Verb, classify, is_busy, retry_after
from .clock import Signals
from .config import Config
from .events import Event, Kind, State, Step, Table
from .http_relay import Answer, Lost, Relay, Request
from .outcome import LOST, Outcome, Refusal, Result
from .session import Session
from .strictjson import Object, write_object
from .values import SourceFailedError, check_appid, check_blob, parse_rendezvous

POST_SECONDS = 10.0
GET_SECONDS = 40.0
WINDOW_SECONDS = 60.0
RECEIPT_WINDOW_SECONDS = 30.0
POLL_SECONDS = 1.0
LONGEST_WAIT = 25
CUT_SECONDS = 3.0
"""A poll that fails so late, and before its wait is over, was cut off (TIME-8)."""

_MACHINE_FAILED = {
    State.FINISHING: Kind.EXHAUSTED,
    State.WAITING_FOR_RECEIPT: Kind.EXHAUSTED,
    State.SENDING_RECEIPT: Kind.EXHAUSTED,
    State.CLOSING: Kind.CLOSE_TRIED,
}
"""The states in which a failure of the machine changes no outcome (end of section 11.3)."""


def back_off(repeat: int) -> float:
    """Seconds before repeat 1, 2, ... of a window."""
    longest = min(8.0, 0.5 * 2 ** (min(repeat, 10) - 1))
    return random.SystemRandom().uniform(longest / 2, longest)


def _nothing_stored(event: Event) -> Event:
    """The event of a put finish whose first attempt was answered (CLIENT-15)."""
    forgotten = event.kind in (Kind.FORBIDDEN, Kind.NO_SUCH_CHANNEL)
    return Event(Kind.CLOSED, LOST) if forgotten else event


def _stored(_: Object) -> Event:
    """The event of a PUT that was carried out."""
    return Event(Kind.STORED)


class Run(ABC):
    """One run of one role; use it once."""

    table: ClassVar[Table]
    start_state: ClassVar[State]
    is_initiator: ClassVar[bool]

    def __init__(self, config: Config, blob: bytes) -> None:
        self._config = config
        self._clock = config.clock
        self._signals = Signals(self._clock)
        self._blob = blob
        self._started = False
        self._timers: dict[Kind, float] = {}
        self._last_poll: dict[str, float] = {}
        self._wait = LONGEST_WAIT
        self._relay: Relay | None = None
        self._outcome: Outcome | None = None
        self._reason: str | None = None
        self._session: Session | None = None
        self._answered = 0.0
        self._peer_blob: bytes | None = None
        self._delivered = False
        self._begun = False

    # The application may call these from any thread.

    def cancel(self) -> None:
        """Give up."""
        self._signals.cancel()

    def release(self) -> None:
        """Go on after a look at the verifier (INIT-2)."""
        self._signals.release()

    def export(self, label: bytes, length: int) -> bytes:
        """A further key, once the peer's seal has opened (KEY-4, KEY-5)."""
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
            self._timers[Kind.DEADLINE] = self._clock.now() + self._config.timeout
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
    def _next_event(self, state: State) -> Event:
        """Make the request of a state, or wait in it."""

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
            self._rendezvous, config.appid, side, config.tls, self._clock, self._signals
        )
        state = self.start_state
        while state is not State.ENDED:
            event = self._event_in(state)
            step = self.table.get((state, event.kind))
            if step is None:
                raise RuntimeError(f"impossible: {event.kind} in {state}")
            self._fix_outcome(step, event)
            # Nothing is to be closed before the first attempt (end of section 11.3).
            state = step.next if self._begun else State.ENDED

    def _event_in(self, state: State) -> Event:
        """The next event.

        If a failure of the machine changes no outcome, it counts as a request that came to
        nothing (INIT-4, RECV-2, TIME-7).
        """
        try:
            return self._close() if state is State.CLOSING else self._next_event(state)
        except Exception:
            if state not in _MACHINE_FAILED:
                raise
            return Event(_MACHINE_FAILED[state])

    def _fix_outcome(self, step: Step, event: Event) -> None:
        if step.outcome is None:
            return
        self._outcome = step.outcome
        if step.outcome is Outcome.CLOSED:
            self._reason = LOST if step.lost else event.reason

    def _result(self) -> Result:
        outcome = self._outcome or Outcome.INTERNAL
        done = outcome is Outcome.DONE
        return Result(
            outcome,
            reason=self._reason,
            blob=self._peer_blob if done or self.is_initiator else None,
            delivered=done and (self._delivered or not self.is_initiator),
            verifier=self._exchange.verifier,
            initiator=self.is_initiator,
        )

    # Waiting.

    def _set_timer(self, kind: Kind, until: float) -> None:
        """Set a timer; a deadline only ever gets shorter (TIME-5)."""
        self._timers[kind] = min(until, self._timers.get(kind, math.inf))

    def _interruption(self) -> Event | None:
        """A cancel, or a timer that has run out, the earliest first (TIME-5, TIME-6)."""
        if self._signals.take_cancel():
            return Event(Kind.CANCEL)
        now = self._clock.now()
        over = [(until, kind) for kind, until in self._timers.items() if until <= now]
        return Event(min(over)[1]) if over else None

    def _pause(self, until: float, ready: Callable[[], bool] = lambda: False) -> Event | None:
        """Sleep until a time, or until ready; None when undisturbed."""
        while True:
            if ready():
                return None
            event = self._interruption()
            if event is not None or self._clock.now() >= until:
                return event
            self._signals.wait(min(until, *self._timers.values(), math.inf), ready)

    def _hold(self) -> Event:
        """Wait for the user's agreement (INIT-2)."""
        event = self._pause(math.inf, lambda: self._signals.released)
        return event or self._interruption() or Event(Kind.RELEASE)

    # Requests.

    def _channel_path(self, last: str) -> str:
        return f"/channels/{self._exchange.channel}/{last}"

    def _put(self, cell: str, message: bytes, *, window: float = WINDOW_SECONDS) -> Event:
        body = write_object(body=message.hex())
        request = Request("PUT", self._channel_path(cell), body)
        return self._perform(
            Verb.PUT, lambda: request, _stored, window=window, may_be_stored=cell != "finish"
        )

    def _get(self, cell: str, read: Reader) -> Event:
        path = self._channel_path(cell)
        return self._perform(
            Verb.GET, lambda: Request("GET", f"{path}?wait={self._wait}"), read, poll=path
        )

    def _close(self) -> Event:
        """Try a close once (TIME-7); only a cancel cuts it short."""
        assert self._outcome is not None
        self._timers.clear()
        body = write_object(reason=self._outcome.value)
        result = self._attempt(
            Request("POST", self._channel_path("close"), body), self._clock.now() + POST_SECONDS
        )
        return result if isinstance(result, Event) else Event(Kind.CLOSE_TRIED)

    def _attempt(self, request: Request, until: float) -> Answer | Lost | Event:
        """One attempt, cut off at a time (TIME-2); an event when it was interrupted."""
        assert self._relay is not None
        self._begun = True
        attempt = self._relay.start(request, until - self._clock.now())
        try:
            event = self._pause(until, lambda: attempt.ended)
            if attempt.error is not None:
                raise attempt.error
            return event or attempt.result or Lost()
        finally:
            attempt.abandon()

    def _perform(
        self,
        verb: Verb,
        request: Callable[[], Request],
        read: Reader,
        *,
        window: float = WINDOW_SECONDS,
        poll: str | None = None,
        may_be_stored: bool = True,
    ) -> Event:
        """Make a request until it has an answer (TIME-1 to TIME-5, TIME-8).

        ``request`` makes it anew for each attempt; ``poll`` names the cell that a GET polls.
        Unless it ``may_be_stored`` before, a refusal of the first attempt is by CLIENT-15.
        """
        is_get = poll is not None
        longest = GET_SECONDS if is_get else POST_SECONDS
        start, window_end, repeats = self._clock.now(), math.inf, 0
        while True:
            if poll is not None:
                start = max(start, self._last_poll.get(poll, -math.inf) + POLL_SECONDS)
            if repeats and start > window_end:
                return Event(Kind.EXHAUSTED)
            event = self._pause(start)
            if event is not None:
                return event
            begun = self._clock.now()
            if poll is not None:
                self._last_poll[poll] = begun
            result = self._attempt(request(), begun + longest)
            if isinstance(result, Event):
                return result
            now = self._answered = self._clock.now()
            if isinstance(result, Answer) and not is_busy(verb, result):
                event = classify(verb, result, read)
                return event if may_be_stored or repeats else _nothing_stored(event)
            if is_get and CUT_SECONDS <= now - begun < self._wait:
                self._wait = -(-self._wait // 2)
            if window_end == math.inf:
                window_end = now + window
            if now >= window_end or (isinstance(result, Lost) and result.bad_certificate):
                return Event(Kind.EXHAUSTED)
            repeats += 1
            least = retry_after(result) if isinstance(result, Answer) else 0
            start = now + max(back_off(repeats), least)
