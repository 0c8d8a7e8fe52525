"""Answers to the first request, and their absence (sections 11.1 to 11.3)."""

from __future__ import annotations

import socket
import time
import unittest

from wormhole.config import Config
from wormhole.initiator import Initiator
from wormhole.testing import with_second

from .peers import config
from .scripted import DROP, GONE, HANG, PREFIX, Scripted, ok, problem, raw, say

CHUNKED = b"HTTP/1.1 201 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
ALLOCATED = b'{"channel":7,"ttl":1}'
JSON = "Content-Type: application/json"


class AnswersTest(unittest.TestCase):
    def run_it(self, *steps, second_ms=100):
        with Scripted(*steps) as server:
            run = Initiator(config(server, second_ms), b"", on_code=lambda _: None)
            return run.run(), server

    def test_terminal(self):
        misbehaved = ("relay-misbehaved", None)
        for answer, want in (
            (problem(410, "closed", reason="nonsense"), ("closed", "other")),
            (problem(410, "closed", reason="wrong-code"), ("closed", "wrong-code")),
            (problem(410, "closed", reason="verifier-mismatch"), ("closed", "verifier-mismatch")),
            (problem(410, "closed", reason="not-taken"), ("closed", "not-taken")),
            (problem(410, "closed", reason="expired"), ("expired", None)),
            (b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + problem(410, "closed", reason="done"),
             ("closed", "done")),
            (raw(410, b'{"type":"%sclosed","reason":"done","status":[]}' % PREFIX.encode(),
                 "Content-Type: Application/Problem+JSON ; a=b"), ("closed", "done")),
            (raw(410, b'{"type":"closed","reason":"done"}',
                 "Content-Type: application/problem+json"), misbehaved),
            (problem(410, "closed"), misbehaved),
            (problem(410, "closed", reason="r" * 65), misbehaved),
            (problem(409, "crowded"), misbehaved),
            (problem(404, "not-found"), misbehaved),
            (raw(302, b"", "Location: /"), misbehaved),
            (ok(200, channel=7, ttl=3600), misbehaved),
            (ok(201, channel=7, ttl=86_401), misbehaved),
            (ok(201, channel=7.0, ttl=1), misbehaved),
            (raw(201, ALLOCATED), misbehaved),
            (raw(201, ALLOCATED, "Content-Type: text/json"), misbehaved),
            (raw(201, ALLOCATED, JSON, JSON), misbehaved),
            (raw(201, ALLOCATED, JSON, "Content-Encoding: gzip"), misbehaved),
            (raw(201, ALLOCATED + b" " * 262_144, JSON), misbehaved),
            (raw(201, ALLOCATED + b" " * 262_144, JSON, length=False), misbehaved),
            (b"HTTP/1.1 201 X\r\nContent-Length: 262145\r\n\r\nabc", misbehaved),
            (CHUNKED + b"fffffffff\r\n" + b" " * 0xFFFFF, misbehaved),
        ):
            with self.subTest(answer=answer[:200]):
                result, server = self.run_it(say(answer))
                self.assertEqual((result.outcome, result.reason), want)
                self.assertEqual(len(server.seen), 1)

    def test_lost_and_busy_are_repeated(self):
        for step in (
            DROP,
            say(b"no http\r\n\r\n"),
            say(b"HTTP/1.1 201 X\r\nContent-Le"),
            say(b"HTTP/1.1 201 X\r\nContent-Length: 100\r\n\r\nabc"),
            say(b"HTTP/1.1 201 X\r\nContent-Length: -1\r\n\r\nabc"),
            say(CHUNKED + b"-1\r\n" + b"a" * 100),
            say(CHUNKED + b"3\r\nab"),
            say(CHUNKED + b"fffffffff\r\nab"),
            say(problem(503, "unavailable")),
            say(problem(429, "rate-limited", "Retry-After: 3")),
            say(raw(500, b"x" * 300_000)),
        ):
            result, server = self.run_it(step, step, GONE, second_ms=20)
            self.assertEqual((result.outcome, result.reason), ("closed", "done"))
            self.assertEqual(len({(s.target, s.body) for s in server.seen}), 1)
            self.assertEqual(len(server.seen), 3)

    def test_retry_after(self):
        for headers, least, most in (
            (["Retry-After: 5"], 0.5, 9.0),
            (["Retry-After: x"], 0.0, 0.5),
            (["Retry-After: 5", "Retry-After: 5"], 0.0, 0.5),
        ):
            result, server = self.run_it(say(problem(429, "rate-limited", *headers)), GONE)
            self.assertEqual(result.outcome, "closed")
            took = server.seen[1].at - server.seen[0].at
            self.assertTrue(least <= took < most, took)
        beyond = say(problem(503, "unavailable", "Retry-After: 999999999999999999999"))
        result, server = self.run_it(beyond, GONE)
        self.assertEqual((result.outcome, len(server.seen)), ("relay-unreachable", 1))

    def test_exhausted(self):
        for step in (DROP, HANG):
            began = time.monotonic()
            # A machine that is busy needs its time for each attempt.
            result, server = self.run_it(step, second_ms=50)
            self.assertEqual(result.outcome, "relay-unreachable")
            self.assertGreater(time.monotonic() - began, 2.0)
            self.assertGreater(len(server.seen), 3)

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as sock:
            port = sock.getsockname()[1]
        cfg = with_second(Config(f"http://127.0.0.1:{port}", b"a"), 2)
        self.assertEqual(Initiator(cfg, b"", on_code=print).run().outcome, "relay-unreachable")


if __name__ == "__main__":
    unittest.main()
