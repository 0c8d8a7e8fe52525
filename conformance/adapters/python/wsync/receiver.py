"""The receiver (section 11.5)."""

from __future__ import annotations

from collections.abc import Callable

from .answers import Verb
from .code import Code, read_code
from .config import Config
from .events import Event, Kind, State, Step, table
from .http_relay import Request
from .messages import read_cell, read_claimed
from .outcome import Outcome
from .pake import BadElementError, Side
from .runner import RECEIPT_WINDOW_SECONDS, Run
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
        (_S.CLAIMING, [_K.CLOSED], _CLOSED),
        (_S.CLAIMING, [_K.EXPIRED], _EXPIRED),
        (_S.CLAIMING, [_K.FORBIDDEN], Step(_S.ENDED, _O.RELAY_MISBEHAVED)),
        (_S.CLAIMING, [_K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.CLAIMING, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.CLAIMING, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.CLAIMING, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.ANSWERING, [_K.STORED], Step(_S.WAITING_FOR_FINISH)),
        (_S.ANSWERING, [_K.CLOSED], _CLOSED),
        (_S.ANSWERING, [_K.EXPIRED], _EXPIRED),
        (_S.ANSWERING, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.ANSWERING, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.ANSWERING, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.ANSWERING, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.ANSWERING, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.WAITING_FOR_FINISH, [_K.FINISH_OPENED], Step(_S.SENDING_RECEIPT, _O.DONE)),
        (_S.WAITING_FOR_FINISH, [_K.FINISH_MALFORMED], _close(_O.MALFORMED_MESSAGE)),
        (_S.WAITING_FOR_FINISH, [_K.FINISH_UNOPENED], _close(_O.WRONG_CODE)),
        (_S.WAITING_FOR_FINISH, [_K.EMPTY], Step(_S.WAITING_FOR_FINISH)),
        (_S.WAITING_FOR_FINISH, [_K.CLOSED], _CLOSED),
        (_S.WAITING_FOR_FINISH, [_K.EXPIRED], _EXPIRED),
        (_S.WAITING_FOR_FINISH, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.WAITING_FOR_FINISH, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.WAITING_FOR_FINISH, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.WAITING_FOR_FINISH, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.WAITING_FOR_FINISH, [_K.CANCEL], _close(_O.CANCELLED)),
        (
            _S.SENDING_RECEIPT,
            [_K.STORED, _K.FORBIDDEN, _K.NO_SUCH_CHANNEL, _K.CROWDED, _K.CLOSED, _K.EXPIRED]
            + [_K.MISBEHAVED, _K.EXHAUSTED, _K.DEADLINE, _K.CANCEL],
            Step(_S.ENDED),
        ),
        (_S.CLOSING, [_K.CLOSE_TRIED, _K.CANCEL], Step(_S.ENDED)),
    ]
)
"""The table of RECV-1; what it does not list is impossible."""


class Receiver(Run):
    """A client that takes a typed code and exchanges blobs.

    With ``on_hold`` the run pauses once its answer is stored, after a call of it with the
    verifier, until ``release`` or ``cancel`` (end of section 11.5).
    """

    table = TABLE
    start_state = State.CLAIMING
    is_initiator = False

    def __init__(
        self,
        config: Config,
        blob: bytes,
        typed_code: str | bytes,
        *,
        on_hold: Callable[[list[str]], None] | None = None,
    ) -> None:
        super().__init__(config, blob)
        self._typed_code = typed_code
        self._on_hold = on_hold
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

    def _next_event(self, state: State) -> Event:
        match state:
            case State.CLAIMING:
                request = Request("POST", self._channel_path("claim"), write_object())
                return self._perform(Verb.CLAIM, lambda: request, self._read_offer)
            case State.ANSWERING:
                return self._put("answer", self._answer)
            case State.WAITING_FOR_FINISH:
                return self._look() or self._get("finish", self._read_finish)
            case State.SENDING_RECEIPT:
                return self._send_receipt()
            case _:
                raise RuntimeError(f"no request in {state}")

    def _read_offer(self, message: Object) -> Event:
        """The offer, checked by SEAL-5; seals our blob at once (SEAL-4)."""
        offer, ttl = read_claimed(message)
        try:
            self._exchange.read_offer(offer)
        except MalformedError:
            return Event(Kind.OFFER_MALFORMED)
        except BadElementError:
            return Event(Kind.OFFER_BAD_ELEMENT)
        self._set_timer(Kind.DEADLINE, self._answered + ttl)
        self._answer = self._exchange.answer(self._blob)
        return Event(Kind.OFFER_GOOD)

    def _look(self) -> Event | None:
        """Let the user look at the verifier before the first get finish, if the user wants to."""
        if self._on_hold is None:
            return None
        on_hold, self._on_hold = self._on_hold, None
        on_hold(self._exchange.keys.verifier)
        event = self._hold()
        return None if event.kind is Kind.RELEASE else event

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

    def _send_receipt(self) -> Event:
        """Tell the initiator that its blob has opened (RECV-2)."""
        receipt = self._exchange.receipt()
        return self._put("receipt", receipt, window=RECEIPT_WINDOW_SECONDS)
