"""Whole runs against scripted answers."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
import time
import unittest
from dataclasses import replace

from wsync import Config, Initiator, Outcome, Receiver, pake
from wsync.code import read_code
from wsync.keys import Keys
from wsync.seal import pad, seal, seal_blob
from wsync.testing import InjectedValues, with_second

from .scripted import DROP, EMPTY, STORED, Scripted, after, ok, problem, raw, say

APPID = b"example.com/app1"
CODE = "7-crossover-clockwork"
ALLOCATED = say(ok(201, channel=7, ttl=3600))


def config(server: Scripted, second_ms: int = 20, **more) -> Config:
    return with_second(Config(server.url, APPID, **more), second_ms)


class Peer:
    """The other side of one exchange, in memory."""

    def __init__(self, side: pake.Side, code: str = CODE) -> None:
        self.pake = pake.Spake2(side, read_code(code).password, 12345)
        self.side = side

    def meet(self, message: bytes) -> Keys:
        k = self.pake.finish(message)
        own = self.pake.message
        offer, answer = (own, message) if self.side is pake.Side.A else (message, own)
        self.keys = Keys(k, appid=APPID, channel=7, offer=offer, answer_message=answer)
        return self.keys


def run_initiator(*steps, code_words=None, blob=b"from A", second_ms=20, act=None, **more):
    """Run against a script; steps may be functions (server-seen) as in scripted.py."""
    codes = []
    with Scripted(*steps) as server:
        cfg = config(server, second_ms, **more)
        run = Initiator(cfg, blob, on_code=codes.append)
        if act:
            threading.Thread(target=act, args=(run, server), daemon=True).start()
        result = run.run()
        return result, server, codes, run


def run_receiver(*steps, blob=b"from B", second_ms=20, act=None, **more):
    with Scripted(*steps) as server:
        run = Receiver(config(server, second_ms, **more), blob, CODE)
        if act:
            threading.Thread(target=act, args=(run, server), daemon=True).start()
        return run.run(), server, run


class InitiatorTest(unittest.TestCase):
    """The words are injected so that the scripted peer knows them."""

    def setUp(self):
        words = bytes(
            [i for i in range(256) if _word(0, i) == "crossover"]
            + [i for i in range(256) if _word(1, i) == "clockwork"]
        )
        self.values = InjectedValues(bytes(16), words, (99).to_bytes(32, "little"))
        self.peer = Peer(pake.Side.B)
        self.first_put: list[bytes] = []

    def allocate(self, seen):
        self.peer.meet(bytes.fromhex(seen.json["body"]))
        return ok(201, channel=7, ttl=3600, more={"a": [1]})

    def answer(self, blob=b"from B", padded=None):
        def step(_):
            keys = self.peer.keys
            sealed = seal(keys.receiver_blob, pad(blob) if padded is None else padded, keys.th)
            return ok(body=(self.peer.pake.message + sealed).hex())

        return step

    def receipt(self, _):
        return ok(body=seal(self.peer.keys.receipt, b"", self.peer.keys.th).hex())

    def run_it(self, *steps, **more):
        return run_initiator(*steps, values=self.values, **more)

    def test_good(self):
        done = say(ok())
        result, server, codes, run = self.run_it(
            self.allocate, EMPTY, self.answer(), STORED, EMPTY, self.receipt, done
        )
        self.assertEqual(
            (result.outcome, result.delivered, result.blob), (Outcome.DONE, True, b"from B")
        )
        self.assertEqual(str(codes[0]), CODE)
        self.assertEqual(result.verifier, self.peer.keys.verifier)
        self.assertEqual(
            server.requests,
            ["POST ", "GET /7/answer?wait=25", "GET /7/answer?wait=25", "PUT /7/finish",
             "GET /7/receipt?wait=25", "GET /7/receipt?wait=25", "POST /7/close"],
        )
        self.assertEqual(server.seen[-1].json, {"reason": "done"})
        finish = bytes.fromhex(server.seen[3].json["body"])
        keys = self.peer.keys
        self.assertEqual(finish, seal_blob(keys.initiator_blob, b"from A", keys.th))
        self.assertGreaterEqual(server.seen[2].at - server.seen[1].at, 0.012)  # TIME-4, less jitter
        for seen in server.seen:
            self.assertEqual(seen.headers["authorization"], "Bearer " + "00" * 16)
            self.assertTrue(seen.target.startswith(f"/v1/{APPID.hex()}/channels"))
            self.assertEqual("content-type" in seen.headers, seen.method != "GET")
        self.assertEqual(run.export(b"x", 5), self.peer.keys.export(b"x", 5))

    def test_largest(self):
        blob = bytes(range(256)) * 255 + bytes(255)
        self.assertEqual(len(blob), 65_535)
        result, server, _, _ = self.run_it(
            self.allocate, self.answer(blob), STORED, self.receipt, STORED, blob=blob,
            second_ms=100,
        )
        self.assertEqual((result.outcome, result.blob, result.delivered), ("done", blob, True))

    def test_answer_faults(self):
        wrong = lambda _: ok(body=(self.peer.pake.message + bytes(272)).hex())
        short = lambda _: ok(body=(self.peer.pake.message + bytes(271)).hex())
        bad = lambda _: ok(body=(b"\x41" + bytes(32 + 272)).hex())
        for step, outcome in (
            (wrong, "wrong-code"),
            (short, "malformed-message"),
            (bad, "bad-element"),
            (self.answer(padded=bytes(256)), "malformed-message"),
        ):
            self.setUp()
            result, server, _, run = self.run_it(self.allocate, step, STORED)
            self.assertEqual((result.outcome, result.blob), (outcome, None))
            self.assertEqual(server.requests[-1], "POST /7/close")
            self.assertEqual(server.seen[-1].json, {"reason": outcome})
            with self.assertRaises(RuntimeError):
                run.export(b"x", 1)

    def test_allocating(self):
        for step, outcome, reason in (
            (say(problem(410, "closed", reason="nonsense")), "closed", "other"),
            (say(problem(410, "closed", reason="wrong-code")), "closed", "wrong-code"),
            (say(problem(410, "closed", reason="expired")), "expired", None),
            (say(problem(410, "closed")), "relay-misbehaved", None),
            (say(problem(410, "closed", reason="r" * 65)), "relay-misbehaved", None),
            (say(problem(409, "crowded")), "relay-misbehaved", None),
            (say(problem(404, "not-found")), "relay-misbehaved", None),
            (say(raw(302, b"", "Location: /")), "relay-misbehaved", None),
            (say(ok(200, channel=7, ttl=3600)), "relay-misbehaved", None),
            (say(ok(201, channel=7, ttl=86_401)), "relay-misbehaved", None),
            (say(ok(201, channel=7.0, ttl=1)), "relay-misbehaved", None),
            (say(raw(201, b'{"channel":7,"ttl":1}', "Content-Type: text/json")),
             "relay-misbehaved", None),
            (say(raw(201, b'{"channel":7,"ttl":1}', "Content-Type: application/json",
                     "Content-Encoding: gzip")), "relay-misbehaved", None),
            (say(raw(201, b" " * 262_145, "Content-Type: application/json")),
             "relay-misbehaved", None),
            (say(raw(201, b" " * 300_000, "Content-Type: application/json", length=False)),
             "relay-misbehaved", None),
            (say(b"HTTP/1.1 201 X\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n" + b" " * 0xFFFFF),
             "relay-misbehaved", None),
        ):
            result, server, _, _ = self.run_it(step)
            self.assertEqual((result.outcome, result.reason), (outcome, reason))
            self.assertEqual(len(server.seen), 1)

    def test_lost_is_repeated(self):
        chunked = b"HTTP/1.1 201 X\r\nTransfer-Encoding: chunked\r\n\r\n"
        for step in (
            DROP,
            say(b"no http\r\n\r\n"),
            say(b"HTTP/1.1 201 X\r\nContent-Length: 100\r\n\r\nabc"),
            say(b"HTTP/1.1 201 X\r\nContent-Length: -1\r\n\r\nabc"),
            say(chunked + b"-1\r\n" + b"a" * 100),
            say(chunked + b"3\r\nab"),
            say(problem(503, "unavailable")),
            say(problem(429, "rate-limited", "Retry-After: 3")),
            say(raw(500, b"x" * 300_000)),
        ):
            result, server, _, _ = self.run_it(step, step, say(problem(410, "closed", reason="done")))
            self.assertEqual((result.outcome, result.reason), ("closed", "done"))
            self.assertEqual(len({(s.target, s.body) for s in server.seen}), 1)
            self.assertEqual(len(server.seen), 3)

    def test_retry_after(self):
        for value, least in (("20", 0.4), ("999999999999999999999", None), ("x", 0.0)):
            began = time.monotonic()
            busy = say(problem(429, "rate-limited", f"Retry-After: {value}"))
            result, server, _, _ = self.run_it(busy, say(problem(410, "closed", reason="done")))
            took = time.monotonic() - began
            if least is None:
                self.assertEqual((result.outcome, len(server.seen)), ("relay-unreachable", 1))
            else:
                self.assertEqual(result.outcome, "closed")
                self.assertTrue(least <= took < least + 0.3, took)

    def test_exhausted(self):
        for step in (DROP, after(1, b"")):
            began = time.monotonic()
            result, server, _, _ = self.run_it(step, second_ms=5)
            self.assertEqual(result.outcome, "relay-unreachable")
            self.assertTrue(0.2 < time.monotonic() - began < 0.5)
            self.assertGreater(len(server.seen), 3)

    def test_nobody_listens(self):
        sock = socket.create_server(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        sock.close()
        cfg = with_second(Config(f"http://127.0.0.1:{port}", APPID), 2)
        self.assertEqual(Initiator(cfg, b"", on_code=print).run().outcome, "relay-unreachable")

    def test_interim_answers(self):
        gone = b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + problem(410, "closed", reason="done")
        self.assertEqual(self.run_it(say(gone))[0].outcome, "closed")

    def test_waiting(self):
        for step, outcome, reason, closes in (
            (say(problem(404, "no-such-channel")), "closed", "lost", 0),
            (say(problem(403, "forbidden")), "closed", "lost", 0),
            (say(problem(404, "not-found")), "relay-misbehaved", None, 1),
            (say(ok(body="AA")), "relay-misbehaved", None, 1),
            (say(ok()), "relay-misbehaved", None, 1),
        ):
            result, server, _, _ = self.run_it(self.allocate, step, STORED)
            self.assertEqual((result.outcome, result.reason), (outcome, reason))
            self.assertEqual(len(server.seen), 2 + closes)
            self.setUp()

    def test_deadlines(self):
        short = lambda seen: ok(201, channel=7, ttl=3)
        result, server, _, _ = self.run_it(short, EMPTY, second_ms=100)
        self.assertEqual(result.outcome, "timeout")
        self.assertEqual(server.seen[-1].json, {"reason": "timeout"})
        hang = after(1, b"")
        result, server, _, _ = self.run_it(ALLOCATED, hang, STORED, timeout=5.0, second_ms=50)
        self.assertEqual(server.requests[-1], "POST /7/close")
        self.assertEqual(result.outcome, "timeout")
        result, server, _, _ = self.run_it(hang, timeout=5.0)
        self.assertEqual((result.outcome, len(server.seen)), ("timeout", 1))

    def test_close_once(self):
        for step in (DROP, say(problem(503, "unavailable")), after(1, b"")):
            result, server, _, _ = self.run_it(ALLOCATED, say(ok()), step)
            self.assertEqual((result.outcome, len(server.seen)), ("relay-misbehaved", 3))

    def test_cancel(self):
        def act(run, server):
            time.sleep(0.2)
            run.cancel()

        result, server, _, _ = self.run_it(ALLOCATED, after(1, b""), STORED, act=act, second_ms=100)
        self.assertEqual(result.outcome, "cancelled")
        self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})

    def test_finishing(self):
        for step, outcome, reason, closes in (
            (say(problem(410, "closed", reason="cancelled")), "closed", "cancelled", 0),
            (say(problem(410, "closed", reason="expired")), "expired", None, 0),
            (say(problem(404, "no-such-channel")), "closed", "lost", 0),
            (say(problem(409, "conflict")), "relay-misbehaved", None, 1),
            (DROP, "done", None, 0),
        ):
            self.setUp()
            result, server, _, _ = self.run_it(self.allocate, self.answer(), step, second_ms=3)
            got = (result.outcome, result.reason, result.blob, result.delivered)
            self.assertEqual(got, (outcome, reason, b"from B", False))
            self.assertEqual(server.requests[-1] == "POST /7/close", bool(closes))

    def test_no_receipt(self):
        for step in (
            say(ok(body="00" * 16)),
            say(ok(body="00" * 60)),
            say(ok(body="00" * 65)),
            say(problem(410, "closed", reason="cancelled")),
            DROP,
            EMPTY,
            after(1, b""),
        ):
            self.setUp()
            began = time.monotonic()
            result, server, _, _ = self.run_it(
                self.allocate, self.answer(), STORED, step, second_ms=10
            )
            self.assertEqual((result.outcome, result.delivered), ("done", False))
            self.assertTrue(server.requests[-1].startswith("GET /7/receipt"))
            self.assertLess(time.monotonic() - began, 0.8)

    def hold(self, act, *steps, **more):
        held = queue.Queue()
        with Scripted(self.allocate, self.answer(), *steps) as server:
            cfg = config(server, 20, values=self.values, **more)
            run = Initiator(cfg, b"", on_code=lambda _: None, on_hold=lambda v, b: held.put((v, b)))
            results = []
            thread = threading.Thread(target=lambda: results.append(run.run()))
            thread.start()
            self.assertEqual(held.get(timeout=2), (self.peer.keys.verifier, b"from B"))
            time.sleep(0.1)
            self.assertEqual(len(server.seen), 2)
            act(run)
            thread.join(3)
            return results[0], server

    def test_hold(self):
        result, _ = self.hold(lambda run: run.release(), STORED, self.receipt, STORED)
        self.assertEqual((result.outcome, result.delivered), ("done", True))
        self.setUp()
        result, server = self.hold(lambda run: run.cancel(), STORED)
        self.assertEqual((result.outcome, result.blob), ("cancelled", b"from B"))
        self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})
        self.setUp()
        result, server = self.hold(lambda run: (run.cancel(), run.release()), STORED)
        self.assertEqual(result.outcome, "cancelled")
        self.setUp()
        result, server = self.hold(lambda run: None, STORED, timeout=20.0)
        self.assertEqual((result.outcome, result.blob), ("timeout", b"from B"))

    def test_local_refusals(self):
        with Scripted(DROP) as server:
            good = config(server)
            bad = InjectedValues(None, b"\0\0", bytes(32))
            for cfg, blob, words, outcome in (
                (good, bytes(65_536), 9, "blob-too-large"),
                (replace(good, appid=b"", relay=""), b"", 9, "bad-appid"),
                (replace(good, appid=bytes(129)), b"", 2, "bad-appid"),
                (replace(good, relay="http://example.com"), b"", 9, "bad-rendezvous"),
                (replace(good, values=bad), b"", 9, "bad-code"),
                (good, b"", 1, "bad-code"),
                (replace(good, values=bad), b"", 2, "internal"),
            ):
                run = Initiator(cfg, blob, on_code=print, word_count=words)
                self.assertEqual(run.run().outcome, outcome)
            self.assertEqual(server.seen, [])


class ReceiverTest(unittest.TestCase):
    def setUp(self):
        self.peer = Peer(pake.Side.A)
        self.blob = b""

    def claim(self, _=None):
        return ok(body=self.peer.pake.message.hex(), ttl=600)

    def put_answer(self, seen):
        self.answer = bytes.fromhex(seen.json["body"])
        self.peer.meet(self.answer[:33])
        return ok()

    def finish(self, blob=b"from A", padded=None):
        def step(_):
            keys = self.peer.keys
            padded_text = pad(blob) if padded is None else padded
            return ok(body=seal(keys.initiator_blob, padded_text, keys.th).hex())

        return step

    def test_good(self):
        result, server, run = run_receiver(
            self.claim, self.put_answer, EMPTY, self.finish(), STORED
        )
        got = (result.outcome, result.blob, result.verifier)
        self.assertEqual(got, ("done", b"from A", self.peer.keys.verifier))
        self.assertEqual(
            server.requests,
            ["POST /7/claim", "PUT /7/answer", "GET /7/finish?wait=25", "GET /7/finish?wait=25",
             "PUT /7/receipt"],
        )
        keys = self.peer.keys
        self.assertEqual(server.seen[0].body, b"{}")
        self.assertEqual(self.answer[33:], seal_blob(keys.receiver_blob, b"from B", keys.th))
        self.assertEqual(server.seen[-1].json["body"], seal(keys.receipt, b"", keys.th).hex())
        self.assertEqual(run.export(b"x", 9), keys.export(b"x", 9))

    def test_receipt_matters_not(self):
        for step in (DROP, say(problem(410, "closed", reason="done")), say(ok(body=1))):
            self.setUp()
            result, server, _ = run_receiver(
                self.claim, self.put_answer, self.finish(), step, second_ms=3
            )
            self.assertEqual((result.outcome, result.blob), ("done", b"from A"))
            self.assertEqual(server.requests[-1], "PUT /7/receipt")

    def test_claiming(self):
        for step, outcome, reason, closes in (
            (say(problem(404, "no-such-channel")), "no-such-channel", None, 0),
            (say(problem(409, "crowded")), "crowded", None, 0),
            (say(problem(403, "forbidden")), "relay-misbehaved", None, 0),
            (say(problem(410, "closed", reason="timeout")), "closed", "timeout", 0),
            (say(ok(body="41" + "00" * 31, ttl=600)), "malformed-message", None, 1),
            (say(ok(body="41" + "00" * 32, ttl=600)), "bad-element", None, 1),
            (say(ok(body="41" + "00" * 32, ttl=601)), "relay-misbehaved", None, 0),
            (say(ok(body="41" + "00" * 64, ttl=600)), "relay-misbehaved", None, 0),
        ):
            result, server, _ = run_receiver(step, STORED)
            self.assertEqual((result.outcome, result.reason), (outcome, reason))
            self.assertEqual(len(server.seen), 1 + closes)
            self.assertTrue(result.sentence())

    def test_finish_faults(self):
        zeros = say(ok(body="00" * 272))
        for step, outcome in (
            (zeros, "wrong-code"),
            (say(ok(body="00" * 271)), "malformed-message"),
            (self.finish(padded=bytes(256)), "malformed-message"),
        ):
            self.setUp()
            result, server, _ = run_receiver(self.claim, self.put_answer, step, STORED)
            self.assertEqual((result.outcome, result.blob), (outcome, None))
            self.assertEqual(server.seen[-1].json, {"reason": outcome})

    def test_deadline_while_claiming(self):
        result, server, _ = run_receiver(after(1, b""), STORED, timeout=10.0)
        self.assertEqual((result.outcome, server.requests[-1]), ("timeout", "POST /7/close"))

    def test_bad_code_makes_no_request(self):
        with Scripted(DROP) as server:
            run = Receiver(config(server), b"", "7-clockwork-crossover")
            result = run.run()
            self.assertEqual((result.outcome, result.fault), ("bad-code", "swapped-words"))
            self.assertEqual(server.seen, [])


class BothTest(unittest.TestCase):
    """Both command lines, their messages handed over by two scripts."""

    def exchange(self, words=2):
        pipes = {name: queue.Queue() for name in ("offer", "answer", "finish", "receipt")}

        def put(name, data=None):
            def step(seen):
                pipes[name].put(seen.json["body"])
                return data or ok()

            return step

        def get(name, **more):
            return lambda _: ok(body=pipes[name].get(timeout=5), **more)

        a = Scripted(put("offer", ok(201, channel=42, ttl=99)), get("answer"), put("finish"),
                     get("receipt"), STORED)
        b = Scripted(get("offer", ttl=99), put("answer"), get("finish"), put("receipt"))
        base = [sys.executable, "-m", "wsync"]
        tail = ["--appid-hex", APPID.hex()]
        first = subprocess.Popen(
            [*base, "initiator", "--relay", a.url, "--words", str(words), *tail],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        first.stdin.write(b"blob of A")
        first.stdin.close()
        code = first.stdout.readline().decode().strip()
        second = subprocess.run(
            [*base, "receiver", code.upper().replace("-", " "), "--relay", b.url, *tail],
            input=b"", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20,
        )
        at_b = json.loads(second.stdout)
        at_a = json.loads(first.stdout.read())
        first.stdout.close()
        first.wait(5)
        return code, at_a, at_b

    def test_both(self):
        for words in (2, 8):
            code, at_a, at_b = self.exchange(words)
            self.assertEqual(len(code.split("-")), words + 1)
            self.assertEqual(at_a["verifier"], at_b["verifier"])
            self.assertEqual((at_a["outcome"], at_a["delivered"], at_a["blob"]), ("done", True, ""))
            self.assertEqual((at_b["outcome"], at_b["blob"]), ("done", b"blob of A".hex()))


def _word(position: int, byte: int) -> str:
    from wsync.code import word_list

    return word_list(position)[byte]


if __name__ == "__main__":
    unittest.main()
