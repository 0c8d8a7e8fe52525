"""HTTP over real sockets on port 0 (sections 9 and 10.4)."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import unittest

from relay.addresses import Proxies
from relay.channels import SECOND, Channels
from relay.http import Server, Times
from relay.limits import Limits
from relay.problems import TYPE_PREFIX
from relay.service import Service

A, B, C = "aa" * 16, "bb" * 16, "cc" * 16
BASE = "/v1/6578616d706c65/channels"


class Reply:
    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def header(self, name: str) -> str | None:
        return next((v for n, v in self.headers if n == name), None)

    @property
    def token(self) -> str | None:
        if self.header("content-type") != "application/problem+json":
            return None
        return json.loads(self.body)["type"].removeprefix(TYPE_PREFIX)


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, method: str, target: str, side: str | None = A, body: bytes | None = None,
             *headers: str, host: tuple[str, ...] = ("x",), version: str = "1.1") -> None:
        lines = [f"{method} {target} HTTP/{version}", *(f"Host: {h}" for h in host)]
        if side is not None:
            lines.append(f"Authorization: Bearer {side}")
        if body is not None and not any(h.startswith(("Tr", "Content-L")) for h in headers):
            lines.append(f"Content-Length: {len(body)}")
        text = "\r\n".join([*lines, *headers, "", ""]).encode()
        self.writer.write(text + (body or b""))

    async def reply(self, head: bool = False) -> Reply:
        line, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        headers = [(n.lower(), v.strip()) for n, _, v in (h.partition(":") for h in lines)]
        reply = Reply(int(line.split()[1]), headers, b"")
        if reply.status != 100 and not head:
            reply.body = await self.reader.readexactly(int(reply.header("content-length") or 0))
        return reply

    async def ask(self, *args, **kwargs) -> Reply:
        self.send(*args, **kwargs)
        return await self.reply(head=args[0] == "HEAD")


class Bench(unittest.IsolatedAsyncioTestCase):
    times = Times(linger=0.2, down=1)

    async def asyncSetUp(self) -> None:
        self.now = 1_000 * SECOND
        self.server: Server | None = None
        self.clients: list[Client] = []
        await self.start()

    async def start(self, proxies: Proxies = Proxies(), times: Times | None = None,
                    **limits: int) -> None:
        if self.server:
            await self.asyncTearDown()
        bounds = Limits(**limits)
        self.channels = Channels(bounds, 3_600, lambda: self.now)
        self.service = Service(self.channels, proxies)
        self.server = Server(self.service, proxies, bounds, times or self.times)
        url = await self.server.listen("127.0.0.1", 0)
        self.port = int(url.rpartition(":")[2])

    async def asyncTearDown(self) -> None:
        for client in self.clients:
            client.writer.close()
        self.clients = []
        await self.server.go_down()

    async def client(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return client

    async def allocate(self, client: Client, side: str = A) -> int:
        reply = await client.ask("POST", BASE, side, b'{"body":"4101"}')
        self.assertEqual(reply.status, 201)
        return json.loads(reply.body)["channel"]

    async def closes(self, client: Client) -> None:
        """The relay closes without a further byte."""
        try:
            self.assertEqual(await client.reader.read(), b"")
        except ConnectionResetError:
            pass

    async def until(self, condition) -> None:
        while not condition():
            await asyncio.sleep(0)


class ExchangeTest(Bench):
    async def test_worked_example(self) -> None:
        a, b = await self.client(), await self.client()
        n = await self.allocate(a)
        reply = await b.ask("POST", f"{BASE}/{n}/claim", B, b"{}")
        self.assertEqual((reply.status, reply.body), (200, b'{"body":"4101","ttl":600}'))
        self.assertEqual(reply.header("content-type"), "application/json")
        self.assertEqual(reply.header("cache-control"), "no-store, no-transform")
        for cell, writer, sender, reader, getter in [
            ("answer", b, B, a, A), ("finish", a, A, b, B), ("receipt", b, B, a, A),
        ]:
            size = 64 if cell == "receipt" else 65_600
            body = b'{"body":"' + b"5a" * size + b'"}'
            reply = await reader.ask("GET", f"{BASE}/{n}/{cell}", getter)
            self.assertEqual((reply.status, reply.body), (204, b""))
            self.assertEqual(reply.header("cache-control"), "no-store, no-transform")
            self.assertIsNone(reply.header("content-length"))
            for _ in range(2):
                reply = await writer.ask("PUT", f"{BASE}/{n}/{cell}", sender, body)
                self.assertEqual((reply.status, reply.body), (200, b"{}"))
            reply = await reader.ask("GET", f"{BASE}/{n}/{cell}?wait=30", getter)
            self.assertEqual((reply.status, reply.body), (200, body))
        reply = await a.ask("POST", f"{BASE}/{n}/close", A, b'{"reason":"done"}')
        self.assertEqual((reply.status, reply.body), (200, b"{}"))
        reply = await b.ask("POST", f"{BASE}/{n}/claim", B, b"{}")
        self.assertEqual((reply.status, reply.token), (410, "closed"))
        self.assertEqual(json.loads(reply.body)["reason"], "done")
        self.assertEqual(json.loads(reply.body)["status"], 410)

    async def test_wait_ends_with_the_cell(self) -> None:
        a, b = await self.client(), await self.client()
        n = await self.allocate(a)
        await b.ask("POST", f"{BASE}/{n}/claim", B, b"{}")
        a.send("GET", f"{BASE}/{n}/answer?wait=30")
        await self.until(lambda: self.service._waits)
        await b.ask("PUT", f"{BASE}/{n}/answer", B, b'{"body":"42"}')
        self.assertEqual((await a.reply()).body, b'{"body":"42"}')

    async def test_wait_ends_with_the_channel(self) -> None:
        a, b = await self.client(), await self.client()
        n = await self.allocate(a)
        a.send("GET", f"{BASE}/{n}/answer?wait=30")
        await self.until(lambda: self.service._waits)
        await b.ask("POST", f"{BASE}/{n}/close", A, b'{"reason":"cancelled"}')
        self.assertEqual((await a.reply()).token, "closed")

    async def test_wait_ends_when_the_life_is_over(self) -> None:
        a = await self.client()
        n = await self.allocate(a)
        a.send("GET", f"{BASE}/{n}/answer?wait=30")
        await self.until(lambda: self.service._waits)
        self.now += 3_600 * SECOND
        self.service._tick()
        self.assertEqual(json.loads((await a.reply()).body)["reason"], "expired")

    async def test_newer_get_ends_the_older(self) -> None:
        a, b = await self.client(), await self.client()
        n = await self.allocate(a)
        a.send("GET", f"{BASE}/{n}/answer?wait=30")
        await self.until(lambda: self.service._waits)
        self.assertEqual((await b.ask("GET", f"{BASE}/{n}/answer", B)).token, "no-such-channel")
        self.assertTrue(self.service._waits)  # a refused one ends nothing
        self.assertEqual((await b.ask("GET", f"{BASE}/{n}/receipt", A)).status, 204)
        self.assertTrue(self.service._waits)  # nor one for another cell
        self.assertEqual((await b.ask("GET", f"{BASE}/{n}/answer?wait=0", A)).status, 204)
        self.assertEqual((await a.reply()).status, 204)

    async def test_half_closed_client(self) -> None:
        """RELAY-24"""
        a = await self.client()
        a.send("POST", BASE, A, b'{"body":"41"}')
        a.writer.write_eof()
        self.assertEqual((await a.reply()).status, 201)
        await self.closes(a)
        b = await self.client()
        n = json.loads((await b.ask("POST", BASE, A, b'{"body":"41"}')).body)["channel"]
        b.send("GET", f"{BASE}/{n}/answer?wait=30")
        b.writer.write_eof()
        self.assertEqual((await b.reply()).status, 204)

    async def test_client_that_is_gone(self) -> None:
        a = await self.client()
        n = await self.allocate(a)
        a.send("GET", f"{BASE}/{n}/answer?wait=30")
        await self.until(lambda: self.service._waits)
        a.writer.transport.abort()
        await self.until(lambda: not self.service._waits and not self.server._tasks)

    async def test_pipelined(self) -> None:
        a = await self.client()
        for _ in range(3):
            a.send("POST", BASE, A, b'{"body":"41"}')
        replies = [await a.reply() for _ in range(3)]
        self.assertEqual(len({r.body for r in replies}), 1)


class OrderTest(Bench):
    """RELAY-9: each request has every fault from its check on."""

    async def test_order(self) -> None:
        good = b'{"body":"41"}'
        long, big = b"x" * 1_025, b'{"body":"' + b"41" * 65 + b'"}'
        for token, method, target, side, body, host in [
            ("malformed", "FOO", "/x?y", None, long, ()),
            ("malformed", "FOO", "/x?y", None, long, ("x", "x")),
            ("not-found", "FOO", "/x?y", None, long, ("",)),
            ("method-not-allowed", "FOO", BASE + "?y", None, long, ("x",)),
            ("too-large", "POST", BASE + "?y", None, long, ("x",)),
            ("unauthorized", "POST", BASE + "?y", None, big, ("x",)),
            ("malformed", "POST", BASE + "?y", A, big, ("x",)),
            ("malformed", "POST", BASE, A, b"{", ("x",)),
            ("malformed", "POST", BASE, A, None, ("x",)),
            ("too-large", "POST", BASE, A, big, ("x",)),
            (None, "POST", BASE, A, good, ("x",)),
        ]:
            with self.subTest(token=token, target=target):
                client = await self.client()
                reply = await client.ask(method, target, side, body, host=host)
                self.assertEqual(reply.token, token)
                self.assertEqual(reply.header("cache-control"), "no-store, no-transform")
                # The connection is kept: what was left of the body is gone.
                self.assertEqual((await client.ask("POST", BASE, A, good)).status, 201)

    async def test_rate_comes_before_the_channel(self) -> None:
        await self.start(starts_per_minute=1)
        a = await self.client()
        self.assertEqual((await a.ask("POST", f"{BASE}/7/claim", A, b"{")).token, "malformed")
        self.assertEqual((await a.ask("POST", f"{BASE}/7/claim", A, b"{}")).token,
                         "no-such-channel")
        reply = await a.ask("POST", f"{BASE}/7/claim", A, b"{}")
        self.assertEqual((reply.status, reply.token), (429, "rate-limited"))
        self.assertEqual(reply.header("retry-after"), "60")
        self.assertEqual((await a.ask("GET", f"{BASE}/7/answer")).token, "no-such-channel")

    async def test_headers_of_refusals(self) -> None:
        a = await self.client()
        self.assertEqual((await a.ask("GET", BASE)).header("allow"), "POST")
        reply = await a.ask("POST", f"{BASE}/7/finish")
        self.assertEqual(reply.header("allow"), "GET, PUT")
        reply = await a.ask("HEAD", f"{BASE}/7/finish")
        self.assertEqual((reply.status, reply.header("allow")), (405, "GET, PUT"))
        reply = await a.ask("GET", f"{BASE}/7/finish", None)
        self.assertEqual(reply.header("www-authenticate"), "Bearer")

    async def test_authorization(self) -> None:
        a = await self.client()
        for header, token in [
            (f"bEARER {A}", "no-such-channel"), (f"Bearer  {A}", "unauthorized"),
            (f"Bearer {A.upper()}", "unauthorized"), (f"Bearer {A}00", "unauthorized"),
            (f"Bearer\t{A}", "unauthorized"), (f"Basic {A}", "unauthorized"),
            (f"Bearer {A}\r\nAuthorization: Bearer {A}", "unauthorized"),
        ]:
            with self.subTest(header):
                reply = await a.ask("GET", f"{BASE}/7/answer", None, None,
                                    f"Authorization: {header}")
                self.assertEqual(reply.token, token)


class HttpTest(Bench):
    async def test_http_1_0(self) -> None:
        for host in [(), ("a",), ("a", "b")]:
            client = await self.client()
            reply = await client.ask("POST", BASE, A, b'{"body":"41"}', host=host, version="1.0")
            self.assertEqual(reply.status, 201)
            await self.closes(client)

    async def test_expect(self) -> None:
        """RELAY-25"""
        a = await self.client()
        more = ["Expect: 100-Continue", "Content-Length: 13"]
        a.send("POST", BASE, A, None, *more)
        self.assertEqual((await a.reply()).status, 100)
        a.writer.write(b'{"body":"41"}')
        self.assertEqual((await a.reply()).status, 201)
        for change, token in [((None, None), "unauthorized"), ((A, None), "too-large")]:
            client = await self.client()
            length = "13" if token == "unauthorized" else "1025"
            reply = await client.ask("POST", BASE, *change, more[0], f"Content-Length: {length}")
            self.assertEqual(reply.token, token)
            await self.closes(client)
        a.send("POST", BASE, A, b'{"body":"41"}', "Expect: something", "Content-Length: 13")
        self.assertEqual((await a.reply()).status, 201)
        client = await self.client()
        client.send("POST", BASE, A, b'{"body":"41"}', *more, version="1.0")
        self.assertEqual((await client.reply()).status, 201)

    async def test_chunks(self) -> None:
        chunked = "Transfer-Encoding: chunked"
        a = await self.client()
        body = b'1;x=y\r\n{\r\n0c\r\n"body":"41"}\r\n0\r\nTrailer: x\r\n\r\n'
        self.assertEqual((await a.ask("POST", BASE, A, body, chunked)).status, 201)
        exact = b'{"body":"41"}'.ljust(1_024)
        for data, token in [(exact, None), (exact + b" ", "too-large")]:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)
            self.assertEqual((await a.ask("POST", BASE, A, body, chunked)).token, token)
        # Its length is not known: a later check refuses first, and at once.
        reply = await a.ask("POST", BASE, None, b"fffff\r\n", chunked)
        self.assertEqual(reply.token, "unauthorized")

    async def test_body_of_a_get(self) -> None:
        a = await self.client()
        n = await self.allocate(a)
        reply = await a.ask("GET", f"{BASE}/{n}/answer", A, b"x" * 500_000)
        self.assertEqual(reply.status, 204)
        self.assertEqual((await a.ask("GET", f"{BASE}/{n}/answer")).status, 204)

    async def test_no_http(self) -> None:
        for data in [b"\x16\x03\x01", b"nonsense\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\n" + b"x" * 40_000]:
            client = await self.client()
            client.writer.write(data)
            self.assertIn((await client.reply()).status, (400, 431, 505))
            await self.closes(client)

    async def test_drops_what_does_not_arrive(self) -> None:
        """RELAY-21"""
        await self.start(times=Times(request=0.05, idle=0.05, linger=0.05, down=1))
        for data in [b"G", b"POST " + BASE.encode() + b" HTTP/1.1\r\nHost: x\r\n"
                     b"Authorization: Bearer " + A.encode() + b"\r\nContent-Length: 5\r\n\r\n1"]:
            client = await self.client()
            client.writer.write(data)
            await self.closes(client)
        await self.closes(await self.client())  # no request has begun
        client = await self.client()
        client.send("POST", BASE, A, b"1", "Content-Length: 5")
        client.writer.write_eof()
        await self.closes(client)

    async def test_bounds_of_connections(self) -> None:
        await self.start(connections_per_address=1)
        first = await self.client()
        await self.allocate(first)
        reply = await (await self.client()).reply()
        self.assertEqual((reply.token, reply.header("retry-after")), ("rate-limited", "1"))
        first.writer.close()
        await self.until(lambda: not self.server._places)
        await self.allocate(await self.client())
        await self.start(Proxies(["127.0.0.1"]), connections_per_address=1, connections=2)
        for _ in range(2):
            await self.allocate(await self.client())
        reply = await (await self.client()).reply()
        self.assertEqual((reply.status, reply.token), (503, "unavailable"))

    async def test_forwarded(self) -> None:
        """RELAY-22"""
        more = "X-Forwarded-For: 192.0.2.%d"
        for proxies, last in [(Proxies(), 429), (Proxies(["127.0.0.1"]), 404)]:
            await self.start(proxies, starts_per_minute=1)
            a = await self.client()
            target = f"{BASE}/7/claim"
            self.assertEqual((await a.ask("POST", target, A, b"{}", more % 1)).status, 404)
            self.assertEqual((await a.ask("POST", target, A, b"{}", more % 2)).status, last)

    async def test_goes_down(self) -> None:
        a, idle = await self.client(), await self.client()
        n = await self.allocate(a)
        a.send("GET", f"{BASE}/{n}/answer?wait=30")
        await self.until(lambda: self.service._waits and self.server._idle)
        down = asyncio.create_task(self.server.go_down())
        reply = await a.reply()
        self.assertEqual((reply.status, reply.token), (503, "unavailable"))
        await self.closes(a)
        await self.closes(idle)
        a.writer.close()
        await down


class ProgramTest(unittest.IsolatedAsyncioTestCase):
    async def test_program(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "relay", "--listen", "127.0.0.1:0", "--ttl", "60",
                stdout=asyncio.subprocess.PIPE,
                cwd=os.path.dirname(os.path.dirname(__file__)),
            )
            line = (await process.stdout.readline()).decode()
            self.assertRegex(line, r"^listening on http://127\.0\.0\.1:[0-9]+\n$")
            port = int(line.rpartition(":")[2])
            client = Client(*await asyncio.open_connection("127.0.0.1", port))
            reply = await client.ask("POST", BASE, A, b'{"body":"41"}')
            self.assertEqual(json.loads(reply.body)["ttl"], 60)
            n = json.loads(reply.body)["channel"]
            client.send("GET", f"{BASE}/{n}/answer?wait=30")
            process.send_signal(number)
            reply_or_end = await client.reader.read()
            self.assertTrue(reply_or_end == b"" or b" 503 " in reply_or_end)
            client.writer.close()
            self.assertEqual(await process.wait(), 0)


if __name__ == "__main__":
    unittest.main()
