"""The interface that waits, against scripted answers."""

from __future__ import annotations

import os
import re
import ssl
import threading
import traceback
import unittest
from unittest import mock

import wormhole
from wormhole import errors, settings
from wormhole.cli.checks import Address
from wormhole.keys import export
from wormhole.outcome import NOT_KEPT, SENTENCES, Outcome
from wormhole.testing import InjectedValues
from wormhole.transcribe import Initiator, Receiver

from . import SPEC
from .hooked import hooks
from .peers import APPID, CODE, PeerInitiator, PeerReceiver
from .routes import for_initiator, for_receiver
from .scripted import DROP, HANG, STORED, Scripted, ok, problem, say


class Exchanges(unittest.TestCase):
    def initiator(self, server, blob=b"from A", second_ms=1_000, values=None, **more):
        with hooks(second_ms, **({} if values is None else {"values": values})):
            made = Initiator(APPID, blob, rendezvous=server.url, **more)
        self.addCleanup(made.close)
        return made

    def receiver(self, server, code=CODE, second_ms=1_000, **more):
        with hooks(second_ms):
            made = Receiver(APPID.decode(), code, b"from B", rendezvous=server.url, **more)
        self.addCleanup(made.close)
        return made

    def fails(self, kind, call):
        with self.assertRaises(kind) as caught:
            call()
        self.assertIs(type(caught.exception), kind)
        return caught.exception


