"""The channel rules of section 10, without HTTP and with a clock of its own."""

from __future__ import annotations

import random
import unittest

from relay.channels import SECOND, Channels
from relay.limits import Limits
from relay.problems import Refusal

# The table of RELAY-11, as the specification has it.
TABLE = """
| request | by | absent | open | claimed | answered | finished | receipted | ended |
| claim | owner | no-such-channel | forbidden | forbidden | forbidden | forbidden | forbidden | closed |
| claim | claimant | no-such-channel | - | 200 | 200 | 200 | 200 | closed |
| claim | another | no-such-channel | 200 → claimed | crowded | crowded | crowded | crowded | - |
| put answer | owner | no-such-channel | forbidden | forbidden | forbidden | forbidden | forbidden | closed |
| put answer | claimant | no-such-channel | - | 200 → answered | same 200, other conflict | same 200, other conflict | same 200, other conflict | same 200, other closed |
| put answer | another | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | - |
| put finish | owner | no-such-channel | out-of-order | out-of-order | 200 → finished | same 200, other conflict | same 200, other conflict | same 200, other closed |
| put finish | claimant | no-such-channel | - | forbidden | forbidden | forbidden | forbidden | closed |
| put finish | another | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | - |
| put receipt | owner | no-such-channel | forbidden | forbidden | forbidden | forbidden | forbidden | closed |
| put receipt | claimant | no-such-channel | - | out-of-order | out-of-order | 200 → receipted | same 200, other conflict | same 200, other closed |
| put receipt | another | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | - |
| get answer | owner | no-such-channel | wait | wait | 200 | 200 | 200 | written 200, else closed |
| get answer | claimant | no-such-channel | - | forbidden | forbidden | forbidden | forbidden | closed |
| get answer | another | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | - |
| get finish | owner | no-such-channel | forbidden | forbidden | forbidden | forbidden | forbidden | closed |
| get finish | claimant | no-such-channel | - | wait | wait | 200 | 200 | written 200, else closed |
| get finish | another | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | - |
| get receipt | owner | no-such-channel | wait | wait | wait | wait | 200 | written 200, else closed |
| get receipt | claimant | no-such-channel | - | forbidden | forbidden | forbidden | forbidden | closed |
| get receipt | another | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | - |
| close | owner | no-such-channel | 200 → ended | 200 → ended | 200 → ended | 200 → ended | 200 → ended | 200 |
| close | claimant | no-such-channel | - | 200 → ended | 200 → ended | 200 → ended | 200 → ended | 200 |
| close | another | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | no-such-channel | - |
"""

APP = b"example.com/app1"
OWNER, CLAIMANT, STRANGER = b"owner", b"claimant", b"stranger"
SIDES = {"owner": OWNER, "claimant": CLAIMANT, "another": STRANGER}
HERE = b"addr"
STEPS = ["open", "claimed", "answered", "finished", "receipted"]
WRITERS = {"answer": CLAIMANT, "finish": OWNER, "receipt": CLAIMANT}
NEXT = {"answer": "answered", "finish": "finished", "receipt": "receipted"}


