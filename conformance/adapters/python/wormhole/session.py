"""The computations of one side of one exchange (sections 5 to 7), without any network."""

from __future__ import annotations

from .keys import Keys, export, transcript
from .pake import MESSAGE_LENGTH, Side, Spake2
from .seal import (
    MalformedError,
    UnopenedError,
    is_sealed_length,
    seal,
    seal_blob,
    unseal,
    unseal_blob,
)


class Session:
    """One side of one exchange.

    A method that reads a message of the peer raises MalformedError, BadElementError or
    UnopenedError, by the first check that fails (SEAL-5 to SEAL-7). Each is called once.
    """

    def __init__(self, side: Side, password: bytes, scalar: int, appid: bytes) -> None:
        self._pake = Spake2(side, password, scalar)
        self._appid = appid
        self._keys: Keys | None = None
        self._peer_proved = False
        self.channel: int | None = None
        """The channel id, which an initiator learns from the relay."""

    @property
    def message(self) -> bytes:
        """Our SPAKE2 message; at the initiator, the offer."""
        return self._pake.message

    @property
    def keys(self) -> Keys:
        """The keys; there are some once the peer's element was accepted."""
        if self._keys is None:
            raise RuntimeError("there are no keys yet")
        return self._keys

    @property
    def verifier(self) -> list[str] | None:
        """The verifier, once it is known (section 6.1)."""
        return None if self._keys is None else self._keys.verifier

    def _agree(self, peer_message: bytes, offer: bytes, answer_message: bytes) -> Keys:
        """The only K of this exchange (PAKE-10)."""
        assert self.channel is not None
        k = self._pake.finish(peer_message).k
        self._keys = Keys(k, transcript(self._appid, self.channel, offer, answer_message))
        return self._keys

    def read_offer(self, offer: bytes) -> None:
        """Read the offer, at the receiver (SEAL-5)."""
        if len(offer) != MESSAGE_LENGTH:
            raise MalformedError
        self._agree(offer, offer, self.message)

    def answer(self, blob: bytes) -> bytes:
        """The answer (SEAL-3)."""
        return self.message + seal_blob(self.keys.receiver_blob, blob, self.keys.th)

    def read_answer(self, answer: bytes) -> bytes:
        """The receiver's blob, at the initiator; in the order of SEAL-6."""
        message, sealed = answer[:MESSAGE_LENGTH], answer[MESSAGE_LENGTH:]
        if len(message) < MESSAGE_LENGTH or not is_sealed_length(len(sealed)):
            raise MalformedError
        keys = self._agree(message, self.message, message)
        return self._opened(unseal_blob(keys.receiver_blob, sealed, keys.th))

    def finish(self, blob: bytes) -> bytes:
        """The finish; not before the answer's seal has opened (SEAL-10)."""
        if not self._peer_proved:
            raise RuntimeError("the answer's seal has not opened")
        return seal_blob(self.keys.initiator_blob, blob, self.keys.th)

    def read_finish(self, finish: bytes) -> bytes:
        """The initiator's blob, at the receiver; in the order of SEAL-7."""
        return self._opened(unseal_blob(self.keys.initiator_blob, finish, self.keys.th))

    def _opened(self, blob: bytes) -> bytes:
        self._peer_proved = True
        return blob

    def receipt(self) -> bytes:
        """The receipt; not before the finish's seal has opened and its blob was taken (RECV-6)."""
        if not self._peer_proved:
            raise RuntimeError("the finish's seal has not opened")
        return seal(self.keys.receipt, b"", self.keys.th)

    def read_receipt(self, receipt: bytes) -> bool:
        """Whether the receipt opens to an empty plaintext, at the initiator (SEAL-8)."""
        try:
            return unseal(self.keys.receipt, receipt, self.keys.th) == b""
        except UnopenedError:
            return False

    def export(self, label: bytes, length: int) -> bytes:
        """A further key, once the peer's seal has opened (KEY-4, KEY-5)."""
        if not self._peer_proved:
            raise RuntimeError("the peer has not proved that it knows the code")
        return export(self.keys.exporter, label, length)

    def end(self) -> None:
        """Forget the keys of the seals: nothing more is sealed or opened (KEY-2, PAKE-10)."""
        self._pake.consume()
        if self._keys is not None:
            self._keys.wipe_seals()

    def wipe(self) -> None:
        """Forget the exporter's key: nothing more is exported (KEY-2)."""
        self.end()
        self._peer_proved = False
        if self._keys is not None:
            self._keys.wipe_exporter()
