"""Padding and seals (section 7)."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

BUCKETS = (256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536)
TAG_LENGTH = 16
_NONCE = bytes(12)
_MARK = b"\x80"


class UnopenedError(Exception):
    """A seal did not open."""


class MalformedError(Exception):
    """The length or the padding is wrong."""


def bucket_for(length: int) -> int:
    """The smallest bucket of at least length + 1 bytes."""
    return next(bucket for bucket in BUCKETS if bucket >= length + 1)


def pad(blob: bytes) -> bytes:
    """Pad a blob to its bucket (SEAL-1)."""
    return (blob + _MARK).ljust(bucket_for(len(blob)), b"\0")


def unpad(padded: bytes) -> bytes:
    """The blob of a padded text (SEAL-2)."""
    stripped = padded.rstrip(b"\0")
    if not stripped.endswith(_MARK):
        raise MalformedError
    blob = stripped[:-1]
    if len(blob) + 1 > BUCKETS[-1] or len(padded) != bucket_for(len(blob)):
        raise MalformedError
    return blob


def seal(key: bytearray, plaintext: bytes, th: bytes) -> bytes:
    """Ciphertext and tag; one plaintext only under each key (SEAL-4)."""
    return ChaCha20Poly1305(bytes(key)).encrypt(_NONCE, plaintext, th)


def unseal(key: bytearray, sealed: bytes, th: bytes) -> bytes:
    """Open a seal: its plaintext if the tag is right (SEAL-9), else UnopenedError."""
    if len(sealed) < TAG_LENGTH:
        raise UnopenedError
    try:
        return ChaCha20Poly1305(bytes(key)).decrypt(_NONCE, sealed, th)
    except InvalidTag:
        raise UnopenedError from None


def seal_blob(key: bytearray, blob: bytes, th: bytes) -> bytes:
    """The seal of a padded blob (SEAL-3)."""
    return seal(key, pad(blob), th)


def is_sealed_length(length: int) -> bool:
    """Whether a length is bucket + 16 for some bucket (SEAL-6, SEAL-7)."""
    return length - TAG_LENGTH in BUCKETS


def unseal_blob(key: bytearray, sealed: bytes, th: bytes) -> bytes:
    """The blob of a seal: length, tag, padding, in this order (SEAL-7)."""
    if not is_sealed_length(len(sealed)):
        raise MalformedError
    return unpad(unseal(key, sealed, th))
