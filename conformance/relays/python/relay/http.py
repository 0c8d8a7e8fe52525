"""HTTP/1.1 by h11 (section 9.4)."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

import h11

from .addresses import Address, Proxies, key, normal
from .limits import Limits
from .problems import Refusal
from .service import Answer, Head, Patience, Request, Service, refused
from .wire import Gone, Wire

HEAD_BYTES = 32_768  # a longer header section is refused
DRAIN_BYTES = 1_048_576  # RELAY-10: what is read on and discarded
TURNED_AWAY = 256  # connections over a bound that are told so at a time

_BLANK_LINE = re.compile(rb"\n\r?\n")  # as h11 finds the end of a head
_HOST = re.compile(rb"(?<=\n)host(?=:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; tests take shorter ones."""

    request: float = 30.0  # RELAY-21
    idle: float = 30.0  # section 9.4: no request has begun
    unread: float = 30.0  # section 9.4: an answer is not read
    linger: float = 2.0  # after the last answer, so that it arrives
    down: float = 5.0  # for what is in hand when the relay goes down

    @classmethod
    def scaled(cls, second: float) -> Times:
        """The times of the text, where a second lasts so long."""
        return cls(request=30.0 * second, idle=30.0 * second)


class BadHttp(Exception):
    """Not a request that section 9 speaks of: answered without a document."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def _write_answer(
    wire: Wire, http: h11.Connection, answer: Answer, *, bare: bool, close: bool
) -> None:
    """Writes an answer; a bare one has its body cut off, as HEAD wants it."""
    headers = [
        ("Date", formatdate(usegmt=True)),
        ("Cache-Control", "no-store, no-transform"),  # RELAY-6
        *answer.headers,
    ]
    if answer.content_type:
        headers.append(("Content-Type", answer.content_type))
    if answer.status != 204:
        headers.append(("Content-Length", str(len(answer.body))))
    if close:
        headers.append(("Connection", "close"))
    phrase = HTTPStatus(answer.status).phrase
    data = http.send(h11.Response(status_code=answer.status, headers=headers, reason=phrase)) or b""
    if answer.body and not bare:
        data += http.send(h11.Data(data=answer.body)) or b""
    data += http.send(h11.EndOfMessage()) or b""
    await wire.write(data)


class Exchange:
    """One request on a connection, and its answer."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=2 * HEAD_BYTES)
        self._bare = False
        self._close = False
        self.answered = False

    async def read_head(self, peer: Address) -> Head:
        data = bytearray()
        while True:
            searched = max(0, len(data) - 2)  # up to there is no blank line
            data += await self._wire.read()
            # RFC 9112, section 2.2: an empty line before a request is ignored.
            while data[:2] == b"\r\n" or data[:1] == b"\n":
                del data[: data.index(b"\n") + 1]
                searched = 0
            end = _BLANK_LINE.search(data, searched)
            if (end.end() if end else len(data)) > HEAD_BYTES:
                raise BadHttp(431)
            if end:
                break
            if data and data[0] <= 0x20 and data != b"\r":
                raise BadHttp(400)
        self._wire.unread(data[end.end() :])
        # h11 has its own rule for `Host`, in HTTP/1.0 too, and no document for
        # it. So the lines are counted here, and h11 is shown exactly one.
        text, hosts = _HOST.subn(b"x-host", bytes(data[: end.start() + 1]))
        event = self._next(text + b"host: -\r\n\r\n")
        assert isinstance(event, h11.Request)
        if not event.http_version.startswith(b"1."):
            raise BadHttp(505)
        self._bare = event.method == b"HEAD"
        names = [name for name, _ in event.headers]
        lengths = [value for name, value in event.headers if name == b"content-length"]
        length: int | None = int(lengths[0]) if lengths else 0
        if b"transfer-encoding" in names:
            length = None
            if lengths:  # RFC 9112, section 6.1: may be an attempt at smuggling
                self._close = True
        return Head(
            method=event.method,
            target=event.target,
            headers=list(event.headers),
            peer=peer,
            host_is_right=hosts == 1 or event.http_version == b"1.0",  # RELAY-23
            length=length,
        )

    def _next(self, data: bytes = b"") -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            if data:
                self._http.receive_data(data)
            return self._http.next_event()
        except h11.RemoteProtocolError as error:
            raise BadHttp(error.error_status_hint) from None

    async def read_body(self, bound: int | None) -> bytes:
        """RELAY-10: the body, or nothing of it when there is no bound (GET)."""
        body = bytearray()
        event = self._next()
        while not isinstance(event, h11.EndOfMessage):
            if isinstance(event, h11.Data):
                if bound is not None:
                    if len(body) + len(event.data) > bound:
                        raise Refusal("too-large")
                    body += event.data
                event = self._next()
            else:
                await self._continue()
                event = self._next(await self._wire.read())
        self._wire.unread(self._http.trailing_data[0])
        return bytes(body)

    async def _continue(self) -> None:
        """RELAY-25, unless some of the body is there already."""
        if self._http.they_are_waiting_for_100_continue and not self._wire.has_bytes:
            interim = h11.InformationalResponse(status_code=100, headers=[], reason="Continue")
            await self._wire.write(self._http.send(interim) or b"")

    async def answer(self, answer: Answer, *, last: bool) -> None:
        # A client that waits for a 100 and gets its answer may send the body
        # or not: what comes then cannot be told from a next request.
        self._close = self._close or last or self._http.they_are_waiting_for_100_continue
        self.answered = True
        await _write_answer(self._wire, self._http, answer, bare=self._bare, close=self._close)

    async def finish(self) -> bool:
        """Discards what is left of the request; whether another may follow."""
        if self._close:
            return False
        taken = 0
        while self._http.their_state is h11.SEND_BODY:
            event = self._next()
            if event is h11.NEED_DATA:
                data = await self._wire.read()
                taken += len(data)
                if taken > DRAIN_BYTES:
                    return False
                self._http.receive_data(data)
            elif isinstance(event, h11.EndOfMessage):
                self._wire.unread(self._http.trailing_data[0])
        return self._http.their_state is h11.DONE and self._http.our_state is h11.DONE


