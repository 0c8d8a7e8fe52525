"""SPAKE2 on edwards25519 in the two-role form (section 5).

The arithmetic on points is that of python-spake2; the rest is here, because that package does
not make all checks of PAKE-5 to PAKE-8.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import Enum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from spake2 import ed25519_basic as ed  # type: ignore[import-untyped]

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
MESSAGE_LENGTH = 33

M_BYTES = bytes.fromhex("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312")
N_BYTES = bytes.fromhex("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3")

ID_A = b"wormhole-sync/1/initiator"
ID_B = b"wormhole-sync/1/receiver"

_SIGN = 1 << 255

Point = tuple[int, int, int, int]
"""Extended coordinates, as python-spake2 has them."""

IDENTITY: Point = (0, 1, 1, 0)


class BadElementError(Exception):
    """The peer's element is not acceptable (PAKE-4 to PAKE-8)."""


class Side(Enum):
    """The side byte of a message."""

    A = b"\x41"
    B = b"\x42"


def encode(point: Point) -> bytes:
    """enc(P) of section 5.1."""
    data: bytes = ed.encodepoint(ed.xform_extended_to_affine(point))
    return data


def decode(data: bytes) -> Point:
    """The point of a canonical encoding (PAKE-5)."""
    number = int.from_bytes(data, "little")
    sign, y = bool(number & _SIGN), number & (_SIGN - 1)
    if y >= P:
        raise BadElementError
    x = ed.xrecover(y) % P
    if not ed.isoncurve((x, y)) or (x == 0 and sign):
        raise BadElementError
    if bool(x & 1) != sign:
        x = P - x
    point: Point = ed.xform_affine_to_extended((x, y))
    return point


def is_identity(point: Point) -> bool:
    """Whether a point is the identity."""
    x, y, z, _ = point
    return x % P == 0 and (y - z) % P == 0


def multiply(point: Point, scalar: int) -> Point:
    """scalar * point, with formulas that hold for every point; the scalar is not reduced."""
    product: Point = ed.scalarmult_element_safe_slow(point, scalar)
    return product


def decode_element(data: bytes) -> Point:
    """An element of the group, but not the identity (PAKE-5, PAKE-6)."""
    point = decode(data)
    if is_identity(point) or not is_identity(multiply(point, L)):
        raise BadElementError
    return point


BASE: Point = ed.Base.XYTZ
M: Point = decode(M_BYTES)
N: Point = decode(N_BYTES)


def password_scalar(password: bytes) -> int:
    """w of PAKE-2."""
    okm = HKDF(algorithm=SHA256(), length=48, salt=b"", info=b"SPAKE2 pw").derive(password)
    return int.from_bytes(okm, "big") % L


@dataclass(frozen=True)
class Shared:
    """The secrets that both sides have in common."""

    k: bytes = field(repr=False)
    """K of section 5.4."""
    z: bytes = field(repr=False)
    """enc(Z), of use to tests only."""


@dataclass
class _Secrets:
    password_hash: bytes
    w: int
    scalar: int


class Spake2:
    """One side of one run, which gives at most one key (PAKE-10)."""

    def __init__(
        self, side: Side, password: bytes, scalar: int, *, id_a: bytes = ID_A, id_b: bytes = ID_B
    ) -> None:
        if not 0 <= scalar < L:
            raise ValueError("the scalar is not below L")
        w = password_scalar(password)
        self._side = side
        self._ids = hashlib.sha256(id_a).digest() + hashlib.sha256(id_b).digest()
        self._secrets: _Secrets | None = _Secrets(hashlib.sha256(password).digest(), w, scalar)
        mask = M if side is Side.A else N
        own = ed.add_elements(multiply(BASE, scalar), multiply(mask, w))
        self._element = encode(own)
        self.message = side.value + self._element
        """Our message (PAKE-3)."""

    def consume(self) -> None:
        """Forget the scalar and w (PAKE-10)."""
        self._secrets = None

    def finish(self, message: bytes) -> Shared:
        """K from the peer's 33 bytes, checked by PAKE-4 to PAKE-8; once only (PAKE-9, PAKE-10)."""
        secrets, self._secrets = self._secrets, None
        if secrets is None:
            raise RuntimeError("the scalar of this run is consumed")
        if len(message) != MESSAGE_LENGTH:
            raise ValueError("the length is to be checked before")
        peer = Side.B if self._side is Side.A else Side.A
        if message[:1] != peer.value:
            raise BadElementError
        element = message[1:]
        point = decode_element(element)
        if hmac.compare_digest(element, self._element):
            raise BadElementError
        mask = N if self._side is Side.A else M
        unmasked = ed.add_elements(point, multiply(mask, (-secrets.w) % L))
        z = multiply(unmasked, secrets.scalar)
        if is_identity(z):
            raise BadElementError
        x, y = (self._element, element) if self._side is Side.A else (element, self._element)
        encoded = encode(z)
        transcript = secrets.password_hash + self._ids + x + y + encoded
        return Shared(hashlib.sha256(transcript).digest(), encoded)
