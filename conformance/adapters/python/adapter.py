"""The adapter of this implementation, by conformance/ADAPTER.md."""

from __future__ import annotations

import sys

from glue.inputs import CannotTryError, Inputs
from glue.lines import FramingError, Writer, read_lines
from glue.operations import OPERATIONS, refusal_of
from glue.runs import Runs
from wormhole.events import UserEvent
from wormhole.strictjson import Object
from wormhole.testing import NAMES, HookError

PROTOCOL = 1
SWITCH_SECONDS = 0.001
HELLO = {
    "protocol": PROTOCOL,
    "name": "wormhole-sync-python",
    "version": "1.0",
    "spec": "1.1.0",
    "roles": ["initiator", "receiver", "relay"],
    "operations": [*OPERATIONS, "run", "user-event"],
    "inject": [*NAMES, "second", "ca"],
    "runs_at_once": 6,
}


class Adapter:
    """One conversation with the suite."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._runs = Runs(self._reply)

    def greet(self, message: Object) -> None:
        """Answer the suite's hello."""
        match message.get("hello"):
            case {"protocol": [int(lowest), int(highest)]} if lowest <= PROTOCOL <= highest:
                self._writer.write({"hello": HELLO})
            case _:
                raise FramingError("no hello of a suite that speaks version 1")

    def take(self, message: Object) -> None:
        """Answer a request; a run answers later."""
        id_ = message.get("id")
        if not isinstance(id_, str):
            raise FramingError("a request has no id")
        try:
            answer = self._try(id_, message)
        except (CannotTryError, HookError) as error:
            answer = {"error": str(error)}
        except Exception as error:
            refused = refusal_of(error)
            # The text of another error might bear a secret; its type does not.
            answer = {"refused": refused} if refused else {"error": type(error).__name__}
        if answer is not None:
            self._reply(id_, answer)

    def _try(self, id_: str, message: Object) -> Object | None:
        request = Inputs(message)
        op, given = request.string("op"), request.object("in")
        if op == "run":
            self._runs.start(id_, given)
            return None
        if op == "user-event":
            said = UserEvent(given.string("event", set(UserEvent)))
            self._runs.say(given.string("target"), said)
            return {"ok": {}}
        if op not in OPERATIONS:
            raise CannotTryError("no such operation")
        return {"ok": OPERATIONS[op](given)}

    def _reply(self, id_: str, answer: Object) -> None:
        self._writer.write({"id": id_, **answer})


def main() -> int:
    """Serve until standard input ends."""
    sys.setswitchinterval(SWITCH_SECONDS)  # a run that computes must not make others late
    adapter = Adapter(Writer(sys.stdout.fileno()))
    messages = read_lines(sys.stdin.buffer)
    try:
        for first in messages:
            adapter.greet(first)
            break
        for message in messages:
            adapter.take(message)
    except FramingError as error:
        print(f"adapter: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
