"""Waits, timers and the clock (TIME-5, TIME-10)."""

from __future__ import annotations

import math
import time
import unittest

from wormhole.clock import Clock
from wormhole.events import Event, Kind, UserEvent
from wormhole.waiting import Waiting

LOOKING = frozenset({Kind.RELEASE, Kind.MISMATCH, Kind.CANCEL, Kind.DEADLINE})


class WaitingTest(unittest.TestCase):
    def setUp(self):
        self.waiting = Waiting(Clock(10))

    def said(self, heeded, *said):
        self.waiting.heed(heeded)
        for event in said:
            self.waiting.say(event)
        return [event.kind for event in iter(self.waiting.interruption, None)]

    def test_only_who_is_asked_is_heard_and_once(self):
        self.assertEqual(self.said(frozenset(), UserEvent.RELEASE, UserEvent.CANCEL), [])
        self.assertEqual(self.said(LOOKING, UserEvent.TAKEN), [])
        self.assertEqual(
            self.said(LOOKING, UserEvent.RELEASE, UserEvent.MISMATCH, UserEvent.CANCEL),
            [Kind.RELEASE, Kind.CANCEL],
        )
        self.assertEqual(self.said(LOOKING, UserEvent.CANCEL, UserEvent.CANCEL), [Kind.CANCEL])

    def test_an_answer_lasts_while_the_question_does(self):
        self.waiting.heed(LOOKING)
        self.waiting.say(UserEvent.RELEASE)
        self.waiting.heed(LOOKING)  # comparing, then opened
        self.assertEqual(self.waiting.interruption(), Event(Kind.RELEASE))
        self.waiting.say(UserEvent.RELEASE)
        self.assertEqual(self.said(frozenset({Kind.CANCEL})), [])

    def test_a_timer_counts_where_it_is_heeded(self):
        self.waiting.set_timer(Kind.DEADLINE, self.waiting.now())
        self.waiting.heed(frozenset({Kind.TAKEN}))
        self.assertIsNone(self.waiting.pause(self.waiting.now() + 2))
        self.waiting.heed(LOOKING)
        self.waiting.say(UserEvent.RELEASE)  # too late
        self.assertEqual(self.waiting.pause(math.inf), Event(Kind.DEADLINE))

    def test_a_timer_only_gets_shorter(self):
        self.waiting.heed(LOOKING)
        self.waiting.set_timer(Kind.DEADLINE, 0.0)
        self.waiting.set_timer(Kind.DEADLINE, math.inf)
        self.assertEqual(self.waiting.interruption(), Event(Kind.DEADLINE))


class ClockTest(unittest.TestCase):
    @unittest.skipUnless(hasattr(time, "CLOCK_BOOTTIME"), "only where the system has it")
    def test_time_asleep_counts(self):
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        now = Clock().now()
        self.assertTrue(before <= now <= time.clock_gettime(time.CLOCK_BOOTTIME))

    def test_a_run_that_slept_finds_its_life_over(self):
        """A machine that sleeps: its clock goes on, and no thread wakes by it."""

        class Slept(Clock):
            asleep = 0.0

            def now(self):
                return time.monotonic() + Slept.asleep

        waiting = Waiting(Slept())
        waiting.heed(LOOKING)
        waiting.set_timer(Kind.DEADLINE, waiting.now() + 600)
        Slept.asleep = 8 * 3600.0
        self.assertEqual(waiting.pause(math.inf), Event(Kind.DEADLINE))


if __name__ == "__main__":
    unittest.main()
