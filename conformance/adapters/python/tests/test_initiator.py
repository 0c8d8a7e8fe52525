"""The initiator against scripted answers."""

from __future__ import annotations

import unittest
from dataclasses import replace

from wormhole.events import UserEvent
from wormhole.initiator import Initiator
from wormhole.outcome import Outcome
from wormhole.testing import HookError, InjectedValues

from .peers import APPID, CODE, SIDE, VALUES, PeerReceiver, config
from .scripted import DROP, EMPTY, GONE, HANG, STORED, Scripted, ok, problem, say

ALLOCATED = say(ok(201, channel=7, ttl=3600))


class InitiatorTest(unittest.TestCase):
    def setUp(self):
        self.peer = PeerReceiver()
        self.codes = []
        self.shown = []
        self.run_ = None

    def run_it(self, *steps, blob=b"from A", second_ms=100, on_look=None, **more):
        with Scripted(*steps) as server:
            cfg = config(server, second_ms, values=VALUES, **more)
            self.run_ = Initiator(cfg, blob, on_code=self.codes.append, on_look=on_look)
            return self.run_.run(), server

    def cancel(self, answer):
        def step(_):
            self.run_.say(UserEvent.CANCEL)
            return answer

        return step

    def test_good(self):
        result, server = self.run_it(
            self.peer.allocate, EMPTY, self.peer.answer(), STORED, EMPTY, self.peer.receipt, STORED
        )
        got = (result.outcome, result.delivered, result.blob, result.verifier)
        self.assertEqual(got, (Outcome.DONE, True, b"from B", self.peer.keys.verifier))
        self.assertEqual(str(self.codes[0]), CODE)
        self.assertEqual(
            server.requests,
            ["POST ", "GET /7/answer?wait=25", "GET /7/answer?wait=25", "PUT /7/finish",
             "GET /7/receipt?wait=25", "GET /7/receipt?wait=25", "POST /7/close"],
        )
        self.assertEqual(server.seen[-1].json, {"reason": "done"})
        finish = bytes.fromhex(server.seen[3].json["body"])
        self.assertEqual(self.peer.session.read_finish(finish), b"from A")
        self.assertGreaterEqual(server.seen[2].at - server.seen[1].at, 0.09)  # TIME-4, less jitter
        for seen in server.seen:
            self.assertEqual(seen.headers["authorization"], "Bearer " + SIDE.hex())
            self.assertTrue(seen.target.startswith(f"/v1/{APPID.hex()}/channels"))
            self.assertEqual("content-type" in seen.headers, seen.method != "GET")
        self.assertEqual(self.run_.export(b"x", 5), self.peer.session.export(b"x", 5))

    def test_largest(self):
        blob = bytes(range(256)) * 255 + bytes(255)
        self.assertEqual(len(blob), 65_535)
        result, _ = self.run_it(
            self.peer.allocate, self.peer.answer(blob), STORED, self.peer.receipt, STORED,
            blob=blob,
        )
        self.assertEqual((result.outcome, result.blob, result.delivered), ("done", blob, True))

    def test_answer_faults(self):
        element = self.peer.session.message
        for body, outcome in (
            (element + bytes(272), "wrong-code"),
            (element + bytes(271), "malformed-message"),
            (b"\x41" + bytes(32 + 272), "bad-element"),
            (None, "malformed-message"),
        ):
            self.setUp()
            step = say(ok(body=body.hex())) if body else self.peer.answer(padded=bytes(256))
            result, server = self.run_it(self.peer.allocate, step, STORED)
            self.assertEqual((result.outcome, result.blob), (outcome, None))
            self.assertEqual(server.requests[-1], "POST /7/close")
            self.assertEqual(server.seen[-1].json, {"reason": outcome})
            with self.assertRaises(RuntimeError):  # KEY-5
                self.run_.export(b"x", 1)

    def test_waiting(self):
        for step, outcome, reason, closes in (
            (say(problem(404, "no-such-channel")), "closed", "lost", 0),
            (say(problem(403, "forbidden")), "closed", "lost", 0),
            (say(problem(404, "not-found")), "relay-misbehaved", None, 1),
            (say(ok(body="AA")), "relay-misbehaved", None, 1),
            (say(ok()), "relay-misbehaved", None, 1),
        ):
            result, server = self.run_it(ALLOCATED, step, STORED)
            self.assertEqual((result.outcome, result.reason), (outcome, reason))
            self.assertEqual(len(server.seen), 2 + closes)

    def test_life_and_deadline(self):
        short = lambda seen: ok(201, channel=7, ttl=3)
        for step, more in ((short, {}), (ALLOCATED, {"timeout": 3.0})):
            result, server = self.run_it(step, HANG, STORED, **more)
            self.assertEqual(result.outcome, "timeout")
            self.assertEqual(server.seen[-1].json, {"reason": "timeout"})
        result, server = self.run_it(HANG, timeout=3.0)
        self.assertEqual((result.outcome, len(server.seen)), ("timeout", 1))

    def test_close_is_tried_once(self):
        for step in (DROP, say(problem(503, "unavailable")), HANG):
            result, server = self.run_it(ALLOCATED, say(ok()), step, second_ms=20)
            self.assertEqual((result.outcome, len(server.seen)), ("relay-misbehaved", 3))

    def test_cancel(self):
        result, server = self.run_it(ALLOCATED, self.cancel(b""), STORED)
        self.assertEqual(result.outcome, "cancelled")
        self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})
        result, server = self.run_it(ALLOCATED, say(ok()), self.cancel(b""))  # of the close
        self.assertEqual((result.outcome, len(server.seen)), ("relay-misbehaved", 3))

    def test_nothing_is_asked_before_the_first_attempt(self):
        with Scripted(DROP) as server:
            run = Initiator(config(server), b"", on_code=print)
            run.say(UserEvent.CANCEL)
            self.assertEqual(run.run().outcome, "cancelled")
            run = Initiator(config(server, timeout=0), b"", on_code=print)
            self.assertEqual(run.run().outcome, "timeout")
            self.assertEqual(server.seen, [])

    def test_finishing(self):
        cancel = self.cancel(b"")
        for step, outcome, reason, closes in (
            (say(problem(410, "closed", reason="cancelled")), "closed", "cancelled", 0),
            (say(problem(410, "closed", reason="expired")), "expired", None, 0),
            (say(problem(404, "no-such-channel")), "closed", "lost", 0),  # CLIENT-15
            (say(problem(403, "forbidden")), "closed", "lost", 0),
            (say(problem(409, "conflict")), "relay-misbehaved", None, 1),
            (cancel, "done", None, 0),
        ):
            self.setUp()
            result, server = self.run_it(
                self.peer.allocate, self.peer.answer(), step, *[STORED] * closes
            )
            got = (result.outcome, result.reason, result.blob, result.delivered)
            self.assertEqual(got, (outcome, reason, b"from B", False))
            self.assertEqual(server.requests[-1] == "POST /7/close", bool(closes))
            self.assertEqual(len(self.run_.export(b"x", 9)), 9)  # KEY-5: whatever the outcome

    def test_a_finish_that_may_be_stored(self):
        for failure in (DROP, say(problem(503, "unavailable"))):
            for refusal in (problem(404, "no-such-channel"), problem(403, "forbidden")):
                self.setUp()
                result, _ = self.run_it(
                    self.peer.allocate, self.peer.answer(), failure, say(refusal)
                )
                self.assertEqual((result.outcome, result.delivered), ("done", False))  # INIT-4

    def test_no_receipt(self):
        for step in (
            say(ok(body="00" * 16)),
            say(ok(body="00" * 60)),
            say(ok(body="00" * 65)),
            say(problem(410, "closed", reason="cancelled")),
            EMPTY,
            HANG,
        ):
            self.setUp()
            result, server = self.run_it(
                self.peer.allocate, self.peer.answer(), STORED, step, second_ms=20
            )
            self.assertEqual((result.outcome, result.delivered), ("done", False))
            self.assertTrue(server.requests[-1].startswith("GET /7/receipt"))
            self.assertIn("not confirmed", result.sentence())

    def look(self, *said):
        """A user who says this as soon as the words are shown."""

        def on_look(verifier, blob):
            self.shown.append((verifier, blob))
            for event in said:
                self.run_.say(event)

        return on_look

    def say(self, said, answer):
        """A step during which the user says something, before its answer comes."""

        def step(seen):
            self.run_.say(said)
            return answer(seen)

        return step

    def start(self):
        self.setUp()
        return self.peer.allocate, self.peer.answer()

    def test_agree(self):
        for steps, polls in (((), 0), ((EMPTY,), 1), ((EMPTY, EMPTY), 2)):
            start = self.start()
            last = self.say(UserEvent.RELEASE, HANG)
            user = self.look(*[] if polls else [UserEvent.RELEASE])
            looks = [*steps, last] if polls else []
            result, server = self.run_it(
                *start, *looks, STORED, self.peer.receipt, STORED, on_look=user
            )
            self.assertEqual((result.outcome, result.delivered), ("done", True))
            self.assertEqual(self.shown, [(self.peer.keys.verifier, b"from B")])
            self.assertEqual(
                server.requests[2:],
                ["GET /7/receipt?wait=25"] * len(looks)  # the last is abandoned (INIT-1)
                + ["PUT /7/finish", "GET /7/receipt?wait=25", "POST /7/close"],
            )
            if polls == 2:  # TIME-4, less jitter
                self.assertGreaterEqual(server.seen[3].at - server.seen[2].at, 0.09)

    def test_polls_keep_no_distance_over_another_request(self):
        poll = self.say(UserEvent.RELEASE, HANG)
        _, server = self.run_it(
            *self.start(), poll, STORED, self.peer.receipt, STORED, on_look=self.look(),
            second_ms=1_000,
        )
        self.assertLess(server.seen[4].at - server.seen[2].at, 0.9)  # TIME-4

    def test_only_who_looks_polls_in_holding(self):
        _, server = self.run_it(*self.start(), STORED, self.peer.receipt, STORED)
        self.assertEqual(server.requests[2], "PUT /7/finish")  # INIT-2

    def test_no_agreement(self):
        for said, outcome in (
            ([UserEvent.CANCEL], "cancelled"),
            ([UserEvent.MISMATCH], "verifier-mismatch"),
            ([UserEvent.MISMATCH, UserEvent.RELEASE], "verifier-mismatch"),
            ([UserEvent.TAKEN, UserEvent.MISMATCH], "verifier-mismatch"),
            ([], "timeout"),
        ):
            result, server = self.run_it(
                *self.start(), HANG if not said else STORED, STORED, on_look=self.look(*said),
                timeout=5.0,
            )
            self.assertEqual((result.outcome, result.blob), (outcome, b"from B"))
            self.assertEqual(server.requests[-1], "POST /7/close")
            self.assertEqual(server.seen[-1].json, {"reason": outcome})
            self.assertNotIn("PUT /7/finish", server.requests)

    def test_what_is_said_keeps_its_order(self):
        said = [UserEvent.RELEASE, UserEvent.CANCEL]
        result, server = self.run_it(*self.start(), HANG, on_look=self.look(*said))
        self.assertEqual((result.outcome, result.delivered), ("done", False))  # INIT-4
        self.assertNotIn("POST /7/close", server.requests)

    def test_the_channel_ends_while_the_user_looks(self):
        for step, outcome, reason, closes in (
            (say(problem(410, "closed", reason="cancelled")), "closed", "cancelled", 0),
            (say(problem(410, "closed", reason="verifier-mismatch")), "closed",
             "verifier-mismatch", 0),
            (say(problem(410, "closed", reason="expired")), "expired", None, 0),
            (say(problem(404, "no-such-channel")), "closed", "lost", 0),
            (say(problem(403, "forbidden")), "closed", "lost", 0),
            (say(problem(409, "crowded")), "relay-misbehaved", None, 1),
            (say(ok(body="00" * 16)), "relay-misbehaved", None, 1),  # INIT-6
            (lambda seen: self.peer.receipt(seen), "relay-misbehaved", None, 1),
        ):
            result, server = self.run_it(
                *self.start(), EMPTY, step, STORED, on_look=self.look(), second_ms=20
            )
            got = (result.outcome, result.reason, result.blob, result.delivered)
            self.assertEqual(got, (outcome, reason, b"from B", False))
            self.assertEqual(len(server.seen), 4 + closes)
        result, _ = self.run_it(*self.start(), DROP, on_look=self.look(), second_ms=5)
        self.assertEqual(result.outcome, "relay-unreachable")

    def test_nobody_answers_where_nobody_is_asked(self):
        for said in (UserEvent.RELEASE, UserEvent.MISMATCH, UserEvent.NOT_TAKEN):
            start = self.start()
            steps = (*start, STORED, self.peer.receipt, STORED)
            result, _ = self.run_it(*(self.say(said, step) for step in steps))
            self.assertEqual((result.outcome, result.delivered), ("done", True))

    def test_the_other_side_says_why(self):
        for reason, outcome, sentence in (
            ("verifier-mismatch", "closed", "The relay says: The words differ"),  # INIT-7, OUT-4
            ("not-taken", "done", "could not keep yours"),  # INIT-8
        ):
            gone = say(problem(410, "closed", reason=reason))
            result, server = self.run_it(*self.start(), STORED, EMPTY, gone)
            got = (result.outcome, result.reason, result.blob, result.delivered)
            self.assertEqual(got, (outcome, reason, b"from B", False))
            self.assertIn(sentence, result.sentence())
            self.assertEqual(server.requests[-1], "GET /7/receipt?wait=25")
        result, _ = self.run_it(*self.start(), STORED, GONE)
        self.assertEqual((result.outcome, result.reason), ("done", None))

    def test_local_refusals(self):
        with Scripted(GONE) as server:
            good = config(server)
            failed = InjectedValues({"side": None})
            for cfg, blob, words, outcome in (
                (good, bytes(65_536), 9, "blob-too-large"),
                (replace(good, appid=b"", relay=""), b"", 9, "bad-appid"),
                (replace(good, appid=bytes(129)), b"", 2, "bad-appid"),
                (replace(good, relay="http://example.com"), b"", 9, "bad-rendezvous"),
                (replace(good, values=failed), b"", 9, "bad-code"),
                (good, b"", 1, "bad-code"),
                (replace(good, values=failed), b"", 2, "internal"),
            ):
                run = Initiator(cfg, blob, on_code=print, word_count=words)
                self.assertEqual(run.run().outcome, outcome)
            for name, value in (
                ("side", bytes(15)), ("words", bytes(3)), ("pake_scalar", b"\xff" * 32),
            ):
                hooked = replace(good, values=InjectedValues({name: value}))
                with self.assertRaises(HookError):  # HOOK-2
                    Initiator(hooked, b"", on_code=print).run()
            self.assertEqual(server.seen, [])


if __name__ == "__main__":
    unittest.main()
