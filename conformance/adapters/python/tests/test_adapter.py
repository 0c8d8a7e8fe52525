"""The adapter as a process of its own, and the replies of its operations."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from glue.inputs import CannotTryError, Inputs
from glue.operations import OPERATIONS, refusal_of

from .peers import APPID, CODE, SCALAR, SIDE, WORDS, PeerInitiator
from .scripted import HANG, STORED, Scripted, ok, say

ADAPTER = Path(__file__).resolve().parents[1] / "adapter.py"
HELLO = b'{"hello":{"protocol":[1,1],"suite":"test"}}\n'


def talk(data: bytes) -> tuple[int, list[dict]]:
    """The status and replies of an adapter that gets all input at once, in another folder."""
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            [sys.executable, str(ADAPTER)], input=data, capture_output=True, cwd=folder, timeout=30
        )
    return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()]


class FramingTest(unittest.TestCase):
    def test_requests(self):
        requests = (
            {"id": "1", "op": "code-parse", "in": {"input": CODE.encode().hex()}},
            {"id": "2", "op": "code-parse", "in": {"input": b"7-crossover".hex()}},
            {"id": "3", "op": "nothing", "in": {}},
            {"id": "4", "op": "appid", "in": {"appid": "AA"}},
            {"id": "5", "op": "user-event", "in": {"target": "17", "event": "cancel"}},
            {"id": "6", "op": "code-parse"},
            {"id": "7", "op": "seal", "in": {"key": "00" * 31, "th": "", "plaintext": ""}},
            {"id": "8", "op": "run", "in": {"role": "receiver"}},
            {"id": "9", "op": "user-event", "in": {"target": "17", "event": "agree"}},
        )
        lines = b"".join(json.dumps(request).encode() + b"\n" for request in requests)
        status, answers = talk(HELLO + lines + b'{"id":"half')
        self.assertEqual(status, 0)
        hello = answers.pop(0)["hello"]
        self.assertEqual((hello["protocol"], hello["name"]), (1, "wormhole-sync-python"))
        parsed = {"channel": 7, "words": ["crossover", "clockwork"]}
        self.assertEqual(answers.pop(0), {"id": "1", "ok": parsed})
        refused = {"outcome": "bad-code", "fault": "word-count"}
        self.assertEqual(answers.pop(0), {"id": "2", "refused": refused})
        # What a user says to a run that is not there is dropped.
        tried = [(a["id"], "error" in a) for a in answers]
        self.assertEqual(tried, [(i, i != "5") for i in "3456789"])

    def test_faults(self):
        for line in (
            b"\n", b"[]\n", b"{}\n", b'{"id":1}\n', b'{"id":"1","id":"2"}\n', b"\xff\n",
            b'{"id":"1"}' + b" " * (1 << 20) + b"\n", b" " * ((1 << 20) + 1),
        ):
            with self.subTest(line=line[:20]):
                status, answers = talk(HELLO + line)
                self.assertEqual((status, len(answers)), (1, 1))
        self.assertEqual(talk(b'{"hello":{"protocol":[2,3],"suite":"test"}}\n'), (1, []))
        self.assertEqual(talk(b""), (0, []))


class RunTest(unittest.TestCase):
    """Several runs at once, whose messages scripts hand over."""

    def setUp(self):
        self.process = subprocess.Popen(
            [sys.executable, str(ADAPTER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.addCleanup(self.process.wait, 10)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.stdin.close)
        self.send(json.loads(HELLO))
        self.receive()

    def send(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self):
        return json.loads(self.process.stdout.readline())

    def say(self, id_, target, event):
        self.send({"id": id_, "op": "user-event", "in": {"target": target, "event": event}})

    def start(self, id_, server, role, **more):
        given = {"role": role, "rendezvous": server.url, "appid": APPID.hex(), "blob": b"b".hex()}
        self.send({"id": id_, "op": "run", "in": given | more})

    def test_both_roles_at_once(self):
        pipes = {name: queue.Queue() for name in ("offer", "answer", "finish", "receipt")}

        def put(name, data=None):
            def step(seen):
                pipes[name].put(seen.json["body"])
                return data or ok()

            return step

        def get(name, **more):
            return lambda _: ok(body=pipes[name].get(timeout=10), **more)

        polled = threading.Event()

        def poll(_):
            polled.set()
            return HANG(_)

        steps_a = (put("offer", ok(201, channel=42, ttl=99)), get("answer"), poll, put("finish"),
                   get("receipt"), STORED)
        steps_b = (get("offer", ttl=99), put("answer"), get("finish"), put("receipt"))
        export = {"label": b"label".hex(), "length": 40}
        with Scripted(*steps_a) as a, Scripted(*steps_b) as b, Scripted(HANG) as c:
            self.start("c", c, "initiator")
            self.start("a", a, "initiator", words=8, look=True, export=export, blob="")
            shown = self.receive()
            self.assertEqual((shown["id"], shown["event"]), ("a", "code"))
            code = shown["code"]
            self.assertEqual((len(code.split("-")), code.split("-")[0]), (9, "42"))
            typed = code.upper().replace("-", " ").encode().hex()
            self.start("b", b, "receiver", code=typed, export=export, look=True, take=True)
            looks = {message.pop("id"): message for message in (self.receive(), self.receive())}
            self.assertEqual(looks["a"], looks["b"])
            self.assertEqual((looks["a"]["event"], len(looks["a"]["verifier"])), ("looking", 8))
            self.assertTrue(polled.wait(10))
            for side in ("a", "b"):
                self.say(side + "1", side, "release")
                self.assertEqual(self.receive(), {"id": side + "1", "ok": {}})
            self.assertEqual(self.receive(), {"id": "b", "event": "taking", "blob": ""})
            self.say("b2", "b", "taken")
            self.assertEqual(self.receive(), {"id": "b2", "ok": {}})
            ended = {message["id"]: message["ok"] for message in (self.receive(), self.receive())}
            self.say("e", "c", "release")
            self.assertEqual(self.receive(), {"id": "e", "ok": {}})
            self.say("d", "c", "cancel")
            last = {message["id"]: message["ok"] for message in (self.receive(), self.receive())}
        at_a, at_b = ended["a"], ended["b"]
        self.assertEqual((at_a["outcome"], at_a["delivered"], at_a["blob"]), ("done", True, "62"))
        self.assertEqual((at_b["outcome"], at_b["delivered"], at_b["blob"]), ("done", True, ""))
        self.assertEqual(at_a["verifier"], looks["a"]["verifier"])
        self.assertEqual(at_b["verifier"], looks["b"]["verifier"])
        self.assertEqual((len(at_a["exported"]), at_a["exported"]), (80, at_b["exported"]))
        self.assertEqual(last["d"], {})
        self.assertEqual((last["c"]["outcome"], len(c.seen)), ("cancelled", 1))

    def test_not_taken(self):
        peer = PeerInitiator()
        typed = CODE.encode().hex()
        with Scripted(peer.claim, peer.put_answer, peer.finish(), STORED) as server:
            self.start("1", server, "receiver", code=typed, take=True)
            taking = {"id": "1", "event": "taking", "blob": b"from A".hex()}
            self.assertEqual(self.receive(), taking)
            self.say("2", "1", "not-taken")
            ended = {message["id"]: message["ok"] for message in (self.receive(), self.receive())}
            self.assertEqual(ended["1"]["outcome"], "not-taken")
            self.assertEqual((ended["1"]["blob"], ended["1"]["delivered"]), (None, False))
            self.assertEqual(server.seen[-1].json, {"reason": "not-taken"})

    def test_hooks(self):
        inject = {"side": SIDE.hex(), "words": WORDS.hex(), "pake_scalar": SCALAR.hex()}
        with Scripted(say(ok(201, channel=7, ttl=5)), HANG, STORED) as server:
            self.start("1", server, "initiator", inject=inject, second_ms=50)
            self.assertEqual(self.receive(), {"id": "1", "event": "code", "code": CODE})
            self.assertEqual(
                self.receive()["ok"],
                {"outcome": "timeout", "reason": None, "delivered": False, "blob": None,
                 "verifier": None, "exported": None},
            )
            self.assertEqual(server.seen[0].headers["authorization"], "Bearer " + SIDE.hex())
        with Scripted(HANG) as server:
            self.start("2", server, "initiator", inject={"side": None})
            self.assertEqual(self.receive()["ok"]["outcome"], "internal")
            self.start("3", server, "initiator", inject={"side": "00"})
            self.assertIn("error", self.receive())
            self.start("4", server, "receiver", code=b"7-a-b".hex(), deadline=0)
            self.assertEqual(self.receive()["ok"]["outcome"], "bad-code")
            self.start("5", server, "receiver", code=CODE.encode().hex(), deadline=0)
            self.assertEqual(self.receive()["ok"]["outcome"], "timeout")
            self.assertEqual(server.seen, [])


class OperationsTest(unittest.TestCase):
    def ask(self, op, **given):
        try:
            return OPERATIONS[op](Inputs(given))
        except CannotTryError:
            raise
        except Exception as error:
            refused = refusal_of(error)
            return refused.get("fault", refused["outcome"]) if refused else repr(error)

    def test_one_step_at_a_time(self):
        """The steps of sections 5 to 7 give the same as a whole side."""
        peer = PeerInitiator()
        peer_scalar = (12345).to_bytes(32, "little").hex()
        spake2 = {"password": "crossover-clockwork", "pake_scalar": SCALAR.hex()}
        start = self.ask("spake2-start", role="receiver", **spake2)
        offer = peer.session.message.hex()
        at_receiver = {
            "words": "crossover-clockwork", "pake_scalar": SCALAR.hex(), "appid": APPID.hex(),
            "channel": 7, "offer": offer, "blob": b"hi".hex(),
        }
        read = self.ask("read-offer", **at_receiver)
        self.assertEqual(read["answer"][:66], start["message"])
        shared = self.ask("spake2-finish", role="receiver", peer=offer, **spake2)
        same = self.ask(
            "spake2-finish", role="initiator", password="crossover-clockwork",
            pake_scalar=peer_scalar, peer=start["message"],
        )
        self.assertEqual(shared, same)
        keys = self.ask(
            "key-schedule", K=shared["K"], appid=APPID.hex(), channel=7, offer=offer,
            answer_message=start["message"],
        )
        padded = self.ask("pad", blob=b"hi".hex())["padded"]
        self.assertEqual(self.ask("unpad", padded=padded), {"blob": b"hi".hex()})
        sealed = self.ask(
            "seal", key=keys["key_receiver_blob"], th=keys["th"], plaintext=padded
        )["sealed"]
        self.assertEqual(read["answer"][66:], sealed)
        opened = self.ask("open", key=keys["key_receiver_blob"], th=keys["th"], sealed=sealed)
        self.assertEqual(opened, {"plaintext": padded})
        verifier = self.ask("verifier", key_verifier=keys["key_verifier"])["words"]
        self.assertEqual(read["verifier"], verifier)
        at_initiator = at_receiver | {
            "pake_scalar": peer_scalar, "answer": read["answer"], "blob": b"ho".hex(),
        }
        got = self.ask("read-answer", **at_initiator)
        self.assertEqual((got["peer_blob"], got["verifier"]), (b"hi".hex(), verifier))
        finished = self.ask("read-finish", finish=got["finish"], **at_receiver)
        self.assertEqual(finished["peer_blob"], b"ho".hex())
        for receipt, delivered in ((finished["receipt"], True), ("", False)):
            got = self.ask("read-receipt", receipt=receipt, **at_initiator)
            self.assertEqual(got, {"delivered": delivered})

    def test_refusals(self):
        key = "00" * 32
        for want, op, given in (
            ("bad-code", "code-print", {"channel": 7, "words": "00"}),
            ("bad-code", "code-print", {"channel": 0, "words": "0000"}),
            ("bad-appid", "appid", {"appid": ""}),
            ("bad-rendezvous", "rendezvous", {"address": "http://h", "allow_plain_http": False}),
            ("blob-too-large", "pad", {"blob": "00" * 65_536}),
            ("malformed-message", "unpad", {"padded": ""}),
            ("wrong-code", "open", {"key": key, "th": key, "sealed": "00" * 16}),
            ("bad-export", "export", {"key_exporter": key, "label": "", "length": 1}),
            ("bad-export", "export", {"key_exporter": key, "label": "00", "length": -1}),
        ):
            self.assertEqual(self.ask(op, **given), want)
        for scalar in (bytes(31), b"\xff" * 32):
            with self.subTest(scalar=scalar):
                got = self.ask(
                    "spake2-start", role="initiator", password="a", pake_scalar=scalar.hex()
                )
                self.assertIn("HookError", got)

    def test_json(self):
        body = b'{"body":"%s"}'
        closed = b'{"type":"tag:wormhole-sync.example,2026:closed","reason":"%s"}'
        for name, text, want in (
            ("allocate", body % (b"00" * 64), {"body": "00" * 64}),
            ("allocate", body % (b"00" * 65), "too-large"),
            ("allocate", body % (b"00" * 65 + b"0"), "malformed"),
            ("write-receipt", body % (b"00" * 65), "too-large"),
            ("cell-receipt", body % (b"00" * 65), "malformed"),
            ("cell-answer", body % (b"00" * 65_600), {"body": "00" * 65_600}),
            ("claimed", body % b"00", "malformed"),
            ("claim", b"{}", {}),
            ("empty", b"[]", "malformed"),
            ("close", b'{"reason":"%s"}' % (b"r" * 65), "malformed"),
            ("allocated", b'{"ttl":1,"channel":2,"more":{}}', {"channel": 2, "ttl": 1}),
            ("problem", closed % b"x", {"type": "closed", "reason": "other"}),
            ("problem", closed % b"expired", {"type": "closed", "reason": "expired"}),
            ("problem", b'{"type":"tag:wormhole-sync.example,2026:crowded","reason":1}',
             {"type": "crowded"}),
            ("problem", b'{"type":"tag:wormhole-sync.example,2026:teapot"}', {"type": "unknown"}),
            ("problem", b'{"type":"crowded"}', {"type": "unknown"}),
        ):
            with self.subTest(name=name, text=text[:80]):
                self.assertEqual(self.ask("json", message=name, text=text.hex()), want)


if __name__ == "__main__":
    unittest.main()
