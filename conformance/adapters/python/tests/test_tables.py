"""The state tables, the sentences and the reasons, compared with those of the text."""

from __future__ import annotations

import re
import unittest

from wormhole import initiator, receiver
from wormhole.events import Ask, Kind, State
from wormhole.outcome import (
    CLOSE_REASONS,
    NOT_KEPT,
    SENTENCES,
    UNCONFIRMED,
    WORD_COUNT,
    Outcome,
)

from . import SPEC


def rows(section: str):
    text = (SPEC / "wormhole-sync.md").read_text("utf-8").split(section, 1)[1]
    for line in re.split("\n##+ ", text, maxsplit=1)[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[0] in set(State):
            yield cells


@unittest.skipUnless(SPEC is not None, "only beside the specification")
class TablesTest(unittest.TestCase):
    def compare(self, section: str, role) -> None:
        table = role.TABLE
        seen = set()
        for state, kinds, following, request, outcome, _ in rows(section):
            for kind in map(Kind, kinds.split(", ")):
                cell = (State(state), kind)
                self.assertNotIn(cell, seen)
                seen.add(cell)
                if following.startswith("impossible"):
                    self.assertNotIn(cell, table)
                    continue
                step = table[cell]
                self.assertEqual(step.next, following, cell)
                want = outcome.removesuffix(" (lost)")
                self.assertEqual(step.outcome or "", want, cell)
                self.assertEqual(step.lost, outcome.endswith("(lost)"), cell)
                self.assertEqual(request.removesuffix(" (repeat)"), self.asked(role, step), cell)
        self.assertEqual(set(table) - seen, set())
        states = {state for state, _ in seen}
        kinds = {kind for _, kind in seen}
        missing = {(s, k) for s in states for k in kinds} - seen
        self.assertEqual(missing, set(), "cells that the text does not have")

    def asked(self, role, step) -> str:
        """The request of the next state; a close has the outcome as its reason."""
        ask = role.REQUESTS.get(step.next, "")
        return f"{ask} {step.outcome}" if ask is Ask.CLOSE else ask

    def test_initiator(self):
        self.compare("### 11.4", initiator)

    def test_receiver(self):
        self.compare("### 11.5", receiver)


@unittest.skipUnless(SPEC is not None, "only beside the specification")
class OutcomesTest(unittest.TestCase):
    """Section 12 and RELAY-16."""

    def test_sentences(self):
        text = (SPEC / "wormhole-sync.md").read_text("utf-8").split("## 12. Outcomes", 1)[1]
        found = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE)
        sentences = dict(found[: len(Outcome)])
        self.assertEqual(set(sentences), set(Outcome))
        for outcome, sentence in SENTENCES.items():
            self.assertEqual(sentences[outcome].partition(" (Initiator")[0], sentence)
        self.assertIn(f" {UNCONFIRMED} ", sentences["done"])
        self.assertIn(f" {NOT_KEPT})", sentences["done"])
        self.assertIn(f" {WORD_COUNT})", sentences["bad-code"])

    def test_close_reasons(self):
        text = (SPEC / "wormhole-sync.md").read_text("utf-8").split("**RELAY-16**", 1)[1]
        listed = text.partition(" none of ")[2].partition(";")[0]
        self.assertEqual(set(re.findall("`([a-z-]+)`", listed)), CLOSE_REASONS)


if __name__ == "__main__":
    unittest.main()