class InitiatorTest(Exchanges):
    def setUp(self):
        self.peer = PeerReceiver()

    def serve(self, **more):
        return Scripted(for_initiator(self.peer, **more))

    def key(self):
        return export(self.peer.keys.exporter, b"x", 9)

    def after_finish(self, step):
        """A step for the polls of the receipt, from the finish on."""

        def poll(seen):
            stored = any(request == "PUT /7/finish" for request in self.server.requests)
            return (step if stored else HANG)(seen)

        return poll

    def test_done(self):
        with self.serve() as server:
            i = self.initiator(server, look=lambda words: words == i.verifier)
            self.assertEqual((i.verifier, i.blob, i.outcome, i.sentence), (None,) * 4)
            self.assertEqual(i.start(), CODE)
            self.assertEqual(i.finish(), b"from B")
            self.assertEqual(i.finish(), b"from B")
        self.assertEqual((i.delivered, i.outcome, i.reason), (True, "done", None))
        self.assertEqual((i.blob, i.sentence), (b"from B", "Done."))
        self.assertEqual(i.verifier, " ".join(self.peer.keys.verifier))
        for label in (b"x", "x"):
            self.assertEqual(i.export(label, 9), self.key())
        for label, length in (("", 9), ("x" * 256, 9), ("x", 0), ("x", 8_161)):  # KEY-4
            self.fails(ValueError, lambda: i.export(label, length))
        self.assertEqual(
            [request for request in server.requests if not request.startswith("GET /7/receipt")],
            ["POST ", "GET /7/answer?wait=25", "PUT /7/finish", "POST /7/close"],
        )

    def test_nothing_is_released_before_finish(self):
        looked = threading.Event()

        def poll(seen):
            looked.set()
            return self.after_finish(self.peer.receipt)(seen)

        with self.serve(get_receipt=poll) as server:
            self.server = server
            i = self.initiator(server)
            i.start()
            self.assertTrue(looked.wait(300))
            self.assertNotIn("PUT /7/finish", server.requests)
            self.assertEqual(i.hold(), i.verifier)
            self.assertEqual(i.blob, b"from B")
            self.assertEqual(i.export("x", 9), self.key())  # KEY-5
            self.assertEqual(i.finish(), b"from B")

    def test_mismatch(self):
        def stop(i):
            i.hold()
            i.mismatch()

        for more, call in (({}, stop), ({"look": lambda _: False}, lambda i: None)):
            self.setUp()
            with self.serve() as server:
                i = self.initiator(server, **more)
                i.start()
                call(i)
                error = self.fails(wormhole.VerifierMismatch, i.finish)
            self.assertEqual((error.blob, error.outcome), (b"from B", "verifier-mismatch"))
            self.assertEqual(server.seen[-1].json, {"reason": "verifier-mismatch"})
            self.assertNotIn("PUT /7/finish", server.requests)

    def test_a_look_that_fails(self):
        def look(_):
            raise LookupError("nobody there")

        with self.serve() as server:
            i = self.initiator(server, look=look)
            i.start()
            error = self.fails(wormhole.Cancelled, i.finish)
        self.assertIsInstance(error.__cause__, LookupError)
        self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})

    def test_an_end_while_the_user_looks(self):
        gone = say(problem(410, "closed", reason="cancelled"))
        with self.serve(get_receipt=gone) as server:

            def look(_):
                with i._lock:
                    return i._lock.wait_for(lambda: i.outcome is not None, 300)

            i = self.initiator(server, look=look)
            i.start()
            error = self.fails(wormhole.Closed, i.finish)
            self.assertEqual((error.reason, error.blob), ("cancelled", b"from B"))
            self.fails(wormhole.Closed, i.hold)

    def test_the_other_side_could_not_keep_it(self):  # INIT-8
        gone = say(problem(410, "closed", reason="not-taken"))
        with self.serve(get_receipt=self.after_finish(gone)) as self.server:
            i = self.initiator(self.server)
            i.start()
            self.assertEqual(i.finish(), b"from B")
        self.assertEqual((i.delivered, i.reason, i.sentence), (False, "not-taken", NOT_KEPT))

    def test_a_blob_beside_a_failure(self):  # INIT-3
        gone = say(problem(410, "closed", reason="verifier-mismatch"))
        with self.serve(get_receipt=self.after_finish(gone)) as self.server:
            i = self.initiator(self.server)
            i.start()
            error = self.fails(wormhole.Closed, i.finish)
        self.assertEqual((error.blob, error.reason), (b"from B", "verifier-mismatch"))
        self.assertTrue(error.sentence.startswith("The relay says: "))

    def test_cancel_from_another_thread(self):
        started = threading.Event()

        def step(seen):
            started.wait(300)
            i.cancel()
            return HANG(seen)

        with self.serve(get_answer=step) as server:
            i = self.initiator(server)
            i.start()
            started.set()
            self.fails(wormhole.Cancelled, i.finish)
        self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})

    def test_cancel_before_the_start(self):
        with self.serve() as server:
            i = self.initiator(server)
            i.cancel()
            self.fails(wormhole.Cancelled, i.start)
            self.assertEqual(server.seen, [])

    def interrupt(self, exchange, *conditions):
        """Interrupt a wait of this exchange as soon as each of the conditions holds."""
        wait, left = exchange._lock.wait, list(conditions)

        def interrupted(timeout=None):
            if threading.current_thread() is threading.main_thread() and left and left[0]():
                left.pop(0)
                raise KeyboardInterrupt
            return wait(timeout)

        exchange._lock.wait = interrupted

    def test_an_interrupt_tells_the_relay(self):
        with self.serve(get_answer=HANG) as server:
            i = self.initiator(server)
            i.start()
            self.interrupt(i, lambda: True)
            with self.assertRaises(KeyboardInterrupt):
                i.finish()
            self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})

    def test_a_second_interrupt_skips_that(self):
        with self.serve(get_answer=HANG, post_close=HANG) as server:
            i = self.initiator(server, second_ms=60_000)
            i.start()
            self.interrupt(i, lambda: True, lambda: "POST /7/close" in server.requests)
            with self.assertRaises(KeyboardInterrupt):
                i.finish()
            i.close()
            self.assertEqual(i.outcome, "cancelled")

    def test_an_exchange_that_is_left_is_given_up(self):
        with self.serve(get_answer=HANG) as server:
            with self.initiator(server) as i:
                i.start()
            self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})
        for call in (i.start, i.hold, i.finish, lambda: i.export("x", 9)):
            self.fails(RuntimeError, call)
        i.close()
        i.cancel()

    def test_close_wipes(self):  # KEY-2
        with self.serve() as server:
            i = self.initiator(server)
            i.start()
            i.finish()
        keys = i._run._exchange.keys
        i.close()
        for key in (keys.receiver_blob, keys.initiator_blob, keys.receipt, keys.exporter):
            self.assertEqual(bytes(key), bytes(32))
        self.assertEqual((i.blob, i.verifier, i.outcome, i.delivered), (None, None, "done", True))

    def test_misuse(self):
        with self.serve(get_answer=HANG) as server:
            i = self.initiator(server)
            for call in (i.hold, i.finish, i.mismatch, lambda: i.export("x", 9)):
                self.fails(RuntimeError, call)
            self.assertEqual(i.start(), i.start())
            for call in (i.mismatch, lambda: i.export("x", 9)):
                self.fails(RuntimeError, call)
            i.close()

    def test_no_thread(self):
        with self.serve() as server:
            i = self.initiator(server)
            with mock.patch.object(threading.Thread, "start", side_effect=RuntimeError):
                self.fails(wormhole.Internal, i.start)


