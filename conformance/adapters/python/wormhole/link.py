"""The link: a code with its appid and its relay in one URI (section 4.1)."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass

from .code import Code, read_code
from .outcome import Refusal
from .values import MAX_APPID, Rendezvous, parse_rendezvous, read_hex

MAX_LINK = 8_192

_PARTS = re.compile(r"wormhole-sync:([^?]*)\?appid=([^&]*)&relay=(.*)", re.DOTALL)
_PLAIN = "-._~:/"


class BadLinkError(Exception):
    """A text is no link; ``fault`` is by LINK-2."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Link:
    """A link. Its code is as secret as any; no request is made before the user agrees (LINK-4)."""

    code: Code
    appid: bytes
    relay: Rendezvous

    def __str__(self) -> str:
        """The link as it is shown (LINK-1)."""
        relay = _escaped(self.relay.address)
        return f"wormhole-sync:{self.code}?appid={self.appid.hex()}&relay={relay}"

    def asks_about_appid(self, own: bytes) -> bool:
        """Whether the user has to be asked about the appid (LINK-6)."""
        return self.appid != own

    def asks_about_relay(self, own: Rendezvous) -> bool:
        """Whether the user has to be asked about the relay (LINK-5)."""
        return self.relay.base != own.base


def read_link(data: bytes, *, allow_plain_http: bool = False) -> Link:
    """Read a link (LINK-2); whether plain http is allowed, the user says and not it (LINK-3)."""
    if len(data) > MAX_LINK:
        raise BadLinkError("too-long")
    # No byte is changed by this: one that is not ASCII is refused in whatever part it is.
    match = _PARTS.fullmatch(data.decode("latin-1"))
    if match is None:
        raise BadLinkError("bad-form")
    code = _exact_code(match[1])
    try:
        appid = read_hex(match[2])
    except ValueError:
        raise BadLinkError("bad-appid") from None
    if not 1 <= len(appid) <= MAX_APPID:
        raise BadLinkError("bad-appid")
    try:
        address = urllib.parse.unquote(match[3], errors="strict")
        relay = parse_rendezvous(address, allow_plain_http=allow_plain_http)
    except (Refusal, UnicodeDecodeError):
        raise BadLinkError("bad-relay") from None
    if _escaped(address) != match[3]:
        raise BadLinkError("bad-relay")
    return Link(code, appid, relay)


def _exact_code(text: str) -> Code:
    try:
        code = read_code(text.encode("latin-1"))
    except Refusal:
        raise BadLinkError("bad-code") from None
    if str(code) != text:
        raise BadLinkError("bad-code")
    return code


def _escaped(address: str) -> str:
    return urllib.parse.quote(address, safe=_PLAIN)