class Server:
    """Accepts connections and serves them, within the bounds of RELAY-20."""

    def __init__(
        self, service: Service, proxies: Proxies, limits: Limits, times: Times = Times()
    ) -> None:
        self._service = service
        self._proxies = proxies
        self._limits = limits
        self._times = times
        self._listener: asyncio.Server
        self._tasks: dict[Wire, asyncio.Task[None]] = {}
        self._idle: set[Wire] = set()
        self._places: dict[Wire, bytes | None] = {}  # those that were admitted
        self._by_place: Counter[bytes] = Counter()

    async def listen(self, host: str, port: int) -> str:
        """Begins to listen; the URL where it does."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            lambda: Wire(self._made, self._lost), host, port, backlog=1024
        )
        name, bound_port = self._listener.sockets[0].getsockname()[:2]
        return f"http://{f'[{name}]' if ':' in name else name}:{bound_port}"

    async def go_down(self) -> None:
        """Section 10.4: what waits is answered with `unavailable`."""
        self._listener.close()
        self._service.go_down()
        for wire in self._idle:
            wire.close()
        if tasks := set(self._tasks.values()):
            _, late = await asyncio.wait(tasks, timeout=self._times.down)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._listener.wait_closed()

    # Connections

    def _made(self, wire: Wire) -> None:
        try:
            self._admit(wire)
            work = self._serve(wire)
        except Refusal as refusal:
            if len(self._tasks) - len(self._places) >= TURNED_AWAY:
                wire.abort()
                return
            work = self._turn_away(wire, refusal)
        self._tasks[wire] = asyncio.get_running_loop().create_task(self._guard(wire, work))

    def _lost(self, wire: Wire) -> None:
        if wire in self._places:
            place = self._places.pop(wire)
            if place is not None:
                self._by_place[place] -= 1
                if not self._by_place[place]:
                    del self._by_place[place]

    def _admit(self, wire: Wire) -> None:
        """Counts a connection, or refuses it (RELAY-20)."""
        peer = normal(wire.peer)
        place = None if self._proxies.trusts(peer) else key(peer)
        if place and self._by_place[place] >= self._limits.connections_per_address:
            raise Refusal("rate-limited")
        if len(self._places) >= self._limits.connections:
            raise Refusal("unavailable")
        self._places[wire] = place
        if place is not None:
            self._by_place[place] += 1

    async def _guard(self, wire: Wire, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except (Gone, TimeoutError):
            wire.abort()  # RELAY-21: without an answer
        except BaseException:
            wire.abort()
            raise
        finally:
            self._tasks.pop(wire, None)
            self._idle.discard(wire)
            wire.close()

    async def _turn_away(self, wire: Wire, refusal: Refusal) -> None:
        """Answers a connection over a bound before a request is read."""
        http = h11.Connection(h11.SERVER)
        async with asyncio.timeout(self._times.unread):
            await _write_answer(wire, http, refused(refusal), bare=False, close=True)
        await self._linger(wire)

    async def _linger(self, wire: Wire) -> None:
        """Reads on for a little, so that a reset does not overtake the answer."""
        taken = 0
        try:
            wire.end_writing()
            async with asyncio.timeout(self._times.linger):
                while taken < DRAIN_BYTES:
                    taken += len(await wire.read())
        except (Gone, TimeoutError):
            pass

    async def _serve(self, wire: Wire) -> None:
        while await self._begins(wire) and await self._serve_one(wire):
            pass
        await self._linger(wire)

    async def _begins(self, wire: Wire) -> bool:
        """Waits for the first byte of a request."""
        if wire.has_bytes:
            return True
        if self._service.down:
            return False
        self._idle.add(wire)
        try:
            async with asyncio.timeout(self._times.idle):
                wire.unread(await wire.read())
            return True
        except (Gone, TimeoutError):
            return False
        finally:
            self._idle.discard(wire)

    async def _serve_one(self, wire: Wire) -> bool:
        """Serves one request; whether another may follow."""
        exchange = Exchange(wire)
        try:
            # RELAY-21: from the first byte on, but not before the last answer.
            async with asyncio.timeout(self._times.request):
                try:
                    head = await exchange.read_head(normal(wire.peer))
                    request = self._service.check_head(head)
                    body = await exchange.read_body(request.route.body_bound)
                except Refusal as refusal:
                    await exchange.answer(refused(refusal), last=self._service.down)
                    return await exchange.finish()
            answer = await self._answer(wire, request, body)
            async with asyncio.timeout(self._times.unread):
                await exchange.answer(answer, last=self._service.down)
            return await exchange.finish()
        except BadHttp as error:
            if not exchange.answered:
                # What h11 refuses has no document (section 9.3, the end).
                http = h11.Connection(h11.SERVER)
                async with asyncio.timeout(self._times.unread):
                    await _write_answer(wire, http, Answer(error.status), bare=False, close=True)
            return False

    async def _answer(self, wire: Wire, request: Request, body: bytes) -> Answer:
        patience = Patience()
        wire.on_end = patience.call_off
        if wire.ended:
            patience.call_off()
        try:
            return await self._service.answer(request, body, patience)
        except Refusal as refusal:
            return refused(refusal)
        finally:
            wire.on_end = None
