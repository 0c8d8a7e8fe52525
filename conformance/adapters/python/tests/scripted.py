"""A local server that answers requests by a script, one step for each request. It is no relay."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PREFIX = "tag:wormhole-sync.example,2026:"


@dataclass
class Seen:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> dict:
        return json.loads(self.body)


Step = Callable[[Seen], bytes | None]
"""A function that gives an answer, or None to break off."""


def raw(status: int, body: bytes = b"", *headers: str, length: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *headers]
    if length and status != 204:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def ok(status: int = 200, **members) -> bytes:
    return raw(status, json.dumps(members).encode(), "Content-Type: application/json")


def problem(status: int, token: str, *headers: str, **more) -> bytes:
    body = json.dumps({"type": PREFIX + token, "title": "T", "status": status, **more}).encode()
    return raw(status, body, "Content-Type: application/problem+json", *headers)


def say(data: bytes) -> Step:
    return lambda _: data


EMPTY = say(raw(204))
STORED = say(ok())
GONE = say(problem(410, "closed", reason="done"))
DROP: Step = lambda _: None
HANG: Step = lambda _: b""
"""A step without an answer until the client gives up."""


class Scripted:
    """A server that answers one request after the other, and repeats the last step for ever."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.seen: list[Seen] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Scripted:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def requests(self) -> list[str]:
        return [f"{s.method} {s.target.split('/channels', 1)[1]}" for s in self.seen]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock, sock.makefile("rb") as file:
            line = file.readline().decode("latin-1")
            if not line:
                return
            method, target, _ = line.split(" ")
            headers = {}
            while header := file.readline().decode().strip():
                name, _, value = header.partition(":")
                headers[name.lower()] = value.strip()
            body = file.read(int(headers.get("content-length", 0)))
            seen = Seen(method, target, headers, body)
            with self._lock:
                self.seen.append(seen)
                step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
            data = step(seen)
            if data == b"":
                file.read(1)
            elif data is not None:
                sock.sendall(data)
