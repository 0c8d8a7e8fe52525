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


class BadExportError(Exception):
    """The label or the length of an export is outside its bounds (KEY-4)."""


def transcript(appid: bytes, channel: int, offer: bytes, answer_message: bytes) -> bytes:
    """The context: version, mode, appid, channel and both SPAKE2 messages (KEY-1, VER-2)."""
    parts = (VERSION, MODE, appid, str(channel).encode("ascii"), offer, answer_message)
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def extract(th: bytes, k: bytes) -> bytearray:
    """PRK, by HKDF-Extract with SHA-256 (KEY-1)."""
    return bytearray(hmac.digest(th, k, "sha256"))


def expand(key: bytes | bytearray, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-256."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(bytes(key))


def key_of(prk: bytearray, name: bytes) -> bytearray:
    """The key of a name such as ``receipt`` (KEY-1)."""
    return bytearray(expand(prk, VERSION + b" " + name, 32))


def verifier_words(key: bytes | bytearray) -> list[str]:
    """The eight words of key_verifier (KEY-3)."""
    return words_of(bytes(key[:VERIFIER_WORDS]))


def export(key: bytes | bytearray, label: bytes, length: int) -> bytes:
    """A further key for the application (KEY-4, KEY-6); the caller checks the time (KEY-5)."""
    if not 1 <= len(label) <= MAX_LABEL:
        raise BadExportError("the label is not 1 to 255 bytes long")
    if not 1 <= length <= MAX_EXPORT:
        raise BadExportError("the length is not 1 to 8160")
    return expand(key, length.to_bytes(2, "big") + label, length)


def wipe(key: bytearray) -> None:
    """Overwrite a key (KEY-2, as far as Python lets us: libraries make copies)."""
    key[:] = bytes(len(key))


class Keys:
    """The five keys of an exchange (KEY-1), of which the verifier's is kept as words only."""

    def __init__(self, k: bytes, context: bytes) -> None:
        self.th = hashlib.sha256(context).digest()
        prk = extract(self.th, k)
        self.receiver_blob = key_of(prk, b"receiver-blob")
        self.initiator_blob = key_of(prk, b"initiator-blob")
        self.receipt = key_of(prk, b"receipt")
        self.exporter = key_of(prk, b"exporter")
        verifier = key_of(prk, b"verifier")
        self.verifier = verifier_words(verifier)
        wipe(verifier)
        wipe(prk)

    def wipe_seals(self) -> None:
        """Wipe the keys of the seals, but not the exporter (KEY-2)."""
        for key in (self.receiver_blob, self.initiator_blob, self.receipt):
            wipe(key)

    def wipe_exporter(self) -> None:
        """Wipe the exporter's key (KEY-2)."""
        wipe(self.exporter)