class ReceiverTest(Exchanges):
    def setUp(self):
        self.peer = PeerInitiator()

    def serve(self, **more):
        return Scripted(for_receiver(self.peer, **more))

    def test_done(self):
        with self.serve() as server:
            r = self.receiver(server)
            self.assertEqual(r.finish(), b"from A")
        self.assertEqual((r.delivered, r.blob), (True, b"from A"))
        self.assertEqual(self.peer.blob, b"from B")
        self.assertEqual(r.export("x", 9), self.peer.session.export(b"x", 9))
        self.assertEqual(
            server.requests,
            ["POST /7/claim", "PUT /7/answer", "GET /7/finish?wait=25", "PUT /7/receipt"],
        )

    def test_hold(self):
        with self.serve() as server:
            r = self.receiver(server)
            self.assertEqual(r.hold(), " ".join(self.peer.keys.verifier))
            self.assertIsNone(r.blob)
            self.fails(RuntimeError, lambda: r.export("x", 9))  # KEY-5
            self.assertEqual(r.finish(), b"from A")

    def test_take_comes_before_the_receipt(self):  # RECV-6
        taken = []

        def take(blob):
            taken.append((blob, r.blob, r.export("x", 9), server.requests[-1]))

        with self.serve() as server:
            r = self.receiver(server, take=take)
            self.assertEqual(r.finish(), b"from A")
            self.assertEqual(server.requests[-1], "PUT /7/receipt")
        key = self.peer.session.export(b"x", 9)
        self.assertEqual(taken, [(b"from A", b"from A", key, "GET /7/finish?wait=25")])

    def test_a_take_that_fails(self):
        def take(_):
            raise OSError("disk full")

        with self.serve() as server:
            r = self.receiver(server, take=take)
            error = self.fails(wormhole.NotTaken, r.finish)
        self.assertIsInstance(error.__cause__, OSError)
        self.assertEqual((error.blob, r.blob, r.delivered), (None, None, False))
        self.assertEqual(server.seen[-1].json, {"reason": "not-taken"})

    def test_an_interrupt_in_take(self):
        def take(_):
            raise KeyboardInterrupt

        with self.serve() as server:
            r = self.receiver(server, take=take)
            with self.assertRaises(KeyboardInterrupt):
                r.finish()
            self.assertEqual(server.seen[-1].json, {"reason": "not-taken"})

    def test_cancel_in_take(self):
        with self.serve() as server:
            r = self.receiver(server, take=lambda _: r.cancel())
            self.fails(wormhole.Cancelled, r.finish)
        self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})

    def test_mismatch(self):
        with self.serve() as server:
            r = self.receiver(server, look=lambda _: False, take=lambda _: self.fail("taken"))
            error = self.fails(wormhole.VerifierMismatch, r.finish)
        self.assertIsNone(error.blob)
        self.assertEqual(server.seen[-1].json, {"reason": "verifier-mismatch"})


