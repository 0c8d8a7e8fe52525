"""One attempt of one HTTP request (section 11.1)."""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message

from .clock import Clock
from .values import Rendezvous

MAX_BODY = 262_144
_MAX_LINE = 8_192
_MAX_TRAILERS = 100
_MAX_HEAD = 262_144
# More field lines are read than CLIENT-10 asks for: the length of the section bounds them.
http.client._MAXHEADERS = _MAX_HEAD  # type: ignore[attr-defined]
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Request:
    """A request, which a repeat sends again unchanged (TIME-1)."""

    method: str
    path: str
    """The part of the target after the appid."""
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """A complete HTTP answer. Its body is None when it is over the bound (CLIENT-5)."""

    status: int
    headers: Message
    body: bytes | None

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value.strip(" \t") for value in self.headers.get_all(name, [])]


@dataclass(frozen=True)
class Lost:
    """The lack of a complete answer; a bad certificate is not tried again (CLIENT-4)."""

    bad_certificate: bool = False


class _NotHttpError(Exception):
    """The answer is no HTTP, or broke off."""


class _WholeLines(io.BufferedReader):
    """A reader that refuses a head without end, where http.client takes it for a whole one.

    It refuses one that is too long as well (CLIENT-10); those of interim answers are no part of it.
    """

    _left: int | None = None
    """The number of bytes that a head may still have; None where none is read."""

    def limit_head(self, most: int | None) -> None:
        """Begin a head of at most so many bytes, or end it."""
        self._left = most

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            raise _NotHttpError
        if self._left is not None:
            self._left -= len(line)
            if self._left < 0:
                raise _NotHttpError
        return line


class _Response(http.client.HTTPResponse):
    """A response that skips all interim answers but 101, and refuses a head that broke off."""

    def __init__(self, sock: socket.socket, method: str) -> None:
        super().__init__(sock, method=method)
        self._lines = self.fp = _WholeLines(self.fp.detach())

    def begin(self) -> None:
        super().begin()
        self._lines.limit_head(None)

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            self._lines.limit_head(_MAX_HEAD)
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status == 101 or not 100 <= status < 200:
                return version, status, reason
            http.client.parse_headers(self.fp)


class Attempt(threading.Thread):
    """One attempt in its own thread, so that it can be abandoned at any time (TIME-2)."""

    def __init__(
        self, relay: Relay, request: Request, seconds: float, notify: Callable[[], None]
    ) -> None:
        super().__init__(daemon=True)
        self._relay = relay
        self._request = request
        self._seconds = seconds
        self._notify = notify
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._abandoned = False
        self.result: Answer | Lost | None = None
        """The result, or None while the attempt runs."""
        self.error: Exception | None = None
        """A failure of the machine."""

    @property
    def ended(self) -> bool:
        """Whether the result is there."""
        return self.result is not None or self.error is not None

    def run(self) -> None:
        """Make the attempt."""
        try:
            self.result = self._attempt()
        except Exception as error:
            self.error = error
        finally:
            self._release()
            self._notify()

    def abandon(self) -> None:
        """Give up the attempt: nothing is sent any more."""
        with self._lock:
            self._abandoned = True
            if self._socket is not None:
                _shut(self._socket)

    def _hold(self, sock: socket.socket) -> None:
        with self._lock:
            self._socket = sock
            if self._abandoned:
                raise OSError("abandoned")

    def _release(self) -> None:
        with self._lock:
            sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()

    def _attempt(self) -> Answer | Lost:
        relay = self._relay
        try:
            host = relay.rendezvous.host.strip("[]")
            sock = socket.create_connection((host, relay.rendezvous.port), self._seconds)
            self._hold(sock)
            if relay.tls is not None:
                sock = relay.tls.wrap_socket(
                    sock, server_hostname=host, suppress_ragged_eofs=False
                )
                self._hold(sock)
            return relay.exchange(sock, self._request)
        except ssl.SSLCertVerificationError:
            return Lost(bad_certificate=True)
        except (OSError, http.client.HTTPException, _NotHttpError, ValueError):
            return Lost()


