"""One TCP connection: bytes in, bytes out, and either half may end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

KEPT_BYTES = 65_536  # what is read ahead of its turn


class Gone(Exception):
    """No more bytes will come, or none can be sent."""


class Wire(asyncio.Protocol):
    def __init__(self, made: Callable[[Wire], None], lost: Callable[[Wire], None]) -> None:
        self._made_by = made
        self._lost_by = lost
        self._transport: asyncio.Transport
        self._buffer = bytearray()
        self._paused = False
        self._is_lost = False
        self._news: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self.peer = ""
        self.ended = False  # the client has closed its sending half
        self.on_end: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=0)
        peername = transport.get_extra_info("peername")
        if peername is None:  # it is gone already
            transport.abort()
            return
        self.peer = peername[0]
        self._made_by(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > KEPT_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._tell()

    def eof_received(self) -> bool:
        self.ended = True
        self._tell()
        return True  # RELAY-24: the sending half stays open

    def connection_lost(self, error: Exception | None) -> None:
        self._is_lost = self.ended = True
        self.resume_writing()
        self._tell()
        self._lost_by(self)

    def pause_writing(self) -> None:
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._writable and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    def _tell(self) -> None:
        if self._news and not self._news.done():
            self._news.set_result(None)
        if self.ended and self.on_end:
            self.on_end()

    @property
    def has_bytes(self) -> bool:
        return bool(self._buffer)

    async def read(self) -> bytes:
        """All bytes that are there, and at least one."""
        while not self._buffer:
            if self.ended:
                raise Gone
            if self._paused:
                self._paused = False
                self._transport.resume_reading()
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def unread(self, data: bytes) -> None:
        """Puts bytes back that belong to what comes next."""
        self._buffer[:0] = data

    async def write(self, data: bytes) -> None:
        """Hands bytes over to the system."""
        if self._is_lost:
            raise Gone
        self._transport.write(data)
        if self._writable:
            await self._writable

    def end_writing(self) -> None:
        if not self._is_lost and not self._transport.is_closing():
            try:
                self._transport.write_eof()
            except OSError:  # the client has reset the connection just now
                raise Gone from None

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()