class OutcomesTest(Exchanges):
    """Each outcome has its exception, and each is reached through the public interface."""

    def test_each_has_an_exception(self):
        self.assertEqual(set(errors.ERRORS), set(Outcome) - {Outcome.DONE})
        for outcome, kind in errors.ERRORS.items():
            self.assertEqual(kind.__name__, "".join(map(str.title, outcome.split("-"))))
            self.assertIs(getattr(wormhole, kind.__name__), kind)
            self.assertTrue(issubclass(kind, wormhole.WormholeError))
        self.assertEqual(len(set(errors.ERRORS.values())), len(errors.ERRORS))

    def provoke(self, outcome):
        peer = PeerInitiator()
        waiting = (peer.claim, peer.put_answer)
        steps, more, blob, kind = (DROP,), {}, b"", Receiver
        match outcome:
            case Outcome.BAD_CODE:
                more["code"] = "7-clockwork-crossover"
            case Outcome.BAD_APPID:
                more["appid"] = ""
            case Outcome.BLOB_TOO_LARGE:
                blob = bytes(65_536)
            case Outcome.BAD_RENDEZVOUS:
                more["rendezvous"] = "http://relay.example"
            case Outcome.NO_SUCH_CHANNEL:
                steps = (say(problem(404, "no-such-channel")),)
            case Outcome.CROWDED:
                steps = (say(problem(409, "crowded")),)
            case Outcome.CLOSED:
                steps = (say(problem(410, "closed", reason="timeout")),)
            case Outcome.EXPIRED:
                steps = (say(problem(410, "closed", reason="expired")),)
            case Outcome.WRONG_CODE:
                steps = (*waiting, say(ok(body="00" * 272)), STORED)
            case Outcome.VERIFIER_MISMATCH:
                steps, more["look"] = (for_receiver(peer),), lambda _: False
            case Outcome.BAD_ELEMENT:
                steps = (say(ok(body="41" + "00" * 32, ttl=600)), STORED)
            case Outcome.MALFORMED_MESSAGE:
                steps = (say(ok(body="41", ttl=600)), STORED)
            case Outcome.RELAY_MISBEHAVED:
                steps = (say(ok(201)), STORED)
            case Outcome.RELAY_UNREACHABLE:
                more["second_ms"] = 5
            case Outcome.TIMEOUT:
                steps, more["timeout"], more["second_ms"] = (HANG, STORED), 3.0, 100
            case Outcome.CANCELLED:
                more["cancelled"] = True
            case Outcome.NOT_TAKEN:
                steps, more["take"] = (for_receiver(peer),), lambda _: 1 / 0
            case Outcome.INTERNAL:
                kind = Initiator
            case _:
                self.fail(f"no test provokes {outcome}")
        return kind, steps, more, blob

    def test_each_is_reached(self):
        for outcome, kind in errors.ERRORS.items():
            role, steps, more, blob = self.provoke(outcome)
            with self.subTest(outcome.value), Scripted(*steps) as server:
                cancelled = more.pop("cancelled", False)
                given = {"appid": APPID, "blob": blob, "rendezvous": server.url, **more}
                second = given.pop("second_ms", 1_000)
                if role is Receiver:
                    given.setdefault("code", CODE)
                failing = {"values": InjectedValues({"side": None})} if role is Initiator else {}
                with hooks(second, **failing):
                    exchange = role(**given)
                if cancelled:
                    exchange.cancel()
                call = exchange.start if role is Initiator else exchange.finish
                error = self.fails(kind, call)
                self.assertEqual(error.outcome, outcome)
                self.assertEqual((str(error), error.sentence), (SENTENCES[outcome],) * 2)
                self.assertEqual(exchange.sentence, error.sentence)
                wanted = "timeout" if outcome is Outcome.CLOSED else None
                self.assertEqual((error.reason, error.blob), (wanted, None))

    def test_a_mistyped_code(self):  # CODE-7
        r = Receiver("a", "7-crosover-clockwork", b"")
        error = self.fails(wormhole.BadCode, r.finish)
        self.assertEqual(error.fault, "unknown-word")
        self.assertIn("crossover", error.hint)
        self.assertNotIn("cros", str(error) + repr(error))

    def test_a_bad_number_of_words(self):
        error = self.fails(wormhole.BadCode, Initiator("a", b"", words=9).start)
        self.assertEqual(str(error), "A code has 2 to 8 words.")


