"""Addresses of clients: RELAY-22 and RELAY-26."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([^\]]*)\](?::[0-9]{1,5})?")


def normal(text: str) -> Address:
    """An address; an IPv4 address written in IPv6 is the IPv4 one (RELAY-26)."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def key(address: Address) -> bytes:
    """What counts as one address: IPv6 by its first 64 bits (RELAY-26)."""
    return address.packed[:8] if address.version == 6 else address.packed


def _entry(text: str) -> Address | None:
    text = text.strip(" \t")
    match = _WITH_PORT.fullmatch(text)
    if match:
        text = match[1] or match[2]
    if "%" in text:
        return None
    try:
        return normal(text)
    except ValueError:
        return None


def _split(text: str, separator: str) -> list[str]:
    """Splits outside quoted strings (RFC 9110, section 5.6.4).

    It goes from the end, so that a quote which a client left open cannot
    swallow the entry that the proxy appended behind it (RELAY-22).
    """
    parts, end, quoted = [], len(text), False
    for i in range(len(text) - 1, -1, -1):
        if text[i] == '"' and text[i - 1 : i] != "\\":
            quoted = not quoted
        elif text[i] == separator and not quoted:
            parts.append(text[i + 1 : end])
            end = i
    parts.append(text[:end])
    return parts[::-1]


def _forwarded(element: str) -> Address | None:
    """The address in the one `for=` of an element of RFC 7239's header."""
    pairs = [pair.partition("=") for pair in _split(element, ";")]
    values = [value.strip(" \t") for name, _, value in pairs if name.strip(" \t").lower() == "for"]
    if len(values) != 1:
        return None
    value = values[0]
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return _entry(value)


class Proxies:
    """The proxies that the operator trusts, and the header they write."""

    HEADERS = ("X-Forwarded-For", "Forwarded")

    def __init__(self, trusted: Iterable[str] = (), header: str = HEADERS[0]) -> None:
        self._trusted = frozenset(normal(text) for text in trusted)
        self._header = header.lower().encode("ascii")

    def trusts(self, peer: Address) -> bool:
        return peer in self._trusted

    def client(self, peer: Address, headers: Sequence[tuple[bytes, bytes]]) -> Address:
        """The client's address of a request that came from `peer` (RELAY-22)."""
        if peer not in self._trusted:
            return peer
        lines = [value.decode("latin-1") for name, value in headers if name == self._header]
        # Several lines are one list (RFC 9110, section 5.3).
        elements = [part for line in lines for part in _split(line, ",") if part.strip(" \t")]
        read = _forwarded if self._header == b"forwarded" else _entry
        entries = [read(part) for part in elements]
        writer = peer
        for address in reversed(entries):
            if address is None:
                break  # counts as that of the proxy that wrote it
            writer = address
            if address not in self._trusted:
                break
        return writer
