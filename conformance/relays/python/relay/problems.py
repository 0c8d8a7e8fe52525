"""Refusals: the closed list of section 9.3 (RELAY-8)."""

from __future__ import annotations

import json

TYPE_PREFIX = "tag:wormhole-sync.example,2026:"
PROBLEM_TYPE = "application/problem+json"

# token: (status, title)
PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed": (400, "Malformed request"),
    "unauthorized": (401, "Unauthorized"),
    "forbidden": (403, "Forbidden"),
    "no-such-channel": (404, "No such channel"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "crowded": (409, "Crowded"),
    "conflict": (409, "Conflict"),
    "out-of-order": (409, "Out of order"),
    "closed": (410, "Closed"),
    "too-large": (413, "Too large"),
    "rate-limited": (429, "Rate limited"),
    "unavailable": (503, "Unavailable"),
}


class Refusal(Exception):
    """A request is refused with one token of the closed list."""

    def __init__(
        self,
        token: str,
        *,
        reason: str | None = None,
        retry_after: int | None = None,
        allow: str | None = None,
    ) -> None:
        super().__init__(token)
        self.token = token
        self.status, self.title = PROBLEMS[token]
        self.reason = reason
        self.headers: list[tuple[str, str]] = []
        if token == "unauthorized":
            self.headers.append(("WWW-Authenticate", "Bearer"))
        if allow is not None:
            self.headers.append(("Allow", allow))
        if token == "rate-limited":
            retry_after = max(1, retry_after or 1)  # RELAY-20: at least 1
        if retry_after is not None:
            self.headers.append(("Retry-After", str(retry_after)))

    def document(self) -> bytes:
        """The problem document (RFC 9457) of this refusal."""
        members: dict[str, object] = {
            "type": TYPE_PREFIX + self.token,
            "title": self.title,
            "status": self.status,
        }
        if self.token == "closed":
            members["reason"] = self.reason
        return json.dumps(members, separators=(",", ":")).encode("ascii")