class SecretsTest(Exchanges):
    """Nothing that is shown without being asked for has a word, a blob or a key (RAND-2)."""

    def test_shown_texts(self):
        shown = []

        def note(exchange, call):
            shown.append(repr(exchange))
            try:
                call()
            except Exception as error:
                shown.extend([repr(error), str(error)])
                # The lines of the sources are no secrets, and have some as examples.
                text = "".join(traceback.format_exception(error))
                shown.append(re.sub(r'(?m)^  File .*\n(    .*\n)*', "", text))
            shown.extend([repr(exchange), repr(exchange._run), str(exchange.sentence)])

        a, b = PeerReceiver(), PeerInitiator()
        with Scripted(for_initiator(a)) as server:
            i = self.initiator(server)
            i.start()
            note(i, i.finish)
        with Scripted(for_receiver(b, get_finish=say(ok(body="00" * 272)))) as server:
            r = self.receiver(server)
            note(r, r.finish)
        b = PeerInitiator()
        with Scripted(for_receiver(b)) as server:
            r = self.receiver(server, take=lambda _: 1 / 0)
            note(r, r.finish)
        r = self.receiver(server, "7-crossover-clokwork")
        note(r, r.finish)
        text = "\n".join(shown)
        words = ["crossover", "clockwork", "clokwork", *i.verifier.split(), *a.keys.verifier]
        for secret in (*words, "from A", "from B", i.export("x", 32).hex()):
            self.assertNotIn(secret, text)
        self.assertIn("could not be kept", text)


class SettingsTest(unittest.TestCase):
    def test_default_rendezvous(self):
        self.assertEqual(wormhole.DEFAULT_RENDEZVOUS, "http://127.0.0.1:4000")
        with mock.patch.dict(os.environ):
            os.environ.pop(settings.RENDEZVOUS_VARIABLE, None)
            self.assertEqual(settings.chosen_rendezvous(None), wormhole.DEFAULT_RENDEZVOUS)
            os.environ[settings.RENDEZVOUS_VARIABLE] = "https://relay.example"
            self.assertEqual(settings.chosen_rendezvous(None), "https://relay.example")
            self.assertEqual(settings.chosen_rendezvous("x"), "x")
            os.environ[settings.RENDEZVOUS_VARIABLE] = ""
            self.assertEqual(settings.chosen_rendezvous(None), wormhole.DEFAULT_RENDEZVOUS)
            self.assertIn("the default", str(Address(None)))
            self.assertEqual(settings.chosen_rendezvous(""), "")

    @unittest.skipUnless(SPEC is not None, "only beside the reference")
    def test_it_is_that_of_the_reference(self):
        source = (SPEC.parent / "src" / "client" / "address.rs").read_text("utf-8")
        self.assertIn(f'None => "{wormhole.DEFAULT_RENDEZVOUS}"', source)
        self.assertIn(f'RENDEZVOUS_VARIABLE: &str = "{settings.RENDEZVOUS_VARIABLE}"', source)

    def test_contexts(self):
        unsafe = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        unsafe.check_hostname = False
        for more in ({"tls": unsafe}, {"tls": ssl.create_default_context(), "ca": "x"}):
            with self.assertRaises(ValueError):
                Initiator("a", b"", **more)
        with self.assertRaises(FileNotFoundError):
            Initiator("a", b"", ca="/no/such/file")
        Initiator("a", b"", tls=ssl.create_default_context())

    def test_other_types_and_times(self):
        for arguments in ((1, b""), ("a", "text"), ("a", 5)):
            with self.assertRaises(TypeError):
                Initiator(*arguments)
        with self.assertRaises(TypeError):
            Receiver("a", 7, b"")
        for timeout in (0, -1, float("nan"), float("inf")):
            with self.assertRaises(ValueError):
                Initiator("a", b"", timeout=timeout)
        for blob in (bytearray(b"x"), memoryview(b"x")):
            Initiator("a", blob)


if __name__ == "__main__":
    unittest.main()
