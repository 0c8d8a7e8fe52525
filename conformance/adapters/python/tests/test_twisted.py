"""The interface of Deferreds, each test with a reactor of its own, which is not the global one."""

from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, succeed
from twisted.internet.error import ReactorNotRunning
from twisted.internet.selectreactor import SelectReactor
from twisted.python.failure import Failure

import wormhole
from wormhole.twisted.transcribe import Cancelled, Initiator, Receiver

from .hooked import hooks
from .peers import APPID, CODE, PeerInitiator, PeerReceiver
from .routes import for_initiator, for_receiver
from .scripted import HANG, Scripted, problem, say

PACKAGE = Path(__file__).resolve().parents[1]
DEADLINE = 300.0


class DeferredTest(unittest.TestCase):
    def run_it(self, test, stops=True):
        """Run a coroutine in a reactor, which stops at its end."""
        ended = []
        self.reactor = reactor = SelectReactor()

        def begin():
            Deferred.fromCoroutine(test()).addBoth(end)

        def end(result):
            ended.append(result)
            if stops or isinstance(result, Failure):
                reactor.stop()

        reactor.callWhenRunning(begin)
        overdue = reactor.callLater(DEADLINE, reactor.crash)
        reactor.run(installSignalHandlers=False)
        self.assertTrue(ended, "the test did not end")
        if overdue.active():
            overdue.cancel()
        reactor.disconnectAll()
        if isinstance(ended[0], Failure):
            ended[0].raiseException()

    def initiator(self, server, second_ms=1_000, **more):
        with hooks(second_ms):
            return Initiator(
                APPID, b"from A", rendezvous=server.url, reactor=self.reactor, **more
            )

    def receiver(self, server, code=CODE, **more):
        with hooks():
            return Receiver(
                APPID, code, b"from B", rendezvous=server.url, reactor=self.reactor, **more
            )

    async def fails(self, kind, deferred):
        try:
            await deferred
        except kind as error:
            return error
        self.fail(f"no {kind.__name__}")

    def test_initiator(self):
        async def test():
            with Scripted(for_initiator(peer)) as server:
                i = self.initiator(server, look=lambda words: succeed(words == i.verifier))
                self.assertEqual(await i.start(), CODE)
                self.assertEqual(await i.finish(), b"from B")
                self.assertEqual(await i.finish(), b"from B")
                self.assertEqual((i.delivered, i.outcome), (True, "done"))
                await i.close()
                self.assertIsNone(i.blob)
                await self.fails(RuntimeError, i.start())

        peer = PeerReceiver()
        self.run_it(test)

    def test_initiator_that_holds(self):
        async def test():
            with Scripted(for_initiator(peer)) as server:
                i = self.initiator(server)
                await self.fails(RuntimeError, i.hold())
                await i.start()
                self.assertEqual(await i.hold(), " ".join(peer.keys.verifier))
                self.assertEqual((i.blob, i.outcome), (b"from B", None))
                self.assertNotIn("PUT /7/finish", server.requests)
                await i.mismatch()
                error = await self.fails(wormhole.VerifierMismatch, i.finish())
                self.assertEqual(error.blob, b"from B")

        peer = PeerReceiver()
        self.run_it(test)

    def test_receiver(self):
        async def test():
            taken = Deferred()

            def take(blob):
                self.assertEqual(blob, b"from A")
                self.reactor.callLater(0, taken.callback, server.requests[-1])
                return taken.addCallback(seen.append)

            seen = []
            with Scripted(for_receiver(peer)) as server:
                r = self.receiver(server, take=take, look=lambda _: True)
                self.assertEqual(await r.finish(), b"from A")
                self.assertIn("PUT /7/receipt", server.requests)
                self.assertTrue(seen[0].startswith("GET /7/finish"))

        peer = PeerInitiator()
        self.run_it(test)

    def test_a_take_that_fails(self):
        async def fail(_):
            raise OSError("disk full")

        async def test():
            with Scripted(for_receiver(PeerInitiator())) as server:
                r = self.receiver(server, take=lambda _: Deferred.fromCoroutine(fail(_)))
                error = await self.fails(wormhole.NotTaken, r.finish())
                self.assertIsInstance(error.__cause__, OSError)
                self.assertEqual(server.seen[-1].json, {"reason": "not-taken"})

        self.run_it(test)

    def test_a_look_that_fails(self):
        async def test():
            with Scripted(for_receiver(PeerInitiator())) as server:
                r = self.receiver(server, look=lambda _: 1 / 0)
                error = await self.fails(Cancelled, r.finish())
                self.assertIsInstance(error.__cause__, ZeroDivisionError)

        self.run_it(test)

    def test_an_end_while_the_user_looks(self):
        """Nobody is asked to agree to what is over."""

        async def test():
            asked = []

            def look(_):
                asked.append(Deferred())
                asked[0].addErrback(lambda failure: failure.trap(CancelledError))
                return asked[0]

            gone = say(problem(410, "closed", reason="cancelled"))
            with Scripted(for_initiator(PeerReceiver(), get_receipt=gone)) as server:
                i = self.initiator(server, look=look)
                await i.start()
                error = await self.fails(wormhole.Closed, i.finish())
                self.assertEqual(error.reason, "cancelled")
                self.assertTrue(asked[0].called)

        self.run_it(test)

    def test_a_deferred_that_is_cancelled_waits_for_the_close(self):
        async def test():
            with Scripted(for_initiator(PeerReceiver(), get_answer=HANG)) as server:
                i = self.initiator(server)
                await i.start()
                finishing = i.finish()
                self.reactor.callLater(0, finishing.cancel)
                error = await self.fails(CancelledError, finishing)
                self.assertIsInstance(error, wormhole.Cancelled)
                self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})

        self.run_it(test)

    def test_a_timeout_of_twisted(self):
        async def test():
            with Scripted(for_initiator(PeerReceiver(), get_answer=HANG)) as server:
                i = self.initiator(server)
                await i.start()
                await self.fails(TimeoutError, i.finish().addTimeout(0.01, self.reactor))
                self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})

        self.run_it(test)

    def test_to_cancel_again_skips_the_close(self):
        async def test():
            def close(seen):
                self.reactor.callFromThread(finishing.cancel)
                return HANG(seen)

            routes = for_initiator(PeerReceiver(), get_answer=HANG, post_close=close)
            with Scripted(routes) as server:
                i = self.initiator(server, second_ms=60_000)
                await i.start()
                finishing = i.finish()
                self.reactor.callLater(0, finishing.cancel)
                await self.fails(Cancelled, finishing)

        self.run_it(test)

    def test_a_reactor_that_stops_tells_the_relay(self):
        async def test():
            i = self.initiator(self.server)
            await i.start()
            self.left = i
            i.finish().addErrback(lambda failure: failure.trap(Cancelled))
            self.reactor.callLater(0, self.reactor.stop)

        with Scripted(for_initiator(PeerReceiver(), get_answer=HANG)) as self.server:
            self.run_it(test, stops=False)
            self.assertEqual(self.left.outcome, "cancelled")
            self.assertEqual(self.server.seen[-1].json, {"reason": "cancelled"})
        self.assertRaises(ReactorNotRunning, self.reactor.stop)


class ImportTest(unittest.TestCase):
    def python(self, program):
        return subprocess.run(
            [sys.executable, "-c", program], cwd=PACKAGE, capture_output=True, text=True,
            timeout=DEADLINE,
        )

    def test_without_twisted(self):
        ended = self.python(
            "import sys; sys.modules['twisted'] = None; import wormhole.twisted.transcribe"
        )
        self.assertEqual(ended.returncode, 1)
        self.assertIn('pip install "wormhole-sync[twisted]"', ended.stderr)

    def test_it_installs_no_reactor(self):
        ended = self.python(
            "import sys, wormhole.twisted.transcribe; "
            "sys.exit('twisted.internet.reactor' in sys.modules)"
        )
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
