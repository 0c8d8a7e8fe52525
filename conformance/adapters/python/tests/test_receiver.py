"""The receiver against scripted answers."""

from __future__ import annotations

import unittest

from wsync import Receiver

from .peers import CODE, PeerInitiator, config
from .scripted import DROP, EMPTY, HANG, STORED, Scripted, ok, problem, say


class ReceiverTest(unittest.TestCase):
    def setUp(self):
        self.peer = PeerInitiator()
        self.run_ = None

    def run_it(self, *steps, second_ms=100, on_hold=None, **more):
        with Scripted(*steps) as server:
            cfg = config(server, second_ms, **more)
            self.run_ = Receiver(cfg, b"from B", CODE, on_hold=on_hold)
            return self.run_.run(), server

    def test_good(self):
        result, server = self.run_it(
            self.peer.claim, self.peer.put_answer, EMPTY, self.peer.finish(), STORED
        )
        got = (result.outcome, result.delivered, result.blob, result.verifier)
        self.assertEqual(got, ("done", True, b"from A", self.peer.keys.verifier))
        self.assertEqual(
            server.requests,
            ["POST /7/claim", "PUT /7/answer", "GET /7/finish?wait=25", "GET /7/finish?wait=25",
             "PUT /7/receipt"],
        )
        self.assertEqual(server.seen[0].body, b"{}")
        self.assertEqual(self.peer.blob, b"from B")
        receipt = bytes.fromhex(server.seen[-1].json["body"])
        self.assertTrue(self.peer.session.read_receipt(receipt))
        self.assertEqual(self.run_.export(b"x", 9), self.peer.session.export(b"x", 9))

    def test_receipt_matters_not(self):
        for step in (DROP, say(problem(410, "closed", reason="done")), say(ok(body=1))):
            self.setUp()
            result, server = self.run_it(
                self.peer.claim, self.peer.put_answer, self.peer.finish(), step, second_ms=20
            )
            got = (result.outcome, result.delivered, result.blob)
            self.assertEqual(got, ("done", True, b"from A"))
            self.assertEqual(server.requests[-1], "PUT /7/receipt")

    def test_claiming(self):
        for step, outcome, reason, closes in (
            (say(problem(404, "no-such-channel")), "no-such-channel", None, 0),
            (say(problem(409, "crowded")), "crowded", None, 0),
            (say(problem(403, "forbidden")), "relay-misbehaved", None, 0),
            (say(problem(410, "closed", reason="timeout")), "closed", "timeout", 0),
            (say(ok(body="41" + "00" * 31, ttl=600)), "malformed-message", None, 1),
            (say(ok(body="41" + "00" * 32, ttl=600)), "bad-element", None, 1),
            (say(ok(body="41" + "00" * 32, ttl=601)), "relay-misbehaved", None, 1),
            (say(ok(body="41" + "00" * 64, ttl=600)), "relay-misbehaved", None, 1),
        ):
            result, server = self.run_it(step, STORED)
            got = (result.outcome, result.reason, result.delivered)
            self.assertEqual(got, (outcome, reason, False))
            self.assertEqual(len(server.seen), 1 + closes)
            self.assertTrue(result.sentence())

    def test_finish_faults(self):
        for body, outcome in (
            (bytes(272), "wrong-code"),
            (bytes(271), "malformed-message"),
            (None, "malformed-message"),
        ):
            self.setUp()
            step = say(ok(body=body.hex())) if body else self.peer.finish(padded=bytes(256))
            result, server = self.run_it(self.peer.claim, self.peer.put_answer, step, STORED)
            got = (result.outcome, result.blob, result.delivered)
            self.assertEqual(got, (outcome, None, False))
            self.assertEqual(server.seen[-1].json, {"reason": outcome})

    def test_deadline_while_claiming(self):
        result, server = self.run_it(HANG, STORED, timeout=3.0)
        self.assertEqual((result.outcome, server.requests[-1]), ("timeout", "POST /7/close"))

    def test_look_first(self):
        steps = (self.peer.claim, self.peer.put_answer, self.peer.finish(), STORED)
        result, _ = self.run_it(*steps, on_hold=lambda verifier: self.run_.release())
        self.assertEqual((result.outcome, result.blob), ("done", b"from A"))
        self.setUp()
        steps = (self.peer.claim, self.peer.put_answer, STORED)
        result, server = self.run_it(*steps, on_hold=lambda verifier: self.run_.cancel())
        self.assertEqual((result.outcome, result.blob), ("cancelled", None))
        self.assertEqual(server.requests[2:], ["POST /7/close"])

    def test_bad_code_makes_no_request(self):
        with Scripted(DROP) as server:
            result = Receiver(config(server), b"", "7-clockwork-crossover").run()
            self.assertEqual((result.outcome, result.fault), ("bad-code", "swapped-words"))
            self.assertEqual(server.seen, [])


if __name__ == "__main__":
    unittest.main()
