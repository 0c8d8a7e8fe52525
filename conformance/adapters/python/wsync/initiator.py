"""The initiator (section 11.4)."""

from __future__ import annotations

from collections.abc import Callable

from .answers import Verb
from .code import Code, check_word_count, password_of, words_of
from .config import Config
from .events import Event, Kind, State, Step, table
from .http_relay import Request
from .keys import Keys
from .outcome import Outcome
from .pake import MESSAGE_LENGTH, BadElementError, Side, Spake2
from .runner import Run
from .seal import MalformedError, UnopenedError, is_sealed_length, seal_blob, unseal, unseal_blob
from .strictjson import Object, binary, integer, write_object

MAX_CELL = 65_600
MAX_RECEIPT = 64
RECEIPT_WAIT_SECONDS = 30.0
MAX_LIFE = 86_400

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
        (_S.ALLOCATING, [_K.CLOSED], _CLOSED),
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
        (_S.WAITING_FOR_ANSWER, [_K.CLOSED], _CLOSED),
        (_S.WAITING_FOR_ANSWER, [_K.EXPIRED], _EXPIRED),
        (_S.WAITING_FOR_ANSWER, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.WAITING_FOR_ANSWER, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.WAITING_FOR_ANSWER, [_K.EXHAUSTED], _UNREACHABLE),
        (_S.WAITING_FOR_ANSWER, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.WAITING_FOR_ANSWER, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.HOLDING, [_K.RELEASE], Step(_S.FINISHING)),
        (_S.HOLDING, [_K.DEADLINE], _close(_O.TIMEOUT)),
        (_S.HOLDING, [_K.CANCEL], _close(_O.CANCELLED)),
        (_S.FINISHING, [_K.STORED], Step(_S.WAITING_FOR_RECEIPT)),
        (_S.FINISHING, [_K.CLOSED], _CLOSED),
        (_S.FINISHING, [_K.EXPIRED], _EXPIRED),
        (_S.FINISHING, [_K.FORBIDDEN, _K.NO_SUCH_CHANNEL], _LOST),
        (_S.FINISHING, [_K.CROWDED, _K.MISBEHAVED], _close(_O.RELAY_MISBEHAVED)),
        (_S.FINISHING, [_K.EXHAUSTED, _K.DEADLINE, _K.CANCEL], _DONE),
        (_S.WAITING_FOR_RECEIPT, [_K.RECEIPT_OPENED], _close(_O.DONE)),
        (_S.WAITING_FOR_RECEIPT, [_K.EMPTY], Step(_S.WAITING_FOR_RECEIPT)),
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


class Initiator(Run):
    """Makes a code, shows it by ``on_code``, and exchanges blobs.

    With ``on_hold`` the run stays in ``holding``, after a call of it with the verifier and the
    receiver's blob, until ``release`` or ``cancel`` (INIT-2).
    """

    table = TABLE
    start_state = State.ALLOCATING
    is_initiator = True

    def __init__(
        self,
        config: Config,
        blob: bytes,
        *,
        on_code: Callable[[Code], None],
        word_count: int = 2,
        on_hold: Callable[[str, bytes], None] | None = None,
    ) -> None:
        super().__init__(config, blob)
        self._word_count = word_count
        self._on_code = on_code
        self._on_hold = on_hold
        self._words: list[str] = []

    def _check_own_inputs(self) -> None:
        check_word_count(self._word_count)

    def _draw_values(self) -> bytes:
        values = self._config.values
        self._words = words_of(values.words(self._word_count))
        self._pake = Spake2(Side.A, password_of(self._words), values.pake_scalar())
        return values.side()

    def _next_event(self, state: State) -> Event:
        assert self._pake is not None
        match state:
            case State.ALLOCATING:
                body = write_object(body=self._pake.message.hex())
                request = Request("POST", "/channels", body)
                return self._perform(Verb.ALLOCATE, request, self._read_allocated)
            case State.WAITING_FOR_ANSWER:
                return self._get("answer", self._read_answer)
            case State.HOLDING:
                return self._look()
            case State.FINISHING:
                return self._finish()
            case State.WAITING_FOR_RECEIPT:
                return self._get("receipt", self._read_receipt)
            case _:
                raise RuntimeError(f"no request in {state}")

    def _read_allocated(self, message: Object) -> Event:
        """The answer to allocate; shows the code (CODE-3)."""
        channel = integer(message, "channel", 1, 999_999_999)
        ttl = integer(message, "ttl", 1, MAX_LIFE)
        self._channel = channel
        self._set_timer(Kind.DEADLINE, self._answered + ttl)
        self._on_code(Code(channel, tuple(self._words)))
        return Event(Kind.ALLOCATED)

    def _read_answer(self, message: Object) -> Event:
        """The answer cell, checked in the order of SEAL-6."""
        assert self._pake is not None and self._channel is not None
        answer = binary(message, "body", MAX_CELL)
        answer_message, sealed = answer[:MESSAGE_LENGTH], answer[MESSAGE_LENGTH:]
        if len(answer) < MESSAGE_LENGTH or not is_sealed_length(len(sealed)):
            return Event(Kind.ANSWER_MALFORMED)
        try:
            k = self._pake.finish(answer_message)
        except BadElementError:
            return Event(Kind.ANSWER_BAD_ELEMENT)
        self._keys = Keys(
            k,
            appid=self._config.appid,
            channel=self._channel,
            offer=self._pake.message,
            answer_message=answer_message,
        )
        try:
            self._peer_blob = unseal_blob(self._keys.receiver_blob, sealed, self._keys.th)
        except UnopenedError:
            return Event(Kind.ANSWER_UNOPENED)
        except MalformedError:
            return Event(Kind.ANSWER_MALFORMED)
        self._peer_proved = True
        return Event(Kind.ANSWER_OPENED)

    def _look(self) -> Event:
        """Let the user look first, if it wants to (INIT-2)."""
        assert self._keys is not None and self._peer_blob is not None
        if self._on_hold is None:
            return self._interruption() or Event(Kind.RELEASE)
        self._on_hold(self._keys.verifier, self._peer_blob)
        return self._hold()

    def _finish(self) -> Event:
        """Send our blob; the answer's seal has opened (SEAL-10)."""
        assert self._keys is not None
        finish = seal_blob(self._keys.initiator_blob, self._blob, self._keys.th)
        event = self._put("finish", finish)
        if event.kind is Kind.STORED:
            self._set_timer(Kind.RECEIPT_WAIT_OVER, self._answered + RECEIPT_WAIT_SECONDS)
        return event

    def _read_receipt(self, message: Object) -> Event:
        """The receipt cell (SEAL-8, INIT-5)."""
        assert self._keys is not None
        receipt = binary(message, "body", MAX_RECEIPT)
        try:
            self._delivered = unseal(self._keys.receipt, receipt, self._keys.th) == b""
        except UnopenedError:
            self._delivered = False
        return Event(Kind.RECEIPT_OPENED if self._delivered else Kind.RECEIPT_UNOPENED)