class Relay:
    """The attempts at one relay, as one side; each calls ``notify`` when it has ended."""

    def __init__(
        self,
        rendezvous: Rendezvous,
        appid: bytes,
        side: bytes,
        tls: ssl.SSLContext | None,
        clock: Clock,
        notify: Callable[[], None],
    ) -> None:
        self.rendezvous = rendezvous
        self.tls: ssl.SSLContext | None = None
        if rendezvous.scheme == "https":
            self.tls = tls or ssl.create_default_context()
        self._appid = appid
        self._authorization = f"Bearer {side.hex()}"
        self._clock = clock
        self._notify = notify

    def start(self, request: Request, seconds: float) -> Attempt:
        """Start an attempt; the caller limits its time."""
        attempt = Attempt(self, request, max(self._clock.real(seconds), 0.001), self._notify)
        attempt.start()
        return attempt

    def exchange(self, sock: socket.socket, request: Request) -> Answer:
        """Send a request and read its answer (CLIENT-1 to CLIENT-3, CLIENT-5)."""
        connection = http.client.HTTPConnection(self.rendezvous.host)
        connection.auto_open = 0
        connection.sock = sock
        target = self.rendezvous.target(self._appid, request.path)
        connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", self.rendezvous.netloc)
        connection.putheader("Authorization", self._authorization)
        connection.putheader("Accept-Encoding", "identity")
        connection.putheader("Connection", "close")
        if request.body is not None:
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(request.body)))
        try:
            connection.endheaders(request.body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the relay may have answered before it read all
        response = _Response(sock, method=request.method)
        try:
            response.begin()
            return Answer(response.status, response.headers, _read_body(response))
        finally:
            response.close()


def _read_body(response: _Response) -> bytes | None:
    """The whole body; None when it is over the bound (CLIENT-5)."""
    fp = response.fp
    if fp is None or response.status in (204, 304):
        return b""
    if response.headers.get_all("Transfer-Encoding"):
        if not response.chunked:
            raise _NotHttpError
        return _read_chunked(fp)
    lengths = {value.strip(" \t") for value in response.headers.get_all("Content-Length", [])}
    if not lengths:
        body = fp.read(MAX_BODY + 1)
        return body if len(body) <= MAX_BODY else None
    text = lengths.pop()
    if lengths or not _DIGITS.fullmatch(text):
        raise _NotHttpError
    if len(text.lstrip("0")) > len(str(MAX_BODY)) or int(text) > MAX_BODY:
        return None
    return _read_exactly(fp, int(text))


def _read_exactly(fp: io.BufferedIOBase, length: int) -> bytes:
    data = fp.read(length)
    if len(data) != length:
        raise _NotHttpError
    return data


def _read_chunked(fp: io.BufferedIOBase) -> bytes | None:
    """Read a chunked body; http.client would accept a chunk size of -1 and read without bound."""
    body = bytearray()
    while True:
        match = _CHUNK_SIZE.fullmatch(fp.readline(_MAX_LINE))
        if match is None:
            raise _NotHttpError
        size = int(match[1], 16)
        if size == 0:
            break
        body += _read_exactly(fp, min(size, MAX_BODY + 1 - len(body)))
        if len(body) > MAX_BODY:
            return None
        if fp.readline(_MAX_LINE) not in (b"\r\n", b"\n"):
            raise _NotHttpError
    for _ in range(_MAX_TRAILERS):
        line = fp.readline(_MAX_LINE)
        if line in (b"\r\n", b"\n"):
            return bytes(body)
        if not line.endswith(b"\n"):
            break
    raise _NotHttpError


def _shut(sock: socket.socket) -> None:
    """Shut the socket down, which wakes the thread that reads or writes."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
