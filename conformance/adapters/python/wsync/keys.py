"""The key schedule, the verifier and the exporter (section 6)."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from .code import words_of

VERSION = b"wormhole-sync/1"
MODE = b"transcribe"
VERIFIER_WORDS = 8
MAX_EXPORT = 8_160
MAX_LABEL = 255


def field(value: bytes) -> bytes:
    """u16be(length) || value."""
    return len(value).to_bytes(2, "big") + value


def transcript_hash(appid: bytes, channel: int, offer: bytes, answer_message: bytes) -> bytes:
    """th: binds version, mode, appid, channel and both SPAKE2 messages (KEY-1, VER-2)."""
    parts = (VERSION, MODE, appid, str(channel).encode("ascii"), offer, answer_message)
    return hashlib.sha256(b"".join(map(field, parts))).digest()


def expand(key: bytes | bytearray, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-256."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(bytes(key))


def wipe(key: bytearray) -> None:
    """Overwrite a key (KEY-2, as far as Python lets us)."""
    key[:] = bytes(len(key))


class Keys:
    """The five keys of a run (KEY-1)."""

    def __init__(
        self, k: bytes, *, appid: bytes, channel: int, offer: bytes, answer_message: bytes
    ) -> None:
        self.th = transcript_hash(appid, channel, offer, answer_message)
        prk = bytearray(hmac.digest(self.th, k, "sha256"))
        self.receiver_blob = self._key(prk, b"receiver-blob")
        self.initiator_blob = self._key(prk, b"initiator-blob")
        self.receipt = self._key(prk, b"receipt")
        self.exporter = self._key(prk, b"exporter")
        verifier = self._key(prk, b"verifier")
        self.verifier = " ".join(words_of(bytes(verifier[:VERIFIER_WORDS])))
        """The eight verifier words, joined by spaces (KEY-3)."""
        wipe(verifier)
        wipe(prk)

    @staticmethod
    def _key(prk: bytearray, name: bytes) -> bytearray:
        return bytearray(expand(prk, VERSION + b" " + name, 32))

    def wipe_seals(self) -> None:
        """Wipe the keys of the seals, but not the exporter (KEY-2)."""
        for key in (self.receiver_blob, self.initiator_blob, self.receipt):
            wipe(key)

    def wipe_exporter(self) -> None:
        """Wipe the exporter's key (KEY-2)."""
        wipe(self.exporter)

    def export(self, label: bytes, length: int) -> bytes:
        """A further key for the application (KEY-4); whether it may, the caller knows (KEY-5)."""
        if not 1 <= len(label) <= MAX_LABEL:
            raise ValueError("the label is not 1 to 255 bytes long")
        if not 1 <= length <= MAX_EXPORT:
            raise ValueError("the length is not 1 to 8160")
        return expand(self.exporter, bytes(label), length)