class Bench(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 1_000 * SECOND
        self.make()

    def make(self, ttl: int = 3_600, **limits: int) -> None:
        self.ended: list[str] = []
        self.channels = Channels(
            Limits(**limits), ttl, lambda: self.now, random.Random(1),
            lambda channel: self.ended.append(channel.reason),
        )

    def allocate(self, side: bytes = OWNER, app: bytes = APP, account: bytes = HERE,
                 offer: bytes = b"offer") -> int:
        self.channels.start(account)
        return self.channels.allocate(app, side, account, offer)[0]

    def reach(self, state: str, number: int | None = None) -> int:
        """A channel in a state, by the requests that lead to it."""
        number = number or self.allocate()
        steps = STEPS[1 : STEPS.index(state) + 1]
        for step in steps:
            if step == "claimed":
                self.channels.claim(APP, number, CLAIMANT)
            else:
                cell = next(c for c, s in NEXT.items() if s == step)
                self.channels.put(APP, number, WRITERS[cell], cell, cell.encode())
        return number

    def refusal(self, act, *args) -> Refusal:
        with self.assertRaises(Refusal) as caught:
            act(*args)
        return caught.exception

    def refuses(self, token: str, act, *args) -> None:
        self.assertEqual(self.refusal(act, *args).token, token)

    def wait(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


class TableTest(Bench):
    """RELAY-11: every cell of the table."""

    def ask(self, request: str, side: bytes, number: int, body: bytes) -> str:
        verb, _, cell = request.partition(" ")
        try:
            if verb == "claim":
                self.assertEqual(self.channels.claim(APP, number, side)[0], b"offer")
            elif verb == "put":
                self.channels.put(APP, number, side, cell, body)
            elif verb == "get":
                got = self.channels.get(APP, number, side, cell)[1]
                if got is None:
                    return "wait"
                self.assertEqual(got, cell.encode())
            else:
                self.channels.close(APP, number, side, "done")
        except Refusal as refusal:
            return refusal.token
        return "200"

    def state_of(self, number: int) -> str:
        channel = self.channels._apps[APP].live.get(number)
        return STEPS[channel.state] if channel else "ended"

    def one(self, request: str, by: str, column: str, before: str, entry: str) -> None:
        """`before`: the last live state, of a channel that has ended."""
        cell = request.partition(" ")[2]
        variants: list[tuple[bytes, str]]
        written = bool(cell) and STEPS.index(before) >= STEPS.index(NEXT[cell])
        if entry.startswith("same"):
            other = entry.rpartition(" ")[2]
            same = "200" if written else other
            variants = [(cell.encode(), same), (b"different", other)]
        elif entry.startswith("written"):
            variants = [(b"", "200" if written else "closed")]
        else:
            variants = [(cell.encode(), entry)]
        for body, expected in variants:
            with self.subTest(request=request, by=by, state=column, before=before, body=body):
                self.make()
                if column == "absent":
                    self.assertEqual(self.ask(request, SIDES[by], 7, body), expected)
                    continue
                number = self.reach(before)
                if column == "ended":
                    self.channels.close(APP, number, OWNER, "done")
                now = self.state_of(number)
                answer, _, after = expected.partition(" → ")
                self.assertEqual(self.ask(request, SIDES[by], number, body), answer)
                self.assertEqual(self.state_of(number), after or now)

    def test_table(self) -> None:
        rows = [[c.strip() for c in line.strip("|").split("|")]
                for line in TABLE.strip().splitlines()]
        columns = rows[0][2:]
        self.assertEqual(len(rows), 25)
        count = 0
        for request, by, *entries in rows[1:]:
            for column, entry in zip(columns, entries, strict=True):
                if entry == "-":
                    continue
                befores = [column] if column in STEPS else STEPS
                if column == "ended" and by == "claimant":
                    befores = STEPS[1:]
                for before in befores if column != "absent" else ["open"]:
                    self.one(request, by, column, before, entry)
                count += 1
        self.assertEqual(count, 24 * 7 - 8 - 8)  # 8 rows each have a `-` in open, ended


class LookupTest(Bench):
    """RELAY-12 to RELAY-14."""

    def nine(self) -> int:
        """Lets eight other numbers be live, so that only one is free."""
        number = self.allocate()
        for i in range(8):
            self.allocate(b"other%d" % i)
        return number

    def test_late_request_meets_its_own_ended_channel(self) -> None:
        number = self.reach("answered", self.nine())
        self.channels.close(APP, number, CLAIMANT, "done")
        self.assertEqual(self.allocate(STRANGER), number)  # the only free one
        self.assertEqual(self.channels.get(APP, number, OWNER, "answer")[1], b"answer")
        self.refuses("closed", self.channels.claim, APP, number, OWNER)
        self.refuses("closed", self.channels.claim, APP, number, CLAIMANT)
        self.channels.close(APP, number, OWNER, "done")  # changes nothing
        self.assertIsNone(self.channels.get(APP, number, STRANGER, "answer")[1])
        self.assertEqual(self.channels.claim(APP, number, b"newcomer")[0], b"offer")
        self.wait(60)
        self.refuses("no-such-channel", self.channels.get, APP, number, OWNER, "answer")
        self.refuses("crowded", self.channels.claim, APP, number, OWNER)

    def test_own_live_channel_comes_before_an_ended_one(self) -> None:
        number = self.reach("claimed", self.nine())
        self.channels.close(APP, number, OWNER, "done")
        self.assertEqual(self.allocate(CLAIMANT), number)  # now its owner
        self.assertIsNone(self.channels.get(APP, number, CLAIMANT, "answer")[1])

    def test_allocate_again(self) -> None:
        number = self.allocate()
        self.assertEqual(self.allocate(), number)
        self.refuses("conflict", self.allocate, OWNER, APP, HERE, b"another offer")
        self.assertNotEqual(self.allocate(app=b"another app"), 0)
        self.channels.close(APP, number, OWNER, "timeout")
        refusal = self.refusal(self.allocate)
        self.assertEqual((refusal.token, refusal.reason), ("closed", "timeout"))
        self.wait(60)
        self.allocate()

    def test_a_claimed_channel_does_not_count(self) -> None:
        first = self.allocate()
        self.channels.claim(APP, first, CLAIMANT)
        second = self.allocate(CLAIMANT)
        third = self.allocate(STRANGER)
        self.assertEqual(len({first, second, third}), 3)
        self.channels.claim(APP, third, CLAIMANT)

    def test_appids_are_apart(self) -> None:
        number = self.allocate()
        self.refuses("no-such-channel", self.channels.claim, b"other", number, CLAIMANT)


class LifeTest(Bench):
    """RELAY-15 to RELAY-18."""

    def test_ttl_and_expiry(self) -> None:
        number = self.allocate()
        self.wait(3_599.5)
        self.assertEqual(self.channels.allocate(APP, OWNER, HERE, b"offer"), (number, 1))
        self.wait(0.5)
        refusal = self.refusal(self.channels.get, APP, number, OWNER, "answer")
        self.assertEqual((refusal.token, refusal.reason), ("closed", "expired"))

    def test_claim_shortens_once(self) -> None:
        number = self.allocate()
        self.wait(10.5)
        self.assertEqual(self.channels.claim(APP, number, CLAIMANT)[1], 600)
        self.wait(100.25)
        self.assertEqual(self.channels.claim(APP, number, CLAIMANT)[1], 500)
        self.assertEqual(self.channels.next_due(), self.now + round(499.75 * SECOND))
        self.wait(499.75)
        self.refuses("closed", self.channels.claim, APP, number, CLAIMANT)

    def test_claim_never_lengthens(self) -> None:
        self.make(ttl=100)
        number = self.allocate()
        self.wait(40)
        self.assertEqual(self.channels.claim(APP, number, CLAIMANT)[1], 60)

    def test_grace_counts_from_the_end_of_life(self) -> None:
        number = self.reach("answered")
        self.wait(600 + 59)  # nobody looked at the moment of the end
        self.assertEqual(self.channels.get(APP, number, OWNER, "answer")[1], b"answer")
        self.wait(1)
        self.refuses("no-such-channel", self.channels.get, APP, number, OWNER, "answer")

    def test_reasons(self) -> None:
        for reason, kept in [("done", "done"), ("not-taken", "not-taken"),
                             ("expired", "other"), ("other", "other"), ("", "other")]:
            with self.subTest(reason):
                self.make()
                number = self.allocate()
                self.channels.close(APP, number, OWNER, reason)
                self.channels.close(APP, number, OWNER, "cancelled")
                refusal = self.refusal(self.channels.get, APP, number, OWNER, "answer")
                self.assertEqual(refusal.reason, kept)
                self.assertEqual(self.ended, [kept])

    def test_everything_is_given_back(self) -> None:
        for side in (OWNER, b"2", b"3"):
            self.allocate(side)
        self.reach("receipted", self.allocate(b"4", offer=b"offer") and self.allocate())
        self.assertGreater(self.channels.stored, 0)
        self.wait(86_400)
        self.channels.advance()
        self.assertEqual(self.channels.stored, 0)
        self.assertEqual(self.channels._apps, {})
        self.assertIsNone(self.channels.next_due())
        self.channels.start(b"addr2")
        self.assertEqual(len(self.channels._accounts), 1)


class AllocationTest(Bench):
    """RELAY-19."""

    def test_shortest_length(self) -> None:
        self.make(starts_per_minute=1000, channels_per_address=1000)
        numbers = [self.allocate(b"%d" % i) for i in range(100)]
        self.assertEqual(sorted(numbers[:9]), list(range(1, 10)))
        self.assertEqual(sorted(numbers[9:99]), list(range(10, 100)))
        self.assertGreater(numbers[99], 99)

    def test_quarantine(self) -> None:
        ends = []
        for i in range(9):
            number = self.allocate(b"%d" % i)
            self.assertNotIn(number, ends)
            self.channels.close(APP, number, b"%d" % i, "done")
            ends.append(number)
            self.wait(1)
        # All ended lately: the one whose latest end is longest ago.
        for i in range(9, 18):
            number = self.allocate(b"%d" % i)
            self.assertEqual(number, ends[i - 9])
            self.channels.close(APP, number, b"%d" % i, "done")
            self.wait(1)
        self.wait(592 - 1)  # the first of the second round is free again
        self.assertEqual({self.allocate(b"a")}, {ends[0]})

    def test_uniform(self) -> None:
        seen = set()
        for seed in range(100):
            self.make()
            self.channels._random = random.Random(seed)
            seen.add(self.allocate())
        self.assertEqual(seen, set(range(1, 10)))


class BoundsTest(Bench):
    """RELAY-20."""

    def test_channels_per_appid(self) -> None:
        self.make(channels_per_appid=2)
        self.allocate(b"1")
        number = self.allocate(b"2")
        self.refuses("unavailable", self.allocate, b"3")
        self.assertEqual(self.allocate(b"2"), number)  # a repeat gets its answer
        self.allocate(b"3", app=b"other")
        self.channels.close(APP, number, b"2", "done")
        self.allocate(b"3")

    def test_channels_per_address(self) -> None:
        self.make(channels_per_address=1)
        self.allocate(b"1")
        self.wait(600)
        refusal = self.refusal(self.allocate, b"2")
        self.assertEqual(refusal.token, "rate-limited")
        self.assertEqual(refusal.headers, [("Retry-After", "3000")])
        self.allocate(b"2", account=b"elsewhere")

    def test_channels(self) -> None:
        self.make(channels=1)
        self.allocate(b"1")
        self.refuses("unavailable", self.allocate, b"2", b"other", b"elsewhere")

    def test_starts_per_minute(self) -> None:
        self.make(starts_per_minute=3)
        number = self.allocate()
        self.allocate()
        self.channels.start(HERE)
        self.wait(20.5)
        refusal = self.refusal(self.channels.start, HERE)
        self.assertEqual(refusal.token, "rate-limited")
        self.assertEqual(refusal.headers, [("Retry-After", "40")])
        self.channels.start(b"elsewhere")
        self.wait(39.5)
        self.assertEqual(self.allocate(), number)

    def test_addresses(self) -> None:
        self.make(addresses=2)
        self.allocate(account=b"a")
        self.channels.start(b"b")
        self.refuses("unavailable", self.channels.start, b"c")
        self.wait(60)
        self.channels.start(b"c")  # b is no longer counted for, a has a channel
        self.refuses("unavailable", self.channels.start, b"b")
        self.channels.start(b"a")

    def test_stored_bytes(self) -> None:
        self.make(stored_bytes=262_144)
        number = self.allocate()
        self.channels.claim(APP, number, CLAIMANT)
        self.channels.put(APP, number, CLAIMANT, "answer", bytes(65_600))
        self.channels.put(APP, number, OWNER, "finish", bytes(65_600))
        self.channels.put(APP, number, CLAIMANT, "receipt", bytes(16))
        second = self.allocate(b"2")
        self.channels.claim(APP, second, b"c2")
        self.channels.put(APP, second, b"c2", "answer", bytes(65_600))
        put = self.channels.put
        self.refuses("unavailable", put, APP, second, b"2", "finish", bytes(65_600))
        put(APP, number, OWNER, "finish", bytes(65_600))  # a repeat gets its answer
        self.channels.close(APP, number, OWNER, "done")
        self.refuses("unavailable", put, APP, second, b"2", "finish", bytes(65_600))
        self.wait(60)
        put(APP, second, b"2", "finish", bytes(65_600))

    def test_room_for_one_exchange(self) -> None:
        with self.assertRaises(ValueError):
            Limits(stored_bytes=1_000)


if __name__ == "__main__":
    unittest.main()
