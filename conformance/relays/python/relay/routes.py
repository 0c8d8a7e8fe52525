"""Targets and methods (section 9.2, RELAY-3, RELAY-5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .problems import Refusal

OFFER_BYTES = 64
CELL_BYTES = {"answer": 65_600, "finish": 65_600, "receipt": 64}

# RELAY-10: bounds of whole bodies.
SMALL_BODY = 1_024
LARGE_BODY = 139_264

# A target is compared as it stands, without percent-decoding.
_PATH = re.compile(
    rb"/v1/((?:[0-9a-f]{2}){1,128})/channels"
    rb"(?:/([1-9][0-9]{0,8})/(claim|answer|finish|receipt|close))?"
)
_WAIT = re.compile(rb"wait=([0-9]|[12][0-9]|30)")


@dataclass(frozen=True, slots=True)
class Route:
    """What a request asks for, by its target and its method."""

    appid: bytes
    number: int  # 0 for allocate
    action: str  # allocate, claim, put, get or close
    cell: str  # for put and get
    query: bytes | None

    @property
    def body_bound(self) -> int | None:
        """RELAY-10; a GET's body is ignored, and never too large."""
        if self.action == "get":
            return None
        if self.action == "put" and self.cell != "receipt":
            return LARGE_BODY
        return SMALL_BODY

    @property
    def rated(self) -> bool:
        return self.action in ("allocate", "claim")

    def wait(self) -> int:
        """RELAY-5: the seconds of a GET, or a refusal of the query."""
        if self.query is None:
            return 0
        match = _WAIT.fullmatch(self.query)
        if self.action != "get" or match is None:
            raise Refusal("malformed")
        return int(match[1])


def find_route(method: bytes, target: bytes) -> Route:
    """The first two checks of RELAY-9: target, method."""
    path, mark, query = target.partition(b"?")
    match = _PATH.fullmatch(path)
    if match is None:
        raise Refusal("not-found")
    appid = bytes.fromhex(match[1].decode("ascii"))
    name = match[3].decode("ascii") if match[3] else "allocate"
    if name in CELL_BYTES:
        actions = {b"GET": "get", b"PUT": "put"}
    else:
        actions = {b"POST": name}
    action = actions.get(method)
    if action is None:
        allow = ", ".join(sorted(m.decode("ascii") for m in actions))
        raise Refusal("method-not-allowed", allow=allow)
    return Route(
        appid=appid,
        number=int(match[2] or 0),
        action=action,
        cell=name if name in CELL_BYTES else "",
        query=query if mark else None,
    )
