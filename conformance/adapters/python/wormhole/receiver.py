"""The receiver (section 11.5)."""

from __future__ import annotations

from collections.abc import Callable

from .answers import Verb
from .code import Code, read_code
from .config import Config
from .events import Ask, Event, Kind, State, Step, UserEvent, table
from .in_hand import RECEIPT_WINDOW_SECONDS, Wanted
from .messages import read_cell, read_claimed
from .outcome import Outcome
from .pake import BadElementError, Side
from .runner import Run
from .seal import MalformedError, UnopenedError
from .session import Session
from .strictjson import Object, write_object

_S, _K, _O = State, Kind, Outcome
_LOST = Step(_S.ENDED, _O.CLOSED, lost=True)
_CLOSED = Step(_S.ENDED, _O.CLOSED)
_EXPIRED = Step(_S.ENDED, _O.EXPIRED)
_UNREACHABLE = Step(_S.ENDED, _O.RELAY_UNREACHABLE)


def _close(outcome: Outcome) -> Step:
    """Close the channel with the outcome as the reason."""
    return Step(_S.CLOSING, outcome)


TABLE = table(
    [
        (_S.CLAIMING, [_K.OFFER_GOOD], Step(_S.ANSWERING)),
        (_S.CLAIMING, [_K.OFFER_MALFORMED], _close(_O.MALFORMED_MESSAGE)),
        (_S.CLAIMING, [_K.OFFER_BAD_ELEMENT], _close(_O.BAD_ELEMENT)),
        (_S.CLAIMING, [_K.NO_SUCH_CHANNEL], Step(_S.ENDED, _O.NO_SUCH_CHANNEL)),
        (_S.CLAIMING, [_K.CROWDED], Step(_S.ENDED, _O.CROWDED)),
        (_S.CLAIMING, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.CLAIMING, [_K.EXPIRED], _EXPIRED),
        (_S.CLAIMING, [_K.FORBIDDEN], Step(_S.ENDED, _O.RELAY_MISBEHAVED)),
        (_S.CLAIMING, [_K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.CLAIMING, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.CLAIMING, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.CLAIMING, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.ANSWERING, [_K.STORED], Step(_S.COMPARING)),
        (_S.ANSWERING, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.ANSWERING, [_K.EXPIRED], _EXPIRED),
        (_S.ANSWERING, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.ANSWERING, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.ANSWERING, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.ANSWERING, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.ANSWERING, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.COMPARING, [_K.RELEASE], Step(_S.WAITING_FOR_FINISH)),
        (_S.COMPARING, [_K.MISMATCH], _close(_O.VERIFIER_MISMATCH)),
        (_S.COMPARING, [_K.FINISH_OPENED], Step(_S.OPENED)),
        (_S.COMPARING, [_K.FINISH_MALFORMED], _close(_O.MALFORMED_MESSAGE)),
        (_S.COMPARING, [_K.FINISH_UNOPENED], _close(_O.WRONG_CODE)),
        (_S.COMPARING, [_K.EMPTY], Step(_S.COMPARING)),
        (_S.COMPARING, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.COMPARING, [_K.EXPIRED], _EXPIRED),
        (_S.COMPARING, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.COMPARING, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.COMPARING, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.COMPARING, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.COMPARING, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.OPENED, [_K.RELEASE], Step(_S.TAKING)),
        (_S.OPENED, [_K.MISMATCH], _close(_O.VERIFIER_MISMATCH)),
        (_S.OPENED, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.OPENED, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.WAITING_FOR_FINISH, [_K.FINISH_OPENED], Step(_S.TAKING)),
        (_S.WAITING_FOR_FINISH, [_K.FINISH_MALFORMED], _close(_O.MALFORMED_MESSAGE)),
        (_S.WAITING_FOR_FINISH, [_K.FINISH_UNOPENED], _close(_O.WRONG_CODE)),
        (_S.WAITING_FOR_FINISH, [_K.EMPTY], Step(_S.WAITING_FOR_FINISH)),
        (_S.WAITING_FOR_FINISH, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.WAITING_FOR_FINISH, [_K.EXPIRED], _EXPIRED),
        (_S.WAITING_FOR_FINISH, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.WAITING_FOR_FINISH, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.WAITING_FOR_FINISH, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.WAITING_FOR_FINISH, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.WAITING_FOR_FINISH, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.TAKING, [_K.TAKEN], Step(_S.SENDING_RECEIPT, _O.DONE)),
        (_S.TAKING, [_K.NOT_TAKEN], _close(_O.NOT_TAKEN)),
        (_S.TAKING, [_K.CANCEL], _close(_O.CANCELLED)),
        (
            _S.SENDING_RECEIPT,
            [_K.STORED, _K.FORBIDDEN, _K.NO_SUCH_CHANNEL, _K.CROWDED, _K.CLOSED]
            + [_K.MISMATCH_REPORTED, _K.EXPIRED, _K.MISBEHAVED, _K.EXHAUSTED, _K.DEADLINE]
            + [_K.CANCEL],
            Step(_S.ENDED),
        ),
        (_S.CLOSING, [_K.CLOSE_TRIED, _K.CANCEL], Step(_S.ENDED)),
    ]
)
"""The table of RECV-1; what it does not list is impossible."""

REQUESTS = {
    _S.CLAIMING: Ask.CLAIM,
    _S.ANSWERING: Ask.PUT_ANSWER,
    _S.COMPARING: Ask.GET_FINISH,
    _S.WAITING_FOR_FINISH: Ask.GET_FINISH,
    _S.SENDING_RECEIPT: Ask.PUT_RECEIPT,
    _S.CLOSING: Ask.CLOSE,
}


class Receiver(Run):
    """A client that takes a typed code and exchanges blobs.

    With ``on_look`` the user looks first: the run calls it with the verifier when ``comparing``
    begins, and keeps the blob back until RELEASE is said (RECV-5). With ``on_take`` the run calls
    it with the blob when ``taking`` begins, and sends its receipt when TAKEN is said (RECV-6).
    Either may answer at once, or from another thread.
    """

    table = TABLE
    requests = REQUESTS
    start_state = State.CLAIMING
    is_initiator = False

    def __init__(
        self,
        config: Config,
        blob: bytes,
        typed_code: str | bytes,
        *,
        on_look: Callable[[list[str]], None] | None = None,
        on_take: Callable[[bytes], None] | None = None,
    ) -> None:
        super().__init__(config, blob)
        self._typed_code = typed_code
        self._on_look = on_look
        self._on_take = on_take
        self._code: Code | None = None
        self._answer = b""

    def _check_own_inputs(self) -> None:
        self._code = read_code(self._typed_code)

    def _draw_values(self) -> bytes:
        assert self._code is not None
        values = self._config.values
        password = self._code.password
        self._session = Session(Side.B, password, values.pake_scalar(), self._config.appid)
        self._session.channel = self._code.channel
        return values.side()

    def _unasked(self, state: State) -> UserEvent | None:
        if state is State.COMPARING and self._on_look is None:
            return UserEvent.RELEASE
        if state is State.TAKING and self._on_take is None:
            return UserEvent.TAKEN
        return None

    def _enter(self, state: State) -> None:
        if state is State.COMPARING and self._on_look is not None:
            self._on_look(self._exchange.keys.verifier)
        elif state is State.TAKING and self._on_take is not None:
            assert self._peer_blob is not None
            self._on_take(self._peer_blob)

    def _given_blob(self) -> bytes | None:
        """The initiator's blob, in ``taking`` (RECV-6) and with ``done`` (OUT-2)."""
        taking = self._state is State.TAKING and self._outcome is None
        return self._peer_blob if taking or self._outcome is Outcome.DONE else None

    def _wanted(self, state: State) -> Wanted:
        match state:
            case State.CLAIMING:
                path = self._channel_path("claim")
                return Wanted(Verb.CLAIM, path, self._read_offer, write_object())
            case State.ANSWERING:
                return self._put("answer", self._answer)
            case State.COMPARING | State.WAITING_FOR_FINISH:
                return self._get("finish", self._read_finish)
            case State.SENDING_RECEIPT:  # tells the initiator that its blob was taken (RECV-2)
                receipt = self._exchange.receipt()
                return self._put("receipt", receipt, window=RECEIPT_WINDOW_SECONDS)
            case _:
                raise RuntimeError(f"no request in {state}")

    def _read_offer(self, message: Object) -> Event:
        """The offer, checked by SEAL-5; seals our blob at once (SEAL-4)."""
        offer, ttl = read_claimed(message)
        self._set_deadline(ttl)
        try:
            self._exchange.read_offer(offer)
        except MalformedError:
            return Event(Kind.OFFER_MALFORMED)
        except BadElementError:
            return Event(Kind.OFFER_BAD_ELEMENT)
        self._answer = self._exchange.answer(self._blob)
        return Event(Kind.OFFER_GOOD)

    def _read_finish(self, message: Object) -> Event:
        """The finish cell, checked in the order of SEAL-7."""
        finish = read_cell(message)
        try:
            self._peer_blob = self._exchange.read_finish(finish)
        except UnopenedError:
            return Event(Kind.FINISH_UNOPENED)
        except MalformedError:
            return Event(Kind.FINISH_MALFORMED)
        return Event(Kind.FINISH_OPENED)
