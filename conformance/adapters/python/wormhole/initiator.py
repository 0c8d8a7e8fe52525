"""The initiator (section 11.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .answers import Verb
from .code import Code, check_word_count, password_of, words_of
from .config import Config
from .events import Ask, Event, Kind, State, Step, UserEvent, table
from .in_hand import Wanted
from .messages import read_allocated, read_cell, read_receipt
from .outcome import Outcome
from .pake import BadElementError, Side
from .runner import Run, stored
from .seal import MalformedError, UnopenedError
from .session import Session
from .strictjson import Object, write_object

RECEIPT_WAIT_SECONDS = 30.0

_S, _K, _O = State, Kind, Outcome
_DONE = Step(_S.ENDED, _O.DONE)
_LOST = Step(_S.ENDED, _O.CLOSED, lost=True)
_CLOSED = Step(_S.ENDED, _O.CLOSED)
_EXPIRED = Step(_S.ENDED, _O.EXPIRED)
_UNREACHABLE = Step(_S.ENDED, _O.RELAY_UNREACHABLE)


def _close(outcome: Outcome) -> Step:
    """Close the channel with the outcome as the reason."""
    return Step(_S.CLOSING, outcome)


TABLE = table(
    [
        (_S.ALLOCATING, [_K.ALLOCATED], Step(_S.WAITING_FOR_ANSWER)),
        (_S.ALLOCATING, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.ALLOCATING, [_K.EXPIRED], _EXPIRED),
        (
            _S.ALLOCATING,
            [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL, _K.CROWDED, _K.MISBEHAVED],
            Step(_S.ENDED, _O.RELAY_MISBEHAVED),
        ),
        (_S.ALLOCATING, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.ALLOCATING, [_K.DEADLINE], Step(_S.ENDED, _O.TIMEOUT)),
        (_S.ALLOCATING, [_K.CANCEL], Step(_S.ENDED, _O.CANCELLED)),
        (_S.WAITING_FOR_ANSWER, [_K.ANSWER_OPENED], Step(_S.HOLDING)),
        (_S.WAITING_FOR_ANSWER, [_K.ANSWER_MALFORMED], _close(_O.MALFORMED_MESSAGE)),
        (_S.WAITING_FOR_ANSWER, [_K.ANSWER_BAD_ELEMENT], _close(_O.BAD_ELEMENT)),
        (_S.WAITING_FOR_ANSWER, [_K.ANSWER_UNOPENED], _close(_O.WRONG_CODE)),
        (_S.WAITING_FOR_ANSWER, [_K.EMPTY], Step(_S.WAITING_FOR_ANSWER)),
        (_S.WAITING_FOR_ANSWER, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.WAITING_FOR_ANSWER, [_K.EXPIRED], _EXPIRED),
        (_S.WAITING_FOR_ANSWER, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.WAITING_FOR_ANSWER, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.WAITING_FOR_ANSWER, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.WAITING_FOR_ANSWER, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.WAITING_FOR_ANSWER, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.HOLDING, [_K.RELEASE], Step(_S.FINISHING)),
        (_S.HOLDING, [_K.MISMATCH], _close(_O.VERIFIER_MISMATCH)),
        (_S.HOLDING, [_K.EMPTY], Step(_S.HOLDING)),
        (_S.HOLDING, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.HOLDING, [_K.EXPIRED], _EXPIRED),
        (_S.HOLDING, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.HOLDING, [_K.RECEIPT_OPENED, _K.RECEIPT_UNOPENED], _close(_O.RELAY_MISBEHAVED)),
        (_S.HOLDING, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.HOLDING, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.HOLDING, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.HOLDING, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.FINISHING, [_K.STORED], Step(_S.WAITING_FOR_RECEIPT)),
        (_S.FINISHING, [_K.CLOSED, _K.MISMATCH_REPORTED], _CLOSED),
        (_S.FINISHING, [_K.EXPIRED], _EXPIRED),
        (_S.FINISHING, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.FINISHING, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL, _K.EXHAUSTED], _DONE),
        (_S.FINISHING, [_K.DEADLINE, _K.CANCEL], _DONE),
        (_S.WAITING_FOR_RECEIPT, [_K.RECEIPT_OPENED], _close(_O.DONE)),
        (_S.WAITING_FOR_RECEIPT, [_K.EMPTY], Step(_S.WAITING_FOR_RECEIPT)),
        (_S.WAITING_FOR_RECEIPT, [_K.MISMATCH_REPORTED], _CLOSED),
        (
            _S.WAITING_FOR_RECEIPT,
            [_K.RECEIPT_UNOPENED, _K.FORBIDDEN, _K.NO_SUCH_CHANNEL, _K.CROWDED, _K.CLOSED]
            + [_K.EXPIRED, _K.MISBEHAVED, _K.EXHAUSTED, _K.DEADLINE, _K.RECEIPT_WAIT_OVER]
            + [_K.CANCEL],
            _DONE,
        ),
        (_S.CLOSING, [_K.CLOSE_TRIED, _K.CANCEL], Step(_S.ENDED)),
    ]
)
"""The table of INIT-1; what it does not list is impossible."""

REQUESTS = {
    _S.ALLOCATING: Ask.ALLOCATE,
    _S.WAITING_FOR_ANSWER: Ask.GET_ANSWER,
    _S.HOLDING: Ask.GET_RECEIPT,
    _S.FINISHING: Ask.PUT_FINISH,
    _S.WAITING_FOR_RECEIPT: Ask.GET_RECEIPT,
    _S.CLOSING: Ask.CLOSE,
}


class Initiator(Run):
    """A client that makes a code, shows it by ``on_code``, and exchanges blobs.

    With ``on_look`` the user looks first: the run calls it with the verifier and the receiver's
    blob when ``holding`` begins, and stays there until RELEASE, MISMATCH or CANCEL is said
    (INIT-2). Whoever needs time for that answers from another thread, so that the call returns.
    """

    table = TABLE
    requests = REQUESTS
    start_state = State.ALLOCATING
    is_initiator = True

    def __init__(
        self,
        config: Config,
        blob: bytes,
        *,
        on_code: Callable[[Code], None],
        word_count: int = 2,
        on_look: Callable[[list[str], bytes], None] | None = None,
    ) -> None:
        super().__init__(config, blob)
        self._word_count = word_count
        self._on_code = on_code
        self._on_look = on_look
        self._words: list[str] = []

    def _check_own_inputs(self) -> None:
        check_word_count(self._word_count)

    def _draw_values(self) -> bytes:
        values = self._config.values
        self._words = words_of(values.words(self._word_count))
        password = password_of(self._words)
        self._session = Session(Side.A, password, values.pake_scalar(), self._config.appid)
        return values.side()

    def _unasked(self, state: State) -> UserEvent | None:
        return UserEvent.RELEASE if state is State.HOLDING and self._on_look is None else None

    def _enter(self, state: State) -> None:
        if state is State.HOLDING and self._on_look is not None:
            assert self._peer_blob is not None
            self._on_look(self._exchange.keys.verifier, self._peer_blob)

    def _given_blob(self) -> bytes | None:
        """The receiver's blob, once the answer's seal has opened (INIT-3)."""
        return self._peer_blob

    def _wanted(self, state: State) -> Wanted:
        match state:
            case State.ALLOCATING:
                body = write_object(body=self._exchange.message.hex())
                return Wanted(Verb.ALLOCATE, "/channels", self._read_allocated, body)
            case State.WAITING_FOR_ANSWER:
                return self._get("answer", self._read_answer)
            case State.HOLDING:
                return self._get("receipt", _read_early_receipt)
            case State.FINISHING:
                finish = self._put("finish", self._exchange.finish(self._blob))  # SEAL-10
                return replace(finish, read=self._read_stored, is_finish=True)
            case State.WAITING_FOR_RECEIPT:
                return self._get("receipt", self._read_receipt)
            case _:
                raise RuntimeError(f"no request in {state}")

    def _read_allocated(self, message: Object) -> Event:
        """The answer to allocate; shows the code (CODE-3)."""
        channel, ttl = read_allocated(message)
        self._exchange.channel = channel
        self._set_deadline(ttl)
        self._on_code(Code(channel, tuple(self._words)))
        return Event(Kind.ALLOCATED)

    def _read_answer(self, message: Object) -> Event:
        """The answer cell, checked in the order of SEAL-6."""
        answer = read_cell(message)
        try:
            self._peer_blob = self._exchange.read_answer(answer)
        except MalformedError:
            return Event(Kind.ANSWER_MALFORMED)
        except BadElementError:
            return Event(Kind.ANSWER_BAD_ELEMENT)
        except UnopenedError:
            return Event(Kind.ANSWER_UNOPENED)
        return Event(Kind.ANSWER_OPENED)

    def _read_stored(self, message: Object) -> Event:
        """The answer to put finish; the wait for the receipt begins with it (TIME-6)."""
        over = self._waiting.now() + RECEIPT_WAIT_SECONDS
        self._waiting.set_timer(Kind.RECEIPT_WAIT_OVER, over)
        return stored(message)

    def _read_receipt(self, message: Object) -> Event:
        """The receipt cell (SEAL-8, INIT-5)."""
        self._delivered = self._exchange.read_receipt(read_receipt(message))
        return Event(Kind.RECEIPT_OPENED if self._delivered else Kind.RECEIPT_UNOPENED)


def _read_early_receipt(message: Object) -> Event:
    """A receipt before the finish, which is not opened (INIT-6)."""
    read_receipt(message)
    return Event(Kind.RECEIPT_UNOPENED)
