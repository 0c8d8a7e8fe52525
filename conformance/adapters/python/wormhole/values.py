"""Values that a client takes from its user, and its named random values (section 3)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address
from typing import Protocol

from .outcome import Outcome, Refusal
from .pake import L

MAX_APPID = 128
MAX_BLOB = 65_535
MAX_ADDRESS = 2_048

_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?#]*)(?P<path>/.*)?", re.DOTALL)
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?P<port>:[0-9]*)?")
_NAME = re.compile(r"[A-Za-z0-9\-._]+")
_PATH = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_DOT_SEGMENT = re.compile(r"(?:\.|%2[eE]){1,2}")
_IPV4_LOOPBACK = IPv4Network("127.0.0.0/8")
_IPV6_LOOPBACK = IPv6Address("::1")
_DEFAULT_PORT = {"http": 80, "https": 443}


def read_hex(text: str) -> bytes:
    """Bytes of lowercase hex; ValueError otherwise (HEX-1)."""
    if not _HEX.fullmatch(text):
        raise ValueError("not lowercase hex")
    return bytes.fromhex(text)


def check_appid(appid: bytes) -> None:
    """Refuse an appid that is not 1 to 128 bytes long (APP-1)."""
    if not 1 <= len(appid) <= MAX_APPID:
        raise Refusal(Outcome.BAD_APPID)


def check_blob(blob: bytes) -> None:
    """Refuse a blob of more than 65 535 bytes (BLOB-1)."""
    if len(blob) > MAX_BLOB:
        raise Refusal(Outcome.BLOB_TOO_LARGE)


@dataclass(frozen=True)
class Rendezvous:
    """A parsed rendezvous address (section 3.4)."""

    scheme: str
    host: str
    """The host as in the address; an IPv6 address has its brackets."""
    port: int
    netloc: str
    """Host and port as in the address, for the Host header."""
    address: str
    """The address as it was given."""
    base: str
    """The address less one trailing slash (RDV-3)."""
    base_path: str
    """The path of ``base``."""

    @property
    def is_loopback(self) -> bool:
        """Whether plain http is always allowed to this host (RDV-2)."""
        if self.host.lower() == "localhost":
            return True
        try:
            if self.host.startswith("["):
                return IPv6Address(self.host[1:-1]) == _IPV6_LOOPBACK
            return IPv4Address(self.host) in _IPV4_LOOPBACK
        except AddressValueError:
            return False

    def target(self, appid: bytes, path: str) -> str:
        """The request target (RDV-3, VER-1)."""
        return f"{self.base_path}/v1/{appid.hex()}{path}"


def parse_rendezvous(address: str, *, allow_plain_http: bool = False) -> Rendezvous:
    """Parse an address; refuse it as ``bad-rendezvous`` by RDV-1 and RDV-2."""
    parsed = _parse(address)
    if parsed is None or (
        parsed.scheme == "http" and not parsed.is_loopback and not allow_plain_http
    ):
        raise Refusal(Outcome.BAD_RENDEZVOUS)
    return parsed


def _parse(address: str) -> Rendezvous | None:
    """Parse an address by RDV-1; None when it must be refused."""
    if not 1 <= len(address) <= MAX_ADDRESS or not all("!" <= c <= "~" for c in address):
        return None
    match = _ADDRESS.fullmatch(address)
    if match is None or (scheme := match["scheme"].lower()) not in _DEFAULT_PORT:
        return None
    authority = _AUTHORITY.fullmatch(match["authority"])
    if authority is None or not _is_host(authority["host"]):
        return None
    port = _DEFAULT_PORT[scheme]
    if (port_text := authority["port"]) is not None:
        digits = port_text[1:].lstrip("0")
        if not 1 <= len(digits) <= 5 or not 1 <= (port := int(digits)) <= 65_535:
            return None
    path = match["path"] or ""
    if not _PATH.fullmatch(path) or any(map(_DOT_SEGMENT.fullmatch, path.split("/"))):
        return None
    base, base_path = address.removesuffix("/"), path.removesuffix("/")
    netloc = match["authority"]
    return Rendezvous(scheme, authority["host"], port, netloc, address, base, base_path)


def _is_host(host: str) -> bool:
    """A name, an IPv4 address (which looks like one), or a bracketed IPv6 address without zone."""
    if not host.startswith("["):
        return _NAME.fullmatch(host) is not None
    inner = host[1:-1]
    try:
        IPv6Address(inner)
    except AddressValueError:
        return False
    return "%" not in inner


class SourceFailedError(Exception):
    """The source of a named value failed (RAND-1)."""


class NamedValues(Protocol):
    """The source of the named random values (section 3.5); SourceFailedError when it fails."""

    def side(self) -> bytes:
        """16 bytes."""
        ...

    def words(self, count: int) -> bytes:
        """One byte for each word."""
        ...

    def pake_scalar(self) -> int:
        """An integer in [0, L)."""
        ...


class SystemValues:
    """Fresh named values of the system's secure source (RAND-1)."""

    def side(self) -> bytes:
        """16 random bytes."""
        return _token(16)

    def words(self, count: int) -> bytes:
        """Random bytes, one for each word."""
        return _token(count)

    def pake_scalar(self) -> int:
        """A scalar near enough to uniform (section 3.5)."""
        return int.from_bytes(_token(64), "little") % L


def _token(length: int) -> bytes:
    try:
        return secrets.token_bytes(length)
    except (OSError, NotImplementedError):
        raise SourceFailedError from None
