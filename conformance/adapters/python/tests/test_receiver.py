"""The receiver against scripted answers."""

from __future__ import annotations

import threading
import time
import unittest

from wormhole.events import UserEvent
from wormhole.receiver import Receiver

from .peers import CODE, PeerInitiator, config
from .scripted import DROP, EMPTY, HANG, STORED, Scripted, ok, problem, say


class ReceiverTest(unittest.TestCase):
    def setUp(self):
        self.peer = PeerInitiator()
        self.run_ = None
        self.shown = []
        self.taken = []

    def run_it(self, *steps, second_ms=100, on_look=None, on_take=None, **more):
        with Scripted(*steps) as server:
            cfg = config(server, second_ms, **more)
            self.run_ = Receiver(cfg, b"from B", CODE, on_look=on_look, on_take=on_take)
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

    def look(self, *said):
        """A user who says this as soon as the words are shown."""

        def on_look(verifier):
            self.shown.append(verifier)
            for event in said:
                self.run_.say(event)

        return on_look

    def take(self, *said):
        """An application that says this as soon as it gets the blob."""

        def on_take(blob):
            self.taken.append((blob, self.run_.export(b"x", 9)))
            for event in said:
                self.run_.say(event)

        return on_take

    def say(self, said, answer):
        """A step during which the user says something, before its answer comes."""

        def step(seen):
            self.run_.say(said)
            time.sleep(0.05)
            return answer(seen)

        return step

    def later(self, said, seconds=0.1):
        threading.Timer(seconds, lambda: self.run_.say(said)).start()

    def start(self):
        self.setUp()
        return self.peer.claim, self.peer.put_answer

    def test_agree_at_once(self):
        start = self.start()
        result, server = self.run_it(
            *start, self.peer.finish(), STORED, on_look=self.look(UserEvent.RELEASE)
        )
        self.assertEqual((result.outcome, result.blob), ("done", b"from A"))
        self.assertEqual(self.shown, [self.peer.keys.verifier])
        self.assertEqual(server.requests[2:], ["GET /7/finish?wait=25", "PUT /7/receipt"])

    def test_the_request_goes_on_when_the_user_agrees(self):
        start = self.start()
        agreed = self.say(UserEvent.RELEASE, self.peer.finish())
        result, server = self.run_it(*start, EMPTY, agreed, STORED, on_look=self.look())
        self.assertEqual((result.outcome, result.blob), ("done", b"from A"))
        self.assertEqual(
            server.requests[2:], ["GET /7/finish?wait=25"] * 2 + ["PUT /7/receipt"]
        )

    def test_its_repeats_go_on_when_the_user_agrees(self):
        start = self.start()
        busy = problem(503, "unavailable", "Retry-After: 31")

        def poll(_):
            self.later(UserEvent.RELEASE, 0.2)  # while the request waits for its repeat
            return busy

        result, server = self.run_it(*start, poll, say(busy), on_look=self.look(), second_ms=20)
        # The same pause, and the same window: a second one of 31 seconds does not fit into it.
        self.assertEqual(result.outcome, "relay-unreachable")
        self.assertEqual(server.requests[2:], ["GET /7/finish?wait=25"] * 2)
        self.assertGreaterEqual(server.seen[3].at - server.seen[2].at, 31 * 0.02 - 0.01)

    def test_the_finish_comes_while_the_user_looks(self):
        for said, outcome, blob, last in (
            (UserEvent.RELEASE, "done", b"from A", "PUT /7/receipt"),
            (UserEvent.MISMATCH, "verifier-mismatch", None, "POST /7/close"),
            (UserEvent.CANCEL, "cancelled", None, "POST /7/close"),
            (None, "timeout", None, "POST /7/close"),
        ):
            start = self.start()
            step = self.peer.finish()

            def finish(seen, step=step, said=said):
                if said is not None:
                    self.later(said)
                return step(seen)

            result, server = self.run_it(
                *start, finish, STORED, on_look=self.look(), on_take=self.take(UserEvent.TAKEN),
                timeout=10.0,
            )
            self.assertEqual((result.outcome, result.blob), (outcome, blob))
            self.assertEqual(server.requests[2:], ["GET /7/finish?wait=25", last])
            if blob is None:  # kept back (RECV-5), and the keys with it (KEY-5)
                self.assertEqual(self.taken, [])
                self.assertEqual(server.seen[-1].json, {"reason": outcome})
                with self.assertRaises(RuntimeError):
                    self.run_.export(b"x", 9)

    def test_no_agreement(self):
        for said, outcome in (
            (UserEvent.MISMATCH, "verifier-mismatch"), (UserEvent.CANCEL, "cancelled"),
        ):
            result, server = self.run_it(*self.start(), STORED, on_look=self.look(said))
            self.assertEqual((result.outcome, result.blob), (outcome, None))
            self.assertEqual(server.requests[2:], ["POST /7/close"])
            self.assertEqual(server.seen[-1].json, {"reason": outcome})

    def test_the_channel_ends_while_the_user_looks(self):
        for step, outcome, reason, closes in (
            (say(problem(410, "closed", reason="verifier-mismatch")), "closed",
             "verifier-mismatch", 0),
            (say(problem(410, "closed", reason="expired")), "expired", None, 0),
            (say(problem(404, "no-such-channel")), "closed", "lost", 0),
            (say(problem(409, "conflict")), "relay-misbehaved", None, 1),
            (say(ok(body="00" * 272)), "wrong-code", None, 1),
            (say(ok(body="00" * 271)), "malformed-message", None, 1),
        ):
            result, server = self.run_it(*self.start(), step, STORED, on_look=self.look())
            self.assertEqual((result.outcome, result.reason, result.blob), (outcome, reason, None))
            self.assertEqual(len(server.seen), 3 + closes)

    def test_taking(self):
        for said, outcome, blob, last in (
            (UserEvent.TAKEN, "done", b"from A", "PUT /7/receipt"),
            (UserEvent.NOT_TAKEN, "not-taken", None, "POST /7/close"),
            (UserEvent.CANCEL, "cancelled", None, "POST /7/close"),
        ):
            start = self.start()
            steps = (*start, self.peer.finish(), STORED)
            result, server = self.run_it(*steps, on_take=self.take(said))
            got = (result.outcome, result.blob, result.delivered)
            self.assertEqual(got, (outcome, blob, outcome == "done"))
            self.assertEqual(self.taken, [(b"from A", self.peer.session.export(b"x", 9))])
            self.assertEqual(server.requests[2:], ["GET /7/finish?wait=25", last])
            if blob is None:
                self.assertEqual(server.seen[-1].json, {"reason": outcome})

    def test_no_time_runs_in_taking(self):
        for said, outcome, requests in (
            (UserEvent.TAKEN, "done", []),  # the deadline comes before the receipt (TIME-5)
            (UserEvent.NOT_TAKEN, "not-taken", ["POST /7/close"]),
        ):
            start = self.start()
            application = self.take()

            def take(blob, said=said, application=application):
                application(blob)
                self.later(said, 0.6)

            began = time.monotonic()
            result, server = self.run_it(
                *start, self.peer.finish(), STORED, on_take=take, timeout=3.0
            )
            self.assertGreaterEqual(time.monotonic() - began, 0.6)
            self.assertEqual(result.outcome, outcome)
            self.assertEqual(server.requests[3:], requests)

    def test_nobody_answers_where_nobody_is_asked(self):
        for said in (UserEvent.RELEASE, UserEvent.MISMATCH, UserEvent.TAKEN, UserEvent.NOT_TAKEN):
            start = self.start()
            steps = (*start, EMPTY, self.peer.finish(), STORED)
            result, _ = self.run_it(*(self.say(said, step) for step in steps))
            self.assertEqual((result.outcome, result.blob), ("done", b"from A"))

    def test_bad_code_makes_no_request(self):
        with Scripted(DROP) as server:
            result = Receiver(config(server), b"", "7-clockwork-crossover").run()
            self.assertEqual((result.outcome, result.fault), ("bad-code", "swapped-words"))
            self.assertEqual(server.seen, [])


if __name__ == "__main__":
    unittest.main()
