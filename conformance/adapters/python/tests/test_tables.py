"""The state tables, compared with those of the text."""

from __future__ import annotations

import re
import unittest

from wsync import initiator, receiver
from wsync.events import Kind, State

from . import SPEC


def rows(section: str):
    text = (SPEC / "wormhole-sync.md").read_text("utf-8").split(section, 1)[1]
    for line in re.split("\n##+ ", text, maxsplit=1)[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[0] in set(State):
            yield cells


@unittest.skipUnless(SPEC is not None, "only beside the specification")
class TablesTest(unittest.TestCase):
    def compare(self, section: str, table) -> None:
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
                if following == "closing":  # we close with the outcome as the reason
                    self.assertEqual(request, f"close {want}")
        self.assertEqual(set(table) - seen, set())
        states = {state for state, _ in seen}
        kinds = {kind for _, kind in seen}
        missing = {(s, k) for s in states for k in kinds} - seen
        self.assertEqual(missing, set(), "cells that the text does not have")

    def test_initiator(self):
        self.compare("### 11.4", initiator.TABLE)

    def test_receiver(self):
        self.compare("### 11.5", receiver.TABLE)


if __name__ == "__main__":
    unittest.main()
